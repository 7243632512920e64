import { effect, signal } from '@preact/signals';
import { isTokenWanted, messageOf } from './api.js';
import { loadClock, reloadClocks } from './clocks.js';
import { lanes, loadChangedLanes, loadLanes, noteChange } from './lanes.js';
import { currentProject, loadProjects, projects } from './projects.js';
import { selectedProject } from './route.js';
import { loadEarlierRows, loadNewRows, loadRows } from './rows.js';
import { loadRules } from './rules.js';
import { followEvents, type StreamedEvent } from './stream.js';

/** How long the page waits for more changes before it loads them; a page that nobody sees waits longer. */
const INTERVAL_MS = 30;
const HIDDEN_INTERVAL_MS = 2000;

/** Why the page could not be loaded; undefined if it was. */
export const problem = signal<string | undefined>(undefined);

/** Whether the requests so far are loaded. */
export const isLoaded = signal(false);

/** What an event makes the page load again. */
const LOADS = {
  rows: loadNewRows,
  lanes: loadChangedLanes,
  allLanes: () => loadLanes(lanes.value.project),
  clocks: reloadClocks,
  rules: () => loadRules(selectedProject.value),
  projects: loadProjects,
  all: loadEverything,
} as const;

/** What is loaded next. */
const wanted = new Set<keyof typeof LOADS>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Loads something soon, together with what else is wanted until then. */
export function want(...names: (keyof typeof LOADS)[]): void {
  for (const name of names) wanted.add(name);
  timer ??= setTimeout(() => void load(), document.hidden ? HIDDEN_INTERVAL_MS : INTERVAL_MS);
}

/** Loads what is wanted; what is wanted meanwhile is loaded after it. */
async function load(): Promise<void> {
  const names = [...wanted];
  wanted.clear();
  await Promise.allSettled(names.map((name) => LOADS[name]()));
  timer = undefined;
  if (wanted.size > 0) want();
}

/** Decides what an event makes the page load. */
function onEvent(event: StreamedEvent): void {
  const { type } = event;
  if (type === 'request.finished') want('rows');
  else if (type === 'fault.fired') want('rules');
  else if (type === 'clock.moved') want('clocks');
  else if (type === 'world.reset') want('all');
  else if (type.endsWith('.changed') && noteChange(event)) want('lanes');
}

/** Loads everything again: the world was reset, or another emulator answers. */
async function loadEverything(): Promise<void> {
  await Promise.all([loadProjects(), loadRows(), reloadClocks()]);
  await Promise.all([
    loadRules(selectedProject.value),
    lanes.value.project && loadLanes(lanes.value.project),
  ]);
}

let attempts = 0;

/** Loads everything and follows the events. Waits for the token where one is required. The last attempt counts. */
export async function start(): Promise<void> {
  const attempt = ++attempts;
  try {
    const [last] = await Promise.all([loadRows(), loadProjects(), loadClock('')]);
    if (attempt !== attempts) return;
    problem.value = undefined;
    isLoaded.value = true;
    const onLost = (): void => want('rows', 'allLanes', 'clocks', 'rules');
    void followEvents(last, onEvent, onLost, () => want('all'));
    await loadEarlierRows();
  } catch (error) {
    if (attempt !== attempts) return;
    problem.value = messageOf(error);
    if (!isTokenWanted.value) setTimeout(() => void start(), 2000);
    return;
  }
  // The clock and the rules of the project that the page shows.
  effect(() => {
    const project = currentProject.value;
    if (project !== '') void loadClock(project).catch(() => undefined);
  });
  effect(() => {
    if (projects.value.length > 0) void loadRules(selectedProject.value);
  });
  // No event says that a project was created or deleted.
  addEventListener('focus', () => want('projects'));
  addEventListener('hashchange', () => want('projects'));
}
