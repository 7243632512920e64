import { computed } from '@preact/signals';
import { GONE, lanes, type Lane } from '../../state/lanes.js';
import { allRows, shownWith, type Row } from '../../state/rows.js';
import { counted, duration } from '../../ui/format.js';

/** States in which a client stops polling. */
const SETTLED = ['DONE', 'FAILED', GONE];

/** How long after its end a create without a response can have made a link, in milliseconds. */
const TOLERANCE = 50;

/** The requests of the project that is followed: those that touched each link, and all others. */
export const marks = computed(() => {
  const { project, all } = lanes.value;
  const byItem = new Map<string, Row[]>();
  const others: Row[] = [];
  const unanswered: Row[] = [];
  for (const row of allRows()) {
    if (row.project !== project || shownWith(row)) continue;
    const { item, method, status } = row;
    if (item !== undefined) {
      const rows = byItem.get(item);
      if (rows) rows.push(row);
      else byItem.set(item, [row]);
    } else if (method === 'POST' && status === 0) unanswered.push(row);
    else others.push(row);
  }
  const isCreate = (row: Row): boolean => row.method === 'POST';
  for (const row of unanswered) {
    // The client got no response, but the emulator may have created the link.
    const made = [...all.values()].find(({ id, history: [first] }) => {
      const isNear =
        first && first.at >= row.time - TOLERANCE && first.at <= row.time + row.tookMs + TOLERANCE;
      return isNear && first.why === 'created' && !byItem.get(id)?.some(isCreate);
    });
    if (made) byItem.set(made.id, [row, ...(byItem.get(made.id) ?? [])]);
    else others.push(row);
  }
  return { byItem, others: others.sort((one, other) => one.time - other.time) };
});

/** The stages of a lane, those ahead included. */
export const stagesOf = ({ history, ahead }: Lane) => [...history, ...ahead];

/** How often the client polled, and how that relates to the time at which the link was settled. */
export function summaryOf(lane: Lane, rows: readonly Row[]): string {
  const polls = rows.filter(({ method }) => method === 'GET');
  const last = polls.at(-1);
  const stages = stagesOf(lane);
  const settled = stages.find(({ state }) => SETTLED.includes(state));
  if (!last) return rows.length === 0 ? 'no request' : 'not polled';
  const times = counted(polls.length, 'poll');
  if (!settled) return times;
  const isDue = lane.ahead.some(({ at }) => at === settled.at);
  const early = settled.at - last.time;
  if (early > 0)
    return `${times}, the last ${duration(early)} before ${settled.state}${isDue ? ' is due' : ''}`;
  return `${times}, saw ${settled.state}`;
}

/** The drawing of a lane in words, for those who do not see it. */
export function describe({ state, held, ahead }: Lane): string {
  const next = ahead.map((stage) => `, then ${stage.state}`).join('');
  return `${state}${held ? ', held' : ''}${next}`;
}

/** What a link is called: its vendor, and its region. */
export function namesOf({ id, sent }: Lane): readonly string[] {
  const names = [sent.vendor ?? sent.provider, sent.region].filter((part) => typeof part === 'string');
  return names.length === 0 ? [id] : names;
}

/** The names of a link as one text. */
export const titleOf = (lane: Lane): string => namesOf(lane).join(' · ');

/** The state of a lane at a time; undefined before its first. */
export function stateAt(lane: Lane, time: number) {
  return stagesOf(lane).findLast(({ at }) => at <= time);
}

/** The request nearest to a time, at most `within` milliseconds from it. */
export function nearest(rows: readonly Row[], time: number, within: number): Row | undefined {
  const next = rows.findIndex((row) => row.time >= time);
  const near = next < 0 ? rows.slice(-1) : rows.slice(Math.max(0, next - 1), next + 1);
  return near
    .filter((row) => Math.abs(row.time - time) <= within)
    .sort((one, other) => Math.abs(one.time - time) - Math.abs(other.time - time))[0];
}
