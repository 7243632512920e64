import { describe, expect, it } from 'vitest';
import { advanced, frozen, IN_STEP, resumed, shows } from '../../src/kernel/clock.js';

describe('state of a clock', () => {
  it('a clock in step shows the time of its base', () => {
    expect([0, 7, -3].map((now) => shows(IN_STEP, now))).toEqual([0, 7, -3]);
  });

  it('a clock advances, both running and frozen', () => {
    expect(shows(advanced(IN_STEP, 5), 100)).toBe(105);
    expect(shows(advanced(frozen(IN_STEP, 100), 5), 900)).toBe(105);
  });

  it('a frozen clock shows the time at which it was first frozen', () => {
    const state = frozen(frozen(advanced(IN_STEP, 5), 100), 200);
    expect([shows(state, 300), shows(state, 0)]).toEqual([105, 105]);
  });

  it('a resumed clock continues from the time it shows, and resuming a running one changes nothing', () => {
    const state = resumed(frozen(advanced(IN_STEP, 5), 100), 400);
    expect([shows(state, 400), shows(state, 401)]).toEqual([105, 106]);
    expect(resumed(state, 777)).toEqual(state);
  });

  it('freezing and resuming in any order never changes the time that a clock shows', () => {
    const moves = { frozen, resumed, none: (state: typeof IN_STEP) => state };
    const names = Object.keys(moves) as (keyof typeof moves)[];
    for (const order of names.flatMap((a) => names.flatMap((b) => names.map((c) => [a, b, c] as const)))) {
      let state = advanced(IN_STEP, 17);
      let now = 1000;
      for (const name of order) {
        const before = shows(state, now);
        state = moves[name](state, now);
        expect(shows(state, now), order.join()).toBe(before);
        now += 10;
      }
    }
  });
});
