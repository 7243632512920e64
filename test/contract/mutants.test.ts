import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Change, Passed } from '../support/changing-proxy.js';
import { differencesOf, recordProject, startProject } from './recording-support.js';

// Each starts two emulators.
vi.setConfig({ testTimeout: 60_000 });

type Fields = Record<string, unknown>;

const LINK = /\/privateLinkConnections\/[a-f0-9]{24}$/;
const isLook = ({ method, path, status }: Passed): boolean =>
  method === 'GET' && LINK.test(path) && status === 200;
const isList = ({ method, path, status }: Passed): boolean =>
  method === 'GET' && path.endsWith('/privateLinkConnections') && status === 200;
const isCreate = ({ method, path, status }: Passed): boolean =>
  method === 'POST' && path.endsWith('/privateLinkConnections') && status === 200;
const isDelete = ({ method, path, status }: Passed): boolean =>
  method === 'DELETE' && LINK.test(path) && status === 202;
const hasCode =
  (code: string) =>
  ({ text }: Passed): boolean =>
    text.includes(`"errorCode":"${code}"`);

/** Changes the JSON of the responses that match. */
const json =
  (matches: (passed: Passed) => boolean, edit: (body: Fields, passed: Passed) => unknown): Change =>
  (passed) => {
    if (!matches(passed)) return;
    const body = JSON.parse(passed.text) as Fields;
    passed.text = JSON.stringify(edit(body, passed) ?? body);
  };

/** Changes the responses that match. */
const response =
  (matches: (passed: Passed) => boolean, edit: (passed: Passed) => void): Change =>
  (passed) => {
    if (matches(passed)) edit(passed);
  };

/** Gives the looks at the first link these states, one after the other, and lists the state of the last look. */
function states(...all: readonly string[]): Change {
  let first: string | undefined;
  let looks = 0;
  return (passed) => {
    if (isLook(passed)) first ??= passed.path;
    if (first === undefined || passed.method !== 'GET' || passed.status !== 200) return;
    if (passed.path === first) looks += 1;
    const state = all[Math.min(looks, all.length) - 1] ?? '';
    const isFirst =
      passed.path.startsWith(first) || passed.path.includes('Connections?envelope') || isList(passed);
    if (isFirst) passed.text = passed.text.replace(/"state"( ?: ?)"\w+"/, `"state"$1"${state}"`);
  };
}

interface Mutant {
  readonly what: string;
  readonly change: Change;
  readonly differences: readonly (string | RegExp)[];
  /** How long the recording waits for a state; not at all by default, since links change at once. */
  readonly waitMs?: number;
}

const TYPE = 'application/vnd.atlas.2023-02-01+json;charset=utf-8';

