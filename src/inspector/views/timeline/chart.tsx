import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Lane } from '../../state/lanes.js';
import { goTo, route } from '../../state/route.js';
import type { Row } from '../../state/rows.js';
import { shortId } from '../../ui/format.js';
import { useVirtual } from '../../ui/use-virtual.js';
import { Axis } from './axis.js';
import { LANE, LaneDrawing } from './drawing.js';
import { describe, namesOf, nearest, summaryOf } from './marks.js';
import { timeAt, type Span } from './scale.js';
import { follow, pan, spanChoice, zoom } from './span.js';
import { Tooltip, type Hovered } from './tooltip.js';

/** How near the pointer has to be to a mark, in pixels. */
const NEAR = 6;

/** What the chart shows. */
interface Charted {
  /** From the top. */
  readonly lanes: readonly Lane[];
  readonly byItem: ReadonlyMap<string, readonly Row[]>;
  /** Requests of the project that touched no link. */
  readonly others: readonly Row[];
  readonly span: Span;
  readonly now: number;
  readonly frozen: boolean;
}

/** The axis and the lanes. */
export function Chart({ lanes, byItem, others, span, now, frozen }: Charted) {
  const { element, items, height, scrollTo } = useVirtual(lanes.length, LANE);
  const plot = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [hovered, setHovered] = useState<Hovered>();
  const dragged = useRef<{ x: number; span: Span; moved: boolean }>(null);
  useLayoutEffect(() => {
    const measured = plot.current;
    if (!measured) return undefined;
    const observer = new ResizeObserver(() => setWidth(measured.clientWidth));
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  const { item } = route.value;
  const selected = lanes.findIndex(({ id }) => id === item);
  useEffect(() => {
    if (selected >= 0) scrollTo(selected);
  }, [item]);

  const xOf = (event: MouseEvent): number =>
    event.clientX - (plot.current?.getBoundingClientRect().left ?? 0);
  const rowsOf = (lane?: Lane): readonly Row[] => (lane ? (byItem.get(lane.id) ?? []) : others);
  const rowAt = (event: MouseEvent, lane?: Lane): Row | undefined => {
    const [time, near] = [0, NEAR].map((x) => timeAt(span, width, xOf(event) + x));
    return nearest(rowsOf(lane), time ?? 0, (near ?? 0) - (time ?? 0));
  };
  const laneProps = (lane?: Lane) => ({
    onPointerMove: (event: PointerEvent) => {
      const x = xOf(event);
      if (x < 0) setHovered(undefined);
      else setHovered({ x, y: event.clientY, time: timeAt(span, width, x), lane, row: rowAt(event, lane) });
    },
    onClick: (event: MouseEvent) => {
      if (dragged.current?.moved) return;
      const row = rowAt(event, lane);
      if (row && xOf(event) >= 0) goTo({ view: 'requests', item: String(row.seq) });
      else if (lane) goTo({ view: 'timeline', item: lane.id === item ? '' : lane.id });
    },
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const select = (index: number): void => {
      const lane = lanes[Math.max(0, Math.min(lanes.length - 1, index))];
      if (lane) goTo({ view: 'timeline', item: lane.id });
    };
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => select(selected + 1),
      ArrowUp: () => select(selected < 0 ? 0 : selected - 1),
      Home: () => select(0),
      End: () => select(lanes.length - 1),
      ArrowLeft: () => pan(span, -0.15),
      ArrowRight: () => pan(span, 0.15),
      '+': () => zoom(span, 0.6),
      '-': () => zoom(span, 1 / 0.6),
      f: () => follow(span),
      '0': () => (spanChoice.value = 'all'),
      Escape: () => goTo({ view: 'timeline', item: '' }),
    };
    if (event.ctrlKey || event.metaKey || !keys[event.key]) return;
    keys[event.key]?.();
    event.preventDefault();
  };
  const onWheel = (event: WheelEvent): void => {
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    // Without a key, the wheel scrolls the lanes, as everywhere.
    if (!isSideways && !event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    if (isSideways || event.shiftKey) pan(span, (event.deltaX + (event.shiftKey ? event.deltaY : 0)) / width);
    else zoom(span, Math.exp(event.deltaY / 300), Math.min(1, Math.max(0, xOf(event) / width)));
  };
  const onPointerMove = (event: PointerEvent): void => {
    const from = dragged.current;
    if (!from || event.buttons === 0) return;
    const by = event.clientX - from.x;
    from.moved ||= Math.abs(by) > 3;
    if (from.moved) pan(from.span, -by / width);
  };

  return (
    <div
      class="chart"
      onWheel={onWheel}
      onPointerDown={({ clientX }) => (dragged.current = { x: clientX, span, moved: false })}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setHovered(undefined)}
    >
      <div class="lane axis-lane">
        <span class="lane-label muted">Link</span>
        <div ref={plot} class="plot">
          <Axis span={span} width={width} now={now} frozen={frozen} />
        </div>
        <span class="lane-summary muted">Client</span>
      </div>
      {others.length > 0 && (
        <div class="lane others" {...laneProps()}>
          <span class="lane-label">
            <b>Other requests</b>
            <span class="muted">lists, and refused ones</span>
          </span>
          <div class="plot">
            <LaneDrawing rows={others} span={span} width={width} now={now} />
          </div>
          <span class="lane-summary muted">{others.length.toLocaleString('en')}</span>
        </div>
      )}
      <div
        ref={element}
        class="lanes"
        role="listbox"
        tabIndex={0}
        aria-label="Links. Up and down choose one; left and right, plus and minus move and zoom; F follows the clock."
        aria-activedescendant={selected < 0 ? undefined : `lane-${item}`}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: `${height}px` }}>
          {items.map(({ index, start }) => {
            const lane = lanes[index];
            if (!lane) return null;
            const rows = rowsOf(lane);
            const [name, region = ''] = namesOf(lane);
            return (
              <div
                key={lane.id}
                id={`lane-${lane.id}`}
                role="option"
                aria-selected={index === selected}
                aria-posinset={index + 1}
                aria-setsize={lanes.length}
                class="lane"
                style={{ transform: `translateY(${start}px)` }}
                {...laneProps(lane)}
              >
                <span class="lane-label">
                  <b>{name}</b>
                  <span class="muted">
                    {region} <span class="mono">{shortId(lane.id)}</span>
                  </span>
                  <span class="offscreen">{describe(lane)}</span>
                </span>
                <div class="plot">
                  <LaneDrawing lane={lane} rows={rows} span={span} width={width} now={now} />
                </div>
                <span class="lane-summary">{summaryOf(lane, rows)}</span>
              </div>
            );
          })}
        </div>
      </div>
      {hovered && !dragged.current?.moved && <Tooltip hovered={hovered} now={now} />}
    </div>
  );
}
