import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
// The bench is JavaScript without types.
const load = async <T>(name: string): Promise<T> => (await import(new URL(`bench/${name}`, root).href)) as T;

interface Node {
  readonly id: number;
  readonly callFrame: { functionName: string; url: string; lineNumber: number };
  readonly children?: readonly number[];
}
type Shares = readonly { readonly name: string; readonly share: number }[];

const { gaps, stepOf } = await load<{
  gaps: (folder: string) => { readonly uncovered: string[]; readonly unused: string[] };
  stepOf: (stack: readonly string[], native: string) => string | undefined;
}>('steps.js');
const { analyse } = await load<{
  analyse: (profile: {
    readonly nodes: readonly Node[];
    readonly samples: readonly number[];
    readonly timeDeltas: readonly number[];
  }) => Record<'steps' | 'folders' | 'natives', Shares>;
}>('profile.js');
const { median, ratios } = await load<{
  median: (values: readonly number[]) => number;
  ratios: (
    own: readonly number[],
    others: readonly number[],
  ) => Record<'median' | 'least' | 'greatest', number>;
}>('statistics.js');
const { better, slower } = await load<{
  better: (one: object, other: object) => object;
  slower: (results: readonly object[], baseline: Record<string, number>) => readonly object[];
}>('baseline.js');
const { plot } = await load<{ plot: (results: readonly object[], title: string) => string }>('svg.js');

describe('the steps of the budget', () => {
  it('cover every file of src that a request can run, and name no file that does not exist', () => {
    expect(gaps(fileURLToPath(new URL('src', root)))).toEqual({ uncovered: [], unused: [] });
  });

  it('attribute a frame of Node or npm to the nearest function that has a step', () => {
    expect(stepOf(['', 'kernel/database.js', 'states/store.js'], 'get')).toBe('SQL');
    expect(stepOf(['node:internal/crypto/hash', 'http/credentials/digest.js'], 'digest')).toBe('credentials');
    expect(stepOf(['npm:fastify/lib/reply.js', 'http/replies/replies.js'], 'send')).toBe('answer');
  });

  it('report a file without a step by its name', () => {
    expect(stepOf(['node:events', 'unknown/file.js', 'http/pipeline.js'], 'emit')).toBe(
      'unattributed: unknown/file.js',
    );
  });

  it('have the garbage collector beside them, and no idle time', () => {
    expect(stepOf([''], '(garbage collector)')).toBe('garbage collection');
    expect(stepOf([''], '(idle)')).toBeUndefined();
  });
});

it('a profile is shared out among steps, folders and native work', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 5] },
      { id: 2, callFrame: frame('handler', 'file:///x/dist/http/pipeline.js'), children: [3] },
      { id: 3, callFrame: frame('get', 'file:///x/dist/kernel/database.js'), children: [4] },
      { id: 4, callFrame: frame('get') },
      { id: 5, callFrame: frame('(idle)') },
    ],
    samples: [2, 4, 4, 4, 5],
    timeDeltas: [100, 100, 100, 100, 500],
  };
  const { steps, folders, natives } = analyse(profile);
  expect(steps).toEqual([
    { name: 'SQL', share: 0.75 },
    { name: 'pipeline', share: 0.25 },
  ]);
  expect(folders).toEqual([
    { name: 'http/', share: 1 },
    { name: 'kernel/', share: 0.75 },
  ]);
  expect(natives).toEqual([{ name: 'SQLite', share: 0.75 }]);
});

it('medians are of the two in the middle, and ratios are within a round', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 2, 1, 4])).toBe(3);
  expect(ratios([1, 3, 8], [2, 3, 2])).toEqual({ median: 1, least: 0.5, greatest: 4 });
});

const result = (own: number, name = 'get') => ({
  ...{ case: name, title: 'get <one>', connections: 10, profile: 'observed' },
  servers: { reference: { rate: [100, 100, 100] }, emulator: { rate: [own, own, own] } },
});

it('only a case below half of its baseline is slower, and the better try counts', () => {
  const baseline = { 'get, 10, observed': 0.8 };
  expect(slower([result(41)], baseline)).toEqual([]);
  expect(slower([result(39), result(1, 'list')], baseline)).toEqual([result(39)]);
  expect(better(result(39), result(41))).toEqual(result(41));
});

it('the plot escapes its texts, and marks the goal', () => {
  const svg = plot([result(50)], 'a & b');
  expect(svg).toContain('get &#60;one&#62;, 10');
  expect(svg).toContain('a &#38; b');
  expect(svg).toContain('>0.50<');
  expect(svg.match(/stroke="#c2410c"/g)).toHaveLength(2);
});
