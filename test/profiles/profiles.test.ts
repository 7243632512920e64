import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from 'vitest';
import { features } from '../../src/features/index.js';
import { SOURCE, type Condition } from '../../src/kernel/conditions.js';
import { dress, PROFILE_NAMES, profilesOf } from '../../src/profiles/index.js';

const profiles = profilesOf(features.map((feature) => feature.errors));

/** What a condition says of itself where the profile has no sentence for it. */
const OWN = 'Something is wrong. Do it so.';

type Dressed = readonly [status: number, errorCode: string, detail: string];

/**
 * Every condition: as it is observed, then as it is documented. Written from the documentation page and
 * from recordings, as docs/errors.md has them; `one` and `two` are the condition's parameters.
 */
const TABLE: readonly (readonly [condition: string, observed: Dressed, documented: Dressed])[] = [
  [
    'pathNotFound',
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
  ],
  [
    'methodNotAllowed',
    [405, 'METHOD_NOT_ALLOWED', 'The method one is not allowed for this resource.'],
    [405, 'METHOD_NOT_ALLOWED', OWN],
  ],
  [
    'notEmulated',
    [501, 'NOT_EMULATED', 'The emulator does not have the operation one.'],
    [501, 'NOT_EMULATED', OWN],
  ],
  [
    'malformedRequest',
    [400, 'VALIDATION_ERROR', 'The request content produced the validation error: one.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'unauthenticated',
    [401, 'UNEXPECTED_ERROR', 'You are not authorized for this resource.'],
    [401, 'NOT_ORG_GROUP_CREATOR', OWN],
  ],
  [
    'addressNotAllowed',
    [403, 'IP_ADDRESS_NOT_ON_ACCESS_LIST', 'IP address one is not allowed to access this resource.'],
    [403, 'CANNOT_CHANGE_GROUP_NAME', OWN],
  ],
  [
    'rateLimited',
    [429, 'RATE_LIMITED', 'Resource one is limited to two requests every  minutes.'],
    [429, 'RATE_LIMITED', 'Resource one is limited to two requests every  minutes.'],
  ],
  [
    'tooManyTokens',
    [429, 'RATE_LIMITED', 'A service account can have one tokens at a time.'],
    [429, 'RATE_LIMITED', OWN],
  ],
  [
    'notAcceptable',
    [406, 'INVALID_VERSION_DATE', 'Invalid accept header or version date.'],
    [406, 'INVALID_VERSION_DATE', OWN],
  ],
  [
    'invalidQueryParameter',
    [400, 'INVALID_QUERY_PARAMETER', 'Invalid query parameter one specified.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'missingQueryParameter',
    [400, 'MISSING_QUERY_PARAMETER', 'The required query parameter one was not specified.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'invalidProjectId',
    [404, 'INVALID_GROUP_ID', 'An invalid group ID one was specified.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'projectNotFound',
    [404, 'GROUP_NOT_FOUND', 'No group with ID one exists.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
  ],
  [
    'invalidOrganizationId',
    [404, 'INVALID_ORG_ID', 'An invalid organization ID one was specified.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'organizationNotFound',
    [404, 'ORG_NOT_FOUND', 'No organization with ID one exists.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
  ],
  [
    'projectExists',
    [409, 'GROUP_ALREADY_EXISTS', 'A group with name "one" already exists.'],
    [409, 'GROUP_ALREADY_EXISTS', OWN],
  ],
  [
    'projectNameNotFound',
    [404, 'GROUP_NAME_NOT_FOUND', 'No group with name "one" exists.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
  ],
  [
    'projectInUse',
    [
      409,
      'CANNOT_CLOSE_GROUP_ACTIVE_STREAMS_RESOURCE',
      'Cannot close group while it has active stream processing resources.',
    ],
    [409, 'CANNOT_CLOSE_GROUP_ACTIVE_STREAMS_RESOURCE', OWN],
  ],
  [
    'notPermitted',
    [401, 'USER_UNAUTHORIZED', 'Current user is not authorized to perform this action.'],
    [403, 'CANNOT_CHANGE_GROUP_NAME', OWN],
  ],
  [
    'unsupportedMediaType',
    [415, 'UNSUPPORTED_MEDIA_TYPE', 'The media type one is not supported.'],
    [415, 'UNSUPPORTED_MEDIA_TYPE', OWN],
  ],
  [
    'bodyTooLarge',
    [413, 'REQUEST_TOO_LARGE', 'The request is larger than one bytes.'],
    [413, 'REQUEST_TOO_LARGE', OWN],
  ],
  ['malformedJson', [400, 'MALFORMED_JSON', 'Received JSON is malformed.'], [400, 'VALIDATION_ERROR', OWN]],
  [
    'notAnObject',
    [400, 'INVALID_JSON', 'Received JSON does not match expected format.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'missingAttribute',
    [400, 'MISSING_ATTRIBUTE', 'The required attribute one was not specified.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'wrongType',
    [400, 'INVALID_JSON_ATTRIBUTE', 'Received JSON for the one attribute does not match expected format.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'invalidAttribute',
    [400, 'INVALID_ATTRIBUTE', 'Invalid attribute one specified.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  ['unexpected', [500, 'UNEXPECTED_ERROR', 'Unexpected error.'], [500, 'UNEXPECTED_ERROR', OWN]],
  [
    'unknownProvider',
    [400, 'INVALID_PROVIDER', 'No provider one exists.'],
    [400, 'VALIDATION_ERROR', 'No provider one exists.'],
  ],
  [
    'unknownVendor',
    [400, 'INVALID_ENUM_VALUE', 'An invalid enumeration value one was specified.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'linkNotFound',
    [404, 'STREAM_PRIVATE_LINK_NOT_FOUND', 'Cannot find resource one.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
  ],
  [
    'updateNotAllowed',
    [400, 'VALIDATION_ERROR', 'The request content produced the validation error: one.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'duplicateLink',
    [
      400,
      'STREAM_PRIVATE_LINK_ALREADY_EXISTS',
      'A Private Link to the same target exists already, with connection ID (one).',
    ],
    [409, 'STREAM_PRIVATE_LINK_ALREADY_EXISTS', OWN],
  ],
];

const condition = (name: string): Condition => ({
  name,
  parameters: ['one', 'two'],
  problem: 'Something is wrong.',
  remedy: 'Do it so.',
  source: SOURCE.inferred,
});

describe('a condition', () => {
  it.each(TABLE)('%s is dressed as recordings have it', (name, [status, errorCode, detail]) => {
    const dressed = dress(profiles.observed, condition(name));
    const body = {
      detail,
      error: status,
      errorCode,
      parameters: ['one', 'two'],
      reason: STATUS_CODES[status],
    };
    // The one body that does not come from the application: its keys, and no parameters, as recorded.
    const refusedBefore = { error: 401, reason: 'Unauthorized', detail, errorCode };
    expect(dressed).toMatchObject({ status, errorCode, indented: name === 'unauthenticated' });
    expect(JSON.stringify(dressed.body)).toBe(
      JSON.stringify(name === 'unauthenticated' ? refusedBefore : body),
    );
  });

  it.each(TABLE)('%s is dressed as the source page has it', (name, _, [status, errorCode, detail]) => {
    const dressed = dress(profiles.documented, condition(name));
    expect(dressed).toMatchObject({ status, errorCode, indented: false });
    expect(JSON.stringify(dressed.body)).toBe(
      JSON.stringify({ error: status, detail, reason: STATUS_CODES[status], errorCode }),
    );
  });

  it.each([
    [400, 'Bad Request'],
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'Not Found'],
    [409, 'Conflict'],
    [500, 'Internal Server Error'],
  ])('has the reason of the page for a %i', (status, reason) => {
    const rows = TABLE.filter(([, , documented]) => documented[0] === status);
    const reasons = rows.map(([name]) => dress(profiles.documented, condition(name)).body.reason);
    expect(new Set(reasons)).toEqual(new Set([reason]));
  });

  it('fills in what it has, and nothing twice: a parameter is no template', () => {
    const { body } = dress(profiles.observed, { ...condition('unknownProvider'), parameters: ['%s $& $1'] });
    expect(body).toMatchObject({ detail: 'No provider %s $& $1 exists.', parameters: ['%s $& $1'] });
    expect(dress(profiles.observed, { ...condition('unknownProvider'), parameters: [] }).body).toMatchObject({
      detail: 'No provider  exists.',
    });
  });

  it('without a row is a mistake in the program', () => {
    expect(() => dress(profiles.observed, condition('nonsense'))).toThrow('nonsense');
  });
});

describe('the tables', () => {
  const names = TABLE.map(([name]) => name).sort();

  it.each(PROFILE_NAMES)('of %s have the rows that stand here, no more and no fewer', (profile) => {
    expect(Object.keys(profiles[profile].errors).sort()).toEqual(names);
  });

  it('of what is documented add no row to what is observed, and drop none', () => {
    expect(Object.keys(profiles.documented.errors)).toEqual(Object.keys(profiles.observed.errors));
  });

  it.each(PROFILE_NAMES)('of %s say of each row where it was learned', (profile) => {
    const known: readonly string[] = Object.values(SOURCE);
    for (const [name, { source }] of Object.entries(profiles[profile].errors)) {
      expect(known, name).toContain(source);
    }
  });

  it.each(PROFILE_NAMES)('of %s name for each inferred row the call that would settle it', (profile) => {
    for (const [name, { source, settledBy }] of Object.entries(profiles[profile].errors)) {
      if (source === SOURCE.inferred) expect(settledBy, name).toMatch(/^(GET|POST|PUT|PATCH|DELETE) \S+/);
    }
  });

  it.each(PROFILE_NAMES)('of %s have an error status and a code for each row', (profile) => {
    for (const [name, { status, errorCode }] of Object.entries(profiles[profile].errors)) {
      expect(STATUS_CODES[status], name).toBeDefined();
      expect(status, name).toBeGreaterThanOrEqual(400);
      expect(errorCode, name).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    }
  });

  it('of two features have no row in common', () => {
    const rows = features.flatMap((feature) => Object.keys(feature.errors.observed));
    expect(new Set(rows).size).toBe(rows.length);
  });
});

/** Names of the conditions that the source raises: `refuse('name'`, or `name: 'name'` before its parameters. */
function raisedConditions(): string[] {
  const root = fileURLToPath(new URL('../../src/', import.meta.url));
  const raised = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /\brefuse\(\s*'(\w+)'|\bname: '(\w+)',\s*parameters:/g,
      ),
    ])
    .map(([, refused = '', named = '']) => refused || named);
  return [...new Set(raised)].sort();
}

describe('the source', () => {
  it.each(PROFILE_NAMES)('raises no condition without a row in %s', (profile) => {
    const rows = Object.keys(profiles[profile].errors);
    expect(raisedConditions().filter((name) => !rows.includes(name))).toEqual([]);
  });

  it('raises every condition that has a row', () => {
    const raised = raisedConditions();
    expect(Object.keys(profiles.observed.errors).filter((name) => !raised.includes(name))).toEqual([]);
  });
});
