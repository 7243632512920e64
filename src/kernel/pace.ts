/** Settings that say how long the passing states of a lifecycle last, in milliseconds. */
export const DURATIONS = ['pendingMs', 'idleMs', 'workingMs', 'deleteRequestedMs', 'deletingMs'] as const;

/** A year: nobody waits longer for a state, and sums with real time stay exact. */
export const LONGEST_MS = 365 * 24 * 3_600_000;

/** The last moment that a clock can show: the end of the year 9999, in milliseconds since the epoch. */
export const LATEST = 253_402_300_799_999;

/** The most that can be asked for of what is counted, such as reads or requests. */
export const MOST = 1_000_000;

/** How long the passing states last, in milliseconds. */
export type Durations = Readonly<Record<(typeof DURATIONS)[number], number>>;

/**
 * What makes the states of a project move: its time; nothing, since they are passed at once; a number of reads of the
 * resource, so that a poller is tested without a clock; or a hand, by the control API.
 */
export type Movement = 'time' | 'at once' | 'by hand' | { readonly reads: number };

/** How the states of a project move. Durations that are left out are the server's. */
export interface Pace {
  readonly durations: Partial<Durations>;
  readonly movement: Movement;
}

/** The pace of a project that nobody gave one. */
export const USUAL_PACE: Pace = { durations: {}, movement: 'time' };
