import { describe, expect, it } from 'vitest';
import type { Selection } from '../../src/control/journal/journal.js';
import { startJournal } from './journal-support.js';

const A = 'a'.repeat(24);
const B = 'b'.repeat(24);

const seqs = ({ entries }: Selection): number[] => entries.map(({ event }) => event.seq);

describe('the journal', () => {
  it('shows a project its own requests, and the whole server those of all, in order', () => {
    const { journal, come } = startJournal();
    for (const project of [A, B, undefined, A]) come(project === undefined ? {} : { project });
    expect(seqs(journal.select(A))).toEqual([1, 4]);
    expect(seqs(journal.select(B))).toEqual([2]);
    expect(seqs(journal.select(undefined))).toEqual([1, 2, 3, 4]);
    expect(seqs(journal.select(undefined, 2))).toEqual([3, 4]);
  });

  it('keeps the last thousand of a project, and knows what it has dropped', () => {
    const { journal, come } = startJournal();
    come({ project: B });
    for (let count = 0; count < 10_000; count += 1) come({ project: A });
    const selection = journal.select(A);
    expect(selection.entries).toHaveLength(1000);
    expect([selection.cut, seqs(selection)[0]]).toEqual([9001, 9002]);
    expect(journal.select(B).cut).toBe(0);
    expect(journal.select(undefined).cut).toBe(9001);
  });

  it('keeps no more bytes of a project than it may, however few its requests', () => {
    const { journal, come } = startJournal({ bytes: 100_000 });
    const body = 'x'.repeat(16_384);
    for (let count = 0; count < 100; count += 1) come({ project: A, body });
    expect(journal.bytes).toBeLessThanOrEqual(100_000);
    expect(seqs(journal.select(A))).toEqual([96, 97, 98, 99, 100]);
  });

  it('keeps no more bytes of all projects than it may: the one that was quiet longest loses all', () => {
    const { journal, come } = startJournal({ allBytes: 20_000 });
    come({ project: A });
    for (let count = 0; count < 18; count += 1) come({ project: B });
    expect(seqs(journal.select(A))).toEqual([1]);
    come({ project: B });
    expect(seqs(journal.select(A))).toEqual([]);
    expect(journal.select(A).cut).toBe(1);
    expect(journal.select(B).entries).toHaveLength(19);
    expect(journal.bytes).toBeLessThanOrEqual(20_000);
  });

  it('stays bounded over ten thousand requests of as many projects, and gives no project a wrong number', () => {
    const { journal, come } = startJournal({ allBytes: 100_000, projects: 100 });
    for (let count = 0; count < 10_000; count += 1) come({ project: String(count) });
    expect(journal.bytes).toBeLessThanOrEqual(100_000);
    // Of most nothing more is known than that something was dropped.
    expect(journal.select('5').cut).toBeGreaterThanOrEqual(6);
    expect(journal.select('9999')).toMatchObject({ entries: [{}] });
  });

  it('forgets a project for its own scope, and keeps it for the whole server', () => {
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

  it('forgets all for every scope', () => {
    const { journal, come } = startJournal({ entries: 1 });
    come({ project: A });
    come({ project: A });
    journal.forget(undefined);
    expect(journal.select(A)).toEqual({ entries: [], cut: 0, floor: 2 });
    expect(journal.bytes).toBe(0);
    expect(seqs(journal.select(undefined))).toEqual([]);
    come({ project: A });
    expect(seqs(journal.select(A))).toEqual([3]);
  });

  it('keeps no requests for the control API', () => {
    const { bus, journal } = startJournal();
    bus.emit('operation.missing', A, { operation: 'x' });
    expect(journal.select(undefined).entries).toEqual([]);
  });
});
