import { once } from 'node:events';
import { refused, sendByFetch } from './transport.js';
import type { ClockReading, Credentials } from './types.js';

/** The options of `fetch`, or a value that is sent as JSON. */
export interface FetchInit extends RequestInit {
  /** Sent as JSON, instead of a body. */
  readonly json?: unknown;
}

/**
 * Calls the Atlas API of a project as one caller.
 *
 * @param path relative to the project, such as `/streams/privateLinkConnections`; or absolute, if it starts with `/api/`
 * or is a URL. Only path and query of a URL are used: the token is sent to the emulator and nowhere else.
 */
export type AtlasFetch = (path: string | URL, init?: FetchInit) => Promise<Response>;

/** A caller of a project. */
export interface Caller extends ReturnType<typeof callerOf> {}

/** The clock of a project, which decides when tokens expire. */
interface TokenClock {
  readonly read: () => Promise<ClockReading>;
  /** The number of calls that may have put it back: after such a call, `until` of a token is another time. */
  readonly rewinds: () => number;
}

/** The default media type of responses. */
export const ACCEPT = 'application/vnd.atlas.2024-05-30+json';

/** Calls the Atlas API as one service account. */
export function callerOf(url: string, projectId: string, credentials: Credentials, clock: TokenClock) {
  let current: ReturnType<typeof request> | undefined;
  const request = async () => {
    const rewinds = clock.rewinds();
    try {
      const [token, { now }] = await Promise.all([requestToken(url, credentials), clock.read()]);
      // In the project's time, in milliseconds.
      const from = Date.parse(now);
      return { value: token.access_token, rewinds, from, until: from + token.expires_in * 1000 };
    } catch (error) {
      current = undefined;
      throw error;
    }
  };
  const token = async (): Promise<string> => {
    // Concurrent requests share one token.
    const last = (current ??= request());
    const [{ value, rewinds, from, until }, reading] = await Promise.all([last, clock.read()]);
    const now = Date.parse(reading.now);
    if (rewinds === clock.rewinds() && from <= now && now < until) return value;
    if (current === last) current = undefined;
    return token();
  };
  const atlasFetch: AtlasFetch = async (path, options = {}) => {
    // The properties of a Request are getters of its prototype: a spread copies none of them.
    if ([path, options].some((one) => Object.prototype.toString.call(one) === '[object Request]')) {
      throw new TypeError('project.fetch takes a path and the options of fetch, and no Request');
    }
    const { json, ...init } = options;
    const headers = new Headers(init.headers);
    const body = json === undefined ? init.body : JSON.stringify(json);
    if (!headers.has('accept')) headers.set('accept', ACCEPT);
    if (body != null && !headers.has('content-type')) headers.set('content-type', 'application/json');
    if (!headers.has('authorization')) {
      headers.set('authorization', `Bearer ${await unlessAborted(token, init.signal)}`);
    }
    const target = url + absolutePath(String(path), projectId, new URL(url).pathname);
    return fetch(target, { ...init, headers, ...(body != null && { body }) });
  };
  return {
    credentials,
    /** A bearer token, for a client of your own. */
    token,
    /**
     * `fetch` with a bearer token, `Accept: application/vnd.atlas.2024-05-30+json` and the body's `Content-Type`, each
     * unless the request has its own. The token is renewed when it has expired in the project's time.
     */
    fetch: atlasFetch,
  };
}

/** Waits for work that is shared with other requests, until the signal of this one aborts. */
async function unlessAborted<T>(work: () => Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work();
  signal.throwIfAborted();
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).then((): never => {
    throw signal.reason;
  });
  return Promise.race([work(), aborted]).finally(() => done.abort());
}

/** @param base the path of the emulator's address, which links in responses have too */
function absolutePath(path: string, projectId: string, base: string): string {
  if (/^https?:\/\//i.test(path)) {
    const { pathname, search } = new URL(path);
    return (pathname.startsWith(`${base}/api/`) ? pathname.slice(base.length) : pathname) + search;
  }
  if (path.startsWith('/api/')) return path;
  return `/api/atlas/v2/groups/${projectId}${path === '' || /^[/?]/.test(path) ? path : `/${path}`}`;
}

async function requestToken(url: string, { serviceAccount: { clientId, clientSecret } }: Credentials) {
  const path = '/api/oauth/token';
  const headers = {
    authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const { status, text } = await sendByFetch(url)('POST', path, headers, 'grant_type=client_credentials');
  if (status !== 200) throw refused(status, text, `POST ${path}`);
  return JSON.parse(text) as { access_token: string; expires_in: number };
}
