import { refused, unreachable } from './transport.js';
import type { ClockReading, Credentials } from './types.js';

/** What a request is sent with: what `fetch` takes, or a value that is sent as JSON. */
export interface FetchInit extends RequestInit {
  /** Sent as JSON, in place of a body. */
  readonly json?: unknown;
}

/**
 * Calls the Atlas API of a project as one caller.
 *
 * @param path below the project, such as `/streams/privateLinkConnections`; or whole, if it begins with `/api/` or is
 * an address, of which only path and query count: a token goes to the emulator and nowhere else
 */
export type AtlasFetch = (path: string | URL, init?: FetchInit) => Promise<Response>;

/** A caller of a project. */
export interface Caller {
  readonly credentials: Credentials;
  /**
   * `fetch` with a bearer token, `Accept: application/vnd.atlas.2024-05-30+json` and the body's `Content-Type`, each
   * unless the request has one of its own. The token is renewed when the project's time has run past it.
   */
  readonly fetch: AtlasFetch;
  /** A bearer token, for a client of your own. */
  token(): Promise<string>;
}

/** The clock of a project, as its callers need it. */
interface CallerClock {
  readonly read: () => Promise<ClockReading>;
  /** How often it may have been put back: until when a token lives is another moment then. */
  readonly turned: () => number;
}

interface KeptToken {
  readonly token: string;
  /** What the clock told when it was issued: how often it had been put back, and the time. */
  readonly turn: number;
  readonly from: number;
  readonly until: number;
}

/** The media type that a request asks for if it asks for none. */
export const ACCEPT = 'application/vnd.atlas.2024-05-30+json';

/** Where the Atlas API of a project begins. */
export const projectPath = (id: string): string => `/api/atlas/v2/groups/${id}`;

/**
 * A caller of a project.
 *
 * @param clock the project's, in whose time tokens live
 */
export function callerOf(
  { url, projectId }: { readonly url: string; readonly projectId: string },
  credentials: Credentials,
  clock: CallerClock,
): Caller {
  let kept: Promise<KeptToken> | undefined;

  const renew = async (): Promise<string> => {
    const turn = clock.turned();
    const renewed = Promise.all([issue(url, credentials), clock.read()]).then(
      ([{ token, seconds }, { now }]) => {
        const from = Date.parse(now);
        return { token, turn, from, until: from + seconds * 1000 };
      },
    );
    kept = renewed;
    try {
      return (await renewed).token;
    } catch (error) {
      kept = undefined;
      throw error;
    }
  };
  const token = async (): Promise<string> => {
    const current = kept;
    if (!current) return renew();
    const [{ token: held, turn, from, until }, reading] = await Promise.all([current, clock.read()]);
    const now = Date.parse(reading.now);
    if (turn === clock.turned() && from <= now && now < until) return held;
    // Whoever comes first renews it for all that wait.
    return kept === current ? renew() : token();
  };
  return {
    credentials,
    token,
    async fetch(path, options = {}) {
      // Its members are no properties of its own: spread, nothing of it is left.
      if ([path, options].some((one) => Object.prototype.toString.call(one) === '[object Request]')) {
        throw new TypeError('project.fetch takes a path, and beside it what fetch takes; but no Request');
      }
      const { json, ...init } = options;
      const headers = new Headers(init.headers);
      const body = json === undefined ? init.body : JSON.stringify(json);
      if (!headers.has('accept')) headers.set('accept', ACCEPT);
      if (body != null && !headers.has('content-type')) headers.set('content-type', 'application/json');
      if (!headers.has('authorization')) {
        headers.set('authorization', `Bearer ${await unlessAborted(token, init.signal)}`);
      }
      return fetch(url + wholePath(String(path), projectId), {
        ...init,
        headers,
        ...(body != null && { body }),
      });
    },
  };
}

/** Waits for what others may be waiting for too, and no longer than the request that wants it. */
async function unlessAborted<T>(work: () => Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work();
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** The path and query that a request is sent to. */
function wholePath(path: string, projectId: string): string {
  if (/^https?:\/\//i.test(path)) {
    const { pathname, search } = new URL(path);
    return pathname + search;
  }
  if (path.startsWith('/api/')) return path;
  return projectPath(projectId) + (path === '' || /^[/?]/.test(path) ? path : `/${path}`);
}

async function issue(
  url: string,
  { serviceAccount: { clientId, clientSecret } }: Credentials,
): Promise<{ token: string; seconds: number }> {
  const call = 'POST /api/oauth/token';
  let response: Response;
  try {
    response = await fetch(`${url}/api/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  } catch (error) {
    throw unreachable(url, call, error);
  }
  const text = await response.text();
  if (!response.ok) throw refused(response.status, text, call);
  const { access_token: token, expires_in: seconds } = JSON.parse(text) as {
    access_token: string;
    expires_in: number;
  };
  return { token, seconds };
}
