import type { Lane } from '../../state/lanes.js';
import type { Row } from '../../state/rows.js';
import { timeOfDay } from '../../ui/format.js';
import { fromNow } from './drawing.js';
import { stateAt, titleOf } from './marks.js';

/** Where the pointer is, and what is there. */
export interface Hovered {
  /** From the left of the plot. */
  readonly x: number;
  /** From the top of the window. */
  readonly y: number;
  readonly time: number;
  readonly lane: Lane | undefined;
  readonly row: Row | undefined;
}

/** What is under the pointer: the time, the state at that time, and the request that is near. */
export function Tooltip({ hovered, now }: { readonly hovered: Hovered; readonly now: number }) {
  const { x, y, time, lane, row } = hovered;
  const stage = lane && stateAt(lane, time);
  const shown = row?.time ?? time;
  return (
    <div class="tooltip" style={{ '--x': `${x}px`, top: `${y + 16}px` }}>
      <span class="mono">{timeOfDay(shown)}</span> <span class="muted">{fromNow(shown, now)}</span>
      {lane && (
        <span class="line">
          {`${titleOf(lane)}: `}
          <b>{stage ? `${stage.state}${time > now && stage.at > now ? ' (due)' : ''}` : 'not created yet'}</b>
        </span>
      )}
      {row && (
        <span class="line">
          {`#${row.seq} ${row.method} ${row.operation ?? ''} `}
          <b>{row.status || 'no response'}</b>
        </span>
      )}
      {row?.refusal && <span class="line muted">{row.refusal.rule}</span>}
    </div>
  );
}
