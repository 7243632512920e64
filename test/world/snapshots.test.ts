import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/kernel/database.js';
import { migrations, type CoveredTable, type Migration } from '../../src/kernel/tables.js';
import { Snapshots } from '../../src/world/snapshots.js';
import { temporaryFolder } from '../support/world.js';

const snapshotMigrations = migrations.filter(({ name }) => name.includes('snapshots'));

const SCHEMA: Migration = {
  name: '0001_test',
  sql: `
    CREATE TABLE owners (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE projects (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
      owner TEXT NOT NULL REFERENCES owners (id), name TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX names ON projects (owner, name);
    CREATE TABLE things (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
      project TEXT REFERENCES projects (id) ON DELETE CASCADE, value ANY) STRICT;
    CREATE TABLE uses (
      thing TEXT NOT NULL REFERENCES things (id) ON DELETE CASCADE) STRICT;
  `,
};

const TABLES: readonly CoveredTable[] = [
  { name: 'owners', key: 'id', project: undefined },
  { name: 'projects', key: 'id', project: 'id', unique: 'name' },
  { name: 'things', key: 'id', project: 'project' },
];

/** Owners A and B with projects one and two, each with two things, the last of them used; and one of nobody. */
async function open(path = ':memory:') {
  const database = Database.open(path, [SCHEMA, ...snapshotMigrations]);
  onTestFinished(() => {
    database.close();
  });
  const snapshots = new Snapshots(database, TABLES);
  const write = (...statements: string[]) =>
    database.write(() => {
      for (const statement of statements) database.execute(statement);
    });
  await write(
    `INSERT INTO owners (id) VALUES ('A'), ('B')`,
    `INSERT INTO projects (id, owner, name) VALUES ('1', 'A', 'one'), ('2', 'A', 'two')`,
    `INSERT INTO things (id, project, value) VALUES
       ('1a', '1', 'text'), ('2a', '2', 7), ('1b', '1', x'00ff'), ('2b', '2', NULL), ('none', NULL, 1.5)`,
    `INSERT INTO uses VALUES ('1b'), ('2b'), ('none')`,
  );
  const all = (table: string): unknown[] => database.all(`SELECT * FROM ${table} ORDER BY 1`);
  const view = () => ({ owners: all('owners'), projects: all('projects'), things: all('things') });
  return {
    database,
    snapshots,
    write,
    view,
    uses: () => all('uses').map((row) => (row as { thing: string }).thing),
    take: (project: string | undefined, name = 's') =>
      database.write(() => {
        snapshots.take(project, name, 1, { label: name });
      }),
    restore: (project: string | undefined, name = 's') =>
      database.write(() => snapshots.restore({ name, project, takenOf: project })),
  };
}

