import { clockOf, timeOf } from '../state/clocks.js';
import { currentProject, nameOf, projects } from '../state/projects.js';
import { goTo, hrefOf, route, selectedProject } from '../state/route.js';
import { connection } from '../state/stream.js';
import { moment } from './format.js';
import { useTicks } from './use-ticks.js';

/** What the page says of the stream of events. */
const CONNECTIONS = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' } as const;

/** The name of the program, the project that the views are about, its clock, and whether events arrive. */
export function Header() {
  const known = projects.value.some(({ id }) => id === selectedProject.value);
  return (
    <header class="top">
      <a class="brand" href={hrefOf({ view: 'requests', project: '' })}>
        <span class="brand-mark" aria-hidden="true" />
        atlas-streams-emulator
      </a>
      <label class="project-choice">
        <span>Project</span>
        <select
          value={selectedProject.value}
          onChange={({ currentTarget }) => goTo({ view: route.value.view, project: currentTarget.value })}
        >
          <option value="">All projects</option>
          {projects.value.map(({ id, name, profile }) => (
            <option value={id} key={id}>
              {name === profile ? name : `${name} (${profile})`}
            </option>
          ))}
          {!known && selectedProject.value !== '' && (
            <option value={selectedProject.value}>{selectedProject.value}</option>
          )}
        </select>
      </label>
      <span class="spacer" />
      <HeaderClock />
      <span class={`connection ${connection.value}`} role="status">
        <span class="dot" aria-hidden="true" />
        {CONNECTIONS[connection.value]}
      </span>
    </header>
  );
}

/** The clock of the project that the views are about. */
function HeaderClock() {
  const project = currentProject.value;
  const clock = clockOf(project);
  useTicks(clock?.frozen === false);
  if (!clock) return null;
  return (
    <a class="header-clock" href={hrefOf({ view: 'time' })} title={`The clock of ${nameOf(project)}`}>
      <span class="mono">{moment(timeOf(project)).slice(0, 19)}</span>
      {clock.frozen && <span class="badge frozen">frozen</span>}
    </a>
  );
}
