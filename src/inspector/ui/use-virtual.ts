import {
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows that a list renders beyond those that are seen. */
const OVERSCAN = 8;

/**
 * Renders only the rows of a long list that are seen.
 *
 * @param count how many rows there are
 * @param size the height of each, in pixels
 * @returns a reference for the element that scrolls, its rows, and a function that scrolls to one
 */
export function useVirtual(count: number, size: number) {
  const element = useRef<HTMLDivElement>(null);
  const [, render] = useState(0);
  const options = {
    count,
    overscan: OVERSCAN,
    estimateSize: () => size,
    getScrollElement: () => element.current,
    // Rows have a fixed height, so that their places are known.
    scrollToFn: () => undefined,
    observeElementRect,
    observeElementOffset,
    onChange: () => render((times) => times + 1),
  };
  const [virtual] = useState(() => new Virtualizer<HTMLDivElement, HTMLElement>(options));
  virtual.setOptions(options);
  useEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  useLayoutEffect(() => virtual.measure(), [virtual, size]);
  return {
    element,
    items: virtual.getVirtualItems() as readonly VirtualItem[],
    height: count * size,
    /** Scrolls until a row is seen. */
    scrollTo: (index: number): void => {
      const box = element.current;
      if (!box) return;
      const [top, bottom] = [index * size, (index + 1) * size];
      if (top < box.scrollTop) box.scrollTop = top;
      else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
    },
  };
}
