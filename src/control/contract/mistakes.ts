import type { AtlasOperation } from '../../http/operation.js';
import { EXPIRED, unauthenticated } from '../../http/credentials/credentials.js';
import { methodNotAllowed, pathNotFound } from '../../http/steps/route.js';
import { projectExists } from '../../http/steps/scope.js';
import type { EventData } from '../../kernel/events.js';
import type { Findings } from './findings.js';
import { Pending } from './pending.js';
import { Recent } from './recent.js';
import { isMistake } from './rules.js';
import { agentOf, answerHeader, bodyKey, isRead, requestKey, type Seen } from './seen.js';

/** How many ids and paths are remembered: of what was there, what was removed, and what a test has put into a state. */
const IDS = 10_000;

/** Steps at which a fault rule, a limit or `Prefer` refuses. */
const OTHERS = ['faults', 'scripted answer'];

/** A control request that puts an item into a state, or holds it there. */
const CONTROL_OF_STATES = /\/([^/?]+)\/(?:state|hold|step|release)$/;

/** A project of the control API. */
const CONTROL_OF_PROJECT = /^\/_emulator\/projects\/([^/?]+)$/;

const NOTHING_THERE = [pathNotFound.name, methodNotAllowed.name];

/** Finds refusals that the client is to blame for. */
export class Mistakes {
  /** The projects of items that were there, and of themselves, by id. */
  readonly #existed = new Recent<string, string | undefined>(IDS);
  /** Items and projects that a test has removed. */
  readonly #removed = new Recent<string, true>(IDS);
  /** Paths that were deleted, each after its caller. */
  readonly #deleted = new Recent<string, true>(IDS);
  /** Items whose state a test has decided. */
  readonly #forced = new Recent<string, true>(IDS);
  /** Refusals for missing or old credentials, until the client answers the challenge: by nonce, and by request. */
  readonly #challenges: Pending;
  /** Refusals of tokens that have expired, by User-Agent. */
  readonly #expired: Pending;

  /** @param failed states that only the control API brings about */
  constructor(
    private readonly operations: ReadonlyMap<string, AtlasOperation>,
    private readonly failed: ReadonlySet<string | undefined>,
    private readonly findings: Findings,
  ) {
    this.#challenges = new Pending(findings, IDS / 10);
    this.#expired = new Pending(findings);
  }

  /** Whether no challenge waits for its answer. */
  get isQuiet(): boolean {
    return this.#challenges.size === 0;
  }

  /** An item of a project has entered a state. */
  sawChange(
    { id, state }: { readonly id: string; readonly state: string },
    project: string | undefined,
  ): void {
    if (!this.#existed.has(id)) this.#existed.set(id, project);
    if (this.failed.has(state)) this.#forced.set(id, true);
  }

  /** A test has called the control API. */
  sawControl({ method, path, status }: EventData['request.finished']): void {
    if (method === 'GET' || status >= 300) return;
    const forced = CONTROL_OF_STATES.exec(path)?.[1];
    if (forced !== undefined) this.#forced.set(forced, true);
    const removed = method === 'DELETE' ? CONTROL_OF_PROJECT.exec(path)?.[1] : undefined;
    if (removed !== undefined) this.#removed.set(removed, true);
  }

  /** A project was removed, by whomever. */
  sawRemoved(project: string): void {
    this.#existed.set(project, project);
  }

  /** A test has reset or restored a project, or everything: what was there may be gone. */
  sawReset(project: string | undefined): void {
    for (const [id, own] of this.#existed) {
      if (project !== undefined && own !== project) continue;
      this.#existed.delete(id);
      this.#removed.set(id, true);
    }
  }

  judge(seen: Seen): void {
    const { condition, event, client, raw } = seen;
    const { caller, method, status, operation, rung } = event.data;
    if (this.#challenges.size > 0) this.#answered(seen, caller !== undefined);
    if (operation === 'createToken' && status === 200 && this.#expired.size > 0)
      this.#expired.retract(agentOf(seen));
    if (!condition) {
      if (method === 'DELETE') this.#deleted.set(`${caller} ${seen.path}`, true);
      // What was looked for before was not there.
      if (method === 'POST') client.looks?.retractBelow(`${seen.path}/`);
      return;
    }
    if (OTHERS.includes(rung) || !isMistake(condition.name) || this.#isExcused(seen)) return;
    const { path } = seen;
    const { name, problem, remedy, source } = condition;
    const { field } = condition as { field?: string };
    const other = name === unauthenticated.name ? problem : '';
    const subject = field ?? (operation === undefined ? path : other);
    const handle = seen.find({ rule: name, subject, problem, mend: remedy, source });
    if (!handle) return;
    if (name === unauthenticated.name) {
      const challenge = answerHeader(raw, 'www-authenticate') ?? '';
      const isChallenge = raw.headers.authorization === undefined || challenge.endsWith('stale=true');
      if (!isChallenge && problem !== EXPIRED) return;
      this.#challenges.add(requestKey(seen), handle);
      if (isChallenge) this.#challenges.add(/nonce="([^"]+)"/.exec(challenge)?.[1] ?? '', handle);
      else this.#expired.add(agentOf(seen), handle);
    } else if (status === 404 && isRead(method)) {
      client.looks ??= new Pending(this.findings);
      client.looks.add(path, handle);
    }
  }

  /** Whether a refusal follows from what came before, so that a client that does nothing wrong can meet it. */
  #isExcused({ condition, event, client, path, raw }: Seen): boolean {
    const { caller, method, operation, status, rung } = event.data;
    const { name = '', parameters = [] } = (condition ?? {}) as {
      name?: string;
      parameters?: readonly unknown[];
    };
    // Created by a request whose answer was lost.
    const exists = [projectExists.name, this.operations.get(operation ?? '')?.conflict?.name];
    if (client.lost && exists.includes(name) && client.lost.has(`${path}\n${bodyKey(raw.body)}`)) return true;
    const isMissing = status === 404 && !NOTHING_THERE.includes(name);
    if (rung !== 'state' && !isMissing) return false;
    if (this.#forced.size > 0 || this.#removed.size > 0) {
      const ids = [...path.split('/').slice(4), ...parameters.map(String)];
      if (rung === 'state' && ids.some((id) => this.#forced.has(id))) return true;
      if (isMissing && ids.some((id) => this.#removed.has(id))) return true;
    }
    if (!isMissing || this.#deleted.size === 0 || !(isRead(method) || method === 'DELETE')) return false;
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (this.#deleted.has(`${caller} ${path.slice(0, end)}`)) return true;
    }
    return false;
  }

  /**
   * A request has credentials: the challenge before it is no mistake. One with wrong credentials answers a challenge only
   * if it has its nonce.
   */
  #answered(seen: Seen, isRight: boolean): void {
    const { authorization } = seen.raw.headers;
    if (!isRight && authorization === undefined) return;
    const nonce = /^\s*digest\b.*?\bnonce\s*=\s*"?([^",\s]+)/is.exec(authorization ?? '')?.[1];
    if (isRight) this.#challenges.retract(requestKey(seen));
    if (nonce !== undefined) this.#challenges.retract(nonce);
  }
}
