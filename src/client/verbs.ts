import { query, type Transport } from './transport.js';
import type * as api from './types.js';

/** What both a project and the whole server can do. */
export interface Verbs extends ReturnType<typeof verbs> {}

/** The clock of a project, or of the server. A call returns once everything that became due is done. */
export type Clock = Verbs['clock'];

/** Fault injection. */
export type Faults = Verbs['faults'];

/** The recorded requests, and their responses. */
export type Requests = Verbs['requests'];

/** The snapshots of a project, or of the server. */
export type Snapshots = Verbs['snapshots'];

/** Rules for the items of a resource that are created later. */
export interface Rules<Rule = api.LinkRule, Kept = api.KeptLinkRule> {
  add(rule: Rule): Promise<Kept>;
  list(): Promise<readonly Kept[]>;
  remove(id: string): Promise<void>;
  /** Removes all of the scope. */
  clear(): Promise<void>;
}

/** The operations of the scope `both`. @param call a transport to the server, or to one of its projects */
export function verbs(call: Transport) {
  const part = encodeURIComponent;
  return {
    clock: {
      read: () => call<api.ClockReading>('GET', '/clock'),
      /** Stops the clock, now or at a later time. */
      freeze: (at?: Date | string) =>
        call<api.ClockReading>('POST', '/clock/freeze', at === undefined ? at : { at }),
      /** Moves the clock forward. */
      advance: (by: api.Duration) => call<api.ClockReading>('POST', '/clock/advance', { by }),
      /** Moves the clock to a later time. */
      set: (now: Date | string) => call<api.ClockReading>('PUT', '/clock', { now }),
      /** Lets a frozen clock run. */
      resume: () => call<api.ClockReading>('POST', '/clock/resume'),
    },
    faults: {
      add: (fault: api.NewFault) => call<api.Fault>('POST', '/faults', fault),
      /** Oldest first, each with the number of times that it has fired. */
      list: async () => (await call<{ results: readonly api.Fault[] }>('GET', '/faults')).results,
      remove: (id: string) => call('DELETE', `/faults/${part(id)}`),
      /** Removes all of the scope. */
      clear: () => call('DELETE', '/faults'),
    },
    requests: {
      /** The last requests that match, oldest first; at most 100 unless `limit` is given. */
      list: (filter: api.RequestFilter & { readonly limit?: number } = {}) =>
        requestsOf<api.RecordedRequest>(call('GET', `/requests${query(filter)}`)),
      /** How many requests match. @throws {EmulatorError} 410 if some of them may have been evicted */
      count: async (matcher: api.RequestMatcher = {}) =>
        (await call<{ count: number }>('POST', '/requests/count', matcher)).count,
      /**
       * Waits for `count` (1) matching requests. Earlier requests count.
       *
       * @throws {EmulatorError} 408 after `timeoutMs` (5000)
       */
      wait: (matcher: api.RequestMatcher & { readonly count?: number; readonly timeoutMs?: number } = {}) =>
        requestsOf<api.RecordedRequest>(call('POST', '/requests/wait', matcher)),
      /**
       * The last refused requests, newest first, each with its rule and remedy; 20 unless `limit` is given. Digest
       * challenges that the client then answered are left out unless `all` is true.
       */
      refused: (options: { readonly limit?: number; readonly all?: boolean } = {}) =>
        requestsOf<api.RefusedRequest>(call('GET', `/requests/refused${query(options)}`)),
      /** An HTTP Archive (HAR 1.2). */
      har: () => call<api.HttpArchive>('GET', '/requests.har'),
      /** Deletes the recorded requests: lists and counts start again. */
      clear: () => call('DELETE', '/requests'),
    },
    /** Whether clients keep to the contract of Atlas: see docs/contract.md. */
    contract: {
      /** What clients have done wrong. `passed` is false if there is an error, or a finding of `failOn`. */
      check: (options: api.CheckOptions = {}) => call<api.CheckReport>('POST', '/contract/check', options),
      /** What requests have exercised of what is emulated. */
      coverage: () => call<api.CoverageReport>('GET', '/contract/coverage'),
      /** Forgets findings and coverage: checks start again. */
      clear: () => call('DELETE', '/contract'),
    },
    /** Rules for private links that are created later. */
    rules: rulesOver<api.LinkRule, api.KeptLinkRule>(call, '/private-link-rules'),
    /** Rules for any resource. @param path of its rules in the control API, such as `private-link-rules` */
    rulesFor: (path: string) =>
      rulesOver<object, { readonly id: string; readonly rule: object }>(call, `/${path}`),
    snapshots: {
      list: async () => (await call<{ snapshots: readonly api.Snapshot[] }>('GET', '/snapshots')).snapshots,
      remove: (name: string) => call('DELETE', `/snapshots/${part(name)}`),
    },
    /** Restores the fixture, or a new project's initial state. Tokens stay valid. */
    reset: () => call('POST', '/reset'),
    /** Takes a snapshot of resources, rules and the clock. It replaces one of the same name. */
    snapshot: (name: string) => call<api.Snapshot>('POST', '/snapshots', { name }),
    /** Restores a snapshot. */
    restore: (name: string) => call('POST', `/snapshots/${part(name)}/restore`),
  };
}

const requestsOf = async <Entry>(answer: Promise<{ requests: readonly Entry[] }>) => (await answer).requests;

function rulesOver<Rule, Kept>(call: Transport, path: string): Rules<Rule, Kept> {
  return {
    add: (rule) => call<Kept>('POST', path, rule),
    list: async () => (await call<{ rules: readonly Kept[] }>('GET', path)).rules,
    remove: (id) => call('DELETE', `${path}/${encodeURIComponent(id)}`),
    clear: () => call('DELETE', path),
  };
}
