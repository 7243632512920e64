import { expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/kernel/database.js';
import { migrations } from '../../src/kernel/tables.js';
import { Snapshots } from '../../src/world/snapshots.js';
import { seeded } from '../support/random.js';

const snapshotMigrations = migrations.filter(({ name }) => name.includes('snapshots'));

const SCHEMA = `
  CREATE TABLE projects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE things (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, project_id TEXT NOT NULL, value INTEGER) STRICT;
  CREATE INDEX things_of_project ON things (project_id, seq);
  CREATE TRIGGER things_of_removed_project AFTER DELETE ON projects BEGIN
    DELETE FROM things WHERE project_id = old.id;
  END;
`;

/** A project as it should be: its name, and its things by id, as [number, value], in their order. */
interface Project {
  readonly seq: number;
  name: string;
  things: ReadonlyMap<string, readonly [seq: number, value: number]>;
}

type World = Map<string, Project>;

/** A copy that later changes leave alone. */
const copied = (world: World): World => new Map([...world].map(([id, project]) => [id, { ...project }]));

it.each(Array.from({ length: 25 }, (_, seed) => seed))(
  'restoring a snapshot brings back its rows after any sequence of changes (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    const below = (count: number): number => Math.floor(random() * count);
    const pick = <T>(of: Iterable<T>): T | undefined => {
      const all = [...of];
      return all[below(all.length)];
    };
    const database = Database.open(':memory:', [{ name: '0001_test', sql: SCHEMA }, ...snapshotMigrations]);
    onTestFinished(() => {
      database.close();
    });
    const snapshots = new Snapshots(database, [
      { name: 'projects', key: 'id', project: 'id', unique: 'name' },
      { name: 'things', key: 'id', project: 'project_id' },
    ]);
    const run = (sql: string, ...values: (string | number)[]): number => {
      database.run(sql, ...values);
      return database.value<number>('SELECT last_insert_rowid()') ?? 0;
    };

    let world: World = new Map();
    let made = 0;
    /** The expected contents of each snapshot, under its scope (a project's id, or '' for all) and name. */
    const expected = new Map<string, World>();
    const forget = (project: string): void => {
      for (const key of expected.keys()) if (key.startsWith(`${project}/`)) expected.delete(key);
    };
    const goTo = (next: World): void => {
      for (const id of world.keys()) if (!next.has(id)) forget(id);
      world = next;
    };

    const addThing = (id: string, to: string, project: Project): void => {
      const value = below(5);
      const seq = run('INSERT INTO things (id, project_id, value) VALUES (?, ?, ?)', id, to, value);
      project.things = new Map([...project.things, [id, [seq, value]]]);
    };
    const take = (project: string | undefined, name: string): void => {
      snapshots.take(project, name, 0);
      const all = [...copied(world)].filter(([id]) => project === undefined || id === project);
      expected.set(`${project ?? ''}/${name}`, new Map(all));
    };
    const actions: Record<string, () => void> = {
      makeProject() {
        const id = `p${(made += 1)}`;
        const seq = run('INSERT INTO projects (id, name) VALUES (?, ?)', id, id);
        world.set(id, { seq, name: id, things: new Map() });
        // As in the emulator: what a reset comes back to.
        take(id, 'making');
      },
      renameProject() {
        const [id, project] = pick(world) ?? [];
        if (id === undefined || !project) return;
        const name = `n${(made += 1)}`;
        run('UPDATE projects SET name = ? WHERE id = ?', name, id);
        project.name = name;
      },
      removeProject() {
        const id = pick(world.keys());
        if (id === undefined) return;
        run('DELETE FROM projects WHERE id = ?', id);
        goTo(new Map([...world].filter(([other]) => other !== id)));
      },
      addThings() {
        const [id, project] = pick(world) ?? [];
        if (id === undefined || !project) return;
        for (let count = below(4); count >= 0; count -= 1) addThing(`t${(made += 1)}`, id, project);
      },
      changeThing() {
        const project = pick(world.values());
        const [id, [seq]] = pick(project?.things ?? []) ?? [undefined, [0]];
        if (id === undefined || !project) return;
        const value = below(5);
        run('UPDATE things SET value = ? WHERE id = ?', value, id);
        project.things = new Map(
          [...project.things].map((one) => (one[0] === id ? [id, [seq, value]] : one)),
        );
      },
      removeThing() {
        const project = pick(world.values());
        const id = pick(project?.things.keys() ?? []);
        if (id === undefined || !project) return;
        run('DELETE FROM things WHERE id = ?', id);
        project.things = new Map([...project.things].filter(([other]) => other !== id));
      },
      makeThingAnew() {
        const [to, project] = pick(world) ?? [];
        const id = pick(
          [...expected.values()].flatMap((all) => [...(all.get(to ?? '')?.things.keys() ?? [])]),
        );
        if (to === undefined || !project || id === undefined || project.things.has(id)) return;
        addThing(id, to, project);
      },
      take() {
        take(random() < 0.5 ? pick(world.keys()) : undefined, pick(['one', 'two']) ?? '');
      },
      restore() {
        const [key, saved] = pick(expected) ?? [];
        if (key === undefined || !saved) return;
        const [scope = '', name = ''] = key.split('/');
        const takenOf = scope === '' ? undefined : scope;
        // One project can be restored from a snapshot of all that has it, too.
        const one =
          takenOf ?? (random() < 0.3 ? pick([...saved.keys()].filter((id) => world.has(id))) : undefined);
        snapshots.restore({ name, project: one, takenOf });
        const back = [...copied(saved)].filter(([id]) => one === undefined || id === one);
        goTo(new Map(one === undefined ? back : [...world, ...back]));
      },
    };

    for (let step = 0; step < 250; step += 1) {
      const [what, action] = pick(Object.entries(actions)) ?? ['', () => undefined];
      await database.write(action);
      const projects = [...world].map(([id, { seq, name }]) => ({ seq, id, name }));
      const things = [...world].flatMap(([project, { things: own }]) =>
        [...own].map(([id, [seq, value]]) => ({ seq, id, project_id: project, value })),
      );
      const bySeq = (one: { seq: number }, other: { seq: number }): number => one.seq - other.seq;
      expect(database.all('SELECT * FROM projects ORDER BY seq'), `${step}: ${what}`).toEqual(
        projects.sort(bySeq),
      );
      expect(database.all('SELECT * FROM things ORDER BY seq'), `${step}: ${what}`).toEqual(
        things.sort(bySeq),
      );
    }
  },
);
