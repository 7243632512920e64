import { Type, type TSchema } from '@sinclair/typebox';
import { rateLimited, tooManyTokens } from '../../http/faults/limits.js';
import type { Tag } from '../../http/operation.js';
import { nothing } from '../../http/shapes.js';
import { bodyTooLarge } from '../../http/steps/body.js';
import type { ConditionType } from '../../profiles/index.js';
import { responsesOf } from './openapi-errors.js';
import { JSON_TYPE, type Paths } from './openapi-parts.js';
import type { Components, Part } from './openapi-schema.js';

const FORM_TYPE = 'application/x-www-form-urlencoded';

export const tokenTag: Tag = {
  name: 'Tokens',
  description: 'Bearer tokens of service accounts (RFC 6749 and RFC 7009).',
};

/** The name of the security scheme by which a service account signs in to the token endpoints. */
export const SERVICE_ACCOUNT = 'serviceAccount';

const credentials = {
  client_id: Type.Optional(Type.String({ description: 'Client id, where HTTP Basic does not bring it.' })),
  client_secret: Type.Optional(Type.String({ description: 'Its secret, likewise.' })),
};

const grant = Type.Object(
  {
    grant_type: Type.Literal('client_credentials', { description: 'The one grant that there is.' }),
    ...credentials,
  },
  { title: 'TokenRequest', description: 'Asks for a token.' },
);

const revocation = Type.Object(
  { token: Type.String({ description: 'The token to revoke.' }), ...credentials },
  { title: 'TokenRevocation', description: 'Revokes a token.' },
);

const token = Type.Object(
  {
    access_token: Type.String({ description: 'The token.' }),
    expires_in: Type.Integer({ description: 'How long it lives, in seconds.' }),
    token_type: Type.Literal('Bearer', { description: 'How it is sent.' }),
  },
  { title: 'Token', description: 'A bearer token.' },
);

const tokenError = Type.Object(
  {
    error: Type.Union(
      ['invalid_client', 'invalid_request', 'unauthorized_client', 'unsupported_grant_type'].map((name) =>
        Type.Literal(name),
      ),
      { description: 'What is wrong, for a program.' },
    ),
    error_description: Type.String({ description: 'What is wrong, for a person.' }),
  },
  { title: 'TokenError', description: 'Why no token was given (RFC 6749, section 5.2).' },
);

/** Describes the token endpoints, which no operation of the Atlas API declares. */
export function addTokenEndpoints(paths: Paths, components: Components): void {
  const endpoint = (
    operation: { id: string; summary: string; form: TSchema; answer: TSchema },
    limits: readonly ConditionType[],
  ): Part => ({
    operationId: operation.id,
    summary: operation.summary,
    tags: [tokenTag.name],
    security: [{ [SERVICE_ACCOUNT]: [] }, {}],
    requestBody: {
      required: true,
      content: { [FORM_TYPE]: { schema: components.schema(operation.form) } },
    },
    responses: {
      200: answer('Done.', operation.answer, components),
      400: answer('The form is wrong.', tokenError, components),
      401: answer('No service account has this client id and secret.', tokenError, components),
      ...responsesOf([bodyTooLarge, ...limits], undefined, components),
    },
  });
  paths.add(
    '/api/oauth/token',
    'POST',
    endpoint(
      { id: 'createToken', summary: 'Gives a token to a service account.', form: grant, answer: token },
      [rateLimited, tooManyTokens],
    ),
  );
  paths.add(
    '/api/oauth/revoke',
    'POST',
    endpoint({ id: 'revokeToken', summary: 'Revokes a token.', form: revocation, answer: nothing }, [
      rateLimited,
    ]),
  );
}

function answer(description: string, schema: TSchema, components: Components): Part {
  return { description, content: { [JSON_TYPE]: { schema: components.schema(schema) } } };
}
