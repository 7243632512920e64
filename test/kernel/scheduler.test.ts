import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Database, type Transaction } from '../../src/kernel/database.js';
import { Scheduler, type DueWork } from '../../src/kernel/scheduler.js';
import { ManualClock } from '../support/clock.js';

/** Rows that are due at some time, in memory, and a record of each time they were looked at. */
class FakeWork implements DueWork {
  /** When each row is due. */
  rows: number[];
  /** Each call of moveDue: the time, and how many rows it moved. */
  readonly calls: (readonly [now: number, moved: number])[] = [];
  /** While it is set, moveDue throws. */
  broken: Error | undefined;

  constructor(...rows: number[]) {
    this.rows = rows;
  }

  nextDueAt(): number | undefined {
    return this.rows.length === 0 ? undefined : Math.min(...this.rows);
  }

  moveDue(_transaction: Transaction, now: number, limit: number): number {
    if (this.broken) {
      this.calls.push([now, 0]);
      throw this.broken;
    }
    const due = this.rows.filter((at) => at <= now).slice(0, limit);
    this.rows = this.rows.filter((at) => at > now).concat(this.rows.filter((at) => at <= now).slice(limit));
    this.calls.push([now, due.length]);
    return due.length;
  }
}

function start(...works: DueWork[]) {
  const clock = new ManualClock(0);
  const database = Database.open(':memory:', []);
  const errors: unknown[] = [];
  const scheduler = new Scheduler(clock, database, (error) => errors.push(error));
  onTestFinished(() => {
    scheduler.stop();
    database.close();
  });
  for (const work of works) scheduler.add(work);
  return { clock, database, scheduler, errors };
}

describe('the scheduler', () => {
  it('the scheduler wakes when a row is due, and not in between', () => {
    const work = new FakeWork(700, 300, 300);
    const { clock } = start(work);
    clock.advance(299);
    expect(work.calls).toEqual([]);
    clock.advance(1);
    expect(work.calls).toEqual([[300, 2]]);
    clock.advance(10_000);
    expect(work.calls).toEqual([
      [300, 2],
      [700, 1],
    ]);
  });

  it('the scheduler moves at startup the rows that were due before', () => {
    const work = new FakeWork(-5000, 10);
    const { clock } = start(work);
    clock.advance(0);
    expect(work.calls).toEqual([[0, 1]]);
  });

  it('the scheduler wakes for the earliest row of all sources, and checks each source', () => {
    const [one, other] = [new FakeWork(500), new FakeWork(200)];
    const { clock } = start(one, other);
    clock.advance(200);
    expect([one.calls, other.calls]).toEqual([[[200, 0]], [[200, 1]]]);
    clock.advance(300);
    expect(one.calls.at(-1)).toEqual([500, 1]);
  });

  it('wakeAt() wakes the scheduler earlier for a row that is due earlier', () => {
    const work = new FakeWork(1000);
    const { clock, scheduler } = start(work);
    work.rows.push(100);
    scheduler.wakeAt(100);
    clock.advance(5000);
    expect(work.calls).toEqual([
      [100, 1],
      [1000, 1],
    ]);
  });

  it('wakeAt() for a later row leaves the alarm unchanged', () => {
    const work = new FakeWork(100);
    const { clock, scheduler } = start(work);
    work.rows.push(400);
    scheduler.wakeAt(400);
    clock.advance(100);
    expect(work.calls).toEqual([[100, 1]]);
    clock.advance(300);
    expect(work.calls).toHaveLength(2);
  });

  it('the scheduler moves many rows in batches of 100, with other work in between', async () => {
    const work = new FakeWork(...Array<number>(240).fill(100), 900);
    const { clock } = start(work);
    clock.advance(100);
    // What waits behind the first batch sees one batch more at each turn of the event loop.
    const seen = [work.calls.length];
    for (let turn = 0; turn < 3; turn += 1) {
      await nextTurn();
      seen.push(work.calls.length);
    }
    expect(seen).toEqual([1, 2, 3, 3]);
    expect(work.calls.map(([, moved]) => moved)).toEqual([100, 100, 40]);
    clock.advance(800);
    expect(work.calls.at(-1)).toEqual([900, 1]);
  });

  it('the scheduler moves rows of one source while another has full batches', async () => {
    const [busy, other] = [new FakeWork(...Array<number>(200).fill(100)), new FakeWork(100)];
    const { clock } = start(busy, other);
    clock.advance(100);
    expect(other.rows).toEqual([]);
    await nextTurn();
    await nextTurn();
    expect(busy.rows).toEqual([]);
  });

  it('a stopped scheduler moves nothing', () => {
    const work = new FakeWork(100);
    const { clock, scheduler } = start(work);
    scheduler.stop();
    scheduler.wakeAt(50);
    clock.advance(1000);
    expect(work.calls).toEqual([]);
  });

  it('a scheduler that is stopped moves no further batch', async () => {
    const work = new FakeWork(...Array<number>(240).fill(100));
    const { clock, scheduler } = start(work);
    clock.advance(100);
    scheduler.stop();
    await nextTurn();
    await nextTurn();
    expect(work.calls).toEqual([[100, 100]]);
  });
});

