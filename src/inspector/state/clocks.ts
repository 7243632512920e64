import { signal } from '@preact/signals';
import type { Clock } from '../../client/types.generated.js';
import { call, scopeOf } from './api.js';

/** What a clock showed, and when the page learned of it. */
interface Reading {
  readonly now: number;
  readonly frozen: boolean;
  readonly readAt: number;
}

/** The clocks of projects by id; that of the server is under the empty text. */
const clocks = signal<ReadonlyMap<string, Reading>>(new Map());

/** The clock of a project, or of the server; undefined until it is loaded. */
export const clockOf = (project: string): Reading | undefined => clocks.value.get(project);

/** What a clock shows now, in milliseconds. */
export function timeOf(project: string): number {
  const clock = clocks.value.get(project);
  if (!clock) return 0;
  return clock.frozen ? clock.now : clock.now + performance.now() - clock.readAt;
}

/** Loads the clock of a project, or of the server. */
export async function loadClock(project: string): Promise<void> {
  setClock(project, await call<Clock>('GET', `${scopeOf(project)}clock`));
}

/** Loads all clocks again that the page knows. */
export async function reloadClocks(): Promise<void> {
  await Promise.allSettled([...clocks.value.keys()].map(loadClock));
}

/** Moves a clock. @param how the operation below `/clock`, such as `freeze` */
export async function moveClock(project: string, how: string, body?: object): Promise<void> {
  const reading = await call<Clock>('POST', `${scopeOf(project)}clock/${how}`, body);
  setClock(project, reading);
}

/** Sets a clock to a later moment. */
export async function setClockTo(project: string, now: string): Promise<void> {
  setClock(project, await call<Clock>('PUT', `${scopeOf(project)}clock`, { now }));
}

/** Remembers a clock together with when it was read, so that the page can let it run. */
function setClock(project: string, { now, frozen }: Clock): void {
  const reading = { now: Date.parse(now), frozen, readAt: performance.now() };
  clocks.value = new Map([...clocks.value, [project, reading]]);
}
