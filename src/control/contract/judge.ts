import type { AtlasOperation } from '../../http/operation.js';
import { headerOf } from '../../http/header.js';
import { bodyLints, queryLints, versionLints } from '../../http/lints.js';
import { doubtfulRequest } from '../../http/steps/strict.js';
import { parsed } from '../../http/faults/rule.js';
import type { Clock } from '../../kernel/clock.js';
import type { EventOf, RequestDetail, Unredacted } from '../../kernel/events.js';
import type { ProjectCache } from '../../world/index.js';
import type { Core } from '../api.js';
import { Client } from './client.js';
import { count, Coverage } from './coverage.js';
import { Findings, type Handle, type Texts } from './findings.js';
import { Mistakes } from './mistakes.js';
import { Recent } from './recent.js';
import { Seen, type Found } from './seen.js';
import { RULES } from './rules.js';
import { surfacesOf, type Surface } from './surface.js';
import { Habits } from './habits.js';

/** A GET, with what most requests have in common with the one before. */
interface Routine {
  readonly project: string | undefined;
  readonly version: string | undefined;
  readonly caller: string | undefined;
  readonly accept: string | undefined;
  /** How the answer shows the state. */
  readonly shown: string | undefined;
  readonly client: Client;
  readonly use: ReturnType<Coverage['use']>;
  readonly generation: number;
}

/** Callers whose earlier requests are remembered. */
const CLIENTS = 500;

/** How many parameters of a request are looked at. */
const MOST_NAMES = 100;

const NO_NAMES: readonly string[] = [];

/**
 * Judges requests as they finish, and counts what they exercise. It follows the events of the bus, so it sees only what
 * is committed; what it keeps is bounded and in memory, and does not depend on the journal.
 */
export class Judge implements ProjectCache {
  readonly findings = new Findings();
  readonly coverage: Coverage;
  /** The number of requests that were judged. */
  #judged = 0;
  readonly #operations: ReadonlyMap<string, AtlasOperation>;
  readonly #surfaces: ReadonlyMap<string, Surface>;
  readonly #clients = new Recent<string, Client>(CLIENTS);
  /** The last `Accept` of each operation that had nothing to find. */
  readonly #accepted = new Map<string, string | undefined>();
  /** The last GET of each operation that had nothing to find. */
  readonly #routine = new Map<string, Routine>();
  readonly #mistakes: Mistakes;
  readonly #habits: Habits;
  readonly #credentials;
  readonly #base: Clock;

  /** @param base the machine's clock */
  constructor({ events, operations, running, identity, clock }: Core, base: Clock) {
    this.#operations = new Map(operations.map((operation) => [operation.id, operation]));
    this.#surfaces = surfacesOf(operations, running);
    this.coverage = new Coverage(this.#surfaces, (id) => identity.projects.project(id) !== undefined);
    this.#mistakes = new Mistakes(
      this.#operations,
      new Set(running.flatMap(({ states }) => states?.failed ?? [])),
      this.findings,
    );
    this.#habits = new Habits(identity, clock, this.findings);
    this.#credentials = identity.credentials;
    this.#base = base;
    events.subscribe((event, detail) => {
      if (event.type === 'request.finished') {
        if (detail) this.#judge(event, detail);
        else this.#mistakes.sawControl(event.data);
      } else if (event.type === 'world.reset') this.#mistakes.sawReset(event.project);
      else if (event.type.endsWith('.changed')) {
        this.#mistakes.sawChange(event.data as { id: string; state: string }, event.project);
      }
    });
  }

  owners(): readonly string[] {
    return [...new Set([...this.coverage.projects(), ...this.findings.projects()])];
  }

  evict(project: string): void {
    this.findings.evict(project);
    if (this.coverage.evict(project)) this.#mistakes.sawRemoved(project);
  }

  /** The number of requests that were judged, of all or of a project. */
  judged(project: string | undefined): number {
    return project === undefined ? this.#judged : this.coverage.requests(project);
  }

  /** Forgets the findings and the counts of a project, or all. */
  forget(project: string | undefined): void {
    if (project === undefined) this.#judged = 0;
    this.findings.forget(project);
    this.coverage.forget(project);
  }

