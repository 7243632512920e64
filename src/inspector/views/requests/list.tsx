import { useEffect, useRef } from 'preact/hooks';
import { nameOf } from '../../state/projects.js';
import { goTo, route, selectedProject } from '../../state/route.js';
import { preparationsOf, type Row } from '../../state/rows.js';
import { duration, shortId, timeOfDay } from '../../ui/format.js';
import { toneOf } from '../../ui/status.js';
import { useVirtual } from '../../ui/use-virtual.js';
import { shownRows } from './filter.js';

/** The height of a row, in pixels of a root font of 16 pixels. */
const ROW = 34;

/** The height of a row in pixels: rows are larger where the person has chosen a larger font. */
const rowHeight = (): number => (ROW * parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16;

/** The requests, the latest at the end. It follows the end until somebody scrolls up. */
export function RequestList() {
  const rows = shownRows.value;
  const size = rowHeight();
  const { element, items, height, scrollTo } = useVirtual(rows.length, size);
  const opened = rows.findIndex(({ seq }) => String(seq) === route.value.item);
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current && opened < 0 && rows.length > 0) scrollTo(rows.length - 1);
  }, [rows.length]);
  useEffect(() => {
    if (opened >= 0) scrollTo(opened);
  }, [route.value.item]);

  const open = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row) goTo({ view: 'requests', item: String(row.seq) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = opened < 0 ? rows.length : opened;
    const page = Math.floor((element.current?.clientHeight ?? size) / size) - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(from + 1, rows.length - 1),
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: rows.length - 1,
    };
    const step = steps[event.key];
    if (event.key === 'Escape') goTo({ view: 'requests', item: '' });
    else if (event.key === 'Enter' && opened < 0) open(rows.length - 1);
    else if (step !== undefined) open(step);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div class="request-row head" aria-hidden="true">
        <span>Time</span>
        <span>Status</span>
        <span>Request</span>
        <span class="at-caller">Caller</span>
        {selectedProject.value === '' && <span class="at-project">Project</span>}
        <span class="number">Took</span>
      </div>
      <div
        ref={element}
        class="rows"
        role="listbox"
        tabIndex={0}
        aria-label="Requests, the latest last. Arrow keys open one, Escape closes it."
        aria-activedescendant={opened < 0 ? undefined : `request-${rows[opened]?.seq}`}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          (follows.current = scrollHeight - scrollTop - clientHeight < size)
        }
      >
        <div role="presentation" style={{ height: `${height}px` }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            return (
              row && (
                <RequestRow
                  key={row.seq}
                  row={row}
                  top={start}
                  isOpen={index === opened}
                  index={index}
                  count={rows.length}
                />
              )
            );
          })}
        </div>
        {rows.length === 0 && (
          <p class="nothing" role="presentation">
            No request matches the filter.
          </p>
        )}
      </div>
    </>
  );
}

/** What a path says beside the operation and the project: the end of the item's id, and the query. */
function targetOf({ path, item }: Row): string {
  const [, query = ''] = path.split('?');
  return [item === undefined ? '' : shortId(item), query].filter(Boolean).join(' ');
}

/** A request in one line. */
function RequestRow(props: {
  readonly row: Row;
  readonly top: number;
  readonly isOpen: boolean;
  readonly index: number;
  readonly count: number;
}) {
  const { row, top, isOpen, index, count } = props;
  const { seq, realTime, method, path, operation, caller, status, project, tookMs, refusal, faults } = row;
  const preparations = preparationsOf(row);
  return (
    <div
      id={`request-${seq}`}
      role="option"
      aria-selected={isOpen}
      aria-posinset={index + 1}
      aria-setsize={count}
      class="request-row"
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => goTo({ view: 'requests', item: isOpen ? '' : String(seq) })}
    >
      <span class="mono muted">{timeOfDay(realTime)}</span>
      <span>
        <span class={`status ${toneOf(status)}`}>{status === 0 ? 'none' : status}</span>
      </span>
      <span class="what">
        <b class="method">{method}</b>
        <span class="operation">{operation ?? path}</span>
        {preparations.map((one) => (
          <span class="badge" key={one.seq}>
            {one.seq === row.challenge ? 'digest' : 'token'}
          </span>
        ))}
        {faults && <span class="badge fault">fault</span>}
        <span class="more">{refusal ? refusal.rule : operation === undefined ? '' : targetOf(row)}</span>
      </span>
      <span class="at-caller" title={caller}>
        {caller === undefined
          ? '–'
          : caller.replace(/^mdb_sa_id_(?=.{12})/, '').replace(/^.{7,}(?=.{8}$)/, '…')}
      </span>
      {selectedProject.value === '' && (
        <span class="at-project">{project === undefined ? '–' : nameOf(project)}</span>
      )}
      <span class="number mono muted">{duration(tookMs)}</span>
    </div>
  );
}
