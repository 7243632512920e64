/** A year: nobody waits longer for a state, and sums with real time stay exact. */
export const LONGEST_MS = 365 * 24 * 3_600_000;

/** The last moment that a clock can show: the end of the year 9999, in milliseconds since the epoch. */
export const LATEST = 253_402_300_799_999;

/** The most that can be asked for of what is counted, such as reads or requests. */
export const MOST = 1_000_000;

/** How long passing states last, in milliseconds, by the name of the setting. */
export type Durations = Readonly<Record<string, number>>;

/** A setting for how long a state lasts. `default` is in milliseconds. */
export interface DurationSetting {
  readonly default: number;
  readonly description: string;
}

/**
 * What makes the states of a project move: its time; nothing, since they are passed at once; a number of reads of the
 * resource, so that a poller is tested without a clock; or a hand, by the control API.
 */
export type Movement = 'time' | 'at once' | 'by hand' | { readonly reads: number };

/** How the states of a project move. Durations that are left out are the server's. */
export interface Pace {
  readonly durations: Durations;
  readonly movement: Movement;
}

/** The default pace of a project. */
export const USUAL_PACE: Pace = { durations: {}, movement: 'time' };
