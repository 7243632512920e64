import { rulesOver, type Rules } from './resource.js';
import type { Transport } from './transport.js';
import type {
  ClockReading,
  Duration,
  Fault,
  HttpArchive,
  NewFault,
  RecordedRequest,
  RefusedRequest,
  RequestFilter,
  RequestMatcher,
  Snapshot,
} from './types.js';

/** Time, of one project or of all. What falls due is done when a call returns. */
export interface Clock {
  read(): Promise<ClockReading>;
  /** Stops it, at a moment ahead if one is given. */
  freeze(at?: Date | string): Promise<ClockReading>;
  /** Moves it on, whether it runs or stands still. */
  advance(by: Duration): Promise<ClockReading>;
  /** Moves it to a moment ahead. */
  set(now: Date | string): Promise<ClockReading>;
  /** Lets it go on from what it shows. */
  resume(): Promise<ClockReading>;
}

/** Failures on demand. */
export interface Faults {
  add(fault: NewFault): Promise<Fault>;
  /** Oldest first, each with how often it has fired. */
  list(): Promise<readonly Fault[]>;
  remove(id: string): Promise<void>;
  /** Removes all of the scope. */
  clear(): Promise<void>;
}

/** What was called, by whom, with what, and what was answered. */
export interface Requests {
  /** The last that match, oldest first; 100 at the most unless `limit` says otherwise. */
  list(filter?: RequestFilter & { readonly limit?: number }): Promise<readonly RecordedRequest[]>;
  /** How many match. @throws {EmulatorError} 410 where some of them may have been dropped */
  count(matcher?: RequestMatcher): Promise<number>;
  /**
   * Waits until as many have come as are wanted (1), those that have come already included.
   *
   * @throws {EmulatorError} 408 if they have not after `timeoutMs` (5000)
   */
  wait(
    matcher?: RequestMatcher & { readonly count?: number; readonly timeoutMs?: number },
  ): Promise<readonly RecordedRequest[]>;
  /** The last refusals, newest first, each with its rule and what would have passed; 20 unless `limit` is given. */
  refused(options?: { readonly limit?: number }): Promise<readonly RefusedRequest[]>;
  /** An HTTP Archive (HAR 1.2). */
  har(): Promise<HttpArchive>;
  /** Forgets them: lists and counts begin anew. */
  clear(): Promise<void>;
}

/** Snapshots of the scope. */
export interface Snapshots {
  list(): Promise<readonly Snapshot[]>;
  remove(name: string): Promise<void>;
}

/** What can be done with one project, and with the whole server. */
export interface Verbs {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly requests: Requests;
  /** What happens to private links that are not created yet. */
  readonly rules: Rules;
  /** The same of any resource. @param path of its rules in the control API, such as `private-link-rules` */
  rulesFor(path: string): Rules<object, { readonly id: string; readonly rule: object }>;
  readonly snapshots: Snapshots;
  /** Goes back to the fixture; a project that was made, to its making. Signs nobody out. */
  reset(): Promise<void>;
  /** Takes a snapshot: resources, rules and the clock. One of the same name is replaced. */
  snapshot(name: string): Promise<Snapshot>;
  /** Goes back to a snapshot. */
  restore(name: string): Promise<void>;
}

/** The verbs over a transport. @param scope what their paths begin with: nothing, or `/projects/{groupId}` */
export function verbs(transport: Transport, scope: string): Verbs {
  const call = async <T>(method: Parameters<Transport>[0], path: string, body?: unknown): Promise<T> =>
    (await transport(method, scope + path, body)) as T;
  const part = encodeURIComponent;
  return {
    clock: {
      read: () => call('GET', '/clock'),
      freeze: (at) => call('POST', '/clock/freeze', at === undefined ? undefined : { at }),
      advance: (by) => call('POST', '/clock/advance', { by }),
      set: (now) => call('PUT', '/clock', { now }),
      resume: () => call('POST', '/clock/resume'),
    },
    faults: {
      add: (fault) => call('POST', '/faults', fault),
      list: async () => (await call<{ results: Fault[] }>('GET', '/faults')).results,
      remove: (id) => call('DELETE', `/faults/${part(id)}`),
      clear: () => call('DELETE', '/faults'),
    },
    requests: {
      list: async (filter = {}) =>
        (await call<{ requests: RecordedRequest[] }>('GET', `/requests${query(filter)}`)).requests,
      count: async (matcher = {}) =>
        (await call<{ count: number }>('POST', '/requests/count', matcher)).count,
      wait: async (matcher = {}) =>
        (await call<{ requests: RecordedRequest[] }>('POST', '/requests/wait', matcher)).requests,
      refused: async (options = {}) =>
        (await call<{ requests: RefusedRequest[] }>('GET', `/requests/refused${query(options)}`)).requests,
      har: () => call('GET', '/requests.har'),
      clear: () => call('DELETE', '/requests'),
    },
    rules: rulesOver(transport, `${scope}/private-link-rules`),
    rulesFor: (path) => rulesOver(transport, `${scope}/${path}`),
    snapshots: {
      list: async () => (await call<{ snapshots: Snapshot[] }>('GET', '/snapshots')).snapshots,
      remove: (name) => call('DELETE', `/snapshots/${part(name)}`),
    },
    reset: () => call('POST', '/reset'),
    snapshot: (name) => call('POST', '/snapshots', { name }),
    restore: (name) => call('POST', `/snapshots/${part(name)}/restore`),
  };
}

/** A query of what is given; empty if nothing is. */
export function query(values: object): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(values as Record<string, string | number | undefined>)) {
    if (value !== undefined) given.set(key, String(value));
  }
  return given.size === 0 ? '' : `?${given.toString()}`;
}
