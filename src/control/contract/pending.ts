import type { Findings, Handle } from './findings.js';
import { Recent, REMEMBERED } from './recent.js';

/** Findings that a later request can show to be none, by what it has in common with theirs. */
export class Pending {
  readonly #handles: Recent<string, Handle[]>;

  /** @param limit the number of keys; the oldest findings are final beyond it */
  constructor(
    private readonly findings: Findings,
    limit = REMEMBERED,
  ) {
    this.#handles = new Recent(limit);
  }

  get size(): number {
    return this.#handles.size;
  }

  add(key: string, handle: Handle): void {
    const handles = this.#handles.take(key, () => []);
    handles.push(handle);
    if (handles.length > REMEMBERED) handles.shift();
  }

  /** Retracts the findings of a key. */
  retract(key: string): void {
    for (const handle of this.#handles.get(key) ?? []) this.findings.retract(handle);
    this.#handles.delete(key);
  }

  /** Retracts the findings of all keys that begin with a text. */
  retractBelow(start: string): void {
    for (const key of this.#handles.keys()) if (key.startsWith(start)) this.retract(key);
  }
}
