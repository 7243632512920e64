import { computed, signal } from '@preact/signals';
import { nameOf } from '../../state/projects.js';
import { selectedProject } from '../../state/route.js';
import { allRows, preparationsOf, shownWith, type Row } from '../../state/rows.js';

/** What the list shows; an empty text shows all. */
export const filter = {
  text: signal(''),
  operation: signal(''),
  caller: signal(''),
  /** A status, or the first digit of a group of them followed by `xx`. */
  status: signal(''),
};

/** Whether any filter is set. */
export const isFiltered = computed(() => Object.values(filter).some(({ value }) => value !== ''));

/** Shows all requests again. */
export function clearFilter(): void {
  for (const one of Object.values(filter)) one.value = '';
}

/** The number of the last request that the list shows while it is paused; undefined while it is not. */
export const pausedAt = signal<number | undefined>(undefined);

/** The rows in the scope of the page, without those that are shown with another. */
const scopedRows = computed(() => {
  const project = selectedProject.value;
  return allRows().filter((row) => !shownWith(row) && (project === '' || belongsTo(row, project)));
});

/** The rows of the list, without those that arrived while it is paused. */
const visibleRows = computed(() => {
  const end = pausedAt.value ?? Infinity;
  return scopedRows.value.filter(({ seq }) => seq <= end);
});

/** How many rows have arrived since the list was paused. */
export const laterCount = computed(() => scopedRows.value.length - visibleRows.value.length);

/** The rows that the list shows, oldest first. */
export const shownRows = computed(() => {
  const text = filter.text.value.trim().toLowerCase();
  const [operation, caller, status] = [filter.operation.value, filter.caller.value, filter.status.value];
  return visibleRows.value.filter(
    (row) =>
      (operation === '' || (row.operation ?? '') === operation) &&
      (caller === '' || (row.caller ?? '') === caller) &&
      (status === '' || hasStatus(row, status)) &&
      (text === '' || textOf(row).includes(text)),
  );
});

/** The values that rows have, for the choices of the filters. */
export const choices = computed(() => {
  const [operations, callers, statuses] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { operation, caller, status } of visibleRows.value) {
    if (operation !== undefined) operations.add(operation);
    if (caller !== undefined) callers.add(caller);
    statuses.add(String(status));
  }
  const sorted = (found: Set<string>): readonly string[] => [...found].sort();
  return { operations: sorted(operations), callers: sorted(callers), statuses: sorted(statuses) };
});

/** How many rows are hidden by the filter. */
export const hiddenCount = computed(() => visibleRows.value.length - shownRows.value.length);

/** A token names no project: it belongs to that of the call it was first used for. */
function belongsTo(row: Row, project: string): boolean {
  return row.project === project || preparationsOf(row).some((one) => one.project === project);
}

/** Whether a row has a status, or one of a group of them. */
function hasStatus({ status }: Row, wanted: string): boolean {
  if (wanted === 'refused') return status >= 400 || status === 0;
  return wanted.endsWith('xx') ? String(status).startsWith(wanted.charAt(0)) : String(status) === wanted;
}

/** What the filter by text searches. */
function textOf({ seq, method, path, operation, caller, status, rung, project, refusal, item }: Row): string {
  const name = project === undefined ? '' : nameOf(project);
  const why = refusal ? `${refusal.name} ${refusal.rule}` : '';
  return `#${seq} ${method} ${path} ${operation ?? ''} ${caller ?? ''} ${status} ${rung} ${name} ${item ?? ''} ${why}`.toLowerCase();
}
