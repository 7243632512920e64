import type { AtlasOperation } from '../../http/operation.js';
import { EXPIRED, unauthenticated } from '../../http/credentials/credentials.js';
import { methodNotAllowed, pathNotFound } from '../../http/steps/route.js';
import { projectExists } from '../../http/steps/scope.js';
import { API_PREFIX } from '../../http/paths.js';
import type { EventData } from '../../kernel/events.js';
import type { Findings, Handle } from './findings.js';
import { REMEMBERED } from './client.js';
import { Recent } from './recent.js';
import { isMistake } from './rules.js';
import { agentOf, answerHeader, bodyKey, isRead, requestKey, type Seen } from './seen.js';

/** How many ids and paths are remembered: of what was there, what was deleted, and what a test has put into a state. */
const IDS = 10_000;

/** Steps at which a fault rule, a limit or `Prefer` refuses. */
const OTHERS = ['faults', 'scripted answer'];

/** A control request that puts an item into a state, or holds it there. */
const CONTROL_OF_STATES = /\/([^/?]+)\/(?:state|hold|step|release)$/;

const NOTHING_THERE = [pathNotFound.name, methodNotAllowed.name];

/** Finds refusals that the client is to blame for. */
export class Mistakes {
  /** Items that were there, by id, and paths that a client has deleted. */
  readonly #existed = new Recent<string, true>(IDS);
  /** Items whose state a test has decided. */
  readonly #forced = new Recent<string, true>(IDS);
  /** Refusals for missing or old credentials, until the client answers the challenge: by nonce, and by request. */
  readonly #challenges = new Recent<string, readonly Handle[]>(IDS / 10);
  /** Refusals of tokens that have expired, by User-Agent. */
  readonly #expired = new Recent<string, Handle[]>(REMEMBERED);

  /** @param failed states that only the control API brings about */
  constructor(
    private readonly operations: ReadonlyMap<string, AtlasOperation>,
    private readonly failed: ReadonlySet<string | undefined>,
    private readonly findings: Findings,
  ) {}

  /** Whether no challenge waits for its answer. */
  get isQuiet(): boolean {
    return this.#challenges.size === 0;
  }

  /** An item has entered a state. */
  sawChange({ id, state }: { readonly id: string; readonly state: string }): void {
    if (!this.#existed.has(id)) this.#existed.set(id, true);
    if (this.failed.has(state)) this.#forced.set(id, true);
  }

  /** A test has called the control API. */
  sawControl({ method, path, status }: EventData['request.finished']): void {
    if (method === 'GET' || status >= 300) return;
    const id = CONTROL_OF_STATES.exec(path)?.[1];
    if (id !== undefined) this.#forced.set(id, true);
  }

  /** A project was removed. */
  sawRemoved(project: string): void {
    this.#existed.set(`${API_PREFIX}/groups/${project}`, true);
  }

  judge(seen: Seen): void {
    const { condition, event, client, raw } = seen;
    const { caller, method, status, operation, rung } = event.data;
    const isAnswer = caller !== undefined || raw.headers.authorization !== undefined;
    if (isAnswer && this.#challenges.size > 0) this.#answered(seen, caller !== undefined);
    if (operation === 'createToken' && status === 200 && this.#expired.size > 0) {
      const agent = agentOf(seen);
      for (const handle of this.#expired.get(agent) ?? []) this.findings.retract(handle);
      this.#expired.delete(agent);
    }
    if (!condition) {
      if (method === 'DELETE') this.#existed.set(seen.path, true);
      if (method === 'POST' && client.looks) this.#created(seen);
      return;
    }
    if (OTHERS.includes(rung) || !isMistake(condition.name) || this.#isExcused(seen)) return;
    const { name, problem, remedy, source } = condition;
    const { path } = seen;
    const { field } = condition as { field?: string };
    // A client that makes up paths must not fill the memory.
    const other = name === unauthenticated.name ? problem : '';
    const subject = field ?? (operation === undefined ? path.slice(0, 200) : other);
    const handle = seen.find({ rule: name, subject, problem, mend: remedy, source });
    if (!handle) return;
    if (name === unauthenticated.name) {
      const challenge = answerHeader(raw, 'www-authenticate') ?? '';
      const isChallenge = raw.headers.authorization === undefined || challenge.endsWith('stale=true');
      if (!isChallenge && problem !== EXPIRED) return;
      this.#remember(requestKey(seen), handle);
      if (isChallenge) this.#remember(/nonce="([^"]+)"/.exec(challenge)?.[1] ?? '', handle);
      else
        this.#expired.set(
          agentOf(seen),
          [...(this.#expired.get(agentOf(seen)) ?? []), handle].slice(-REMEMBERED),
        );
    } else if (status === 404 && isRead(method)) {
      client.looks ??= new Recent(REMEMBERED);
      client.looks.set(path, handle);
    }
  }

  /** Whether a refusal follows from what came before, so that a client that does nothing wrong can meet it. */
  #isExcused({ condition, event, client, path, raw }: Seen): boolean {
    const { method, operation, status, rung } = event.data;
    const { name = '', parameters = [] } = (condition ?? {}) as {
      name?: string;
      parameters?: readonly unknown[];
    };
    // Created by a request whose answer was lost.
    const exists = [projectExists.name, this.operations.get(operation ?? '')?.conflict?.name];
    if (exists.includes(name) && client.lost?.has(`${path}\n${bodyKey(raw.body)}`)) return true;
    const parts = path.split('/');
    const ids = [...parts.slice(4), ...parameters.map(String)];
    if (rung === 'state' && ids.some((id) => this.#forced.has(id))) return true;
    if (status !== 404 || NOTHING_THERE.includes(name) || !(isRead(method) || method === 'DELETE'))
      return false;
    const wasThere = (_: string, index: number): boolean =>
      this.#existed.has(parts.slice(0, index + 1).join('/'));
    return ids.some((id) => this.#existed.has(id)) || parts.some(wasThere);
  }

  /**
   * A request has credentials: the challenge before it is no mistake. One with wrong credentials answers a challenge only
   * if it has its nonce.
   */
  #answered(seen: Seen, isRight: boolean): void {
    const { authorization = '' } = seen.raw.headers;
    const nonce = /^\s*digest\b.*?\bnonce\s*=\s*"?([^",\s]+)/is.exec(authorization)?.[1];
    for (const key of [...(isRight ? [requestKey(seen)] : []), nonce ?? '']) {
      const handles = this.#challenges.get(key) ?? [];
      for (const handle of handles) this.findings.retract(handle);
      if (handles.length > 0) this.#challenges.delete(key);
    }
  }

  /** Keeps a refusal for as long as the client can show that it was none. */
  #remember(key: string, handle: Handle): void {
    this.#challenges.set(key, [...(this.#challenges.get(key) ?? []), handle].slice(-REMEMBERED));
  }

  /** A create has succeeded: what was looked for before was not there. */
  #created({ client, path }: Seen): void {
    for (const [looked, handle] of client.looks ?? []) {
      if (!looked.startsWith(`${path}/`)) continue;
      this.findings.retract(handle);
      client.looks?.delete(looked);
    }
  }
}
