import type { Clock } from '../../src/kernel/clock.js';

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
}

/** A clock that a test moves. Its alarms fire while it moves, in order, each at its own time. */
export class ManualClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setAlarm(at: number, ring: () => void): () => void {
    const alarm = { at, ring };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** The times of the pending alarms, in order. */
  get alarms(): readonly number[] {
    return [...this.#alarms].map(({ at }) => at).sort((one, other) => one - other);
  }

  /** Moves the clock on by `ms`. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#nextUntil(end); next; next = this.#nextUntil(end)) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.ring();
    }
    this.#now = end;
  }

  #nextUntil(end: number): Alarm | undefined {
    return [...this.#alarms].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
  }
}
