import type { Identity } from '../../identity/index.js';
import { IN_STEP, type ClockState, type MovableClock } from '../../kernel/clock.js';
import type { Findings } from './findings.js';
import { Pending } from './pending.js';
import { Recent, REMEMBERED } from './recent.js';
import { agentOf, answerHeader, bodyKey, isRead, type Seen } from './seen.js';

/** How long a token is valid, in milliseconds. */
const TOKEN_LIFE_MS = 3_600_000;

/** Two reads of one resource within this time are polling. */
const POLL_MS = 1000;

/** So many reads in a row are too many, and so many tokens. */
const POLLS = 4;
const GRANTS = 3;

/** Finds what several requests of a client decide. */
export class Habits {
  constructor(
    private readonly identity: Identity,
    private readonly clock: MovableClock,
    private readonly findings: Findings,
  ) {}

  /** @param names of the query parameters */
  judge(seen: Seen, names: readonly string[]): void {
    const { event, client } = seen;
    const { method, operation, status, caller } = event.data;
    if (caller === undefined) return;
    if (client.limited) this.#earlyRetry(seen);
    if (status === 429) this.#limit(seen);
    if (operation === 'createToken') {
      if (status === 200) this.#grant(seen, caller);
      return;
    }
    if (operation === 'revokeToken') {
      client.grants = undefined;
      return;
    }
    client.requests += 1;
    if (isRead(method)) {
      if (client.lost) this.#look(seen);
      if (status !== 200) return;
      if (seen.surface?.fields.has('?itemsPerPage')) this.#list(seen, names);
      if (seen.state !== undefined) this.#poll(seen, seen.state);
    } else if (method === 'POST') this.#create(seen);
  }

  /** A request after a 429. */
  #earlyRetry(seen: Seen): void {
    const { event, client, path } = seen;
    const key = `${event.data.method} ${path}`;
    const until = client.limited?.get(key);
    if (until === undefined) return;
    client.limited?.delete(key);
    if (event.at >= until || !this.#isRealTime(event.project)) return;
    const seconds = Math.ceil((until - event.at) / 1000);
    const problem = `The request was repeated ${seconds} s before the time of Retry-After had passed.`;
    seen.find({ rule: 'retriedTooEarly', subject: '', problem });
  }

  #limit({ event, client, path, raw }: Seen): void {
    const seconds = Number(answerHeader(raw, 'retry-after') ?? NaN);
    if (!(seconds > 0)) return;
    client.limited ??= new Recent(REMEMBERED);
    client.limited.set(`${event.data.method} ${path}`, event.at + seconds * 1000);
  }

  /** A token that was issued. */
  #grant(seen: Seen, caller: string): void {
    const { client, raw } = seen;
    const now = this.identity.credentials.credential(caller)?.now ?? 0;
    client.grants ??= new Recent(REMEMBERED);
    const key = `${raw.connection} ${agentOf(seen)}`;
    const last = client.grants.get(key);
    const isAlive = last !== undefined && now >= last.now && now < last.now + TOKEN_LIFE_MS;
    const streak = isAlive && client.requests - last.requests <= 1 ? last.streak + 1 : 1;
    client.grants.set(key, { requests: client.requests, now, streak });
    if (streak < GRANTS) return;
    const problem = 'A token was requested for each request, while the one before was valid.';
    seen.find({ rule: 'tokenForEachRequest', subject: '', problem });
  }

  /** A read: the client looks at what is there. */
  #look({ client, path }: Seen): void {
    for (const create of client.lost?.values() ?? []) if (path.startsWith(create.path)) create.looked = true;
  }

  #create(seen: Seen): void {
    const { event, client, path, raw } = seen;
    const { status, rung } = event.data;
    const isLost = status === 0 || (rung === 'faults' && status < 300);
    if (!isLost && !client.lost) return;
    const key = `${path}\n${bodyKey(raw.body)}`;
    if (client.lost?.get(key)?.looked === false) {
      const problem = 'A create without a complete answer was repeated, and nothing was read before.';
      seen.find({ rule: 'blindRetry', subject: '', problem });
    }
    if (isLost) {
      client.lost ??= new Recent(REMEMBERED);
      client.lost.set(key, { path, looked: false });
    } else client.lost?.delete(key);
  }

  /** A page of a list. */
  #list(seen: Seen, names: readonly string[]): void {
    const { client, path, raw } = seen;
    if (client.pages && names.includes('pageNum') && !/[?&]pageNum=1(?:&|$)/.test(raw.url)) {
      client.pages.retract(path);
      return;
    }
    if (!raw.hasNext || names.includes('itemsPerPage')) return;
    const problem = 'The list has a next page, which was not requested.';
    const handle = seen.find({ rule: 'pageCutShort', subject: '', problem });
    if (!handle) return;
    client.pages ??= new Pending(this.findings);
    client.pages.add(path, handle);
  }

  /** A read of a resource that changes its state. */
  #poll(seen: Seen, state: string): void {
    const { event, client, surface } = seen;
    if (surface?.states?.final.includes(state)) {
      client.polls?.delete(seen.path);
      return;
    }
    const { path } = seen;
    client.polls ??= new Recent(REMEMBERED);
    const last = client.polls.get(path);
    const isFast = last !== undefined && event.at - last.at < POLL_MS;
    const count = isFast ? last.count + 1 : 1;
    client.polls.set(path, { at: event.at, count });
    if (count < POLLS || !this.#isRealTime(event.project, true)) return;
    seen.find({
      rule: 'fastPolling',
      subject: '',
      problem: `The state ${state} was read ${POLLS} times within seconds.`,
    });
  }

  /** Whether time passes for a project as it does for the machine. @param byTime whether it also moves its states */
  #isRealTime(id: string | undefined, byTime = false): boolean {
    const project = id === undefined ? undefined : this.identity.projects.project(id);
    const clocks: ClockState[] = [this.clock.state, project?.clock ?? IN_STEP];
    const isMoved = ({ offsetMs, frozenAt }: ClockState): boolean => offsetMs !== 0 || frozenAt !== undefined;
    return !clocks.some(isMoved) && (!byTime || project?.pace.movement === 'time');
  }
}
