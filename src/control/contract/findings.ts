import { redactText } from '../../http/observation/redaction.js';
import type { Severity } from './rules.js';

/** A request that broke a rule. */
export interface Occurrence {
  readonly seq: number;
  /** In real time, in milliseconds. */
  readonly at: number;
  readonly method: string;
  /** With secrets redacted. */
  readonly path: string;
  readonly status: number;
  readonly caller: string | undefined;
}

/** What was found of one rule, about one subject of one operation of a project. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly source: string;
  readonly problem: string;
  readonly mend: string;
  /** The id of the operation; undefined if there is none. */
  readonly operation: string | undefined;
  /** The project, even if it was removed. */
  readonly project: string | undefined;
}

/** A finding with its requests. */
export interface Kept extends Finding {
  count: number;
  /** The last of them, oldest first. */
  readonly requests: Occurrence[];
}

interface Stored extends Kept {
  /** The parameter, field or path that it is about. */
  readonly subject: string;
  /** Its project was removed: only the whole server has it now. */
  removed: boolean;
  /** The finding that has taken it in, because both are of removed projects. */
  into?: Stored;
}

/** One request of a finding, which may turn out to be none. */
export interface Handle {
  readonly finding: Stored;
  readonly seq: number;
  retracted: boolean;
}

/** How many findings are kept; others are counted. */
const LIMIT = 1000;

/** The longest text of a finding, and path of a request, in characters. */
const TEXT = 500;

/** How many requests a finding names. */
const NAMED = 5;

/** What was found, in memory and bounded. Requests of the journal may be evicted meanwhile. */
export class Findings {
  readonly #all = new Map<string, Stored>();
  #dropped: Record<Severity, number> = { error: 0, warning: 0, advice: 0 };

  /** Findings that were not kept for lack of memory, by severity. */
  get dropped(): Readonly<Record<Severity, number>> {
    return this.#dropped;
  }

  /** Adds one request to a finding. Returns undefined if it is not kept. */
  add(finding: Finding, subject: string, request: Occurrence): Handle | undefined {
    const key = keyOf(finding.project, finding, subject);
    let stored = this.#all.get(key);
    if (!stored) {
      if (this.#all.size >= LIMIT) {
        this.#dropped[finding.severity] += 1;
        return undefined;
      }
      // Texts can contain what a client has sent.
      const [problem, mend] = [finding.problem, finding.mend].map((text) => redactText(text.slice(0, TEXT)));
      const texts = { problem: problem ?? '', mend: mend ?? '' };
      stored = { ...finding, ...texts, subject, count: 0, requests: [], removed: false };
      this.#all.set(key, stored);
    }
    stored.count += 1;
    stored.requests.push({ ...request, path: request.path.slice(0, TEXT) });
    if (stored.requests.length > NAMED) stored.requests.shift();
    return { finding: stored, seq: request.seq, retracted: false };
  }

  /** Removes a request from its finding: a later one has shown that it was right. */
  retract(handle: Handle): void {
    if (handle.retracted) return;
    handle.retracted = true;
    const { seq } = handle;
    let stored = handle.finding;
    while (stored.into) stored = stored.into;
    const index = stored.requests.findIndex((request) => request.seq === seq);
    if (index >= 0) stored.requests.splice(index, 1);
    stored.count -= 1;
    if (stored.count > 0) return;
    for (const [key, one] of this.#all) if (one === stored) this.#all.delete(key);
  }

  /** The findings of a project, or of the whole server, oldest first. */
  select(project: string | undefined): Kept[] {
    const all = [...this.#all.values()];
    return project === undefined ? all : all.filter((one) => !one.removed && one.project === project);
  }

  /** Forgets what was found. */
  forget(project: string | undefined): void {
    if (project === undefined) {
      this.#all.clear();
      this.#dropped = { error: 0, warning: 0, advice: 0 };
    } else {
      for (const [key, { removed, project: own }] of this.#all) {
        if (!removed && own === project) this.#all.delete(key);
      }
    }
  }

  /** Keeps the findings of removed projects for the whole server; equal ones of several projects become one. */
  evict(isGone: (project: string) => boolean): void {
    for (const [key, stored] of [...this.#all]) {
      const { project, removed, subject } = stored;
      if (removed || project === undefined || !isGone(project)) continue;
      this.#all.delete(key);
      stored.removed = true;
      const shared = keyOf('', stored, subject);
      const other = this.#all.get(shared);
      if (!other) this.#all.set(shared, stored);
      else {
        other.count += stored.count;
        other.requests.push(...stored.requests);
        other.requests.splice(0, other.requests.length - NAMED);
        stored.into = other;
      }
    }
  }
}

function keyOf(scope: string | undefined, { rule, operation }: Finding, subject: string): string {
  return JSON.stringify([scope ?? null, rule, operation ?? null, subject]);
}
