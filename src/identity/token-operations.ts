import { Type } from '@sinclair/typebox';
import { rateLimited, tooManyTokens } from '../http/faults/limits.js';
import type { Operation } from '../http/operation.js';
import { nothing } from '../http/shapes.js';
import { bodyTooLarge } from '../http/steps/body.js';

/** The security scheme of the token endpoints. */
export const serviceAccountScheme = {
  serviceAccount: {
    type: 'http',
    scheme: 'basic',
    description: 'A service account: the client id as user, its secret as password.',
  },
};

const credentials = {
  client_id: Type.Optional(Type.String({ description: 'Client id, where HTTP Basic does not bring it.' })),
  client_secret: Type.Optional(Type.String({ description: 'Its secret, likewise.' })),
};

/** An error of the token endpoints. */
export const tokenError = Type.Object(
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

const shared = {
  method: 'POST',
  tag: { name: 'Tokens', description: 'Bearer tokens of service accounts (RFC 6749 and RFC 7009).' },
  security: [{ serviceAccount: [] }, {}],
} as const;
const mediaType = 'application/x-www-form-urlencoded';

export const createToken: Operation = {
  ...shared,
  id: 'createToken',
  path: '/api/oauth/token',
  summary: 'Gives a token to a service account.',
  conditions: [bodyTooLarge, rateLimited, tooManyTokens],
  body: {
    mediaType,
    schema: Type.Object(
      {
        grant_type: Type.Literal('client_credentials', { description: 'The one grant that there is.' }),
        ...credentials,
      },
      { title: 'TokenRequest', description: 'Asks for a token.' },
    ),
  },
  response: Type.Object(
    {
      access_token: Type.String({ description: 'The token.' }),
      expires_in: Type.Integer({ description: 'How long it lives, in seconds.' }),
      token_type: Type.Literal('Bearer', { description: 'How it is sent.' }),
    },
    { title: 'Token', description: 'A bearer token.' },
  ),
};

export const revokeToken: Operation = {
  ...shared,
  id: 'revokeToken',
  path: '/api/oauth/revoke',
  summary: 'Revokes a token.',
  conditions: [bodyTooLarge, rateLimited],
  body: {
    mediaType,
    schema: Type.Object(
      { token: Type.String({ description: 'The token to revoke.' }), ...credentials },
      { title: 'TokenRevocation', description: 'Revokes a token.' },
    ),
  },
  response: nothing,
};

/** The token endpoints, which are served apart from the pipeline and whose paths are those of the server. */
export const tokenOperations: readonly Operation[] = [createToken, revokeToken];
