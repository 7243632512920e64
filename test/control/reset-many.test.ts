import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { executeIn, rowsIn } from '../support/database-file.js';
import { temporaryFolder } from '../support/world.js';
import { ControlledEmulator, TestProject } from './world-support.js';
import type { LinkPage } from '../support/links.js';

// Thousands of links in one test: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** Gives a file the schema of 0.1.0, and marks all its links as removed, which a reset of 0.1.0 wrote first. */
function writtenByFirstRelease(file: string): void {
  executeIn(
    file,
    `DROP TABLE deleted_projects;
     DROP TRIGGER private_links_of_removed_project;
     CREATE TABLE private_links_emptied (
       project_id TEXT PRIMARY KEY, up_to INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TRIGGER private_links_of_removed_project AFTER DELETE ON projects BEGIN
       INSERT INTO private_links_emptied
       SELECT project_id, max(seq) FROM private_links WHERE project_id = old.id GROUP BY project_id
       ON CONFLICT (project_id) DO UPDATE SET up_to = excluded.up_to;
     END;
     ${['private_links', 'snapshot_of_private_links']
       .map(
         (table) => `ALTER TABLE ${table} ADD COLUMN shown_done TEXT NOT NULL DEFAULT '';
           ALTER TABLE ${table} ADD COLUMN shown_failed TEXT;
           UPDATE ${table} SET shown_done = shown;`,
       )
       .join('')}
     DELETE FROM migrations WHERE name GLOB '*private_links_*' OR name GLOB '*deleted_projects';
     INSERT INTO private_links_emptied SELECT project_id, max(seq) FROM private_links GROUP BY project_id;`,
  );
}

describe('resets of many links', () => {
  it('links that 0.1.0 had only marked as reset are gone, and its snapshots bring them back', async () => {
    const settings = { db: join(temporaryFolder(), 'emulator.db'), publicUrl: 'http://emulator' };
    const emulator = await ControlledEmulator.start(settings);
    const project = await emulator.make();
    const links = Array.from({ length: 3 }, (_, number) => `link-${number}`);
    for (const link of links) await project.create(link);
    const before = await project.list();
    await project.done('POST', '/snapshots', { name: 'three' });
    await emulator.listening.close();
    writtenByFirstRelease(settings.db);
    const rows = () => rowsIn(settings.db, 'SELECT count(*) AS count FROM private_links');
    expect(rows()).toEqual([{ count: 3 }]);

    const next = await ControlledEmulator.start(settings, emulator.clock);
    const same = new TestProject(next, project.id, project.credentials);
    expect(await same.list()).toEqual([]);
    for (const link of links) await same.create(link);
    expect(await same.list()).toHaveLength(3);
    await next.listening.close();
    expect(rows()).toEqual([{ count: 3 }]);

    const last = await ControlledEmulator.start(settings, emulator.clock);
    const again = new TestProject(last, project.id, project.credentials);
    for (const path of ['/reset', '/snapshots/three/restore']) await again.done('POST', path);
    expect(await again.list()).toEqual(before);
  });

  it.each(['project', 'server'])(
    'a restore brings back thousands of links after a reset (%s)',
    async (scope) => {
      const emulator = await ControlledEmulator.start();
      const project = emulator.seeded('documented');
      const empty = await emulator.done('GET', '/fixture');
      const fixture = await emulator.done<{ organizations: { projects: { id: string }[] }[] }>(
        'GET',
        '/fixture',
      );
      for (const { projects } of fixture.organizations) {
        for (const one of projects) {
          if (one.id !== project.id) continue;
          Object.assign(one, {
            privateLinks: Array.from({ length: 2000 }, (_, number) => ({
              ...{ provider: 'AWS', vendor: 'S3', region: 'us-east-1' },
              serviceEndpointId: `com.amazonaws.us-east-1.s3.${number}`,
            })),
          });
        }
      }
      await emulator.done('PUT', '/fixture', fixture);
      await emulator.done('POST', '/snapshots', { name: 'full' });
      await emulator.done('PUT', '/fixture', empty);
      await emulator.done('POST', '/snapshots/full/restore');
      await project.done('POST', '/snapshots', { name: 'full' });
      const before = await emulator.dump();

      const place = scope === 'project' ? project : emulator;
      for (const round of [1, 2]) {
        await place.done('POST', '/reset');
        expect(await project.list()).toEqual([]);
        await place.done('POST', '/snapshots/full/restore');
        expect(await emulator.dump(), `after restore ${round}`).toEqual(before);
      }
    },
  );
});

/** Copies the first link of a file until its project has `count` of them. */
function multiply(file: string, count: number): void {
  const columns = rowsIn(file, "SELECT name FROM pragma_table_info('private_links')")
    .map(({ name }) => String(name))
    .filter((name) => name !== 'seq' && name !== 'id')
    .join(', ');
  executeIn(
    file,
    `WITH RECURSIVE numbers (number) AS (SELECT 2 UNION ALL SELECT number + 1 FROM numbers WHERE number < ${count})
     INSERT INTO private_links (id, ${columns})
     SELECT printf('%024x', number), ${columns} FROM numbers, (SELECT * FROM private_links ORDER BY seq LIMIT 1)`,
  );
}

describe.each(['project', 'server'])('a %s without the 25,000 links of the world', (scope) => {
  it.each([
    ['reset', '/reset'],
    ['restore', '/snapshots/one/restore'],
  ])('many links are deleted in batches at a %s, and requests are served in between', async (how, path) => {
    const settings = { db: join(temporaryFolder(), 'emulator.db'), publicUrl: 'http://emulator' };
    const before = await ControlledEmulator.start(settings);
    const [{ id, credentials }, other] = [await before.make(), await before.make()];
    const place = (emulator: ControlledEmulator) =>
      scope === 'project' ? new TestProject(emulator, id, credentials) : emulator;
    await new TestProject(before, id, credentials).create();
    await other.create();
    await place(before).done('POST', '/snapshots', { name: 'one' });
    await before.listening.close();
    multiply(settings.db, 25_000);

    const emulator = await ControlledEmulator.start(settings, before.clock);
    const project = new TestProject(emulator, id, credentials);
    const count = async (): Promise<number> => {
      const response = await project.links('GET', '?itemsPerPage=1');
      return response.status === 200 ? response.json<LinkPage>().totalCount : NaN;
    };
    expect(await count()).toBe(25_000);
    const counts: number[] = [];
    let ended = false as boolean;
    const done = place(emulator)
      .done('POST', path)
      .finally(() => {
        ended = true;
      });
    // Created while the batches run, and deleted as it would be without them.
    await project.create('meanwhile');
    while (!ended) {
      expect((await emulator.send('GET', '/_emulator/health')).status).toBe(200);
      counts.push(await count());
    }
    await done;
    const between = counts.filter((one) => one > 1 && one < 25_000);
    expect(between.length).toBeGreaterThan(1);
    expect(between).toEqual(between.toSorted((one, next) => next - one));
    await emulator.listening.close();
    const left = rowsIn(settings.db, 'SELECT project_id AS project FROM private_links ORDER BY seq');
    const owners = how === 'restore' ? [id, other.id] : scope === 'project' ? [other.id] : [];
    expect(left.map((link) => link.project)).toEqual(owners);
  });
});
