import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linksPath, TestEmulator } from '../support/emulator.js';
import { Links, PROFILES } from '../support/links.js';
import { fixtureWith, temporaryFolder } from '../support/world.js';

const ENDPOINT = 'com.amazonaws.us-east-1.s3';
const S3 = { provider: 'AWS', vendor: 'S3', region: 'us-east-1', serviceEndpointId: ENDPOINT };
/** As far as a token lasts. */
const LONG_MS = 3_599_000;

describe.each(PROFILES)("private links of a fixture's %s project", (profile) => {
  it.each([
    ['IDLE', {}],
    ['DONE', {}],
    ['FAILED', { errorMessage: 'The endpoint refused the connection.' }],
  ])(
    'a private link of a fixture is %s from the start and stays so, if the fixture says so',
    async (state, more) => {
      const _id = '65a000000000000000000001';
      const emulator = await TestEmulator.start({
        fixture: fixtureWith(profile, [{ ...S3, _id, state, ...more }]),
      });
      const links = new Links(emulator, profile);
      const before = await links.get(_id);
      expect(before).toMatchObject({ ...S3, _id, state, ...more });
      expect('interfaceEndpointId' in before).toBe(state === 'DONE');
      emulator.clock.advance(LONG_MS);
      expect(await links.get(_id)).toEqual(before);
    },
  );

  it('a private link of a fixture without id and state gets an id and the lifecycle of a new one', async () => {
    const emulator = await TestEmulator.start({ fixture: fixtureWith(profile, [S3]), idleMs: 2000 });
    const links = new Links(emulator, profile);
    const state = async (): Promise<unknown> => (await links.list()).results[0]?.state;
    expect((await links.list()).results[0]?._id).toMatch(/^[0-9a-f]{24}$/);
    expect(await state()).toBe(profile === 'documented' ? 'PENDING' : 'IDLE');
    emulator.clock.advance(2000);
    expect(await state()).toBe('DONE');
  });

  it('a private link of a fixture blocks a create with the same target', async () => {
    const emulator = await TestEmulator.start({ fixture: fixtureWith(profile, [S3]) });
    const response = await emulator.create(profile, S3);
    expect(response.json()).toMatchObject({ errorCode: 'STREAM_PRIVATE_LINK_ALREADY_EXISTS' });
  });
});

it('private links of a fixture are listed in the order of the fixture', async () => {
  const items = [3, 1, 2].map((number) => ({ ...S3, serviceEndpointId: `${ENDPOINT}.${number}` }));
  const emulator = await TestEmulator.start({ fixture: fixtureWith('documented', items) });
  const { results } = await new Links(emulator, 'documented').list();
  expect(results.map(({ serviceEndpointId }) => serviceEndpointId)).toEqual(
    items.map(({ serviceEndpointId }) => serviceEndpointId),
  );
});

it('private links of a fixture are validated by the profile of their project', async () => {
  const confluent = { ...S3, vendor: 'CONFLUENT' };
  await expect(TestEmulator.start({ fixture: fixtureWith('documented', [confluent]) })).rejects.toThrow(
    'organizations[0].projects[0].privateLinks[0]: ',
  );
  const emulator = await TestEmulator.start({ fixture: fixtureWith('observed', [confluent]) });
  expect((await new Links(emulator, 'observed').list()).results).toHaveLength(1);
});

describe('restart on a database file', () => {
  it('a restart retains the world, its links and its tokens, and loads no fixture', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const first = await TestEmulator.start({ db, fixture: fixtureWith('documented', [S3]) });
    const token = await first.token('owner', 'documented');
    await new Links(first, 'documented').create({ ...S3, serviceEndpointId: `${ENDPOINT}.later` });
    const before = await new Links(first, 'documented').list();
    expect([first.app.restored, before.totalCount]).toEqual([false, 2]);
    await first.app.server.close();

    const second = await TestEmulator.start(
      { db, fixture: join(temporaryFolder(), 'missing.json') },
      first.clock,
    );
    expect(second.app.restored).toBe(true);
    const response = await second.inject({
      url: linksPath('documented'),
      headers: { accept: 'application/vnd.atlas.2024-05-30+json', authorization: `Bearer ${token}` },
    });
    expect(response.json()).toEqual(before);
  });

  it('a restart retains a world that was emptied', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const first = await TestEmulator.start({ db });
    const emptied = await first.inject({
      method: 'PUT',
      url: '/_emulator/fixture',
      headers: { 'content-type': 'application/json' },
      payload: { organizations: [] },
    });
    expect(emptied.statusCode).toBe(204);
    await first.app.server.close();

    const second = await TestEmulator.start({ db }, first.clock);
    expect(second.app.restored).toBe(true);
    expect((await second.inject({ url: '/_emulator/projects' })).json()).toEqual({ projects: [] });
  });

  it('after a restart, a link is in the state that is due', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const first = await TestEmulator.start({ db });
    const { _id } = await new Links(first, 'documented').create(S3);
    await first.app.server.close();
    first.clock.advance(1999);

    const second = await TestEmulator.start({ db }, first.clock);
    const links = new Links(second, 'documented');
    expect(await links.get(_id)).toMatchObject({ state: 'PENDING' });
    second.clock.advance(1);
    expect(await links.get(_id)).toMatchObject({ state: 'DONE' });
  });
});
