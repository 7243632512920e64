import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/kernel/database.js';
import type { Migration } from '../../src/kernel/tables.js';
import { rowsIn } from '../support/database-file.js';

const MIGRATIONS: readonly Migration[] = [
  { name: '0001_entries', sql: 'CREATE TABLE entries (name TEXT PRIMARY KEY) STRICT' },
];

function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'database-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, 'world.db');
}

/** A database with a table of entries, and what a test does with it. */
class Entries {
  readonly database: Database;

  constructor(readonly path: string = temporaryPath()) {
    this.database = Database.open(path, MIGRATIONS);
    onTestFinished(() => {
      this.database.close();
    });
  }

  /** Adds an entry; `log` records the work, its effect and the promise. */
  async add(name: string, log: string[] = [], fail = false): Promise<void> {
    try {
      await this.database.write((transaction) => {
        transaction.afterCommit(() => log.push(`effect of ${name}`));
        this.database.run('INSERT INTO entries VALUES (?)', name);
        log.push(`work of ${name}`);
        if (fail) throw new Error(`${name} fails`);
      });
      log.push(`${name} resolved`);
    } catch (error) {
      log.push(`${name} rejected: ${(error as Error).message}`);
    }
  }

  names(): unknown[] {
    return namesIn(this.database);
  }

  /** What another process would find in the file if this one died now. */
  onDisk(): unknown[] {
    const copy = temporaryPath();
    for (const end of ['', '-wal'])
      if (existsSync(this.path + end)) copyFileSync(this.path + end, copy + end);
    return rowsIn(copy, NAMES).map(({ name }) => name);
  }
}

const NAMES = 'SELECT name FROM entries ORDER BY rowid';

function namesIn(database: Database): unknown[] {
  return database.all<{ name: string }>(NAMES).map(({ name }) => name);
}

