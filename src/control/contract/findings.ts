import { redactTarget, redactText } from '../../http/observation/redaction.js';
import { Recent } from './recent.js';
import type { Severity } from './rules.js';

/** A request that broke a rule. */
export interface Occurrence {
  readonly seq: number;
  /** In real time, in milliseconds. */
  readonly at: number;
  readonly method: string;
  /** The request target, with secrets: it is redacted when it is shown. */
  readonly url: string;
  readonly status: number;
  readonly caller: string | undefined;
}

/** What a finding is about; equal ones are one finding. */
interface About {
  readonly rule: string;
  /** The id of the operation; undefined if there is none. */
  readonly operation: string | undefined;
  /** The project, even if it was removed. */
  readonly project: string | undefined;
  /** The parameter, field or path. */
  readonly subject: string;
}

/** What a finding says. */
export interface Texts {
  readonly severity: Severity;
  readonly source: string;
  readonly problem: string;
  readonly mend: string;
}

/** What was found of one rule, about one subject of one operation of a project, with its requests. */
export interface Finding extends About, Texts {
  readonly count: number;
  /** The last of them, oldest first. */
  readonly requests: readonly Occurrence[];
}

interface Stored extends Finding {
  count: number;
  readonly requests: Occurrence[];
  key: string;
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

/** How many findings are stored; others are counted. */
const LIMIT = 1000;

/** The longest text of a finding, and target of a request, in characters. */
const TEXT = 500;

/** How many requests a finding names. */
const NAMED = 5;

/** How many requests with findings are remembered by their number. */
const REQUESTS = 10_000;

/** What was found, in memory and bounded. Requests of the journal may be evicted meanwhile. */
export class Findings {
  readonly #all = new Map<string, Stored>();
  readonly #byRequest = new Recent<number, Handle[]>(REQUESTS);
  #dropped: Record<Severity, number> = { error: 0, warning: 0, advice: 0 };

  /** Findings that were not stored, because there were too many, by severity. */
  get dropped(): Readonly<Record<Severity, number>> {
    return this.#dropped;
  }

  /** Adds one request to a finding, which is described if it is new. Returns undefined if it is not stored, or is already. */
  add(about: About, describe: () => Texts, request: Occurrence): Handle | undefined {
    const key = keyOf(about.project ?? '', about);
    let stored = this.#all.get(key);
    if (!stored) {
      const { severity, source, problem, mend } = describe();
      if (this.#all.size >= LIMIT) {
        this.#dropped[severity] += 1;
        return undefined;
      }
      // Texts can contain what a client has sent.
      const texts = { problem: redactText(shortened(problem)), mend: redactText(shortened(mend)) };
      stored = {
        ...about,
        subject: shortened(about.subject),
        severity,
        source,
        ...texts,
        key,
        count: 0,
        requests: [],
        removed: false,
      };
      this.#all.set(key, stored);
    }
    if (stored.requests.at(-1)?.seq === request.seq) return undefined;
    stored.count += 1;
    const { url } = request;
    stored.requests.push(url.length > TEXT ? { ...request, url: shortened(redactTarget(url)) } : request);
    if (stored.requests.length > NAMED) stored.requests.shift();
    const handle = { finding: stored, seq: request.seq, retracted: false };
    this.#byRequest.take(request.seq, () => []).push(handle);
    return handle;
  }

  /** What was found of a request, of the last that something was found of. */
  of(seq: number): Finding[] {
    const handles = this.#byRequest.get(seq)?.filter(({ retracted }) => !retracted) ?? [];
    const found = handles.map(({ finding }) => current(finding));
    return found.filter((one) => this.#all.get(one.key) === one);
  }

  /** Removes a request from its finding: a later one has shown that it was right. */
  retract(handle: Handle): void {
    if (handle.retracted) return;
    handle.retracted = true;
    const { seq } = handle;
    const stored = current(handle.finding);
    const index = stored.requests.findIndex((request) => request.seq === seq);
    if (index >= 0) stored.requests.splice(index, 1);
    stored.count -= 1;
    // Forgotten, and found again, it is another.
    if (stored.count === 0 && this.#all.get(stored.key) === stored) this.#all.delete(stored.key);
  }

  /** The findings of a project, or of the whole server, oldest first. */
  select(project: string | undefined): Finding[] {
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

  /** The projects of findings, but for those that were removed. */
  projects(): string[] {
    return [...this.#all.values()].flatMap(({ project, removed }) => (removed ? [] : (project ?? [])));
  }

  /** Keeps the findings of a removed project for the whole server; equal ones of several projects become one. */
  evict(project: string): void {
    for (const stored of [...this.#all.values()]) {
      const { removed, key } = stored;
      if (removed || stored.project !== project) continue;
      this.#all.delete(key);
      stored.removed = true;
      stored.key = keyOf('removed', stored);
      const other = this.#all.get(stored.key);
      if (!other) this.#all.set(stored.key, stored);
      else {
        other.count += stored.count;
        other.requests.push(...stored.requests);
        other.requests.sort((one, two) => one.seq - two.seq);
        other.requests.splice(0, other.requests.length - NAMED);
        stored.into = other;
      }
    }
  }
}

/** The beginning of a long text, as a copy: a slice would keep the whole text in memory. */
function shortened(text: string): string {
  return text.length <= TEXT ? text : Buffer.from(text.slice(0, TEXT)).toString();
}

/** The finding that an earlier one has become part of. */
function current(stored: Stored): Stored {
  return stored.into ? current(stored.into) : stored;
}

/** @param scope the project; empty for requests without one */
function keyOf(scope: string, { rule, operation, subject }: About): string {
  return `${scope}\n${rule}\n${operation}\n${shortened(subject)}`;
}
