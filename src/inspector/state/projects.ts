import { computed, signal } from '@preact/signals';
import type { Project } from '../../client/types.generated.js';
import { call } from './api.js';
import { selectedProject } from './route.js';
import { allRows } from './rows.js';

/** The projects of the emulator. */
export const projects = signal<readonly Project[]>([]);

/** Loads the projects. */
export async function loadProjects(): Promise<void> {
  const found = (await call<{ projects: Project[] }>('GET', 'projects')).projects;
  if (JSON.stringify(found) !== JSON.stringify(projects.value)) projects.value = found;
}

/** The name of a project; its id while it is unknown. */
export const nameOf = (id: string): string => projects.value.find((one) => one.id === id)?.name ?? id;

/** The project that was chosen, or found, before. */
let remembered = '';

/**
 * The project of views that need one: the selected, else the first that was seen to have a request, else the first. It does
 * not change with each request, so that a view of it stands still while tests run in parallel.
 */
export const currentProject = computed(() => {
  if (selectedProject.value !== '') return (remembered = selectedProject.value);
  const isThere = (id: string): boolean => projects.value.some((one) => one.id === id);
  if (!isThere(remembered)) {
    remembered =
      allRows().findLast(({ project }) => project !== undefined && isThere(project))?.project ?? '';
  }
  return remembered || (projects.value[0]?.id ?? '');
});