const MUTANTS: readonly Mutant[] = [
  {
    what: 'a field is missing',
    change: json(isLook, ({ vendor, ...body }) => body),
    differences: ['body vendor: only in the emulator: "GENERIC"', 'body vendor: only in the emulator: "MSK"'],
  },
  {
    what: 'a field is added',
    change: json(isLook, (body) => ({ ...body, zone: 'a' })),
    differences: ['body zone: only in the recording: "{text}"'],
  },
  {
    what: 'a field is null instead of absent',
    change: json(isCreate, (body) => ({ ...body, vendor: body.vendor ?? null })),
    differences: ['body vendor: only in the recording: null'],
  },
  {
    what: 'a create has another status',
    change: response(isCreate, (passed) => (passed.status = 201)),
    differences: ['status: 201 → 200'],
  },
  {
    what: 'an error has another code',
    change: json(hasCode('STREAM_PRIVATE_LINK_ALREADY_EXISTS'), (body) => ({
      ...body,
      errorCode: 'DUPLICATE',
    })),
    differences: ['body errorCode: "DUPLICATE" → "STREAM_PRIVATE_LINK_ALREADY_EXISTS"'],
  },
  {
    what: 'an error has another text',
    change: json(hasCode('INVALID_PROVIDER'), (body) => ({ ...body, detail: 'No such provider.' })),
    differences: ['body detail: "No such provider." → "No provider AWSS exists."'],
  },
  {
    what: 'an error has no parameters',
    change: json(hasCode('INVALID_PROVIDER'), (body) => ({ ...body, parameters: [] })),
    differences: ['body parameters[0]: only in the emulator: "AWSS"'],
  },
  {
    what: 'the status of an error is a text',
    change: json(hasCode('INVALID_PROVIDER'), (body) => ({ ...body, error: '400' })),
    differences: ['body error: string "400" → number 400'],
  },
  {
    what: 'an error lacks its header',
    change: response(hasCode('INVALID_PROVIDER'), ({ headers }) => delete headers['x-error-code']),
    differences: ['header x-error-code: only in the emulator: "INVALID_PROVIDER"'],
  },
  {
    what: 'the media type is another',
    change: response(isLook, ({ headers }) => (headers['content-type'] = 'application/json')),
    differences: [`header content-type: "application/json" → "${TYPE}"`],
  },
  {
    what: 'the version is another',
    change: response(isLook, ({ headers }) => (headers['content-type'] = TYPE.replace('02-01', '03-01'))),
    differences: [`header content-type: "${TYPE.replace('02-01', '03-01')}" → "${TYPE}"`],
  },
  {
    what: 'keys have another order',
    change: json(isCreate, (body) => Object.fromEntries(Object.entries(body).reverse())),
    differences: [
      'order of body: serviceEndpointId, region, provider, dnsDomain, _id → _id, dnsDomain, provider, region, serviceEndpointId',
      'order of body: vendor, provider, arn, _id → _id, arn, provider, vendor',
    ],
  },
  {
    what: 'a header is lost',
    change: response(isLook, ({ headers }) => delete headers['x-java-method']),
    differences: [
      'header x-java-method: only in the emulator: "ApiStreamsResource::getPrivateLinkConnection"',
    ],
  },
  {
    what: 'a header is added',
    change: response(isLook, ({ headers }) => (headers['x-new'] = 'secret')),
    differences: ['header x-new: only in the recording: "{any}"'],
  },
  {
    what: 'a limit is another',
    change: response(isList, ({ headers }) => (headers['ratelimit-limit'] = '500')),
    differences: ['header ratelimit-limit: "500" → "1200"'],
  },
  {
    what: 'states are swapped',
    change: states('WORKING', 'WORKING', 'IDLE', 'DONE'),
    waitMs: 10_000,
    differences: ["state IDLE: the emulator's link is WORKING, then DONE", /^body /],
  },
  {
    what: 'a state is another',
    change: states('PENDING', 'DONE'),
    differences: [
      "state PENDING: the emulator's link is IDLE, then WORKING, then DONE",
      "state PENDING: the emulator's link is DONE",
      'body state: "PENDING" → "DONE"',
      'body results[0].state: "PENDING" → "DONE"',
    ],
  },
  {
    what: 'an indented answer is compact',
    change: response(
      ({ path }) => path.endsWith('?pretty=true'),
      (passed) => (passed.text = JSON.stringify(JSON.parse(passed.text))),
    ),
    differences: ['layout: compact → indented'],
  },
  {
    what: 'a deleted link is still there',
    change: (() => {
      let seen = '';
      return (passed: Passed) => {
        if (isLook(passed) && seen === '') seen = passed.text;
        if (passed.method !== 'GET' || !LINK.test(passed.path) || passed.status !== 404) return;
        if (passed.path.endsWith('f'.repeat(24))) return;
        Object.assign(passed, { status: 200, text: seen, headers: { 'content-type': TYPE } });
      };
    })(),
    differences: [
      "state DONE: the emulator's link is DELETE_REQUESTED, then DELETING, then gone",
      'status: 200 → 404',
      /^header /,
      /^body /,
    ],
  },
  {
    what: 'a delete has no body',
    change: response(isDelete, (passed) => Object.assign(passed, { status: 204, text: '' })),
    differences: ['status: 204 → 202', 'layout: none → compact', 'body: only in the emulator: {}'],
  },
  {
    what: 'a list in an envelope lacks its status',
    change: json(
      ({ path, status }) => path.endsWith('Connections?envelope=true') && status === 200,
      ({ status, ...body }) => body,
    ),
    differences: ['body status: only in the emulator: 200'],
  },
  {
    what: 'a list counts wrong',
    change: json(isList, (body) => ({ ...body, totalCount: 2 })),
    differences: ['body totalCount: 2 → 1'],
  },
  {
    what: 'a page has no link to the next',
    change: json(
      ({ path, status }) => path.endsWith('itemsPerPage=1&pageNum=1') && status === 200,
      (body) => ({ ...body, links: (body.links as Fields[]).slice(0, 1) }),
    ),
    differences: [/^body links\[1\]: only in the emulator: /],
  },
  {
    what: "a list's link to itself has its parameters in another order",
    change: response(isList, (passed) => {
      passed.text = passed.text.replace('pageNum=1&itemsPerPage=100', 'itemsPerPage=100&pageNum=1');
    }),
    differences: [/^body links\[0\]\.href: /],
  },
  {
    what: 'the provider of a create is not echoed as sent',
    change: json(isCreate, (body) => ({ ...body, provider: String(body.provider).toUpperCase() })),
    differences: ['body provider: "AZURE" → "Azure"'],
  },
  {
    what: 'the challenge has another realm',
    change: response(
      ({ headers }) => 'www-authenticate' in headers,
      ({ headers }) =>
        (headers['www-authenticate'] = (headers['www-authenticate'] ?? '').replace('MMS', 'Atlas')),
    ),
    differences: [/^header www-authenticate: "(?:Digest|Basic) realm=\\"Atlas /],
  },
  {
    what: 'a path does not say which methods it has',
    change: response(
      ({ status }) => status === 405,
      ({ headers }) => delete headers.allow,
    ),
    differences: [/^header allow: only in the emulator: /],
  },
  {
    what: 'a request without a version is answered',
    change: response(
      ({ status }) => status === 406,
      (passed) => Object.assign(passed, { status: 200, text: '{}', headers: { 'content-type': TYPE } }),
    ),
    differences: ['status: 200 → 406', /^header /, /^body /],
  },
  {
    what: 'a second create with the same body is accepted',
    change: response(hasCode('STREAM_PRIVATE_LINK_ALREADY_EXISTS'), (passed) =>
      Object.assign(passed, {
        status: 200,
        text: JSON.stringify({ _id: 'e'.repeat(24) }),
        headers: { 'content-type': TYPE },
      }),
    ),
    differences: ['status: 200 → 400', /^header /, /^body /],
  },
];

describe('contract verify', () => {
  const killed: string[] = [];

  it.each(MUTANTS)('finds that $what', async ({ what, change, differences, waitMs = 0 }) => {
    const { project } = await startProject();
    const { recording } = await recordProject(project, { change, waitMs });
    const found = await differencesOf(recording);
    for (const one of found) {
      expect(
        differences.some((wanted) => (typeof wanted === 'string' ? one === wanted : wanted.test(one))),
        one,
      ).toBe(true);
    }
    for (const wanted of differences) {
      expect(found, String(wanted)).toEqual(
        expect.arrayContaining([
          typeof wanted === 'string' ? wanted : (expect.stringMatching(wanted) as string),
        ]),
      );
    }
    killed.push(what);
  });

  it('is tried with at least twenty changes', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
  });

  afterAll(() => {
    console.log(`changes of behavior found: ${killed.length} of ${MUTANTS.length}`);
  });
});