describe('snapshots of all rows', () => {
  it.each<[string, string[], string[]]>([
    ['nothing was changed', [], ['1b', '2b', 'none']],
    ['rows were changed', ["UPDATE things SET value = 'x'"], ['1b', '2b', 'none']],
    ['rows were removed', ["DELETE FROM things WHERE id = '1b'"], ['2b', 'none']],
    ['rows were added', ["INSERT INTO things (id, project) VALUES ('1c', '1')"], ['1b', '2b', 'none']],
    ['a project was removed', ["DELETE FROM projects WHERE id = '2'"], ['1b', 'none']],
    ['all was removed', ['DELETE FROM things', 'DELETE FROM projects', 'DELETE FROM owners'], []],
    [
      'projects have swapped their names',
      [
        "UPDATE projects SET name = 'x' WHERE id = '1'",
        "UPDATE projects SET name = 'one' WHERE id = '2'",
        "UPDATE projects SET name = 'two' WHERE id = '1'",
      ],
      ['1b', '2b', 'none'],
    ],
    [
      'a new project has taken the name of another',
      [
        "UPDATE projects SET name = 'x' WHERE id = '1'",
        "INSERT INTO projects (id, owner, name) VALUES ('3', 'A', 'one')",
      ],
      ['1b', '2b', 'none'],
    ],
    [
      'a project was moved to a new owner',
      [
        "INSERT INTO owners (id) VALUES ('C')",
        "UPDATE projects SET owner = 'C'",
        "DELETE FROM owners WHERE id = 'A'",
      ],
      ['1b', '2b', 'none'],
    ],
    [
      'all was removed and made again in another order',
      [
        'DELETE FROM things',
        'DELETE FROM projects',
        'DELETE FROM owners',
        "INSERT INTO owners (id) VALUES ('B'), ('A')",
        "INSERT INTO projects (id, owner, name) VALUES ('2', 'B', 'one'), ('1', 'A', 'two')",
        "INSERT INTO things (id, project) VALUES ('1b', '2'), ('2a', '1'), ('1a', '1')",
      ],
      [],
    ],
    [
      'a row came anew under its key',
      [
        "DELETE FROM things WHERE id = '1b'",
        "INSERT INTO things (id, project) VALUES ('1b', '1')",
        "INSERT INTO uses VALUES ('1b')",
      ],
      ['1b', '2b', 'none'],
    ],
    [
      'a thing has changed its project',
      ["UPDATE things SET project = '2' WHERE id = '1b'"],
      ['1b', '2b', 'none'],
    ],
  ])(
    'a snapshot is restored if %s, and rows that depend on unchanged rows remain',
    async (_what, changes, uses) => {
      const world = await open();
      const before = world.view();
      await world.take(undefined);
      await world.write(...changes);
      expect(await world.restore(undefined)).toEqual({ takenAt: 1, extra: { label: 's' } });
      expect(world.view()).toEqual(before);
      expect(world.uses()).toEqual(uses);
    },
  );

  it('two snapshots can be restored alternately', async () => {
    const world = await open();
    const first = world.view();
    await world.take(undefined, 'first');
    await world.write(
      'DELETE FROM things',
      "UPDATE projects SET name = name || '!'",
      "INSERT INTO things (id, project) VALUES ('1b', '1'), ('1c', '1')",
    );
    const second = world.view();
    await world.take(undefined, 'second');
    for (const [name, view] of [
      ['first', first],
      ['second', second],
      ['second', second],
      ['first', first],
    ] as const) {
      await world.restore(undefined, name);
      expect(world.view()).toEqual(view);
    }
  });

  it('rows inserted after a restore get new sequence numbers', async () => {
    const world = await open();
    await world.take(undefined);
    await world.write("INSERT INTO things (id) VALUES ('late')");
    await world.restore(undefined);
    await world.write("INSERT INTO things (id) VALUES ('later')");
    expect(world.view().things.at(-1)).toMatchObject({ seq: 7, id: 'later' });
  });

  it('a snapshot is replaced by one of the same name, and independent of later changes', async () => {
    const world = await open();
    await world.take(undefined);
    await world.write("DELETE FROM things WHERE id = '1a'");
    const after = world.view();
    await world.take(undefined);
    await world.write('DELETE FROM things');
    await world.restore(undefined);
    expect(world.view()).toEqual(after);
    const copies = world.database.value('SELECT count(*) FROM snapshot_of_things');
    expect(copies).toBe(4);
  });

  it('one project can be restored from a snapshot of all', async () => {
    const world = await open();
    await world.take(undefined);
    await world.write("UPDATE things SET value = 'x'", "DELETE FROM things WHERE id = '1a'");
    await world.database.write(() =>
      world.snapshots.restore({ name: 's', project: '1', takenOf: undefined }),
    );
    expect(world.view().things).toMatchObject([
      { id: '1a', value: 'text' },
      { id: '2a', value: 'x' },
      { id: '1b', value: Buffer.from([0, 255]) },
      { id: '2b', value: 'x' },
      { id: 'none', value: 'x' },
    ]);
  });

  it('a row that has a new project, and the old one in the snapshot, is removed from a project that is restored', async () => {
    const world = await open();
    await world.take(undefined);
    await world.write(
      "DELETE FROM things WHERE id = '2a'",
      "INSERT INTO things (id, project) VALUES ('2a', '1')",
    );
    await world.database.write(() =>
      world.snapshots.restore({ name: 's', project: '1', takenOf: undefined }),
    );
    expect(world.view().things).toMatchObject([{ id: '1a' }, { id: '1b' }, { id: '2b' }, { id: 'none' }]);
  });

  it('has() and hasProject() report what a snapshot contains', async () => {
    const { snapshots, take } = await open();
    expect([snapshots.has(undefined, 's'), snapshots.hasProject('s', '1')]).toEqual([false, false]);
    await take(undefined);
    expect([snapshots.has(undefined, 's'), snapshots.has('1', 's')]).toEqual([true, false]);
    expect(['1', '3'].map((id) => snapshots.hasProject('s', id))).toEqual([true, false]);
  });
});

