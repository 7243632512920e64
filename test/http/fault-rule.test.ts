import { describe, expect, it } from 'vitest';
import {
  actionOf,
  firesOn,
  isAtRest,
  matches,
  type FaultFacts,
  type FaultMatch,
} from '../../src/http/faults/rule.js';

const FACTS: FaultFacts = {
  place: 'faults',
  project: 'p',
  operation: 'getThing',
  aboutTokens: false,
  method: 'GET',
  path: '/api/atlas/v2/groups/g/things/t',
  caller: 'key',
};

const rule = (match: FaultMatch) => ({ id: 'r', match, delayMs: 1 });

describe('a rule', () => {
  it.each<[FaultMatch]>([
    [{}],
    [{ operation: 'getThing' }],
    [{ method: 'GET' }],
    [{ caller: 'key' }],
    [{ path: '/api/atlas/v2/groups/g/things/t' }],
    [{ path: '*' }],
    [{ path: '/api/*' }],
    [{ path: '*/things/t' }],
    [{ path: '/api/*/groups/*/things/*' }],
    [{ path: '/api/**/t' }],
    [{ path: '/api/atlas/v2/groups/g/things/t*' }],
    [{ operation: 'getThing', method: 'GET', caller: 'key', path: '*' }],
  ])('matches with %j', (match) => {
    expect(matches(rule(match), FACTS)).toBe(true);
  });

  it.each<[FaultMatch]>([
    [{ operation: 'getthing' }],
    [{ method: 'POST' }],
    [{ caller: 'other' }],
    [{ path: '/api/atlas/v2/groups/g/things' }],
    [{ path: '/api/atlas/v2/groups/./things/t' }],
    [{ path: '/groups/*' }],
    [{ path: '*/things' }],
    [{ path: '/api/*/things/t/t' }],
    [{ path: '/api/atlas/v2/groups/g/things/t*t' }],
    [{ path: '/api/*/things/*/groups/*' }],
    [{ operation: 'getThing', method: 'POST' }],
  ])('does not match with %j', (match) => {
    expect(matches(rule(match), FACTS)).toBe(false);
  });

  it('without a match matches, in its own place alone', () => {
    expect(matches({ id: 'r', drop: 'before' }, FACTS)).toBe(true);
    expect(matches({ id: 'r', drop: 'before', before: 'credentials' }, FACTS)).toBe(false);
    const before = { ...FACTS, place: 'credentials' } as const;
    expect(matches({ id: 'r', drop: 'before' }, before)).toBe(false);
    expect(matches({ id: 'r', drop: 'before', before: 'credentials' }, before)).toBe(true);
  });

  it('of a caller matches nobody whose name is not known', () => {
    expect(matches(rule({ caller: 'key' }), { ...FACTS, caller: undefined })).toBe(false);
  });

  it('is about the token endpoints only if it names the operation or a path', () => {
    const tokens: FaultFacts = { ...FACTS, operation: 'createToken', aboutTokens: true };
    const ways = [{}, { method: 'GET' }, { caller: 'key' }, { operation: 'createToken' }, { path: '*' }];
    expect(ways.map((match) => matches(rule(match), tokens))).toEqual([false, false, false, true, true]);
  });

  it('with a hundred stars is matched in no time', () => {
    const path = `/${'a*'.repeat(100)}b`;
    const started = performance.now();
    expect(matches(rule({ path }), { ...FACTS, path: `/${'a'.repeat(10_000)}` })).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('a rule fires', () => {
  const firings = (counts: { share?: number; skip?: number }, requests: number): number[] =>
    Array.from({ length: requests }, (_, index) => index + 1).filter((matched) =>
      firesOn({ id: 'r', truncate: true, ...counts }, matched),
    );

  it.each([
    ['every request', {}, 4, [1, 2, 3, 4]],
    ['every second', { share: 0.5 }, 6, [2, 4, 6]],
    ['every fourth', { share: 0.25 }, 9, [4, 8]],
    ['three of four', { share: 0.75 }, 8, [2, 3, 4, 6, 7, 8]],
    ['all of a whole share', { share: 1 }, 3, [1, 2, 3]],
    ['none of no share', { share: 0 }, 100, []],
    ['those behind the first two', { skip: 2 }, 5, [3, 4, 5]],
    ['every second behind the first', { skip: 1, share: 0.5 }, 6, [3, 5]],
  ])('on %s', (_which, counts, requests, expected) => {
    expect(firings(counts, requests)).toEqual(expected);
  });

  it.each([0.01, 0.07, 0.1, 0.29, 0.57, 0.99])('on exactly a share of %d of a hundred', (share) => {
    expect(firings({ share }, 100)).toHaveLength(Math.round(share * 100));
    expect(firings({ share }, 1000)).toHaveLength(Math.round(share * 1000));
  });

  it('until it has fired as often as it shall', () => {
    expect([0, 1, 2, 3].map((fired) => isAtRest({ id: 'r', times: 2 }, fired))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(isAtRest({ id: 'r' }, 1_000_000)).toBe(false);
  });

  it('with its one action', () => {
    expect(actionOf({ id: 'r', drop: 'after' })).toBe('drop');
    expect(() => actionOf({ id: 'r' })).toThrow('no action');
  });
});
