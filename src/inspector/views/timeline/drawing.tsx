import type { Lane } from '../../state/lanes.js';
import type { Row } from '../../state/rows.js';
import { duration } from '../../ui/format.js';
import { stateClass, toneOf, type Tone } from '../../ui/status.js';
import { stagesOf } from './marks.js';
import { scaleOf, ticksOf, type Span } from './scale.js';

/** The height of a lane, and where in it the marks and the bar are; in pixels. */
export const LANE = 48;
const BAR = { y: 22, height: 18 };
const MARK = { y: 6, height: 12 };
/** Marks of the same column are drawn as one, with their number. */
const COLUMN = 5;

/** What a lane is drawn from. */
interface Drawn {
  readonly rows: readonly Pick<Row, 'time' | 'status'>[];
  readonly span: Span;
  readonly width: number;
  readonly now: number;
}

/**
 * The states of a link over time, and the requests that touched it. SVG of our own: the small libraries for charts draw
 * values over time, and this is one rectangle for each state. The marks of a tone are one path, however many there are.
 */
export function LaneDrawing({ lane, rows, span, width, now }: Drawn & { readonly lane?: Lane }) {
  const x = scaleOf(span, width);
  const nowX = x(now);
  return (
    <svg class="lane-drawing" width={width} height={LANE} aria-hidden="true">
      <path
        class="grid"
        d={ticksOf(span, width)
          .map(({ time }) => `M${x(time).toFixed(1)} 0v${LANE}`)
          .join('')}
      />
      {lane && <Bars lane={lane} span={span} width={width} now={now} />}
      <Marks rows={rows} span={span} width={width} />
      {nowX >= 0 && nowX <= width && <line class="now-line" x1={nowX} x2={nowX} y1={0} y2={LANE} />}
    </svg>
  );
}

/** A bar for each state: solid until now, and dashed from now on. */
function Bars({ lane, span, width, now }: Omit<Drawn, 'rows'> & { readonly lane: Lane }) {
  const x = scaleOf(span, width);
  const stages = stagesOf(lane);
  const bars = [];
  for (const [index, { state, at }] of stages.entries()) {
    if (state === 'DELETED') break;
    const end = stages[index + 1]?.at;
    const isLast = end === undefined;
    // What was passed, and what is ahead: the last state goes on for good.
    const done = [at, Math.min(end ?? now, Math.max(now, at))] as const;
    const due = [Math.max(at, now), isLast ? (at > now ? span.end : now) : end] as const;
    for (const [from, to, kind] of [[...done, 'past'] as const, [...due, 'ahead'] as const]) {
      const [left, right] = [Math.max(-2, x(from)), Math.min(width + 2, x(to))];
      if (to <= from && !(kind === 'past' && at <= now)) continue;
      if (right < 0 || left > width) continue;
      const wide = Math.max(right - left, kind === 'past' ? 2 : 0);
      const held = lane.held && isLast && kind === 'past';
      bars.push(
        <g class={`${stateClass(state)} ${kind}`} key={`${index}${kind}`}>
          <rect class="bar" x={left} y={BAR.y} width={wide} height={BAR.height} rx={2} />
          {held && <path class="hatch" d={hatch(left, wide)} />}
          {wide > state.length * 7.2 + 10 && (
            <text x={Math.max(left, 0) + 6} y={BAR.y + 13}>
              {state}
            </text>
          )}
        </g>,
      );
    }
  }
  return <>{bars}</>;
}

/** Slanted lines over a bar. */
function hatch(left: number, width: number): string {
  let path = '';
  for (let at = left + 2; at + 8 < left + width && path.length < 4000; at += 8) {
    path += `M${at.toFixed(1)} ${BAR.y + BAR.height}l8-${BAR.height}`;
  }
  return path;
}

/** A mark for each request; marks that would overlap are one, with their number. */
function Marks({ rows, span, width }: Omit<Drawn, 'now'>) {
  const x = scaleOf(span, width);
  const columns = new Map<number, { count: number; tone: Tone; x: number }>();
  for (const { time, status } of rows) {
    const at = x(time);
    if (at < 0 || at > width) continue;
    const key = Math.floor(at / COLUMN);
    const column = columns.get(key);
    const tone = toneOf(status);
    // A refusal is seen, however many successes are beside it.
    if (column) Object.assign(column, { count: column.count + 1, tone: worst(column.tone, tone) });
    else columns.set(key, { count: 1, tone, x: at });
  }
  const paths = new Map<Tone, string>();
  const counts = [];
  for (const [key, { count, tone, x: at }] of columns) {
    paths.set(tone, `${paths.get(tone) ?? ''}M${at.toFixed(1)} ${MARK.y}v${MARK.height}`);
    const isAlone = [1, 2, 3, 4, 5].every((step) => !columns.has(key + step));
    if (count > 1 && isAlone) {
      counts.push(
        <text class="mark-count" key={key} x={at + 4} y={MARK.y + 9}>
          {`×${count}`}
        </text>,
      );
    }
  }
  return (
    <>
      {[...paths].map(([tone, d]) => (
        <path class={`marks ${tone}`} d={d} key={tone} />
      ))}
      {counts}
    </>
  );
}

/** Tones, the worst last: a mark for several requests has that of the worst. */
const BADNESS: readonly Tone[] = ['ok', 'moved', 'none', 'wrong', 'failed'];
const worst = (one: Tone, other: Tone): Tone => (BADNESS.indexOf(one) > BADNESS.indexOf(other) ? one : other);

/** A time as a distance from now. */
export const fromNow = (time: number, now: number): string =>
  time === now ? 'now' : time < now ? `${duration(now - time)} ago` : `in ${duration(time - now)}`;
