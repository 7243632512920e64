import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { executeIn, rowsIn } from '../support/database-file.js';
import { temporaryFolder } from '../support/world.js';
import { ControlledEmulator, TestProject } from './world-support.js';

describe('links that a reset has removed', () => {
  it('are in nobody’s way, and what is not swept when the process dies is swept by the next', async () => {
    const settings = { db: join(temporaryFolder(), 'emulator.db') };
    const emulator = await ControlledEmulator.start(settings);
    const project = await emulator.make();
    const links = Array.from({ length: 3 }, (_, number) => `link-${number}`);
    for (const link of links) await project.create(link);
    await project.done('POST', '/snapshots', { name: 'three' });
    await emulator.listening.close();

    // What a reset writes at once.
    executeIn(
      settings.db,
      'INSERT INTO private_links_emptied SELECT project_id, max(seq) FROM private_links GROUP BY project_id',
    );
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
    expect(await again.list()).toHaveLength(3);
  });

  it.each(['project', 'server'])('are not missed: a restore brings back thousands (%s)', async (scope) => {
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
  });
});
