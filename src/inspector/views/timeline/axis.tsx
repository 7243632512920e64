import { moment } from '../../ui/format.js';
import { scaleOf, ticksOf, type Span } from './scale.js';

/** The height of the axis, in pixels. */
const HEIGHT = 30;

/** Half the width of a time as text. */
const ROOM = 30;

/** The times above the lanes, and now. */
export function Axis(props: {
  readonly span: Span;
  readonly width: number;
  readonly now: number;
  readonly frozen: boolean;
}) {
  const { span, width, now, frozen } = props;
  const x = scaleOf(span, width);
  const nowX = x(now);
  const label = frozen ? 'frozen' : 'now';
  const isShown = nowX >= 0 && nowX <= width;
  return (
    <svg class="axis" width={width} height={HEIGHT} aria-hidden="true">
      <title>{`${moment(span.start)} to ${moment(span.end)}`}</title>
      {ticksOf(span, width).map(({ time, text }) => {
        const at = x(time);
        // Text is inside of the plot, and not under that of now.
        const middle = Math.min(Math.max(at, ROOM), width - ROOM);
        return (
          <g key={time}>
            <line x1={at} x2={at} y1={HEIGHT - 6} y2={HEIGHT} />
            {!(isShown && Math.abs(middle - nowX) < 2 * ROOM) && (
              <text x={middle} y={HEIGHT - 11} text-anchor="middle">
                {text}
              </text>
            )}
          </g>
        );
      })}
      {isShown && (
        <g class="now" transform={`translate(${nowX.toFixed(1)} 0)`}>
          <rect x={-24} y={6} width={48} height={17} rx={8.5} />
          <text y={18} text-anchor="middle">
            {label}
          </text>
          <line class="now-line" y1={23} y2={HEIGHT} />
        </g>
      )}
    </svg>
  );
}
