import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { rowsChanged } from '../state/rows.js';

/**
 * Loads something now, and again while requests arrive.
 *
 * @param everyMs how often at most, in milliseconds
 * @param key what it depends on: a change loads it at once
 */
export function useRefresh(load: () => Promise<unknown>, everyMs: number, key: string): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const seen = rowsChanged.value;
    void load();
    const stop = effect(() => {
      if (rowsChanged.value === seen) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void load();
      }, everyMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [everyMs, key]);
}
