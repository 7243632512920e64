import { beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const DAY = 24 * 3_600_000;

/** The longest delay that setTimeout keeps: 24.8 days. */
const LONGEST = 2 ** 31 - 1;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  return () => vi.useRealTimers();
});

describe('systemClock', () => {
  it('systemClock shows milliseconds since the epoch', () => {
    expect(systemClock.now()).toBe(START);
  });

  it.each([0, 1, 2000, LONGEST, LONGEST + 1, 30 * DAY, 365 * DAY])(
    'an alarm fires once, exactly after %i ms',
    (delay) => {
      const ring = vi.fn();
      systemClock.setAlarm(START + delay, ring);
      if (delay > 0) vi.advanceTimersByTime(delay - 1);
      expect(ring).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(ring).toHaveBeenCalledOnce();
      vi.advanceTimersByTime(30 * DAY);
      expect(ring).toHaveBeenCalledOnce();
    },
  );

  it('an alarm for a time in the past fires asynchronously', () => {
    const ring = vi.fn();
    systemClock.setAlarm(START - DAY, ring);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ring).toHaveBeenCalledOnce();
  });

  it.each([2000, 60 * DAY])('an alarm in %i ms does not fire if it is cancelled', (delay) => {
    const ring = vi.fn();
    const cancel = systemClock.setAlarm(START + delay, ring);
    // Past the first of the timers that a long delay is made of.
    vi.advanceTimersByTime(delay / 2);
    cancel();
    vi.advanceTimersByTime(2 * delay);
    expect(ring).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cancelling an alarm that has fired does nothing', () => {
    const ring = vi.fn();
    const cancel = systemClock.setAlarm(START + 1, ring);
    vi.advanceTimersByTime(1);
    cancel();
    expect(ring).toHaveBeenCalledOnce();
  });
});
