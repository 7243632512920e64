import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  advanced,
  frozen,
  IN_STEP,
  MovableClock,
  resumed,
  systemClock,
  type Clock,
} from '../../src/kernel/clock.js';
import { ManualClock } from '../support/clock.js';

/** A clock whose stored state a test changes, as a committed write would. */
class ChangedClock extends MovableClock {
  change: (state: typeof IN_STEP) => void;

  constructor(base: Clock) {
    let stored = IN_STEP;
    super(base, () => stored);
    this.change = (state) => {
      stored = state;
      this.rearm();
    };
  }
}

/** A clock, its base, and the alarms that have fired, each with the time that the clock showed. */
function start() {
  const base = new ManualClock(1000);
  const clock = new ChangedClock(base);
  const fired: string[] = [];
  const alarm = (at: number, name = String(at)) =>
    clock.setAlarm(at, () => fired.push(`${name} at ${clock.now()}`));
  return { base, clock, fired, alarm };
}

describe('MovableClock', () => {
  it('a movable clock is in step with its base until it is moved', () => {
    const { base, clock, fired, alarm } = start();
    alarm(1500);
    base.advance(499);
    expect([clock.now(), fired]).toEqual([1499, []]);
    base.advance(1);
    expect(fired).toEqual(['1500 at 1500']);
    base.advance(10_000);
    expect(fired).toHaveLength(1);
  });

  it('alarms of a clock that is ahead fire earlier, whether set before or after the move', () => {
    const { base, clock, fired, alarm } = start();
    alarm(2500);
    clock.change(advanced(IN_STEP, 1000));
    alarm(2400);
    base.advance(400);
    expect(fired).toEqual(['2400 at 2400']);
    base.advance(100);
    expect(fired).toEqual(['2400 at 2400', '2500 at 2500']);
  });

  it('alarms that the clock was moved past fire asynchronously, in order', () => {
    const { base, clock, fired, alarm } = start();
    for (const at of [3000, 1200, 2000]) alarm(at);
    clock.change(advanced(IN_STEP, 5000));
    expect(fired).toEqual([]);
    base.advance(0);
    expect(fired).toEqual(['1200 at 6000', '2000 at 6000', '3000 at 6000']);
  });

  it('a frozen clock fires only the alarms that it has passed', () => {
    const { base, clock, fired, alarm } = start();
    alarm(1500);
    clock.change(frozen(clock.state, base.now()));
    alarm(1000, 'now');
    alarm(1001, 'ahead');
    base.advance(100_000);
    expect(fired).toEqual(['now at 1000']);
    clock.change(advanced(clock.state, 1));
    base.advance(0);
    expect(fired).toEqual(['now at 1000', 'ahead at 1001']);
    clock.change(resumed(clock.state, base.now()));
    base.advance(498);
    expect(fired).toHaveLength(2);
    base.advance(1);
    expect(fired.slice(2)).toEqual(['1500 at 1500']);
  });

  it('alarms of a clock that was set back fire later', () => {
    const { base, clock, fired, alarm } = start();
    clock.change(advanced(IN_STEP, 5000));
    alarm(6100);
    clock.change(IN_STEP);
    base.advance(5099);
    expect(fired).toEqual([]);
    base.advance(1);
    expect(fired).toEqual(['6100 at 6100']);
  });

  it.each(['before', 'after'] as const)('an alarm that was cancelled %s a move does not fire', (when) => {
    const { base, clock, fired, alarm } = start();
    const cancel = alarm(1500);
    if (when === 'before') cancel();
    clock.change(frozen(clock.state, base.now()));
    clock.change(advanced(clock.state, 600));
    if (when === 'after') cancel();
    clock.change(resumed(clock.state, base.now()));
    base.advance(10_000);
    expect(fired).toEqual([]);
  });

  it('an alarm does not fire twice if the clock moves again before it fires', () => {
    const { base, clock, fired, alarm } = start();
    alarm(1500);
    clock.change(advanced(IN_STEP, 600));
    clock.change(advanced(clock.state, 600));
    base.advance(10_000);
    expect(fired).toEqual(['1500 at 2200']);
  });

  it('an alarm can set another alarm when it fires', () => {
    const { base, clock, fired, alarm } = start();
    clock.setAlarm(1100, () => alarm(1100, 'second'));
    base.advance(100);
    base.advance(0);
    expect(fired).toEqual(['second at 1100']);
  });
});

describe('MovableClock over systemClock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it('an alarm years ahead fires neither at once nor when the clock is moved halfway', () => {
    const clock = new ChangedClock(systemClock);
    const ring = vi.fn();
    const year = 365 * 86_400_000;
    clock.setAlarm(clock.now() + 3 * year, ring);
    vi.advanceTimersByTime(60_000);
    clock.change(advanced(IN_STEP, year));
    vi.advanceTimersByTime(60_000);
    expect(ring).not.toHaveBeenCalled();
    clock.change(advanced(IN_STEP, 3 * year - 120_000));
    vi.advanceTimersByTime(0);
    expect(ring).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(year);
    expect(ring).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a frozen clock holds no timer', () => {
    const clock = new ChangedClock(systemClock);
    clock.setAlarm(clock.now() + 1000, () => undefined);
    clock.change(frozen(clock.state, clock.base.now()));
    expect(vi.getTimerCount()).toBe(0);
  });
});
