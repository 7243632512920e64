import type { Signal } from '@preact/signals';
import { scopeOf, send } from '../../state/api.js';
import { nameOf } from '../../state/projects.js';
import { goTo, selectedProject } from '../../state/route.js';
import { allRows, clearRows } from '../../state/rows.js';
import { counted } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { useProblem } from '../../ui/use-problem.js';
import {
  choices,
  clearFilter,
  filter,
  hiddenCount,
  isFiltered,
  laterCount,
  pausedAt,
  shownRows,
} from './filter.js';

/** The filters of the list, and what can be done with it. */
export function Toolbar() {
  const { attempt, problem } = useProblem();
  const project = selectedProject.value;
  const isPaused = pausedAt.value !== undefined;
  const { operations, callers, statuses } = choices.value;
  const clear = async (): Promise<void> => {
    await clearRows(project);
    goTo({ view: 'requests', item: '' });
  };
  return (
    <div class="toolbar" role="search">
      <input
        type="search"
        class="grow"
        aria-label="Filter by text"
        placeholder="Filter: path, id, error, caller …"
        value={filter.text.value}
        onInput={({ currentTarget }) => (filter.text.value = currentTarget.value)}
      />
      <Choice label="Operation" any="All operations" choices={operations} value={filter.operation} />
      <Choice
        label="Status"
        any="Any status"
        choices={['refused', '2xx', '4xx', '5xx', ...statuses]}
        value={filter.status}
      />
      <Choice label="Caller" any="All callers" choices={callers} value={filter.caller} />
      <span class="buttons">
        <button
          type="button"
          aria-pressed={isPaused}
          onClick={() => (pausedAt.value = isPaused ? undefined : (allRows().at(-1)?.seq ?? 0))}
        >
          <Icon name={isPaused ? 'play' : 'pause'} />
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        <button
          type="button"
          onClick={() => void attempt(clear())}
          title={`Deletes the recorded requests of ${project === '' ? 'all projects' : nameOf(project)}`}
        >
          Clear
        </button>
        <button
          type="button"
          onClick={() => void attempt(exportHar(project))}
          title="An HTTP Archive, without secrets"
        >
          Export HAR
        </button>
      </span>
      <p class="count" role="status">
        {counted(shownRows.value.length, 'request')}
        {isFiltered.value && (
          <>
            {`, ${hiddenCount.value.toLocaleString('en')} hidden `}
            <button type="button" class="link" onClick={clearFilter}>
              Show all
            </button>
          </>
        )}
        {isPaused && ` · paused, ${laterCount.value.toLocaleString('en')} more since`}
      </p>
      {problem}
    </div>
  );
}

/** A filter with a list of choices. */
function Choice(props: {
  readonly label: string;
  readonly any: string;
  readonly choices: readonly string[];
  readonly value: Signal<string>;
}) {
  const { label, any, choices, value } = props;
  // A choice stays, even if no row has it any more.
  const all = value.value === '' || choices.includes(value.value) ? choices : [value.value, ...choices];
  return (
    <select
      aria-label={label}
      class={value.value === '' ? '' : 'set'}
      value={value.value}
      onChange={({ currentTarget }) => (value.value = currentTarget.value)}
    >
      <option value="">{any}</option>
      {[...new Set(all)].map((one) => (
        <option value={one} key={one}>
          {one === '0' ? '0 (no response)' : one}
        </option>
      ))}
    </select>
  );
}

/** Saves the requests as a HAR file. */
async function exportHar(project: string): Promise<void> {
  const archive = await (await send(`${scopeOf(project)}requests.har`)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(archive);
  link.download = `${project === '' ? 'requests' : nameOf(project)}.har`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
