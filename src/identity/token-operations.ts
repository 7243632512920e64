import { Type } from '@sinclair/typebox';
import {
  accessDenied,
  invalidClient,
  invalidGrant,
  invalidRequest,
  serverError,
  unsupportedGrantType,
} from '../http/credentials/token-errors.js';
import { rateLimited, tooManyTokens } from '../http/faults/limits.js';
import type { Operation } from '../http/operation.js';
import { component, integer, text } from '../http/schema.js';
import { bodyTooLarge } from '../http/steps/body.js';
import { flagsQuery } from '../http/steps/query.js';

/** The media type of the token endpoints' requests. */
export const FORM = 'application/x-www-form-urlencoded';

/** The security scheme of the token endpoints. */
export const serviceAccountScheme = {
  serviceAccount: {
    type: 'http',
    scheme: 'basic',
    description: 'A service account: the client id as user, its secret as password.',
  },
};

const credentials = {
  client_id: Type.Optional(text('Client id, if HTTP Basic is not used.')),
  client_secret: Type.Optional(text('Its secret, likewise.')),
};
const shared = {
  method: 'POST',
  tag: { name: 'Tokens', description: 'Bearer tokens of service accounts (RFC 6749 and RFC 7009).' },
  security: [{ serviceAccount: [] }, {}],
  query: flagsQuery,
} as const;
const errors = [invalidRequest, invalidClient, accessDenied, serverError, bodyTooLarge, rateLimited];

export const createToken: Operation = {
  ...shared,
  id: 'createToken',
  path: '/api/oauth/token',
  summary: 'Issues a token to a service account.',
  conditions: [...errors, unsupportedGrantType, tooManyTokens],
  body: {
    mediaType: FORM,
    schema: component('TokenRequest', 'Requests a token.', {
      grant_type: Type.Literal('client_credentials', { description: 'The only grant.' }),
      ...credentials,
    }),
  },
  response: component('Token', 'A bearer token.', {
    access_token: text('The token.'),
    expires_in: integer('How long it is valid, in seconds.'),
    token_type: Type.Literal('Bearer', { description: 'How it is sent.' }),
  }),
};

export const revokeToken: Operation = {
  ...shared,
  id: 'revokeToken',
  path: '/api/oauth/revoke',
  summary: 'Revokes a token.',
  conditions: [...errors, invalidGrant],
  body: {
    mediaType: FORM,
    schema: component('TokenRevocation', 'Revokes a token.', {
      token: text('The token to revoke.', { minLength: 1 }),
      ...credentials,
    }),
  },
};

/** The token endpoints, which are served apart from the pipeline and whose paths are those of the server. */
export const tokenOperations: readonly Operation[] = [createToken, revokeToken];
