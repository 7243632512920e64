import { useEffect, useState } from 'preact/hooks';

/** Whether the person has asked for less motion. */
const isCalm = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * Renders a component again and again, while `runs` and somebody sees the page.
 *
 * @param ms how often; at most once a second for people who want less motion
 */
export function useTicks(runs: boolean, ms = 500): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!runs) return undefined;
    const every = isCalm.matches ? Math.max(ms, 1000) : ms;
    const timer = setInterval(() => {
      if (!document.hidden) tick((count) => count + 1);
    }, every);
    return () => clearInterval(timer);
  }, [runs, ms]);
}
