import { SOURCE } from '../kernel/conditions.js';
import type { ErrorRows, Profile } from './profile.js';

const { recorded, atlasErrors, inferred, emulator } = SOURCE;

/** What Atlas says of a limit that is used up, in both profiles: the source page has nothing to say of it. */
export const RATE_LIMITED = 'Resource %s is limited to %s requests every %s minutes.';

/** Texts and codes of Atlas for what can go wrong with any resource. */
export const observedErrors: ErrorRows = {
  pathNotFound: {
    status: 404,
    errorCode: 'RESOURCE_NOT_FOUND',
    detail: 'Cannot find resource %s.',
    source: inferred,
    settledBy: 'GET /api/atlas/v2/nothing',
  },
  methodNotAllowed: {
    status: 405,
    errorCode: 'METHOD_NOT_ALLOWED',
    detail: 'The method %s is not allowed for this resource.',
    source: inferred,
    settledBy: 'PUT /api/atlas/v2/groups',
  },
  notEmulated: {
    status: 501,
    errorCode: 'NOT_EMULATED',
    detail: 'The emulator does not have the operation %s.',
    source: emulator,
  },
  malformedRequest: {
    status: 400,
    errorCode: 'VALIDATION_ERROR',
    detail: 'The request content produced the validation error: %s.',
    source: inferred,
    settledBy: 'GET /api/atlas/v2/groups/%zz',
  },
  unauthenticated: {
    status: 401,
    errorCode: 'UNEXPECTED_ERROR',
    detail: 'You are not authorized for this resource.',
    source: recorded,
    keys: ['error', 'reason', 'detail', 'errorCode'],
    indented: true,
  },
  addressNotAllowed: {
    status: 403,
    errorCode: 'IP_ADDRESS_NOT_ON_ACCESS_LIST',
    detail: 'IP address %s is not allowed to access this resource.',
    source: atlasErrors,
  },
  rateLimited: {
    status: 429,
    errorCode: 'RATE_LIMITED',
    detail: RATE_LIMITED,
    source: recorded,
  },
  tooManyTokens: {
    status: 429,
    errorCode: 'RATE_LIMITED',
    detail: 'A service account can have %s tokens at a time.',
    source: inferred,
    settledBy: 'POST /api/oauth/token, 101 times within an hour and none too fast',
  },
  notAcceptable: {
    status: 406,
    errorCode: 'INVALID_VERSION_DATE',
    detail: 'Invalid accept header or version date.',
    source: recorded,
  },
  invalidQueryParameter: {
    status: 400,
    errorCode: 'INVALID_QUERY_PARAMETER',
    detail: 'Invalid query parameter %s specified.',
    source: atlasErrors,
  },
  missingQueryParameter: {
    status: 400,
    errorCode: 'MISSING_QUERY_PARAMETER',
    detail: 'The required query parameter %s was not specified.',
    source: atlasErrors,
  },
  invalidProjectId: {
    status: 404,
    errorCode: 'INVALID_GROUP_ID',
    detail: 'An invalid group ID %s was specified.',
    source: atlasErrors,
  },
  projectNotFound: {
    status: 404,
    errorCode: 'GROUP_NOT_FOUND',
    detail: 'No group with ID %s exists.',
    source: recorded,
  },
  invalidOrganizationId: {
    status: 404,
    errorCode: 'INVALID_ORG_ID',
    detail: 'An invalid organization ID %s was specified.',
    source: inferred,
    settledBy: 'GET /api/atlas/v2/orgs/nothex',
  },
  organizationNotFound: {
    status: 404,
    errorCode: 'ORG_NOT_FOUND',
    detail: 'No organization with ID %s exists.',
    source: inferred,
    settledBy: 'GET /api/atlas/v2/orgs/ffffffffffffffffffffffff',
  },
  projectExists: {
    status: 409,
    errorCode: 'GROUP_ALREADY_EXISTS',
    detail: 'A group with name "%s" already exists.',
    source: recorded,
  },
  projectNameNotFound: {
    status: 404,
    errorCode: 'GROUP_NAME_NOT_FOUND',
    detail: 'No group with name "%s" exists.',
    source: inferred,
    settledBy: 'GET /api/atlas/v2/groups/byName/nothing',
  },
  projectInUse: {
    status: 409,
    errorCode: 'CANNOT_CLOSE_GROUP_ACTIVE_STREAMS_RESOURCE',
    detail: 'Cannot close group while it has active stream processing resources.',
    source: SOURCE.client,
    settledBy: 'DELETE /api/atlas/v2/groups/{groupId} of a project with a private link (status and text)',
  },
  notPermitted: {
    status: 401,
    errorCode: 'USER_UNAUTHORIZED',
    detail: 'Current user is not authorized to perform this action.',
    source: atlasErrors,
  },
  unsupportedMediaType: {
    status: 415,
    errorCode: 'UNSUPPORTED_MEDIA_TYPE',
    detail: 'The media type %s is not supported.',
    source: inferred,
    settledBy: 'POST …/streams/privateLinkConnections with Content-Type: text/plain',
  },
  bodyTooLarge: {
    status: 413,
    errorCode: 'REQUEST_TOO_LARGE',
    detail: 'The request is larger than %s bytes.',
    source: inferred,
    settledBy: 'POST …/streams/privateLinkConnections with a body of 2 MiB',
  },
  malformedJson: {
    status: 400,
    errorCode: 'MALFORMED_JSON',
    detail: 'Received JSON is malformed.',
    source: atlasErrors,
  },
  notAnObject: {
    status: 400,
    errorCode: 'INVALID_JSON',
    detail: 'Received JSON does not match expected format.',
    source: atlasErrors,
  },
  missingAttribute: {
    status: 400,
    errorCode: 'MISSING_ATTRIBUTE',
    detail: 'The required attribute %s was not specified.',
    source: atlasErrors,
  },
  wrongType: {
    status: 400,
    errorCode: 'INVALID_JSON_ATTRIBUTE',
    detail: 'Received JSON for the %s attribute does not match expected format.',
    source: atlasErrors,
  },
  invalidAttribute: {
    status: 400,
    errorCode: 'INVALID_ATTRIBUTE',
    detail: 'Invalid attribute %s specified.',
    source: atlasErrors,
  },
  unexpected: {
    status: 500,
    errorCode: 'UNEXPECTED_ERROR',
    detail: 'Unexpected error.',
    source: atlasErrors,
  },
};

/** Atlas as recorded traffic and client sources show it: the base of both profiles. */
export const observed: Profile = {
  name: 'observed',
  errorKeys: ['detail', 'error', 'errorCode', 'parameters', 'reason'],
  errorCodeHeader: true,
  javaMethodHeader: true,
  rateLimitHeaders: true,
  pageBodies: false,
  // Recorded, all but Strict-Transport-Security: that would pin a developer's browser to https on localhost.
  answerHeaders: {
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
  },
  errors: observedErrors,
};
