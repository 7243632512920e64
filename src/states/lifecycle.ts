import type { Durations, Movement } from '../http/gatekeeper.js';

/** A state of a lifecycle and the name of the duration that it lasts; the last state has none. */
export interface Stage {
  readonly state: string;
  readonly lasts?: string;
}

/** The states that an item enters, each with when, in milliseconds of its project's time, and why if not by time. */
export type Path = readonly (readonly [state: string, at: number, why?: string])[];

/** What is planned for an item. */
export interface Plan {
  readonly path: Path;
  /** Stages that time does not bring. */
  readonly rest: readonly Stage[];
  /** How many reads bring the next of them; null if reads do not. */
  readonly readsLeft: number | null;
}

/**
 * Plans the states of an item that enters the first stage at `from`. A stage that lasts 0 ms is passed at once.
 *
 * @param why it enters the first stage
 * @param passed the states that it has entered before
 */
export function plan(
  stages: readonly Stage[],
  durations: Durations,
  movement: Movement,
  from: number,
  why: string,
  passed: Path = [],
): Plan {
  const byTime = movement === 'time' || movement === 'at once';
  const rest = byTime ? [] : stages.slice(1);
  let at = from;
  const ahead = stages.slice(0, stages.length - rest.length).map(({ state, lasts }, index): Path[number] => {
    const entered = at;
    if (movement === 'time' && lasts !== undefined) at += durations[lasts] ?? 0;
    return index === 0 ? [state, entered, why] : [state, entered];
  });
  const readsLeft = rest.length > 0 && typeof movement === 'object' ? movement.reads : null;
  return { path: [...passed, ...ahead], rest, readsLeft };
}

/** Where an item on `path`, which is not empty, is at `now`, and when it enters the next state, if there is one. */
export function positionAt(path: Path, now: number): { state: string; dueAt: number | undefined } {
  const next = path.findIndex(([, at]) => at > now);
  const index = next === -1 ? path.length - 1 : Math.max(0, next - 1);
  return { state: path[index]?.[0] ?? '', dueAt: path[index + 1]?.[1] };
}

/** When an item on `path` is gone; undefined if it is not being deleted. @param gone the state that removes it */
export function goneAt(path: Path, gone: string): number | undefined {
  const [state, at] = path.at(-1) ?? [];
  return state === gone ? at : undefined;
}

/** How many states a path has at most. */
export const MAX_STEPS = 100;

/** A path without the oldest of the states that were entered by `now`, if it is too long. The first one left says so. */
export function bounded(path: Path, now: number): Path {
  const excess = Math.min(path.length - MAX_STEPS, past(path, now).length - 1);
  const [first, ...rest] = path.slice(Math.max(0, excess));
  return first && excess > 0 ? [[first[0], first[1], 'cut'], ...rest] : path;
}

/** The part of a path that was entered by `now`. */
export function past(path: Path, now: number): Path {
  return path.filter(([, at]) => at <= now);
}
