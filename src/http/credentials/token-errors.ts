import { defineCondition, SOURCE } from '../../profiles/index.js';
import { storageUnavailable } from '../replies/failures.js';
import { BODY_LIMIT } from '../steps/body.js';

/**
 * Errors of the token endpoints. Status, code and text are fixed in both profiles (Atlas documentation), so only the
 * reason header says what is wrong with a request; no reason repeats what the client sent.
 */
const tokenError = (
  observed: readonly [status: number, error: string, text: string],
  problem: string,
  remedy: string,
  settledBy?: string,
) =>
  defineCondition(observed[1], {
    observed: [...observed, SOURCE.documentation],
    form: { oauth: true },
    // The error is documented; that this request gets it may not be.
    rule: [settledBy === undefined ? SOURCE.documentation : SOURCE.inferred],
    problem,
    remedy,
    example: [],
    ...(settledBy !== undefined && { settledBy }),
  });

const SEND_BASIC = "Send a service account's client id and secret as HTTP Basic: curl --user ID:SECRET.";

export const invalidRequest = tokenError(
  [400, 'invalid_request', 'The provided credentials are not valid.'],
  'A request for a token, or to revoke one, has no HTTP Basic credentials, or they are malformed, or there is no token to revoke (inferred).',
  SEND_BASIC,
  'POST /api/oauth/token without Authorization, and POST /api/oauth/revoke without a token',
);

export const invalidClient = tokenError(
  [401, 'invalid_client', 'Invalid credentials provided.'],
  'No service account has this client id and secret.',
  SEND_BASIC,
);

export const unsupportedGrantType = tokenError(
  [400, 'unsupported_grant_type', 'Invalid grant type.'],
  'The form has no grant_type, or another one than client_credentials.',
  'Send the form grant_type=client_credentials.',
);

export const invalidGrant = tokenError(
  [400, 'invalid_grant', 'Invalid grant.'],
  'The token to be revoked was issued to another client (inferred), or a fault rule answers 400.',
  'Revoke it with the client that requested it.',
  'POST /api/oauth/revoke with the token of another service account',
);

export const accessDenied = tokenError(
  [403, 'access_denied', 'IP access list validation failed for the service account.'],
  'A fault rule answers 403. The emulator itself has no access lists.',
  'Remove the rule.',
);

export const serverError = tokenError(
  [500, 'server_error', 'Unexpected error.'],
  'An error in the emulator, or a fault rule answers 500.',
  'Remove the rule.',
);

/** The form is larger than 1 MiB. */
export const requestTooLarge = defineCondition('request_too_large', {
  observed: [413, 'invalid_request', 'The request is larger than %s bytes.', SOURCE.standard],
  settledBy: 'POST /api/oauth/token with a body of 2 MiB',
  form: { oauth: true },
  problem: (limit: number) => `The form is larger than ${limit} bytes.`,
  remedy: 'Send a smaller one.',
  example: [BODY_LIMIT],
});

/** The database file cannot be written or read: see `storageUnavailable`. */
export const temporarilyUnavailable = defineCondition('temporarily_unavailable', {
  observed: [503, 'temporarily_unavailable', '%s', SOURCE.emulator],
  form: { oauth: true },
  problem: (problem: string) => problem,
  remedy: 'Then send the request again.',
  example: [storageUnavailable.example.problem],
});

/** All of them, in the order in which a request meets them. */
export const tokenConditions = [
  ...[requestTooLarge, invalidRequest, invalidClient, unsupportedGrantType],
  ...[invalidGrant, accessDenied, serverError, temporarilyUnavailable],
];
