import { ClockButtons } from '../../ui/clock-buttons.js';
import { duration } from '../../ui/format.js';
import type { Span } from './scale.js';
import { follow, isFollowing, spanChoice, zoom } from './span.js';

/** The clock of the project, and what part of the time is shown. */
export function TimelineToolbar({ project, span }: { readonly project: string; readonly span: Span }) {
  return (
    <div class="toolbar" role="toolbar" aria-label="Time and zoom">
      <ClockButtons project={project} />
      <span class="spacer" />
      <span class="muted span-length" title="The time that the lanes show">
        {duration(Math.round(span.end - span.start))}
      </span>
      <span class="buttons joined">
        <button type="button" aria-label="Zoom out" onClick={() => zoom(span, 1 / 0.6)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => zoom(span, 0.6)}>
          +
        </button>
        <button
          type="button"
          aria-pressed={spanChoice.value === 'all'}
          onClick={() => (spanChoice.value = 'all')}
        >
          All
        </button>
        <button type="button" aria-pressed={isFollowing()} onClick={() => follow(span)}>
          Follow
        </button>
      </span>
    </div>
  );
}
