import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/kernel/database.js';
import type { Migration } from '../../src/kernel/tables.js';
import { DatabaseUnusable } from '../../src/kernel/database-file.js';
import { executeIn } from '../support/database-file.js';

const MIGRATIONS: readonly Migration[] = [
  { name: '0001_entries', sql: 'CREATE TABLE entries (name TEXT PRIMARY KEY) STRICT' },
];

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-open-test-'));
  path = join(folder, 'world.db');
  return () => {
    rmSync(folder, { recursive: true });
  };
});

/** Makes the emulator's own database at `path`, of some pages. */
async function makeDatabase(migrations = MIGRATIONS): Promise<void> {
  const database = Database.open(path, migrations);
  await database.write(() => {
    for (let number = 0; number < 1000; number += 1)
      database.run('INSERT INTO entries VALUES (?)', `entry ${number} ${'x'.repeat(50)}`);
  });
  database.close();
}

/** The message that refuses the file, which is one line. */
function refusalOf(file = path): string {
  try {
    Database.open(file, MIGRATIONS).close();
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseUnusable);
    const { message } = error as DatabaseUnusable;
    expect(message.split('\n')).toHaveLength(1);
    return message;
  }
  throw new Error(`${file} is not refused`);
}

describe('opening a database file', () => {
  it('a missing database file is created, and an empty one is initialized', async () => {
    await makeDatabase();
    expect(readdirSync(folder)).toEqual(['world.db']);
    writeFileSync(path, '');
    await makeDatabase();
  });

  it('a database file is refused while another process has it open, and accepted when that process is dead', async () => {
    await makeDatabase();
    const other = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    expect(refusalOf()).toBe(`${path} is in use by another process`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    Database.open(path, MIGRATIONS).close();
  });

  it('a database file is refused while this process has it open', async () => {
    const database = Database.open(path, MIGRATIONS);
    onTestFinished(() => {
      database.close();
    });
    expect(refusalOf()).toBe(`${path} is in use by another process`);
    await database.write(() => database.run("INSERT INTO entries VALUES ('one')"));
  });

  it.each([
    ['short', 'hello\n'],
    ['long', 'hello\n'.repeat(2000)],
  ])('a %s text file is refused as a database, and unchanged', (_length, text) => {
    writeFileSync(path, text);
    expect(refusalOf()).toBe(`${path} is not a SQLite database`);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each([
    ['its first half', 0.5],
    ['its first tenth', 0.1],
  ])('a database file truncated to %s is refused', async (_part, share) => {
    await makeDatabase();
    const whole = readFileSync(path).length;
    truncateSync(path, Math.floor((whole * share) / 4096) * 4096);
    expect(refusalOf()).toMatch(new RegExp(`^${path} is damaged`));
  });

  it.each([
    ['its schema', 100, 200],
    ['its rows', 8192, 20_000],
  ])('a database file is refused if %s are overwritten', async (_part, from, to) => {
    await makeDatabase();
    writeFileSync(path, readFileSync(path).fill(0xa5, from, to));
    expect(refusalOf()).toMatch(new RegExp(`^${path} is damaged`));
  });

  it.each(['delete', 'wal'])(
    'a database of another program (journal mode %s) is refused, and unchanged',
    (mode) => {
      executeIn(path, `PRAGMA journal_mode = ${mode}; CREATE TABLE entries (name TEXT PRIMARY KEY)`);
      const before = readFileSync(path);
      expect(refusalOf()).toBe(`${path} is a SQLite database, but not one of atlas-streams-emulator`);
      expect(readFileSync(path).equals(before)).toBe(true);
      expect(readdirSync(folder)).toEqual(['world.db']);
    },
  );

  it('a database of a newer version is refused, and that version can still open it', async () => {
    const newer = [...MIGRATIONS, { name: '9999_newer', sql: 'CREATE TABLE newer (name TEXT) STRICT' }];
    await makeDatabase(newer);
    expect(refusalOf()).toBe(`${path} was written by a newer version (it has "9999_newer")`);
    Database.open(path, newer).close();
  });

  it('a directory is refused as a database', () => {
    expect(refusalOf(folder)).toBe(
      `${folder} is a directory: name a file in it, such as ${join(folder, 'emulator.db')}`,
    );
  });

  it('a database in a missing directory is refused', () => {
    const missing = join(folder, 'missing', 'world.db');
    expect(refusalOf(missing)).toBe(
      `${missing} cannot be created: the directory ${join(folder, 'missing')} does not exist`,
    );
  });

  it('a database whose directory is a file is refused', () => {
    writeFileSync(path, '');
    expect(refusalOf(join(path, 'world.db'))).toBe(
      `${path}/world.db cannot be created: ${path} is not a directory`,
    );
  });

  it.each([
    ['for the group too where the group can write in its directory', 0o770, 0o664],
    ['for its owner alone where the group cannot', 0o750, 0o600],
  ])('a new database file is writable %s, whatever the umask', async (_who, folderMode, fileMode) => {
    chmodSync(folder, folderMode);
    const umask = process.umask(0o077);
    const database = Database.open(path, MIGRATIONS);
    await database.write(() => database.run("INSERT INTO entries VALUES ('one')"));
    process.umask(umask);
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    expect(modes).toEqual([
      ['world.db', fileMode],
      ['world.db-wal', fileMode],
    ]);
    database.close();
  });
});

/** A program that takes the file as the emulator does, says so, and keeps it until it is killed. */
const HOLDER = `
  import BetterSqlite3 from ${JSON.stringify(import.meta.resolve('better-sqlite3'))};
  const database = new BetterSqlite3(process.argv[1]);
  database.pragma('locking_mode = EXCLUSIVE');
  database.exec('BEGIN EXCLUSIVE');
  // What nothing can reach any more is collected, and its file is free.
  process.stdin.resume().once('end', () => database.close());
  process.stdout.write('taken');
`;
