import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config.js';
import { temporaryFolder } from '../support/world.js';
import { ControlledEmulator, TestProject } from './world-support.js';

/** Creates one of everything that gets an id, and returns the ids that there are then. */
async function run(settings: Partial<Config>, fixture?: unknown) {
  const emulator = await ControlledEmulator.start(settings);
  if (fixture !== undefined) await emulator.done('PUT', '/fixture', fixture);
  const project = await emulator.make();
  await project.create();
  await emulator.seeded('documented').create(project.id);
  const rule = await project.done<{ id: string }>('POST', '/private-link-rules', { fail: 'no' });
  const fault = await project.done<{ id: string }>('POST', '/faults', { drop: 'before' });
  const exported = await emulator.done('GET', '/fixture');
  await emulator.listening.close();
  const { publicKey } = project.credentials.owner.apiKey;
  const { clientId, clientSecret } = project.credentials.owner.serviceAccount;
  const links = [...JSON.stringify(exported).matchAll(/"_id":"(\w+)"/g)].map(([, id]) => id);
  const ids = [project.id, rule.id, fault.id, publicKey, clientId, ...links];
  return { ids, secret: clientSecret, exported, project };
}

/** How many ids are in more than one of the runs. */
const shared = (...runs: readonly { readonly ids: readonly unknown[] }[]): number => {
  const all = runs.flatMap(({ ids }) => ids);
  return all.length - new Set(all).size;
};

describe('idSeed', () => {
  it('with an idSeed, two runs with the same requests generate the same ids, and different secrets', async () => {
    const [one, two] = [await run({ idSeed: 'mine' }), await run({ idSeed: 'mine' })];
    expect(one.ids).toHaveLength(7);
    expect(two.ids).toEqual(one.ids);
    expect(two.secret).not.toBe(one.secret);
    expect(shared(one, await run({ idSeed: 'other' }), await run({}), await run({}))).toBe(0);
  });

  it('with an idSeed, a restart on the same database generates new ids, which are repeatable too', async () => {
    const threeRuns = async () => {
      const settings = { db: join(temporaryFolder(), 'emulator.db'), idSeed: 'mine' };
      const first = await run(settings);
      const emulator = await ControlledEmulator.start(settings);
      const { id, credentials } = first.project;
      await new TestProject(emulator, id, credentials).done('DELETE', '');
      await emulator.seeded('documented').done('POST', '/reset');
      await emulator.listening.close();
      const second = await run(settings);
      const third = await run(settings);
      return [first.ids, second.ids, third.ids.filter((id) => !second.ids.includes(id))];
    };
    const runs = await threeRuns();
    expect(runs.map(({ length }) => length)).toEqual([7, 7, 7]);
    expect(shared(...runs.map((ids) => ({ ids })))).toBe(0);
    expect(await threeRuns()).toEqual(runs);
  });

  it('with an idSeed, no id of a loaded fixture exported with the same seed is generated again', async () => {
    const idSeed = 'mine';
    const first = await run({ idSeed });
    const [second, again] = [await run({ idSeed }, first.exported), await run({ idSeed }, first.exported)];
    // The two links of the first run are there too.
    expect(new Set(second.ids).size).toBe(9);
    expect(again.ids).toEqual(second.ids);
    expect(new Set((await run({ idSeed }, second.exported)).ids).size).toBe(11);
  });
});
