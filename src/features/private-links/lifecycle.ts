import type { Durations } from '../feature.js';

/** States that clients know, and PENDING, which is the project owner's own word. */
export type State =
  'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED';

/** A state of a lifecycle and the setting that says how long it lasts; the last state lasts. */
export interface Stage {
  readonly state: State;
  readonly lasts?: keyof Durations;
}

/** The states that a link enters, each with when it does, in milliseconds of its project's time. */
export type Path = readonly (readonly [state: State, at: number])[];

/** Where a link is on its path. */
export interface Position {
  readonly state: State;
  /** When the next state is entered; undefined in the last. */
  readonly dueAt: number | undefined;
}

/** Plans the path of a link that enters the first stage at `from`. A stage that lasts 0 ms is passed at once. */
export function planPath(stages: readonly Stage[], durations: Durations, from: number): Path {
  let at = from;
  return stages.map(({ state, lasts }) => {
    const entered = [state, at] as const;
    if (lasts) at += durations[lasts];
    return entered;
  });
}

/** Where a link on `path` is when its project's clock shows `now`. */
export function positionAt(path: Path, now: number): Position {
  const next = path.findIndex(([, at]) => at > now);
  const index = next === -1 ? path.length - 1 : Math.max(0, next - 1);
  const [state] = path[index] ?? ['DELETED' as const];
  return { state, dueAt: path[index + 1]?.[1] };
}

/** When a link on `path` is gone; undefined if it is not being deleted. */
export function goneAt(path: Path): number | undefined {
  const [state, at] = path.at(-1) ?? [];
  return state === 'DELETED' ? at : undefined;
}

/** Whether a link in this state is on its way out. */
export function isBeingDeleted(state: State): boolean {
  return state === 'DELETE_REQUESTED' || state === 'DELETING' || state === 'DELETED';
}
