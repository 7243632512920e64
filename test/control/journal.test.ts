import { describe, expect, it, vi } from 'vitest';
import type { Selection } from '../../src/control/journal/journal.js';
import { seeded } from '../support/random.js';
import { startJournal } from './journal-support.js';

// Thousands of requests are recorded in one test: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const A = 'a'.repeat(24);
const B = 'b'.repeat(24);

const seqs = ({ entries }: Selection): number[] => entries.map(({ event }) => event.seq);

describe('the journal', () => {
  it('the journal shows a project its own requests and the whole server all of them, in order', () => {
    const { journal, come } = startJournal();
    for (const project of [A, B, undefined, A]) come(project === undefined ? {} : { project });
    expect(seqs(journal.select(A))).toEqual([1, 4]);
    expect(seqs(journal.select(B))).toEqual([2]);
    expect(seqs(journal.select(undefined))).toEqual([1, 2, 3, 4]);
    expect(seqs(journal.select(undefined, 2))).toEqual([3, 4]);
  });

  it('the journal evicts the oldest requests beyond its size and knows up to which number', () => {
    const { journal, come } = startJournal({ bytes: 100_000 });
    for (let count = 0; count < 10_000; count += 1) come({ project: A });
    const selection = journal.select(A);
    expect(journal.bytes).toBeLessThanOrEqual(100_000);
    expect(selection.entries.length).toBeGreaterThan(90);
    expect(seqs(selection)[0]).toBe(selection.cut + 1);
    expect(seqs(selection).at(-1)).toBe(10_000);
    expect(journal.select(undefined).cut).toBe(selection.cut);
    expect(journal.select(B).cut).toBe(0);
  });

  it('the journal counts the size of bodies and headers, even of few requests', () => {
    const { journal, come } = startJournal({ bytes: 100_000 });
    for (let count = 0; count < 100; count += 1) come({ project: A, body: 'x'.repeat(16_384) });
    expect(journal.bytes).toBeLessThanOrEqual(100_000);
    expect(seqs(journal.select(A))).toEqual([96, 97, 98, 99, 100]);
  });

  it('the journal retains the last requests of a quiet project when a busy one fills the ring', () => {
    const { journal, come } = startJournal({ bytes: 100_000, perProject: 3 });
    for (let count = 0; count < 5; count += 1) come({ project: A });
    for (let count = 0; count < 1000; count += 1) come({ project: B });
    expect(journal.select(A)).toMatchObject({ cut: 2 });
    expect(seqs(journal.select(A))).toEqual([3, 4, 5]);
    const all = journal.select(undefined);
    expect(seqs(all).slice(0, 3)).toEqual([3, 4, 5]);
    expect(all.cut).toBe((seqs(all)[3] ?? 0) - 1);
    // One more of its own takes the place of the oldest.
    come({ project: A });
    expect([seqs(journal.select(A)), journal.select(A).cut]).toEqual([[4, 5, 1006], 3]);
  });

  it('the journal retains requests of the most recently active projects only', () => {
    const { journal, come } = startJournal({ bytes: 100_000, projects: 2, perProject: 5 });
    for (const project of ['old', 'quiet', 'old']) come({ project });
    for (let count = 0; count < 1000; count += 1) come({ project: B });
    expect(['old', 'quiet'].map((project) => seqs(journal.select(project)))).toEqual([[1, 3], []]);
    come({ project: 'new' });
    expect(seqs(journal.select('old'))).toEqual([]);
    expect(['old', 'quiet', 'new'].map((project) => journal.select(project).cut)).toEqual([3, 2, 0]);
  });

  it('the journal retains at most half its size: the least recently active project loses first', () => {
    const { journal, come } = startJournal({ bytes: 40_000, perProject: 15 });
    for (const project of ['first', 'second']) for (let count = 0; count < 15; count += 1) come({ project });
    for (let count = 0; count < 1000; count += 1) come({ project: B });
    const [first, second] = [journal.select('first'), journal.select('second')];
    expect(second.entries).toHaveLength(15);
    expect(first.entries.length).toBeLessThan(15);
    expect(first.cut).toBe(15 - first.entries.length);
    expect(journal.bytes).toBeLessThanOrEqual(40_000);
    // The other half is the ring's.
    expect(journal.select(B).entries.length).toBeGreaterThan(15);
  });

  it('the journal stays bounded over ten thousand requests of as many projects, without a wrong count', () => {
    const { journal, come } = startJournal({ bytes: 100_000, cuts: 100 });
    for (let count = 0; count < 10_000; count += 1) come({ project: String(count) });
    expect(journal.bytes).toBeLessThanOrEqual(100_000);
    expect(journal.owners().length).toBeLessThanOrEqual(100);
    // Of most nothing more is known than that something was evicted.
    expect(journal.select('5').cut).toBeGreaterThanOrEqual(6);
    expect(journal.select('9999')).toMatchObject({ entries: [{}] });
  });

  it('the journal shows every request of a project after its cut, in any order of arrival', () => {
    const { bus, journal, come } = startJournal({ bytes: 60_000, projects: 4, perProject: 6, cuts: 20 });
    const random = seeded(7);
    const sent = new Map<string, number[]>();
    const there = new Set<string>();
    for (let count = 0; count < 20_000; count += 1) {
      const project = `p${Math.floor(random() ** 2 * 12)}`;
      if (random() < 0.005 && there.has(project)) {
        journal.evict(project);
        there.delete(project);
        continue;
      }
      there.add(project);
      const seq = come({ project, body: 'x'.repeat(Math.floor(random() * 3000)) });
      sent.set(project, [...(sent.get(project) ?? []), seq]);
      if (count % 50 > 0) continue;
      for (const [one, numbers] of sent) {
        const selection = journal.select(one);
        expect(seqs(selection)).toEqual(numbers.filter((number) => number > selection.cut));
      }
      const all = journal.select(undefined);
      expect(seqs(all).filter((number) => number > all.cut)).toHaveLength(bus.last - all.cut);
    }
  });

  it('the journal forgets the requests of a project for the project, but not for the whole server', () => {
    const { journal, come } = startJournal();
    come({ project: A });
    come({ project: B });
    journal.forget(A);
    come({ project: A });
    expect(journal.select(A).floor).toBe(2);
    expect(seqs(journal.select(A))).toEqual([3]);
    expect(seqs(journal.select(B))).toEqual([2]);
    expect(seqs(journal.select(undefined))).toEqual([1, 2, 3]);
  });

  it('the journal forgets all requests in every scope', () => {
    const { journal, come } = startJournal({ bytes: 1500 });
    come({ project: A });
    come({ project: A });
    journal.forget(undefined);
    expect(journal.select(A)).toEqual({ entries: [], cut: 0, floor: 2 });
    expect(journal.bytes).toBe(0);
    expect(seqs(journal.select(undefined))).toEqual([]);
    come({ project: A });
    expect(seqs(journal.select(A))).toEqual([3]);
  });

  it('the journal ignores events that are not requests', () => {
    const { bus, journal } = startJournal();
    bus.emit('operation.missing', A, { operation: 'x' });
    expect(journal.select(undefined).entries).toEqual([]);
  });
});
