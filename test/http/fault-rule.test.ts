import { describe, expect, it } from 'vitest';
import { actionOf, firesOn, matches, type FaultRule } from '../../src/http/faults/rule.js';

type Match = NonNullable<FaultRule['match']>;
type Request = Parameters<typeof matches>[2];

const EXCHANGE = { operation: {}, operationId: 'getThing', caller: { id: 'key' } };

function request(url = '/api/atlas/v2/groups/g/things/t', exchange: object = {}): Request {
  const made: unknown = { method: 'GET', url, exchange: { ...EXCHANGE, ...exchange } };
  return made as Request;
}

const rule = (match: Match) => ({ id: 'r', match, delayMs: 1 });
const isMet = (match: Match, by = request()) => matches(rule(match), 'faults', by);

describe('matching of a fault rule', () => {
  it.each<[Match]>([
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
  ])('a fault rule with %j matches the request', (match) => {
    expect(isMet(match)).toBe(true);
  });

  it.each<[Match]>([
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
  ])('a fault rule with %j does not match the request', (match) => {
    expect(isMet(match)).toBe(false);
  });

  it('the path of a fault rule ignores the query of the request', () => {
    expect(isMet({ path: '*/t' }, request('/api/atlas/v2/groups/g/things/t?pretty=true'))).toBe(true);
  });

  it('a fault rule without match applies to every request at its own step only', () => {
    const before = { id: 'r', drop: 'before', before: 'credentials' } as const;
    const after = { id: 'r', drop: 'before' } as const;
    const steps = ['credentials', 'faults'] as const;
    expect(steps.map((step) => matches(before, step, request()))).toEqual([true, false]);
    expect(steps.map((step) => matches(after, step, request()))).toEqual([false, true]);
  });

  it('a fault rule for a caller does not match a request without a known caller', () => {
    expect(isMet({ caller: 'key' }, request(undefined, { caller: undefined }))).toBe(false);
  });

  it('a fault rule matches the token endpoints only if it names the operation or a path', () => {
    const tokens = request(undefined, { operation: undefined, operationId: 'createToken' });
    const ways: Match[] = [
      {},
      { method: 'GET' },
      { caller: 'key' },
      { operation: 'createToken' },
      { path: '*' },
    ];
    expect(ways.map((match) => isMet(match, tokens))).toEqual([false, false, false, true, true]);
  });

  it('a path with a hundred stars does not backtrack exponentially', () => {
    const path = `/${'a*'.repeat(100)}b`;
    // With backtracking, this test would time out.
    expect(isMet({ path }, request(`/${'a'.repeat(10_000)}`))).toBe(false);
  });
});

describe('firing of a fault rule', () => {
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
  ])('a fault rule fires on %s', (_which, counts, requests, expected) => {
    expect(firings(counts, requests)).toEqual(expected);
  });

  it.each([0.01, 0.07, 0.1, 0.29, 0.57, 0.99])(
    'a fault rule with the share %d fires on exactly that share of requests',
    (share) => {
      expect(firings({ share }, 100)).toHaveLength(Math.round(share * 100));
      expect(firings({ share }, 1000)).toHaveLength(Math.round(share * 1000));
    },
  );

  it('actionOf() returns the one action of a fault rule', () => {
    expect(actionOf({ id: 'r', drop: 'after' })).toBe('drop');
    expect(() => actionOf({ id: 'r' })).toThrow('no action');
  });
});
