import { signal } from '@preact/signals';
import type { Lane } from '../../state/lanes.js';
import type { Row } from '../../state/rows.js';
import { panned, zoomed, type Span } from './scale.js';

/**
 * How the span is chosen: all that happened, as long as nobody zooms; a length that ends shortly after now, where the
 * view follows; or fixed.
 */
type Choice = 'all' | { readonly length: number } | Span;

/** What the person has chosen. */
export const spanChoice = signal<Choice>('all');

/** What a view that shows all has at least, in milliseconds. */
const LEAST = 6000;
/** The share of a span after now, in a view that follows. */
const AHEAD = 0.2;

/** Whether the span moves with the clock. */
export const isFollowing = (): boolean =>
  typeof spanChoice.value === 'object' && 'length' in spanChoice.value;

/** The span that is shown at a time of the clock. @param content what {@link contentSpan} returns */
export function spanAt(now: number, content: Span): Span {
  const choice = spanChoice.value;
  if (choice === 'all') return content;
  if (!('length' in choice)) return choice;
  return { start: now - choice.length * (1 - AHEAD), end: now + choice.length * AHEAD };
}

/** The span of everything: the states of the links, the requests from the first, now, and the moves ahead. */
export function contentSpan(all: readonly Lane[], first: Row | undefined, now: number): Span {
  let [start, end] = [Math.min(now, first?.time ?? now), now];
  for (const { history, ahead } of all) {
    start = Math.min(start, history[0]?.at ?? start);
    end = Math.max(end, ahead.at(-1)?.at ?? end);
  }
  const length = Math.max(end - start, LEAST);
  return { start: start - length * 0.03, end: Math.max(end, start + length) + length * 0.12 };
}

/** Zooms the span that is shown. A view that follows goes on following. */
export function zoom(shown: Span, factor: number, share?: number): void {
  const { start, end } = zoomed(shown, factor, share);
  spanChoice.value = isFollowing() ? { length: end - start } : { start, end };
}

/** Moves the span that is shown by a share of its length; it is fixed then. */
export function pan(shown: Span, share: number): void {
  spanChoice.value = panned(shown, share);
}

/** Follows the clock, with a span as long as the one that is shown. */
export function follow(shown: Span): void {
  spanChoice.value = { length: shown.end - shown.start };
}
