import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from 'vitest';
import { dress, PROFILE_NAMES, profiles, SOURCE, type Condition } from '../../src/profiles/index.js';
import { declaredConditions } from '../evidence/operations.js';

const CONDITIONS = declaredConditions();

/** What a condition says of itself where the profile has no sentence for it. */
const OWN = 'Something is wrong. Do it so.';

type Dressed = readonly [status: number, errorCode: string, detail: string];

/**
 * Every condition: as it is observed, then as it is documented. Written from the documentation page and
 * from recordings, as docs/errors.md has them; `one`, `two` and `three` are the condition's parameters.
 */
const TABLE: readonly (readonly [condition: string, observed: Dressed, documented: Dressed])[] = [
  [
    'pathNotFound',
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
  ],
  ['methodNotAllowed', [405, 'METHOD_NOT_ALLOWED', ''], [405, 'METHOD_NOT_ALLOWED', OWN]],
  [
    'notEmulated',
    [501, 'NOT_EMULATED', 'The emulator does not have the operation one.'],
    [501, 'NOT_EMULATED', OWN],
  ],
  [
    'misspelledPath',
    [501, 'NOT_EMULATED', 'Did you mean one? The emulator does not have the operation two.'],
    [501, 'NOT_EMULATED', OWN],
  ],
  [
    'malformedRequest',
    [400, 'VALIDATION_ERROR', 'The request content produced the validation error: one.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'noScriptedAnswer',
    [400, 'VALIDATION_ERROR', 'The source page shows no body for one, but for 400, 401, 403, 404, 409, 500.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'doubtfulRequest',
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
    [429, 'RATE_LIMITED', 'Resource one is limited to two requests every three minutes.'],
    [429, 'RATE_LIMITED', 'Resource one is limited to two requests every three minutes.'],
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
    'tooManyProjects',
    [
      400,
      'MAX_GROUPS_PER_ORG_EXCEEDED',
      'Maximum number of groups per organization (one) in two exceeded while trying to add group.',
    ],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'projectNameNotFound',
    [404, 'GROUP_NAME_NOT_FOUND', 'No group with name "one" exists.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
  ],
  ['invalidTag', [400, 'VALIDATION_ERROR', 'one.'], [400, 'VALIDATION_ERROR', OWN]],
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
    'malformedParameter',
    [400, 'PATH_PARAM_PARSE_ERROR', 'One or more path parameter in the request URI one is malformed.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
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
  ['storageUnavailable', [503, 'STORAGE_UNAVAILABLE', 'one'], [503, 'STORAGE_UNAVAILABLE', OWN]],
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
    'limitNotFound',
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one'],
  ],
  [
    'linkInUse',
    [400, 'STREAM_PRIVATE_LINK_IN_USE', 'Private Link with connection ID (one) is in use.'],
    [400, 'VALIDATION_ERROR', OWN],
  ],
  [
    'linkNotFound',
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource one.'],
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

/** Errors of the token endpoints (Atlas documentation). */
const TOKEN_TABLE = [
  ['invalid_request', 400, 'The provided credentials are not valid.'],
  ['invalid_client', 401, 'Invalid credentials provided.'],
  ['unsupported_grant_type', 400, 'Invalid grant type.'],
  ['invalid_grant', 400, 'Invalid grant.'],
  ['access_denied', 403, 'IP access list validation failed for the service account.'],
  ['server_error', 500, 'Unexpected error.'],
  ['request_too_large', 413, 'The request is larger than one bytes.', 'invalid_request'],
  ['temporarily_unavailable', 503, 'one'],
] as const;

const condition = (name: string): Condition => {
  const declared = CONDITIONS.get(name);
  if (!declared) throw new Error(`there is no condition ${name}`);
  return {
    ...declared.example,
    parameters: ['one', 'two', 'three'],
    problem: 'Something is wrong.',
    remedy: 'Do it so.',
  };
};

describe('rendered conditions', () => {
  it.each(TABLE)(
    'the condition %s is rendered in the observed profile as recorded',
    (name, [status, errorCode, detail]) => {
      const dressed = dress(profiles.observed, condition(name));
      const body = {
        detail,
        error: status,
        errorCode,
        parameters: ['one', 'two', 'three'],
        reason: STATUS_CODES[status],
      };
      // The one body that does not come from the application: its keys, and no parameters, as recorded.
      const refusedBefore = { error: 401, reason: 'Unauthorized', detail, errorCode };
      expect(dressed).toMatchObject({ status, errorCode, indented: name === 'unauthenticated' });
      if (name === 'methodNotAllowed') expect(dressed.body).toBeUndefined();
      else {
        expect(JSON.stringify(dressed.body)).toBe(
          JSON.stringify(name === 'unauthenticated' ? refusedBefore : body),
        );
      }
    },
  );

  it.each(TABLE)(
    'the condition %s is rendered in the documented profile as on the page',
    (name, _, [status, errorCode, detail]) => {
      const dressed = dress(profiles.documented, condition(name));
      expect(dressed).toMatchObject({ status, errorCode, indented: false });
      expect(JSON.stringify(dressed.body)).toBe(
        JSON.stringify({ error: status, detail, reason: STATUS_CODES[status], errorCode }),
      );
    },
  );

  it.each(TOKEN_TABLE)(
    'the token error %s is rendered as Atlas documents it, in both profiles',
    (name, status, text, code: string = name) => {
      for (const profile of PROFILE_NAMES) {
        const { body, ...rest } = dress(profiles[profile], condition(name));
        expect(rest).toEqual({ status, errorCode: code, indented: false });
        expect(JSON.stringify(body)).toBe(JSON.stringify({ error_description: text, error: code }));
      }
    },
  );

  it.each([
    [400, 'Bad Request'],
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'Not Found'],
    [409, 'Conflict'],
    [500, 'Internal Server Error'],
  ])('conditions with the status %i have the reason of the page', (status, reason) => {
    const rows = TABLE.filter(([, , documented]) => documented[0] === status);
    const reasons = rows.map(([name]) => dress(profiles.documented, condition(name)).body?.reason);
    expect(new Set(reasons)).toEqual(new Set([reason]));
  });

  it('a parameter of a condition is inserted once and never treated as a template', () => {
    const { body } = dress(profiles.observed, { ...condition('unknownProvider'), parameters: ['%s $& $1'] });
    expect(body).toMatchObject({ detail: 'No provider %s $& $1 exists.', parameters: ['%s $& $1'] });
  });

  it.each(PROFILE_NAMES)(
    'in the %s profile the example of every condition renders a complete text',
    (profile) => {
      for (const [name, { example }] of CONDITIONS) {
        const { body } = dress(profiles[profile], example);
        if (!body) continue;
        expect(body.detail ?? body.error_description, name).toMatch(/^\S(?:(?!  |%s|undefined).)*$/s);
        expect(example, name).toMatchObject({ name, problem: expect.stringMatching(/\.$/) as string });
      }
    },
  );

  it('rendering a text that lacks a parameter for %s throws', () => {
    const incomplete = { ...condition('rateLimited'), parameters: ['one', 'two'] };
    expect(() => dress(profiles.observed, incomplete)).toThrow(/rateLimited.*Resource %s/);
  });
});

/** The constant that holds a condition. */
const constantOf = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('declared conditions', () => {
  it('the table of these tests has every condition, and no other', () => {
    expect([...CONDITIONS.keys()].sort()).toEqual([...TABLE, ...TOKEN_TABLE].map(([name]) => name).sort());
  });

  it('every row of a condition names its source', () => {
    const known: readonly string[] = Object.values(SOURCE);
    for (const [name, { rows }] of CONDITIONS) {
      for (const profile of PROFILE_NAMES) expect(known, name).toContain(rows[profile].source);
    }
  });

  it('every row of a condition has an error status and a code', () => {
    for (const [name, { rows }] of CONDITIONS) {
      for (const { status, errorCode } of Object.values(rows)) {
        expect(STATUS_CODES[status], name).toBeDefined();
        expect(status, name).toBeGreaterThanOrEqual(400);
        // Those of the token endpoints are OAuth's.
        expect(errorCode, name).toMatch(name.includes('_') ? /^[a-z]+(_[a-z]+)*$/ : /^[A-Z]+(_[A-Z]+)*$/);
      }
    }
  });

  it('every condition is declared once, and listed by a step of the pipeline or an operation', () => {
    const root = fileURLToPath(new URL('../../src/', import.meta.url));
    const declared = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(join(root, file), 'utf8').matchAll(
          /\b(\w+) = (?:defineCondition\(|tokenError\(\s*\[\d+, )'(\w+)'/g,
        ),
      ]);
    for (const [, constant, name = ''] of declared) expect(constant).toBe(constantOf(name));
    expect(declared.map(([, , name]) => name).sort()).toEqual([...CONDITIONS.keys()].sort());
  });

  it('every condition is raised somewhere', () => {
    const root = fileURLToPath(new URL('../../src/', import.meta.url));
    const source = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    // A fault rule names the code of a link in use.
    for (const name of [...CONDITIONS.keys()].filter((one) => one !== 'linkInUse')) {
      // Called, or handed to the service of states, which calls it.
      const constant = constantOf(name);
      const use = `(?<!function )\\b${constant}(\\(|\\.example)|(duplicate|notFound): (conditions\\.)?${constant}\\b`;
      expect(source, name).toMatch(new RegExp(use));
    }
  });
});
