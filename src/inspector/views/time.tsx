import { useEffect, useState } from 'preact/hooks';
import { clockOf, loadClock, setClockTo, timeOf } from '../state/clocks.js';
import { lanes, loadLanes } from '../state/lanes.js';
import { currentProject, nameOf } from '../state/projects.js';
import { hrefOf } from '../state/route.js';
import { ClockButtons } from '../ui/clock-buttons.js';
import { moment, shortId, timeOfDay } from '../ui/format.js';
import { stateClass } from '../ui/status.js';
import { useProblem } from '../ui/use-problem.js';
import { useTicks } from '../ui/use-ticks.js';
import { fromNow } from './timeline/drawing.js';
import { titleOf } from './timeline/marks.js';

/** How many moves ahead are listed. */
const MOST = 50;

/** The clocks of the project and of the server, and what is due. */
export function TimeView() {
  const project = currentProject.value;
  useEffect(() => {
    void loadClock('').catch(() => undefined);
    if (project !== '') void loadLanes(project).catch(() => undefined);
  }, [project]);
  useTicks(
    [project, ''].some((one) => clockOf(one)?.frozen === false),
    200,
  );
  const now = timeOf(project);
  const due = [...lanes.value.all.values()]
    .flatMap((lane) => lane.ahead.map((stage) => ({ lane, ...stage })))
    .sort((one, other) => one.at - other.at);
  return (
    <div class="page">
      <h1>Time</h1>
      <p class="lead">
        Each project has its own clock, which follows the server's. States move by the clock: freeze it to
        look at one, and advance it to see the next. Everything that becomes due is done before the call
        returns.
      </p>
      <div class="columns">
        {project !== '' && (
          <ClockCard
            project={project}
            title={`Project ${nameOf(project)}`}
            text="Only this project. Others, and their tests, do not notice."
          />
        )}
        <ClockCard project="" title="Server" text="All projects, frozen ones too." />
      </div>
      <section aria-labelledby="due-title">
        <h2 id="due-title">Due next{project !== '' && ` in ${nameOf(project)}`}</h2>
        {due.length === 0 ? (
          <p class="nothing">
            Nothing is due. A new link of a documented project is PENDING, and DONE after two seconds; freeze
            the clock, and create one.
          </p>
        ) : (
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Due</th>
                <th scope="col">Link</th>
                <th scope="col">Enters</th>
              </tr>
            </thead>
            <tbody>
              {due.slice(0, MOST).map(({ lane, state, at }) => (
                <tr key={`${lane.id}${at}`}>
                  <td class="mono">{timeOfDay(at)}</td>
                  <td>{fromNow(at, now)}</td>
                  <td>
                    <a href={hrefOf({ view: 'timeline', item: lane.id })}>{titleOf(lane)}</a>{' '}
                    <span class="mono muted">{shortId(lane.id)}</span>
                  </td>
                  <td>
                    <span class={`state ${stateClass(state)}`}>{state}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {due.length > MOST && <p class="muted">{`And ${due.length - MOST} more.`}</p>}
      </section>
    </div>
  );
}

/**
 * A clock, with what moves it and a field that sets it.
 *
 * @param project empty for the server's
 */
function ClockCard(props: { readonly project: string; readonly title: string; readonly text: string }) {
  const { project, title, text } = props;
  const clock = clockOf(project);
  const [at, setAt] = useState('');
  const { attempt, problem } = useProblem();
  const [date = '', time = ''] = moment(timeOf(project)).split(' ');
  return (
    <section class="card clock-card" aria-label={`Clock: ${title}`}>
      <h2>
        {title} {clock?.frozen && <span class="badge frozen">frozen</span>}
      </h2>
      <p class="clock-face mono">
        <span class="muted">{date}</span> {time}
      </p>
      <p class="muted">{text}</p>
      <ClockButtons project={project} />
      <form
        class="clock-buttons"
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(setClockTo(project, at.trim()));
        }}
      >
        <span class="buttons joined">
          <input
            class="moment"
            aria-label="Set the clock to a later moment"
            placeholder="2027-01-31T09:00:00Z"
            required
            value={at}
            onInput={({ currentTarget }) => setAt(currentTarget.value)}
          />
          <button type="submit">Set</button>
        </span>
        {problem}
      </form>
    </section>
  );
}
