/** A clock that follows another at a distance, or stands still. Times are in milliseconds since the epoch. */
export interface ClockState {
  /** What is added to the other clock's time. */
  readonly offsetMs: number;
  /** What it shows while it stands still. */
  readonly frozenAt: number | undefined;
}

/** A clock that shows what the other shows. */
export const IN_STEP: ClockState = { offsetMs: 0, frozenAt: undefined };

/** What the clock shows when the other shows `now`. */
export function shows({ offsetMs, frozenAt }: ClockState, now: number): number {
  return frozenAt ?? now + offsetMs;
}

/** The clock, stopped. */
export function frozen(state: ClockState, now: number): ClockState {
  return { ...state, frozenAt: shows(state, now) };
}

/** The clock, going on from what it shows. */
export function resumed(state: ClockState, now: number): ClockState {
  return { offsetMs: shows(state, now) - now, frozenAt: undefined };
}

/** The clock, moved on by `ms`. */
export function advanced({ offsetMs, frozenAt }: ClockState, ms: number): ClockState {
  return frozenAt === undefined
    ? { offsetMs: offsetMs + ms, frozenAt }
    : { offsetMs, frozenAt: frozenAt + ms };
}
