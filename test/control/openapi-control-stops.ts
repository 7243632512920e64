import { ACCEPT, linksPath, SEEDED, type SeededProfile } from '../support/emulator.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request to the control API. */
export interface ControlStop {
  readonly method?: Method;
  /** Below `/_emulator`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** Where a project's part begins, below `/_emulator`. */
export const OF_PROJECT = `/projects/${SEEDED.documented.project}`;

const LINK_RULE = { match: { vendor: 'MSK' }, times: 1, fail: 'No endpoint.' };
const RATE_LIMIT = { id: 'limit', times: 1, skip: 5, rateLimit: { retryAfterS: 2 } };
const ANSWER = {
  id: 'answer',
  match: { method: 'GET', path: '/nothing/*' },
  answer: { status: 503, body: { a: [1] }, headers: { 'retry-after': '1' } },
};

/**
 * Requests that succeed with every operation that the whole server and a project have both, in order.
 *
 * @param scope nothing, or {@link OF_PROJECT}
 */
export function twins(scope: string): readonly ControlStop[] {
  const stop = (method: Method, path: string, body?: unknown): ControlStop => ({
    method,
    path: scope + path,
    ...(body !== undefined && { body }),
  });
  return [
    stop('POST', '/snapshots', { name: 'before' }),
    stop('GET', '/snapshots'),
    stop('GET', '/clock'),
    stop('POST', '/clock/freeze'),
    stop('POST', '/clock/freeze', { at: '2027-01-31T09:00:00Z' }),
    stop('POST', '/clock/advance', { by: '90s' }),
    stop('POST', '/clock/advance', { by: 5 }),
    stop('PUT', '/clock', { now: '2027-02-01T09:00:00Z' }),
    stop('POST', '/clock/resume'),
    stop('POST', '/faults', RATE_LIMIT),
    stop('POST', '/faults', ANSWER),
    stop('POST', '/faults', { error: 'GROUP_NOT_FOUND', parameters: ['x'], match: { body: { a: [1] } } }),
    stop('POST', '/faults', { share: 0.5, delayMs: 10, match: { operation: 'getGroup', caller: 'nobody' } }),
    stop('POST', '/faults', { before: 'credentials', drop: 'after', match: { path: '/nothing' } }),
    stop('GET', '/faults'),
    stop('GET', '/faults/limit'),
    stop('DELETE', '/faults/limit'),
    stop('DELETE', '/faults'),
    stop('POST', '/private-link-rules', LINK_RULE),
    stop('POST', '/private-link-rules', { staysIn: 'IDLE' }),
    stop('GET', '/private-link-rules'),
    stop('DELETE', '/private-link-rules'),
    stop('GET', '/requests'),
    stop('GET', '/requests?method=POST&limit=1&rung=fields&status=400&since=1'),
    stop('GET', '/requests/refused?limit=5'),
    stop('POST', '/requests/count'),
    stop('POST', '/requests/count', { method: 'POST', body: { provider: 'AWS' } }),
    stop('POST', '/requests/wait', { status: 200, count: 1, timeoutMs: 0 }),
    stop('GET', '/requests.har'),
    stop('DELETE', '/requests'),
    stop('POST', '/snapshots/before/restore'),
    stop('DELETE', '/snapshots/before'),
    stop('POST', '/reset'),
  ];
}

/** Requests that succeed with a project that was made. */
export function ofMadeProject(id: string): readonly ControlStop[] {
  const path = `/projects/${id}`;
  return [
    { path },
    { path: `${path}/access` },
    { path: `${OF_PROJECT}/access` },
    { method: 'PATCH', path, body: { movement: { reads: 2 }, durations: { idleMs: 5 } } },
    { method: 'PATCH', path, body: { movement: 'by hand' } },
    { method: 'DELETE', path },
  ];
}

/** Requests that succeed with a private link. */
export function ofLink(id: string): readonly ControlStop[] {
  const path = `${OF_PROJECT}/private-links/${id}`;
  return [
    { path },
    { method: 'POST', path: `${path}/hold` },
    { method: 'POST', path: `${path}/step` },
    { method: 'PUT', path: `${path}/state`, body: { state: 'FAILED', errorMessage: 'No endpoint.' } },
    { method: 'PUT', path: `${path}/state`, body: { state: 'DELETED' } },
  ];
}

/** Requests that are refused, each with its status. */
export function refused(link: string): readonly ControlStop[] {
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

/** Requests to the Atlas API, so that there is something to record: one that is taken, and some that are not. */
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
