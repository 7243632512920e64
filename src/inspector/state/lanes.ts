import { signal } from '@preact/signals';
import type { ListedPrivateLink } from '../../client/types.generated.js';
import { call, scopeOf } from './api.js';
import type { StreamedEvent } from './stream.js';

/** A state that a link entered, or will enter; in milliseconds of the project's time. */
interface Stage {
  readonly state: string;
  readonly at: number;
  readonly why?: string;
}

/** A link, as a lane of the timeline. */
export interface Lane {
  readonly id: string;
  readonly state: string;
  readonly held: boolean;
  readonly history: readonly Stage[];
  readonly ahead: readonly Stage[];
  readonly waiting: readonly string[];
  /** What was sent of it; unknown for one that was removed before the page could ask. */
  readonly sent: Readonly<Record<string, unknown>>;
}

/** The state in which a link is gone. */
export const GONE = 'DELETED';

/** More changed links than this are loaded with all others. */
const FEW = 8;

/** The project whose links are loaded, and the links, oldest first. */
export const lanes = signal<{ readonly project: string; readonly all: ReadonlyMap<string, Lane> }>({
  project: '',
  all: new Map(),
});

/** How many links the project has; more than are loaded if it has very many. */
export const totalLinks = signal(0);

/** Links that have changed since they were loaded. */
const changed = new Set<string>();

/** Loads the links of a project, and follows them from now on. */
export async function loadLanes(project: string): Promise<void> {
  changed.clear();
  if (project === '') return;
  const { results, totalCount } = await listOf(project);
  const found = new Map(results.map((one) => [one.id, laneOf(one)]));
  const before = lanes.value.project === project ? lanes.value.all : [];
  // What was removed while the page watched remains as a lane that has ended.
  const gone = [...before].filter(([id, { state }]) => !found.has(id) && state === GONE);
  totalLinks.value = totalCount;
  lanes.value = { project, all: new Map([...gone, ...found].sort(byStart)) };
}

/** The links of a project, or one of them, as the control API lists them. */
const listOf = (project: string, query = '') =>
  call<{ results: ListedPrivateLink[]; totalCount: number }>(
    'GET',
    `${scopeOf(project)}private-links${query}`,
  );

/** Takes note of a link that changed. Whether it is one of the project that is followed. */
export function noteChange({ project, data }: StreamedEvent): boolean {
  if (project !== lanes.value.project) return false;
  const { id, state, at, cause } = data as { id: string; state: string; at: number; cause: string };
  changed.add(id);
  const known = lanes.value.all.get(id);
  if (state !== GONE || !known) return true;
  const history = [...known.history, { state, at, why: cause }];
  const ended = { ...known, state, held: false, history, ahead: [], waiting: [] };
  lanes.value = { ...lanes.value, all: new Map([...lanes.value.all, [id, ended]]) };
  changed.delete(id);
  return true;
}

/** Loads what has changed since the last call. */
export async function loadChangedLanes(): Promise<void> {
  const { project } = lanes.value;
  const ids = [...changed];
  changed.clear();
  if (ids.length === 0) return;
  const isNew = ids.some((id) => !lanes.value.all.has(id));
  if (isNew || ids.length > FEW) await loadLanes(project);
  else await Promise.all(ids.map((id) => loadLane(project, id)));
}

/** Changes a link, by an operation of the control API. */
export async function actOnLane(id: string, method: string, verb: string, body?: object): Promise<void> {
  const { project } = lanes.value;
  await call(method, `${scopeOf(project)}private-links/${id}/${verb}`, body);
  await loadLane(project, id);
}

/** Loads one link again, unless it was removed meanwhile, or another project is followed by then. */
async function loadLane(project: string, id: string): Promise<void> {
  const [listed] = (await listOf(project, `?id=${id}`)).results;
  const known = lanes.value.all.get(id);
  if (!listed || lanes.value.project !== project || !known || known.state === GONE) return;
  lanes.value = { project, all: new Map([...lanes.value.all, [id, laneOf(listed)]]) };
}

/** A lane from what the control API says of a link. */
function laneOf(listed: ListedPrivateLink): Lane {
  const { id, state, held, history, ahead = [], waiting = [], sent } = listed;
  const timed = <S extends { readonly at: string }>(stages: readonly S[]) =>
    stages.map((stage) => ({ ...stage, at: Date.parse(stage.at) }));
  return { id, state, held, history: timed(history), ahead: timed(ahead), waiting, sent };
}

/** Sorts lanes by their first state. */
const byStart = ([, one]: [string, Lane], [, other]: [string, Lane]): number =>
  (one.history[0]?.at ?? 0) - (other.history[0]?.at ?? 0);