describe('database.write()', () => {
  it('a write is visible to the writes after it at once, and on disk when its promise resolves', async () => {
    const entries = new Entries();
    const added = entries.add('one');
    const seen = entries.database.write(() => entries.names());
    expect(entries.onDisk()).toEqual([]);
    await added;
    expect(entries.onDisk()).toEqual(['one']);
    await expect(seen).resolves.toEqual(['one']);
  });

  it('a write is committed by the first read outside of a write, which then sees it', () => {
    const entries = new Entries();
    void entries.add('one');
    expect(entries.onDisk()).toEqual([]);
    expect(entries.names()).toEqual(['one']);
    expect(entries.onDisk()).toEqual(['one']);
  });

  it('a write resolves with the result of its function', async () => {
    await expect(new Entries().database.write(() => 42)).resolves.toBe(42);
  });

  it('writes in one tick share a commit, and their effects run after it, in order', async () => {
    const entries = new Entries();
    const log: string[] = [];
    const added = [entries.add('one', log), entries.add('two', log)];
    added.push(entries.add('three', log));
    expect(entries.onDisk()).toEqual([]);
    await Promise.all(added);
    const steps = (what: (name: string) => string): string[] => ['one', 'two', 'three'].map(what);
    expect(log).toEqual([
      ...steps((name) => `work of ${name}`),
      ...steps((name) => `effect of ${name}`),
      ...steps((name) => `${name} resolved`),
    ]);
  });

  it('writes in separate ticks have separate commits', async () => {
    const entries = new Entries();
    await entries.add('one');
    const second = entries.add('two');
    expect(entries.onDisk()).toEqual(['one']);
    await second;
    expect(entries.onDisk()).toEqual(['one', 'two']);
  });

  it('a write that throws rolls back itself only, rejects at once, and runs no effects', async () => {
    const entries = new Entries();
    const log: string[] = [];
    await Promise.all([entries.add('one', log), entries.add('two', log, true), entries.add('three', log)]);
    expect(log).toEqual([
      'work of one',
      'work of two',
      'effect of one',
      'work of three',
      'two rejected: two fails',
      'one resolved',
      'effect of three',
      'three resolved',
    ]);
    expect(entries.onDisk()).toEqual(['one', 'three']);
  });

  it('a write that violates a constraint does not affect those before and after it', async () => {
    const entries = new Entries();
    const log: string[] = [];
    await Promise.all([entries.add('one'), entries.add('one', log), entries.add('two')]);
    expect(log).toEqual(['one rejected: UNIQUE constraint failed: entries.name']);
    expect(entries.onDisk()).toEqual(['one', 'two']);
  });

  it('a write without a savepoint that throws before its first change does not affect the others', async () => {
    const entries = new Entries();
    const log: string[] = [];
    const one = entries.add('one', log);
    const refused = entries.database.write((transaction) => {
      transaction.omitSavepoint();
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    await Promise.all([one, entries.add('two', log)]);
    expect(log).toEqual([
      ...['work of one', 'effect of one', 'one resolved'],
      ...['work of two', 'effect of two', 'two resolved'],
    ]);
    expect(entries.onDisk()).toEqual(['one', 'two']);
  });

  it('a write without a savepoint that throws after a change is rolled back with those of its tick', async () => {
    const entries = new Entries();
    const log: string[] = [];
    const before = entries.add('one', log);
    const broken = entries.database.write((transaction) => {
      transaction.omitSavepoint();
      entries.database.run("INSERT INTO entries VALUES ('two')");
      throw new Error('broken');
    });
    await expect(broken).rejects.toThrow('broken');
    await before;
    expect(log).toEqual(['work of one', 'one rejected: broken']);
    await entries.add('three');
    expect(entries.onDisk()).toEqual(['three']);
  });

  it('a write that throws as the only one of its tick leaves nothing, and the next write works', async () => {
    const entries = new Entries();
    await entries.add('one', [], true);
    expect(entries.database.flush()).toBe(true);
    expect(entries.onDisk()).toEqual([]);
    await entries.add('two');
    expect(entries.onDisk()).toEqual(['two']);
  });

  it('a write may be started by an effect, and has its own commit', async () => {
    const entries = new Entries();
    let inner: Promise<void> | undefined;
    await entries.database.write((transaction) => {
      transaction.afterCommit(() => {
        inner = entries.add('inner');
      });
    });
    await inner;
    expect(entries.onDisk()).toEqual(['inner']);
  });
});

/** Lets the database grow by no page more. */
function fill({ database }: Entries): () => void {
  const pages = database.value<number>('PRAGMA page_count') ?? 0;
  database.value(`PRAGMA max_page_count = ${pages}`);
  return () => {
    database.value('PRAGMA max_page_count = 1000000');
  };
}

const LARGE = 'x'.repeat(100_000);

describe('a full disk', () => {
  it('a write that fills the disk rejects with the reason, and so do the pending writes', async () => {
    const entries = new Entries();
    await entries.add('before');
    const empty = fill(entries);
    const log: string[] = [];
    const added = [entries.add('one', log), entries.add(LARGE, log)];
    await Promise.all(added);
    expect(log).toEqual([
      'work of one',
      expect.stringMatching(/^x+ rejected: The database .* because the disk is full: make room on it\.$/),
      expect.stringMatching(/^one rejected: The database .* because the disk is full/),
    ]);
    expect([entries.names(), entries.onDisk()]).toEqual([['before'], ['before']]);
    empty();
    await entries.add('after');
    expect([entries.names(), entries.onDisk()]).toEqual([
      ['before', 'after'],
      ['before', 'after'],
    ]);
  });

  it('database.problem() reports a full disk until a write succeeds', async () => {
    const entries = new Entries();
    const { database } = entries;
    const empty = fill(entries);
    await expect(database.problem()).resolves.toBeUndefined();
    await entries.add(LARGE);
    await expect(database.problem()).resolves.toMatch(/the disk is full/);
    empty();
    await expect(database.problem()).resolves.toBeUndefined();
  });
});

describe('failing commits', () => {
  /** A database in which a row of `children` fails the commit, not the write. */
  async function withDeferredRule(): Promise<Entries> {
    const entries = new Entries();
    await entries.database.write(() => {
      entries.database.execute(
        'CREATE TABLE children (name REFERENCES entries (name) DEFERRABLE INITIALLY DEFERRED)',
      );
    });
    return entries;
  }
  const breakCommit = ({ database }: Entries): Promise<string> =>
    database
      .write(() => database.run("INSERT INTO children VALUES ('nobody')"))
      .then(String, (error: unknown) => (error as Error).message);

  it('a failing commit rejects all of its writes, and a read meanwhile sees only committed data', async () => {
    const entries = await withDeferredRule();
    const log: string[] = [];
    const added = entries.add('one', log);
    const broken = breakCommit(entries);
    expect(entries.names()).toEqual([]);
    await added;
    expect(log).toEqual(['work of one', 'one rejected: FOREIGN KEY constraint failed']);
    await expect(broken).resolves.toBe('FOREIGN KEY constraint failed');
    expect(entries.onDisk()).toEqual([]);
  });

  it('a write refused because of a pending write runs again if the commit of that write fails', async () => {
    const entries = await withDeferredRule();
    const log: string[] = [];
    const broken = [entries.add('one', log), breakCommit(entries)];
    // The name is taken as long as the first write is pending, and free after it.
    await entries.add('one', log);
    await Promise.all(broken);
    expect(log).toEqual([
      'work of one',
      'work of one',
      'one rejected: FOREIGN KEY constraint failed',
      'effect of one',
      'one resolved',
    ]);
    expect(entries.onDisk()).toEqual(['one']);
  });
});

describe('database.memo()', () => {
  function counted(entries: Entries) {
    const loads: string[] = [];
    const memo = entries.database.memo((name: string) => {
      loads.push(name);
      return entries.database.get<{ name: string }>('SELECT name FROM entries WHERE name = ?', name)?.name;
    });
    return { memo, loads };
  }

  it('a memo loads each key once until something is written, and does not cache missing keys', async () => {
    const entries = new Entries();
    const { memo, loads } = counted(entries);
    await entries.add('one');
    expect([memo('one'), memo('one'), memo('two'), memo('two')]).toEqual([
      'one',
      'one',
      undefined,
      undefined,
    ]);
    expect(loads).toEqual(['one', 'two', 'two']);
    await entries.add('two');
    expect([memo('one'), memo('two')]).toEqual(['one', 'two']);
    expect(loads).toEqual(['one', 'two', 'two', 'one', 'two']);
  });

  it('a memo survives writes that change only items, and does not commit them', async () => {
    const entries = new Entries();
    const { database } = entries;
    const { memo, loads } = counted(entries);
    await entries.add('one');
    memo('one');
    const written = database.write(() => database.run("INSERT INTO entries VALUES ('item')"), ['items']);
    memo('one');
    expect(loads).toEqual(['one']);
    expect(entries.onDisk()).toEqual(['one']);
    await written;
  });

  it('a memo forgets the key that a write names, and neither forgets nor commits for others', async () => {
    const entries = new Entries();
    const { database } = entries;
    const { memo, loads } = counted(entries);
    const rename = (name: string) => () =>
      database.run("UPDATE entries SET name = 'new ' || name WHERE name = ?", name);
    for (const name of ['one', 'two']) await entries.add(name);
    for (const name of ['one', 'two']) memo(name);
    const renamed = database.write(rename('one'), ['one']);
    expect([memo('two'), entries.onDisk()]).toEqual(['two', ['one', 'two']]);
    expect([memo('one'), entries.onDisk()]).toEqual([undefined, ['new one', 'two']]);
    expect(loads).toEqual(['one', 'two', 'one']);
    await renamed;
    const undone = database.write(() => {
      rename('two')();
      throw new Error(String(memo('two')));
    }, ['two']);
    await expect(undone).rejects.toThrow('undefined');
    expect(memo('two')).toBe('two');
  });

  it('a memo forgets everything when more keys were named than are known', async () => {
    const entries = new Entries();
    const { memo, loads } = counted(entries);
    await entries.add('one');
    memo('one');
    const many = Array.from({ length: 10_001 }, (_, number) => `other ${number}`);
    await entries.database.write(() => entries.database.run('DELETE FROM entries'), ['one', ...many]);
    expect([memo('one'), loads]).toEqual([undefined, ['one', 'one']]);
  });

  it('a memo of items loads again after every write, even one rolled back', async () => {
    const entries = new Entries();
    const { database } = entries;
    const count = database.memo(() => database.value<number>('SELECT count(*) FROM entries'), 'items');
    const add = (name: string) => () => database.run('INSERT INTO entries VALUES (?)', name);
    await database.write(add('one'), ['items']);
    expect(count(undefined)).toBe(1);
    const undone = database.write(() => {
      add('two')();
      throw new Error(String(count(undefined)));
    }, ['items']);
    await expect(undone).rejects.toThrow('2');
    expect(count(undefined)).toBe(1);
    await database.write(add('three'), ['items']);
    expect(count(undefined)).toBe(2);
  });

  it('a memo forgets what it read of a pending write when the commit fails', async () => {
    const entries = new Entries();
    const { database } = entries;
    const { memo } = counted(entries);
    await database.write(() => {
      database.execute(
        'CREATE TABLE children (name REFERENCES entries (name) DEFERRABLE INITIALLY DEFERRED)',
      );
    });
    const added = entries.add('one');
    const seen = database.write(() => {
      database.run("INSERT INTO children VALUES ('nobody')");
      return memo('one');
    }, ['items']);
    await expect(seen).rejects.toThrow('FOREIGN KEY');
    await added;
    expect(memo('one')).toBeUndefined();
  });

  it('a memo sees the changes of the current write, and loses them if it is rolled back', async () => {
    const entries = new Entries();
    const { database } = entries;
    const { memo } = counted(entries);
    const seen: unknown[] = [];
    await database
      .write(() => {
        database.run("INSERT INTO entries VALUES ('one')");
        seen.push(memo('one'));
        throw new Error('undone');
      })
      .catch(() => undefined);
    expect([...seen, memo('one')]).toEqual(['one', undefined]);
  });
});

describe('flush() and close()', () => {
  it('database.flush() commits at once and runs the effects before it returns', async () => {
    const entries = new Entries();
    const log: string[] = [];
    const added = entries.add('one', log);
    entries.database.flush();
    expect(log).toEqual(['work of one', 'effect of one']);
    expect(entries.onDisk()).toEqual(['one']);
    entries.database.flush();
    await added;
    expect(log).toHaveLength(3);
  });

  it('database.close() commits pending writes and leaves one file', async () => {
    const entries = new Entries();
    const added = entries.add('one');
    entries.database.close();
    await added;
    expect(['-wal', '-shm', '-journal'].filter((end) => existsSync(entries.path + end))).toEqual([]);
    expect(entries.onDisk()).toEqual(['one']);
  });
});

describe('migrations', () => {
  it('migrations are applied in order, once each, and added to an older file', async () => {
    const path = temporaryPath();
    const later: Migration = {
      name: '0002_first_entry',
      sql: "INSERT INTO entries VALUES ('from the migration')",
    };
    const names = (migrations: readonly Migration[]): unknown[] => {
      const database = Database.open(path, migrations);
      const found = namesIn(database);
      database.close();
      return found;
    };
    expect(names(MIGRATIONS)).toEqual([]);
    expect(names([...MIGRATIONS, later])).toEqual(['from the migration']);
    expect(names([...MIGRATIONS, later])).toEqual(['from the migration']);
  });

  it('a failing migration leaves the file unchanged', () => {
    const path = temporaryPath();
    const wrong: Migration = { name: '0002_wrong', sql: 'CREATE TABLE entries (name TEXT)' };
    expect(() => Database.open(path, [...MIGRATIONS, wrong])).toThrow(/cannot be opened: .*already exists/);
    const entries = new Entries(path);
    expect(entries.names()).toEqual([]);
  });
});