describe('snapshots of one project', () => {
  it('restoring a project affects no rows of another project or of none', async () => {
    const world = await open();
    const before = world.view();
    await world.take('1');
    await world.write(
      "UPDATE things SET value = 'x'",
      "DELETE FROM things WHERE id IN ('1a', '2a')",
      "INSERT INTO things (id, project) VALUES ('1c', '1'), ('2c', '2')",
      "UPDATE projects SET name = name || '!'",
      "INSERT INTO owners (id) VALUES ('C')",
    );
    await world.restore('1');
    const { owners, projects, things } = world.view();
    expect(owners).toHaveLength(3);
    expect(projects).toMatchObject([{ name: 'one' }, { name: 'two!' }]);
    expect(things).toEqual([
      before.things[0],
      before.things[2],
      { ...(before.things[3] as object), value: 'x' },
      { ...(before.things[4] as object), value: 'x' },
      expect.objectContaining({ id: '2c' }),
    ]);
    expect(world.uses()).toEqual(['1b', '2b', 'none']);
  });

  it('restoring a project fails while another has its name, and changes nothing', async () => {
    const world = await open();
    await world.take('1');
    await world.write(
      "UPDATE projects SET name = 'x' WHERE id = '1'",
      "UPDATE projects SET name = 'one' WHERE id = '2'",
      "DELETE FROM things WHERE project = '1'",
    );
    const before = world.view();
    await expect(world.restore('1')).rejects.toThrow('UNIQUE');
    expect(world.view()).toEqual(before);
  });

  it('the snapshots of a project are removed with it, including the copied rows', async () => {
    const world = await open();
    await world.take('1');
    await world.write("DELETE FROM projects WHERE id = '1'");
    expect(world.snapshots.list('1')).toEqual([]);
    expect(world.database.value('SELECT count(*) FROM snapshot_of_things')).toBe(0);
  });

  it('snapshots of a project have their own namespace', async () => {
    const { snapshots, take, restore } = await open();
    await take('1');
    await take(undefined, 'all');
    expect(snapshots.list('1')).toMatchObject([{ name: 's', takenAt: 1 }]);
    expect(await restore('2')).toBeUndefined();
    expect(await restore(undefined)).toBeUndefined();
    expect([snapshots.remove('2', 's'), snapshots.remove('1', 's'), snapshots.remove('1', 's')]).toEqual([
      ...[false, true, false],
    ]);
  });
});

it('snapshots of a table whose columns have changed are discarded', async () => {
  const path = join(temporaryFolder(), 'emulator.db');
  const old = await open(path);
  await old.take(undefined);
  old.database.close();
  const database = Database.open(path, [
    SCHEMA,
    ...snapshotMigrations,
    { name: '0009_later', sql: 'ALTER TABLE things ADD COLUMN later INTEGER' },
  ]);
  onTestFinished(() => {
    database.close();
  });
  const snapshots = new Snapshots(database, TABLES);
  expect(snapshots.list(undefined)).toEqual([]);
  await database.write(() => {
    snapshots.take(undefined, 'new', 2);
    database.execute('DELETE FROM things');
    snapshots.restore({ name: 'new', project: undefined, takenOf: undefined });
  });
  expect(database.value('SELECT count(*) FROM things')).toBe(5);
});
