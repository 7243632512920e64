import type { Durations, Movement } from '../kernel/pace.js';

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
  /** How many reads bring the next of them. */
  readonly readsLeft: number | undefined;
}

/** Where an item is on its path. */
export interface Position {
  readonly state: string;
  /** When the next state is entered; undefined in the last. */
  readonly dueAt: number | undefined;
}

/** Plans the path of an item that enters the first stage at `from`. A stage that lasts 0 ms is passed at once. */
export function planPath(stages: readonly Stage[], durations: Durations, from: number): Path {
  let at = from;
  return stages.map(({ state, lasts }) => {
    const entered = [state, at] as const;
    if (lasts !== undefined) at += durations[lasts] ?? 0;
    return entered;
  });
}

/** Where an item on `path`, which is not empty, is when its project's clock shows `now`. */
export function positionAt(path: Path, now: number): Position {
  const next = path.findIndex(([, at]) => at > now);
  const index = next === -1 ? path.length - 1 : Math.max(0, next - 1);
  return { state: path[index]?.[0] ?? '', dueAt: path[index + 1]?.[1] };
}

/** When an item on `path` is gone; undefined if it is not being deleted. @param gone the state that removes it */
export function goneAt(path: Path, gone: string): number | undefined {
  const [state, at] = path.at(-1) ?? [];
  return state === gone ? at : undefined;
}

/** Plans the states of an item that enters the first stage at `from`. @param why it does */
export function plan(
  stages: readonly Stage[],
  { durations, movement }: { readonly durations: Durations; readonly movement: Movement },
  from: number,
  why: string,
): Plan {
  const byTime = movement === 'time' || movement === 'at once';
  const [first, ...others] = planPath(
    byTime ? stages : stages.slice(0, 1),
    movement === 'time' ? durations : {},
    from,
  );
  const rest = byTime ? [] : stages.slice(1);
  return {
    path: first ? [[first[0], first[1], why], ...others] : [],
    rest,
    readsLeft: rest.length > 0 && typeof movement === 'object' ? movement.reads : undefined,
  };
}

/** The part of a path that was entered by `now`. */
export function past(path: Path, now: number): Path {
  return path.filter(([, at]) => at <= now);
}
