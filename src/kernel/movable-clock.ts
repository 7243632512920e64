import { IN_STEP, shows, type ClockState } from './clock-state.js';
import type { Clock } from './clock.js';

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
  cancel: () => void;
}

/** The emulator's own time: the machine's, unless it is moved or stopped for all. Its alarms follow it. */
export class MovableClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  #state: ClockState = IN_STEP;

  constructor(private readonly base: Clock) {}

  now(): number {
    return shows(this.#state, this.base.now());
  }

  get state(): ClockState {
    return this.#state;
  }

  /** What the machine's clock shows. */
  baseNow(): number {
    return this.base.now();
  }

  /** Moves, stops or starts the clock. Alarms that are due by then ring soon, in order. */
  change(state: ClockState): void {
    this.#state = state;
    for (const alarm of [...this.#alarms].sort((one, other) => one.at - other.at)) {
      alarm.cancel();
      this.#set(alarm);
    }
  }

  setAlarm(at: number, ring: () => void): () => void {
    const alarm: Alarm = { at, ring, cancel: () => undefined };
    this.#alarms.add(alarm);
    this.#set(alarm);
    return () => {
      alarm.cancel();
      this.#alarms.delete(alarm);
    };
  }

  #set(alarm: Alarm): void {
    const { offsetMs, frozenAt } = this.#state;
    // A clock that stands still rings for nothing but what it has passed.
    if (frozenAt !== undefined && alarm.at > frozenAt) {
      alarm.cancel = () => undefined;
      return;
    }
    const at = frozenAt === undefined ? alarm.at - offsetMs : this.base.now();
    alarm.cancel = this.base.setAlarm(at, () => {
      this.#alarms.delete(alarm);
      alarm.ring();
    });
  }
}