describe('rows that are due after clocks were moved', () => {
  it('finish() processes them in batches, with other work in between, and then sets the alarm', async () => {
    const work = new FakeWork(...Array<number>(240).fill(-1), 900);
    const { clock, database, scheduler } = start(work);
    await database.write((transaction) => {
      scheduler.catchUp(transaction);
    });
    expect(work.calls).toEqual([[0, 100]]);
    clock.advance(800);
    expect(work.calls, 'no alarm meanwhile').toHaveLength(1);

    const seen: number[] = [];
    const finished = scheduler.finish();
    for (let turn = 0; turn < 3; turn += 1) {
      await nextTurn();
      seen.push(work.calls.length);
    }
    await finished;
    expect(seen).toEqual([2, 3, 3]);
    expect(work.calls.map(([, moved]) => moved)).toEqual([100, 100, 40]);
    clock.advance(100);
    expect(work.calls.at(-1)).toEqual([900, 1]);
  });

  it('finish() returns at once if there are no more, and to each of two callers when there are none', async () => {
    const work = new FakeWork(...Array<number>(250).fill(-1));
    const { database, scheduler } = start(work);
    await scheduler.finish();
    expect(work.calls).toEqual([]);
    await database.write((transaction) => {
      scheduler.catchUp(transaction);
    });
    await Promise.all([scheduler.finish(), scheduler.finish()]);
    expect(work.calls.map(([, moved]) => moved)).toEqual([100, 100, 50]);
  });

  it('finish() rejects if a batch fails, and the alarm tries the rest again', async () => {
    const work = new FakeWork(...Array<number>(150).fill(-1));
    const { clock, database, scheduler } = start(work);
    await database.write((transaction) => {
      scheduler.catchUp(transaction);
    });
    work.broken = new Error('broken');
    await expect(scheduler.finish()).rejects.toThrow('broken');
    work.broken = undefined;
    clock.advance(0);
    expect(work.rows).toEqual([]);
    await scheduler.finish();
  });
});

describe('errors in the scheduler', () => {
  it('an error of a source is reported, and retried a second later', async () => {
    const work = new FakeWork(100);
    const { clock, errors } = start(work);
    work.broken = new Error('broken');
    clock.advance(100);
    await nextTurn();
    expect(errors).toEqual([work.broken]);

    work.broken = undefined;
    clock.advance(999);
    expect(work.calls).toHaveLength(1);
    clock.advance(1);
    expect(work.calls).toEqual([
      [100, 0],
      [1100, 1],
    ]);
    expect(errors).toHaveLength(1);
  });

  it('an error of one source does not delay the others', async () => {
    const [broken, work] = [new FakeWork(100), new FakeWork(100, 200)];
    broken.broken = new Error('broken');
    const { clock, errors } = start(broken, work);
    clock.advance(100);
    await nextTurn();
    clock.advance(100);
    await nextTurn();
    expect(work.rows).toEqual([]);
    expect(errors).toEqual([broken.broken, broken.broken]);
  });

  it('a failing commit is reported and retried', async () => {
    const work = new FakeWork(100);
    const { clock, database, errors } = start(work);
    database.run('CREATE TABLE parents (id INTEGER PRIMARY KEY)');
    database.run('CREATE TABLE children (id REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)');
    void database.write(() => database.run('INSERT INTO children VALUES (7)')).catch(() => undefined);
    clock.advance(100);
    database.flush();
    await nextTurn();
    expect(errors.map(String)).toEqual(['SqliteError: FOREIGN KEY constraint failed']);
    clock.advance(1000);
    expect(work.calls.map(([now]) => now)).toEqual([100, 1100]);
  });
});
