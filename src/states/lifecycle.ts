import type { Durations, Movement } from '../../kernel/pace.js';

/** States that clients know, and PENDING, which is the project owner's own word. */
export const STATES = [
  'PENDING',
  'IDLE',
  'WORKING',
  'DONE',
  'FAILED',
  'DELETE_REQUESTED',
  'DELETING',
  'DELETED',
] as const;
export type State = (typeof STATES)[number];

/** A state of a lifecycle and the setting that says how long it lasts; the last state lasts. */
export interface Stage {
  readonly state: State;
  readonly lasts?: keyof Durations;
}

/** The states that a link enters, each with when it does, in milliseconds of its project's time, and why if not by time. */
export type Path = readonly (readonly [state: State, at: number, why?: string])[];

/** What is planned for a link. */
export interface Plan {
  readonly path: Path;
  /** Stages that time does not bring. */
  readonly rest: readonly Stage[];
  /** How many reads bring the next of them. */
  readonly readsLeft: number | undefined;
}

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

/** Plans what a link goes through that enters the first stage at `from`, for a reason. */
export function plan(
  stages: readonly Stage[],
  { durations, movement }: { readonly durations: Durations; readonly movement: Movement },
  from: number,
  why: string,
): Plan {
  if (movement === 'time')
    return { path: because(planPath(stages, durations, from), why), rest: [], readsLeft: undefined };
  if (movement === 'at once') {
    const at = stages.map(({ state }) => [state, from] as const);
    return { path: because(at, why), rest: [], readsLeft: undefined };
  }
  const [first, ...rest] = stages;
  return {
    path: first ? [[first.state, from, why]] : [],
    rest,
    readsLeft: rest.length > 0 && movement !== 'by hand' ? movement.reads : undefined,
  };
}

/** The part of a path that lies behind. */
export function past(path: Path, now: number): Path {
  return path.filter(([, at]) => at <= now);
}

/** A path whose first state is entered for a reason; time brings the others. */
function because([first, ...others]: Path, why: string): Path {
  return first ? [[first[0], first[1], why], ...others] : [];
}
