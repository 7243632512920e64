/** A year: the longest that a state lasts, so that sums with real time stay exact. */
export const LONGEST_MS = 365 * 24 * 3_600_000;

/** The last time that a clock can show: the end of the year 9999, in milliseconds since the epoch. */
export const LATEST = 253_402_300_799_999;

/** A source of time, in milliseconds since the epoch, and of timers that follow it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `ring` once, at or after `at` (milliseconds since the epoch). Returns a function that cancels it. */
  setAlarm(at: number, ring: () => void): () => void;
}

/** The longest delay that `setTimeout` supports; a longer one fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. Its alarms do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setAlarm(at, ring) {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = at - Date.now();
      timer =
        left > LONGEST_TIMEOUT_MS
          ? setTimeout(wait, LONGEST_TIMEOUT_MS)
          : setTimeout(ring, Math.max(0, left));
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};

/** A clock relative to another one. Times are in milliseconds since the epoch. */
export interface ClockState {
  /** What is added to the other clock's time. */
  readonly offsetMs: number;
  /** The time at which it is frozen. */
  readonly frozenAt: number | undefined;
}

/** A clock that shows what the other shows. */
export const IN_STEP: ClockState = { offsetMs: 0, frozenAt: undefined };

/** What the clock shows when the other shows `now`. */
export function shows({ offsetMs, frozenAt }: ClockState, now: number): number {
  return frozenAt ?? now + offsetMs;
}

/** The clock, frozen. */
export function frozen(state: ClockState, now: number): ClockState {
  return { ...state, frozenAt: shows(state, now) };
}

/** The clock, running again from what it shows. */
export function resumed(state: ClockState, now: number): ClockState {
  return { offsetMs: shows(state, now) - now, frozenAt: undefined };
}

/** The clock, moved forward by `ms`. */
export function advanced({ offsetMs, frozenAt }: ClockState, ms: number): ClockState {
  return frozenAt === undefined
    ? { offsetMs: offsetMs + ms, frozenAt }
    : { offsetMs, frozenAt: frozenAt + ms };
}

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
}

/** The emulator's own clock: the machine's, unless it was moved or frozen. Its alarms follow it. */
export class MovableClock implements Clock {
  /** Pending alarms, each with the function that cancels its timer. */
  readonly #alarms = new Map<Alarm, () => void>();

  /**
   * @param base the machine's clock
   * @param stored reads the state of the clock from where it is stored
   */
  constructor(
    readonly base: Clock,
    private readonly stored: () => ClockState,
  ) {}

  now(): number {
    return shows(this.state, this.base.now());
  }

  get state(): ClockState {
    return this.stored();
  }

  /** Sets the alarms again after the clock was moved, frozen or resumed. Those that are due by then ring soon, in order. */
  rearm(): void {
    for (const [alarm, cancel] of [...this.#alarms].sort(([one], [other]) => one.at - other.at)) {
      cancel();
      this.#start(alarm);
    }
  }

  setAlarm(at: number, ring: () => void): () => void {
    const alarm = { at, ring };
    this.#start(alarm);
    return () => {
      this.#alarms.get(alarm)?.();
      this.#alarms.delete(alarm);
    };
  }

  #start(alarm: Alarm): void {
    const { offsetMs, frozenAt } = this.state;
    let cancel = (): void => undefined;
    // A frozen clock reaches no alarm but those that it has passed.
    if (frozenAt === undefined || alarm.at <= frozenAt) {
      const at = frozenAt === undefined ? alarm.at - offsetMs : this.base.now();
      cancel = this.base.setAlarm(at, () => {
        this.#alarms.delete(alarm);
        alarm.ring();
      });
    }
    this.#alarms.set(alarm, cancel);
  }
}

/**
 * Parses a date and time with its zone, such as `2026-01-31T09:00:00Z`, to milliseconds since the epoch; NaN if it does
 * not exist.
 */
export function parseTime(text: string): number {
  const [, day] = /^(\d{4}-\d{2}-\d{2})T\d{2}:.*(?:Z|[+-]\d{2}:\d{2})$/.exec(text) ?? [];
  // Date.parse reads the 30th of February as the 2nd of March.
  const midnight = new Date(`${day ?? ''}T00:00:00Z`);
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day ?? '');
  return exists ? Date.parse(text) : NaN;
}
