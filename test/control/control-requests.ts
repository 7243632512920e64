import { ACCEPT, linksPath, SEEDED, type SeededProfile } from '../support/emulator.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request to the control API. */
export interface ControlRequest {
  readonly method?: Method;
  /** Below `/_emulator`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** The prefix of operations of the documented project, below `/_emulator`. */
export const OF_PROJECT = `/projects/${SEEDED.documented.project}`;

const LINK_RULE = { match: { vendor: 'MSK' }, times: 1, fail: 'No endpoint.' };
const RATE_LIMIT = { id: 'limit', times: 1, skip: 5, rateLimit: { retryAfterS: 2 } };
const ANSWER = {
  id: 'answer',
  match: { method: 'GET', path: '/nothing/*' },
  answer: { status: 503, body: { a: [1] }, headers: { 'retry-after': '1' } },
};

/**
 * Requests to every operation that exists for both the whole server and a project; all succeed, in this order.
 *
 * @param scope empty, or {@link OF_PROJECT}
 */
export function requestsInBothScopes(scope: string): readonly ControlRequest[] {
  const request = (method: Method, path: string, body?: unknown): ControlRequest => ({
    method,
    path: scope + path,
    ...(body !== undefined && { body }),
  });
  return [
    request('POST', '/snapshots', { name: 'before' }),
    request('GET', '/snapshots'),
    request('GET', '/clock'),
    request('POST', '/clock/freeze'),
    request('POST', '/clock/freeze', { at: '2027-01-31T09:00:00Z' }),
    request('POST', '/clock/advance', { by: '90s' }),
    request('POST', '/clock/advance', { by: 5 }),
    request('PUT', '/clock', { now: '2027-02-01T09:00:00Z' }),
    request('POST', '/clock/resume'),
    request('POST', '/faults', RATE_LIMIT),
    request('POST', '/faults', ANSWER),
    request('POST', '/faults', { error: 'GROUP_NOT_FOUND', parameters: ['x'], match: { body: { a: [1] } } }),
    request('POST', '/faults', {
      share: 0.5,
      delayMs: 10,
      match: { operation: 'getGroup', caller: 'nobody' },
    }),
    request('POST', '/faults', { before: 'credentials', drop: 'after', match: { path: '/nothing' } }),
    request('GET', '/faults'),
    request('GET', '/faults/limit'),
    request('DELETE', '/faults/limit'),
    request('DELETE', '/faults'),
    request('POST', '/private-link-rules', LINK_RULE),
    request('POST', '/private-link-rules', { staysIn: 'IDLE' }),
    request('GET', '/private-link-rules'),
    request('DELETE', '/private-link-rules'),
    request('GET', '/requests'),
    request('GET', '/requests?method=POST&limit=1&rung=fields&status=400&since=1'),
    request('GET', '/requests/refused?limit=5'),
    request('GET', '/requests/lines?limit=2&since=0&before=1000000'),
    request('POST', '/requests/count'),
    request('POST', '/requests/count', { method: 'POST', body: { provider: 'AWS' } }),
    request('POST', '/requests/wait', { status: 200, count: 1, timeoutMs: 0 }),
    request('GET', '/requests.har'),
    request('POST', '/contract/check', {
      ignore: ['missingAttribute'],
      expect: ['wrongType'],
      failOn: 'advice',
    }),
    request('GET', '/contract/coverage'),
    request('DELETE', '/contract'),
    request('DELETE', '/requests'),
    request('POST', '/snapshots/before/restore'),
    request('DELETE', '/snapshots/before'),
    request('POST', '/reset'),
  ];
}

/** Requests to a created project; all succeed. */
export function projectRequests(id: string): readonly ControlRequest[] {
  const path = `/projects/${id}`;
  return [
    { path },
    { path: `${path}/access` },
    { path: `${OF_PROJECT}/access` },
    { method: 'PATCH', path, body: { movement: { reads: 2 }, durations: { idleMs: 5 } } },
    { method: 'PATCH', path, body: { movement: 'by hand', strict: true } },
    {
      method: 'POST',
      path: '/pact/states',
      body: { state: 'a private link that is DONE', params: { groupId: id, provider: 'AWS' } },
    },
    {
      method: 'POST',
      path: '/pact/states',
      body: { state: 'a project', action: 'teardown', params: { groupId: id } },
    },
    { method: 'DELETE', path },
  ];
}

/** Requests to a private link; all succeed. */
export function linkRequests(id: string): readonly ControlRequest[] {
  const path = `${OF_PROJECT}/private-links/${id}`;
  return [
    { path },
    { path: `${OF_PROJECT}/private-links?limit=1` },
    { method: 'POST', path: `${path}/hold` },
    { method: 'POST', path: `${path}/step` },
    { method: 'PUT', path: `${path}/state`, body: { state: 'FAILED', errorMessage: 'No endpoint.' } },
    { method: 'PUT', path: `${path}/state`, body: { state: 'DELETED' } },
  ];
}

/** Requests that are refused, each with the expected status. */
export function refusedRequests(link: string): readonly ControlRequest[] {
  const body = {};
  const text = { 'content-type': 'text/plain' };
  const late = { timeoutMs: 0, path: '/elsewhere' };
  return [
    { method: 'POST', path: '/projects', body: { profile: 'real' }, status: 400 },
    { method: 'POST', path: '/projects', body: { name: 'documented' }, status: 409 },
    { method: 'POST', path: '/projects', headers: text, body, status: 415 },
    { method: 'POST', path: '/faults', body: { id: 'x'.repeat(2 ** 20), delayMs: 1 }, status: 413 },
    { path: '/projects', headers: { origin: 'https://elsewhere.test' }, status: 403 },
    { path: '/clock', headers: { host: 'elsewhere.test' }, status: 403 },
    { path: '/projects/none/clock', status: 404 },
    { method: 'PUT', path: '/clock', body: { now: '2001-01-01T00:00:00Z' }, status: 400 },
    { method: 'PUT', path: '/fixture', body, status: 400 },
    { method: 'POST', path: '/snapshots/none/restore', status: 404 },
    { method: 'DELETE', path: `${OF_PROJECT}/snapshots/none`, status: 404 },
    { path: '/faults/none', status: 404 },
    { method: 'POST', path: '/faults', body: { id: 'twice', delayMs: 1, times: 1 }, status: 201 },
    { method: 'POST', path: '/faults', body: { id: 'twice', delayMs: 1 }, status: 409 },
    { method: 'POST', path: '/faults', body, status: 400 },
    { method: 'DELETE', path: '/private-link-rules/none', status: 404 },
    { path: `${OF_PROJECT}/private-links/none`, status: 404 },
    { method: 'POST', path: `${OF_PROJECT}/private-links/${link}/step`, status: 409 },
    { method: 'POST', path: `${OF_PROJECT}/private-links/${link}/release`, status: 409 },
    { path: '/requests?limit=0', status: 400 },
    { path: '/requests?rung=nowhere', status: 400 },
    { path: '/requests/0', status: 404 },
    { path: '/requests/lines?limit=1001', status: 400 },
    { path: `${OF_PROJECT}/private-links?limit=0`, status: 400 },
    { method: 'POST', path: '/requests/wait', body: late, status: 408 },
    {
      method: 'POST',
      path: `${OF_PROJECT}/requests/wait`,
      body: { ...late, path: '*', count: 99 },
      status: 408,
    },
    { method: 'DELETE', path: '/requests', status: 204 },
    { method: 'POST', path: '/requests/count', body: { since: 0 }, status: 410 },
    { path: '/events', headers: { 'last-event-id': 'x' }, status: 400 },
  ];
}

/** Requests to the Atlas API that fill the journal: one that succeeds, and some that are refused. */
export function atlasRequests(profile: SeededProfile, authorization: string) {
  const url = linksPath(profile);
  const headers = { accept: ACCEPT, authorization, 'content-type': 'application/json' };
  return [
    { method: 'POST', url, headers, payload: '{"provider":"AWS"}' },
    { method: 'POST', url, headers, payload: '{"provider":"AWS","region":7}' },
    { method: 'GET', url: `${url}?pretty=true`, headers },
    { method: 'GET', url },
    { method: 'GET', url: '/nothing' },
  ] as const;
}
