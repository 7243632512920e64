import { describe, expect, it } from 'vitest';
import { OBJECT_ID, objectIds, seededIds } from '../../src/kernel/ids.js';
import { ManualClock } from '../support/clock.js';

const START = Date.parse('2026-01-31T09:00:00Z');

/** How many of the ids are not greater than the one before. */
const stepsBack = (ids: readonly string[]): number =>
  ids.filter((id, index) => index > 0 && id <= (ids[index - 1] ?? '')).length;

describe('objectIds()', () => {
  it('an id has 24 lower-case hexadecimal digits and begins with the second', () => {
    const id = objectIds(() => START)();
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(id).toMatch(OBJECT_ID);
    expect(parseInt(id.slice(0, 8), 16)).toBe(START / 1000);
  });

  it('100,000 ids are unique and ascending', () => {
    const clock = new ManualClock(START);
    const next = objectIds(() => clock.now());
    const ids = Array.from({ length: 100_000 }, (_, index) => {
      if (index % 100 === 0) clock.advance(7);
      return next();
    });
    expect(new Set(ids).size).toBe(100_000);
    expect(stepsBack(ids)).toBe(0);
  });

  it('ids ascend when the clock is set back, by minutes or by years', () => {
    let now = START;
    const next = objectIds(() => now);
    const ids = [0, -1000, -60_000, -(10 ** 11), 5000, -1].map((step) => {
      now += step;
      return next();
    });
    expect(stepsBack(ids)).toBe(0);
  });

  it('ids ascend when the counter of a second overflows', () => {
    const next = objectIds(() => START, 0xff_ff_f0);
    const ids = Array.from({ length: 100 }, next);
    expect(stepsBack(ids)).toBe(0);
    expect(ids.map((id) => parseInt(id.slice(18), 16))).toContain(0xff_ff_ff);
    expect(parseInt((ids.at(-1) ?? '').slice(0, 8), 16)).toBe(START / 1000 + 1);
  });

  it('ids of two generators at the same time differ', () => {
    const makers = Array.from({ length: 100 }, () => objectIds(() => START));
    expect(new Set(makers.map((next) => next().slice(8, 18))).size).toBe(100);
  });
});

it('ids from a seed are repeatable, unique and increasing', () => {
  const make = (seed: string): string[] =>
    Array.from(
      { length: 1000 },
      seededIds(() => seed),
    );
  const ids = make('one');
  expect(ids.every((id) => OBJECT_ID.test(id))).toBe(true);
  expect(stepsBack(ids)).toBe(0);
  expect(make('one')).toEqual(ids);
  expect(make('two').filter((id) => ids.includes(id))).toEqual([]);
});

it.each([
  '',
  '32b6e34b3d91647abb20e7b',
  '32b6e34b3d91647abb20e7b88',
  '32B6E34B3D91647ABB20E7B8',
  `${'0'.repeat(23)}g`,
])('OBJECT_ID does not match %j', (text) => {
  expect(text).not.toMatch(OBJECT_ID);
});
