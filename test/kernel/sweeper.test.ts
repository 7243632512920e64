import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/kernel/database.js';
import { Sweeper } from '../../src/kernel/sweeper.js';
import { temporaryFolder } from '../support/world.js';

const SCHEMA = `
  CREATE TABLE things (seq INTEGER PRIMARY KEY AUTOINCREMENT, project_id TEXT NOT NULL) STRICT;
  CREATE TABLE things_emptied (project_id TEXT PRIMARY KEY, up_to INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

function open(path = ':memory:') {
  const database = Database.open(path, [{ name: '0001_test', sql: SCHEMA }]);
  const errors: unknown[] = [];
  const sweeper = new Sweeper(database, [{ name: 'things', emptied: 'things_emptied' }], (error) =>
    errors.push(error),
  );
  const close = (): void => {
    sweeper.stop();
    database.close();
  };
  onTestFinished(close);
  const left = (): Record<string, number> =>
    Object.fromEntries(
      database
        .prepare<[], [string, number]>('SELECT project_id, count(*) FROM things GROUP BY 1')
        .raw()
        .all(),
    );
  const waits = (): unknown => database.prepare('SELECT count(*) FROM things_emptied').pluck().get();
  return { database, sweeper, errors, close, left, waits };
}

/** Things of A, of B and of A again, of which A was emptied in between. */
async function filled(path?: string) {
  const opened = open(path);
  const { database } = opened;
  const add = database.prepare('INSERT INTO things (project_id) VALUES (?)');
  await database.write(() => {
    for (let count = 0; count < 1200; count += 1) add.run('A');
    for (let count = 0; count < 10; count += 1) add.run('B');
    database.execute("INSERT INTO things_emptied VALUES ('A', 1200)");
    for (let count = 0; count < 20; count += 1) add.run('A');
  });
  return opened;
}

/** A turn of the event loop, and the commit at its end. */
async function turn(database: Database): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await database.settled();
}

describe('a sweep', () => {
  it('ends with the database, though a batch is under way', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    const { database, sweeper, close, errors } = await filled();
    sweeper.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(database.settled()).toBeDefined();
    close();
    await new Promise((resolve) => setImmediate(resolve));
    sweeper.wake();
    expect([unhandled, errors]).toEqual([[], []]);
  });

  it('removes what a project was emptied of, and nothing else, a batch a turn', async () => {
    const { database, sweeper, left, waits } = await filled();
    sweeper.wake();
    sweeper.wake();
    expect(left()).toEqual({ A: 1220, B: 10 });
    const seen = [];
    for (let turns = 0; waits() !== 0 && turns < 20; turns += 1) {
      await turn(database);
      seen.push(left().A);
    }
    expect([...new Set(seen)]).toEqual([720, 220, 20]);
    expect(left()).toEqual({ A: 20, B: 10 });
  });

  it('goes on where it was cut off, on the same file', async () => {
    const path = join(temporaryFolder(), 'emulator.db');
    const first = await filled(path);
    first.sweeper.wake();
    await turn(first.database);
    expect(first.left()).toEqual({ A: 720, B: 10 });
    first.close();

    const { database, sweeper, left, waits } = open(path);
    sweeper.wake();
    for (let turns = 0; waits() !== 0 && turns < 20; turns += 1) await turn(database);
    expect(left()).toEqual({ A: 20, B: 10 });
  });

  it('can be finished within a write', async () => {
    const { database, sweeper, left, waits } = await filled();
    await database.write(() => {
      sweeper.finish();
    });
    expect([left(), waits()]).toEqual([{ A: 20, B: 10 }, 0]);
  });

  it('that fails is told of, and leaves its rows to the next', async () => {
    const { database, sweeper, errors, left, waits } = await filled();
    database.execute(
      "CREATE TRIGGER stubborn BEFORE DELETE ON things WHEN old.seq = 3 BEGIN SELECT raise(ABORT, 'no'); END",
    );
    sweeper.wake();
    await turn(database);
    await turn(database);
    expect(errors).toMatchObject([{ message: 'no' }]);
    expect(left()).toEqual({ A: 1220, B: 10 });

    database.execute('DROP TRIGGER stubborn');
    sweeper.wake();
    for (let turns = 0; waits() !== 0 && turns < 20; turns += 1) await turn(database);
    expect(left()).toEqual({ A: 20, B: 10 });
  });

  it('is over once it is stopped', async () => {
    const { database, sweeper, left } = await filled();
    sweeper.wake();
    sweeper.stop();
    await turn(database);
    expect(left()).toEqual({ A: 1220, B: 10 });
  });
});