  #judge(event: EventOf<'request.finished'>, detail: RequestDetail): void {
    this.#judged += 1;
    const { data, project } = event;
    const raw = detail.unredacted;
    if (data.method === 'GET' && this.#isRoutine(event, raw)) return;
    const { operation: id = '', caller, version, method, status } = data;
    const surface = this.#surfaces.get(id);
    const client = this.#clients.take(caller ?? '', () => new Client());
    const seen = new Seen(event, raw, client, surface, this);
    const { state, condition } = seen;
    const start = raw.url.indexOf('?');
    const names = start < 0 ? NO_NAMES : namesIn(raw.url.slice(start + 1));
    const sent = method === 'GET' || surface?.operation.body === undefined ? undefined : sentIn(raw, id);
    const use = surface && this.coverage.use(project, id, raw.profile);
    if (use) count(use, surface, { data, condition: condition?.name, sent, parameters: names, state });
    const operation = this.#operations.get(id);
    const isTaken = caller !== undefined && (status < 400 || condition?.name === doubtfulRequest.name);
    if (operation && isTaken) this.#lint(seen, operation, names, sent);
    this.#mistakes.judge(seen);
    this.#habits.judge(seen, names);
    const accept = headerOf(raw.headers, 'accept');
    if (method !== 'GET' || status !== 200 || start >= 0 || !use) return;
    // What was read is of no interest if it does not change any more.
    if (surface.states && !surface.states.final.includes(state ?? '')) return;
    if (this.#accepted.get(id) !== accept) return;
    const { generation } = this.coverage;
    const shown = state === undefined ? undefined : `"state":"${state}"`;
    this.#routine.set(id, { project, version, caller, accept, shown, client, use, generation });
  }

  /** Whether a GET is like the last one of its operation, which had nothing to find. It is counted then. */
  #isRoutine({ data, project }: EventOf<'request.finished'>, raw: Unredacted): boolean {
    const { url, headers, answer, hasNext } = raw;
    const last = this.#routine.get(data.operation ?? '');
    if (!last || last.project !== project || last.caller !== data.caller) return false;
    if (data.status !== 200 || hasNext) return false;
    if (last.generation !== this.coverage.generation) return false;
    if (last.accept !== headerOf(headers, 'accept') || last.version !== data.version || url.includes('?'))
      return false;
    if (!last.client.isQuiet || !this.#mistakes.isQuiet) return false;
    if (last.shown !== undefined && !(typeof answer === 'string' && answer.includes(last.shown)))
      return false;
    last.use.requests += 1;
    last.client.requests += 1;
    return true;
  }

  /** Finds what one request decides. */
  #lint(seen: Seen, operation: AtlasOperation, names: readonly string[], sent: unknown): void {
    const accept = headerOf(seen.raw.headers, 'accept');
    const found = names.length > 0 ? queryLints(operation, names) : [];
    if (accept !== this.#accepted.get(operation.id)) {
      const lints = versionLints(operation, accept, seen.event.data.version, this.#base.now());
      if (lints.length === 0) this.#accepted.set(operation.id, accept);
      found.push(...lints);
    }
    if (sent !== undefined) found.push(...bodyLints(operation, sent));
    for (const lint of found) seen.find(lint);
  }

  /** Adds what a rule has found in a request. */
  find({ event, raw }: Seen, found: Found): Handle | undefined {
    const { seq, at, data } = event;
    const { operation, method, status, caller } = data;
    const { rule, subject } = found;
    // Requests for tokens, and of all projects, belong to the project that the caller was made for.
    const project = event.project ?? this.#credentials.credential(caller ?? '')?.projectId ?? undefined;
    const describe = (): Texts => {
      const known = Object.hasOwn(RULES, rule) ? RULES[rule] : undefined;
      const { severity = 'error', mend = '', source = raw.condition?.source ?? '' } = known ?? {};
      return { severity, problem: found.problem, mend: found.mend ?? mend, source: found.source ?? source };
    };
    const request = { seq, at, method, url: raw.url, status, caller };
    return this.findings.add({ rule, operation, project, subject }, describe, request);
  }
}

/** The names of the parameters of a query. */
function namesIn(query: string): readonly string[] {
  const pairs =
    query.includes('%') || query.includes('+') ? new URLSearchParams(query).keys() : query.split('&');
  const names: string[] = [];
  for (const pair of pairs) {
    const end = pair.indexOf('=');
    if (names.length >= MOST_NAMES) break;
    if (end !== 0 && pair !== '') names.push(end < 0 ? pair : pair.slice(0, end));
  }
  return names;
}

/** What was sent as JSON, or as the form of a token endpoint. */
function sentIn({ body, json }: Unredacted, id: string | undefined): unknown {
  if (json !== undefined) return json;
  if (typeof body !== 'string') return undefined;
  const isForm = id === 'createToken' || id === 'revokeToken';
  return isForm ? Object.fromEntries(new URLSearchParams(body)) : parsed(body);
}
