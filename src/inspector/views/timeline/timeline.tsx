import { useEffect } from 'preact/hooks';
import { clockOf, timeOf } from '../../state/clocks.js';
import { lanes, loadLanes, totalLinks, type Lane } from '../../state/lanes.js';
import { currentProject, nameOf } from '../../state/projects.js';
import { hrefOf, route } from '../../state/route.js';
import { allRows } from '../../state/rows.js';
import { counted } from '../../ui/format.js';
import { useProblem } from '../../ui/use-problem.js';
import { useTicks } from '../../ui/use-ticks.js';
import { Chart } from './chart.js';
import { LaneDrawing } from './drawing.js';
import { LanePanel } from './lane-panel.js';
import { marks } from './marks.js';
import { contentSpan, spanAt, spanChoice } from './span.js';
import { TimelineToolbar } from './toolbar.js';

/** The colors of marks, and what each says of a request. */
const LEGEND = [
  ['ok', 'answered'],
  ['wrong', 'refused, 4xx'],
  ['failed', 'failed: 5xx, or no response'],
] as const;

/** The links of a project: a lane each, with its states and the requests that touched it, and the moves ahead. */
export function TimelineView() {
  const project = currentProject.value;
  const { attempt, problem } = useProblem('notice bad');
  useEffect(() => {
    spanChoice.value = 'all';
    if (project === '') return;
    void attempt(loadLanes(project));
  }, [project]);
  const clock = clockOf(project);
  useTicks(clock?.frozen === false, 100);

  const { item } = route.value;
  const isLoaded = lanes.value.project === project;
  // The latest first: that is what a person looks for.
  const all = isLoaded ? [...lanes.value.all.values()].reverse() : [];
  const selected = lanes.value.all.get(item);
  const now = timeOf(project);
  const first = allRows().find((row) => row.project === project);
  const span = spanAt(now, contentSpan(all, first, now));
  const { byItem, others } = marks.value;
  return (
    <div class={selected ? 'split open' : 'split'}>
      <section class="pane timeline-pane" aria-labelledby="timeline-title">
        <div class="view-head">
          <h1 id="timeline-title">{`Timeline of ${nameOf(project)}`}</h1>
          <p class="muted" role="status">
            {counted(totalLinks.value, 'link')}
            {totalLinks.value > all.length && isLoaded && `, the last ${all.length} are shown`}
          </p>
        </div>
        <TimelineToolbar project={project} span={span} />
        {problem}
        {isLoaded && all.length === 0 && others.length === 0 ? (
          <div class="nothing">
            <h2>No links yet</h2>
            <p>
              A lane appears for each private link of this project: its states in color, each request that
              touches it as a mark, and the moves that are due after the line of now.
            </p>
            <SampleLane />
            <p>
              <a href={hrefOf({ view: 'requests' })}>Requests</a> shows how to create the first.
            </p>
          </div>
        ) : (
          <Chart
            key={project}
            lanes={all}
            byItem={byItem}
            others={others}
            span={span}
            now={now}
            frozen={clock?.frozen ?? false}
          />
        )}
        <Legend />
      </section>
      {selected && <LanePanel lane={selected} rows={byItem.get(item) ?? []} now={now} key={item} />}
    </div>
  );
}

/** What the colors of the marks mean. */
function Legend() {
  return (
    <p class="legend muted">
      {LEGEND.map(([tone, meaning]) => (
        <span key={tone}>
          <svg width="8" height="14" aria-hidden="true">
            <path class={`marks ${tone}`} d="M4 1v12" />
          </svg>{' '}
          {meaning}
        </span>
      ))}
      <span>dashed: due</span>
    </p>
  );
}

/** A lane as it will look, so that the empty view teaches. */
function SampleLane() {
  const stage = (state: string, at: number) => ({ state, at });
  const lane: Lane = {
    ...{ id: '', state: 'WORKING', held: false, waiting: [], sent: {} },
    history: [stage('PENDING', 0), stage('WORKING', 2000)],
    ahead: [stage('DONE', 4600)],
  };
  const rows = [0, 700, 1400, 2100, 2800].map((time) => ({ time, status: 200 }));
  return (
    <div
      class="sample"
      role="img"
      aria-label="An example: a link that was PENDING, is WORKING, and is due to be DONE"
    >
      <LaneDrawing lane={lane} rows={rows} span={{ start: -300, end: 6000 }} width={576} now={3200} />
    </div>
  );
}
