import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../support/clock.js';
import { nonceOf, signed } from '../support/digest.js';
import { ACCEPT, API, SEEDED } from '../support/emulator.js';
import { temporaryFolder } from '../support/world.js';
import { after, ControlledEmulator, START, TestProject } from './world-support.js';

/** Creates a project as Atlas does, as the documented owner. */
async function createGroup(emulator: ControlledEmulator, name: string): Promise<TestProject> {
  const owner = emulator.seeded('documented');
  const headers = {
    accept: 'application/vnd.atlas.2023-01-01+json',
    authorization: `Bearer ${await owner.token()}`,
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ name, orgId: SEEDED.documented.organization });
  const response = await emulator.send('POST', `${API}/groups`, headers, body);
  expect(response.status, response.text).toBeLessThan(300);
  return new TestProject(emulator, response.json<{ id: string }>().id, owner.credentials);
}

/** Changes all that can be changed of a project. */
async function disturb(project: TestProject): Promise<void> {
  await project.create('disturbing');
  await project.done('POST', '/private-link-rules', { fail: 'no' });
  await project.done('PATCH', '', { durations: { pendingMs: 1 }, movement: 'by hand' });
  await project.done('POST', '/clock/freeze');
  await project.done('POST', '/clock/advance', { by: '10m' });
  await rename(project, `disturbed-${project.id}`);
}

async function rename(project: TestProject, name: string): Promise<void> {
  const headers = {
    accept: 'application/vnd.atlas.2023-01-01+json',
    authorization: `Bearer ${await project.token()}`,
    'content-type': 'application/json',
  };
  const path = `${API}/groups/${project.id}`;
  const response = await project.emulator.send('PATCH', path, headers, JSON.stringify({ name }));
  expect(response.status, response.text).toBe(200);
}

const view = async (project: TestProject) => ({
  links: await project.list(),
  rules: await project.done('GET', '/private-link-rules'),
  project: await project.done('GET', ''),
  clock: await project.done('GET', '/clock'),
});

describe('reset of a project', () => {
  it.each(['of the fixture', 'made', 'created through the API'])(
    'a reset returns a project to its initial state: project %s',
    async (kind) => {
      const emulator = await ControlledEmulator.start();
      const project =
        kind === 'made'
          ? await emulator.make({ durations: { pendingMs: 5 }, movement: { reads: 3 } })
          : kind === 'of the fixture'
            ? emulator.seeded('documented')
            : await createGroup(emulator, 'created');
      const before = await view(project);
      for (const round of [1, 2]) {
        await disturb(project);
        await project.done('POST', '/reset');
        expect(await view(project), `after reset ${round}`).toEqual(before);
      }
      expect(emulator.events('world.reset')).toMatchObject(
        Array(2).fill({ project: project.id, data: { cause: 'reset' } }),
      );
      expect(await project.state(await project.create())).toMatch(/PENDING/);
    },
  );

  it('a reset of a project affects neither other projects, its snapshots, nor the state of the server', async () => {
    const emulator = await ControlledEmulator.start();
    const [project, other] = [await emulator.make(), await emulator.make()];
    await disturb(other);
    await emulator.done('POST', '/snapshots', { name: 'all' });
    await emulator.done('POST', '/private-link-rules', { match: { region: 'x' }, fail: 'no' });
    await other.done('POST', '/snapshots', { name: 'other' });
    const before = await emulator.dump(other, project);
    await project.done('POST', '/private-link-rules', { match: { region: 'x' }, fail: 'no' });
    await project.create();
    await project.done('POST', '/reset');
    expect(await emulator.dump(other, project)).toEqual(before);

    await project.done('POST', '/snapshots', { name: 'mine' });
    await project.done('POST', '/reset');
    expect(await project.done('GET', '/snapshots')).toMatchObject({ snapshots: [{ name: 'mine' }] });
  });

  it('a reset or restore of a project is a 409 while another project has its name, and changes nothing', async () => {
    const emulator = await ControlledEmulator.start();
    const [project, other] = [await emulator.make({ name: 'one' }), await emulator.make({ name: 'two' })];
    await project.done('POST', '/snapshots', { name: 's' });
    await rename(project, 'three');
    await rename(other, 'one');
    await project.create();
    const before = await emulator.dump(project, other);
    for (const path of ['/reset', '/snapshots/s/restore']) {
      const response = await project.control('POST', path);
      expect([response.status, response.json().detail]).toEqual([409, expect.stringContaining('name')]);
    }
    expect(await emulator.dump(project, other)).toEqual(before);
    await rename(other, 'four');
    await project.done('POST', '/reset');
    expect(await project.done('GET', '')).toMatchObject({ name: 'one' });
  });
});

describe('reset of the server', () => {
  it('a reset of the server returns to the fixture: projects, links, rules and clocks', async () => {
    const emulator = await ControlledEmulator.start();
    const before = await emulator.dump();
    const made = await emulator.make();
    const created = await createGroup(emulator, 'created');
    await emulator.done('POST', '/clock/advance', { by: '10m' });
    for (const project of [emulator.seeded('documented'), emulator.seeded('observed'), made, created]) {
      await disturb(project);
    }
    await emulator.done('POST', '/private-link-rules', { fail: 'no' });
    await emulator.done('POST', '/clock/freeze');
    await emulator.done('POST', '/reset');
    expect(await emulator.dump()).toEqual(before);
    expect([(await made.control('GET', '')).status, (await created.control('GET', '')).status]).toEqual([
      404, 404,
    ]);
    expect(await emulator.done('GET', '/clock')).toEqual({ now: after(0), frozen: false });
    expect(emulator.events('world.reset')).toMatchObject([{ project: undefined, data: { cause: 'reset' } }]);
    expect((await made.links()).status).toBe(401);
  });

  it('a reset of the server restores deleted projects and swapped names', async () => {
    const emulator = await ControlledEmulator.start();
    const fixture = await emulator.done('GET', '/fixture');
    const [documented, observed] = [emulator.seeded('documented'), emulator.seeded('observed')];
    const second = await createGroup(emulator, 'second');
    await emulator.done('PUT', '/fixture', await emulator.done('GET', '/fixture'));
    const before = await emulator.done('GET', '/fixture');
    expect(before).not.toEqual(fixture);

    await rename(documented, 'x');
    await rename(second, 'documented');
    await rename(documented, 'second');
    await observed.done('DELETE', '');
    await emulator.done('POST', '/reset');
    expect(await emulator.done('GET', '/fixture')).toEqual(before);
    await observed.create();
  });

  it('a reset of the server leaves snapshots and the journal', async () => {
    const emulator = await ControlledEmulator.start();
    await emulator.done('POST', '/snapshots', { name: 'all' });
    await emulator.seeded('documented').create();
    const creates = { method: 'POST', path: '**/privateLinkConnections' };
    expect(await emulator.done('POST', '/requests/count', creates)).toMatchObject({ count: 1 });
    await emulator.done('POST', '/reset');
    expect(await emulator.done('POST', '/requests/count', creates)).toMatchObject({ count: 1 });
    expect(await emulator.done('GET', '/snapshots')).toMatchObject({ snapshots: [{ name: 'all' }] });
  });

  it('a project that a restore brought back can be reset to its initial state', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    await project.create('retained');
    await emulator.done('POST', '/snapshots', { name: 'all' });
    await project.done('DELETE', '');
    await emulator.make();
    await emulator.done('POST', '/snapshots/all/restore');
    project.forgetTokens();
    const before = await view(project);
    await disturb(project);
    await project.done('POST', '/reset');
    expect(await view(project)).toEqual(before);
    expect(before.links).toHaveLength(1);
  });

  it('resets work after a restart, for the server and for a project', async () => {
    const settings = { db: join(temporaryFolder(), 'emulator.db') };
    const clock = new ManualClock(START);
    const first = await ControlledEmulator.start(settings, clock);
    const made = await first.make();
    const before = await first.done('GET', '/fixture');
    await disturb(made);
    await disturb(first.seeded('observed'));
    await first.listening.close();

    const second = await ControlledEmulator.start(settings, clock);
    await new TestProject(second, made.id, made.credentials).done('POST', '/reset');
    await second.seeded('observed').done('POST', '/reset');
    expect(await second.done('GET', '/fixture')).toEqual(before);
  });
});

describe('tokens and nonces across resets', () => {
  const DAY = 86_400_000;

  /** Tokens and a nonce of the fixture's owner and of a made project's, and whether they still serve. */
  async function signIn(emulator: ControlledEmulator, projects: readonly TestProject[]) {
    const signedIn = await Promise.all(
      projects.map(async (project) => {
        const uri = `${API}/groups/${project.id}/streams/privateLinkConnections`;
        const { publicKey: username, privateKey: password } = project.credentials.owner.apiKey;
        const nonce = nonceOf((await emulator.send('GET', uri)).header('www-authenticate'));
        return { uri, username, password, nonce, token: await emulator.token(project.credentials.owner) };
      }),
    );
    let count = 0;
    return async () => {
      count += 1;
      return Promise.all(
        signedIn.map(async ({ token, uri, ...own }) => {
          const digest = signed({ ...own, uri, method: 'GET', count });
          const statuses = [];
          for (const authorization of [`Bearer ${token}`, digest])
            statuses.push((await emulator.send('GET', uri, { accept: ACCEPT, authorization })).status);
          return statuses.join();
        }),
      );
    };
  }

  it.each<[string, string, (emulator: ControlledEmulator, project: TestProject) => Promise<unknown>]>([
    ['a reset of the project', 'project', (_emulator, project) => project.done('POST', '/reset')],
    [
      'a restore of the project',
      'project',
      (_emulator, project) => project.done('POST', '/snapshots/s/restore'),
    ],
    ['a restore of the server', 'server', (emulator) => emulator.done('POST', '/snapshots/s/restore')],
    [
      'a fixture that is loaded',
      'server',
      async (emulator) => emulator.done('PUT', '/fixture', await emulator.done('GET', '/fixture')),
    ],
  ])('tokens and nonces remain valid after %s, even if clocks move', async (_what, scope, act) => {
    const emulator = await ControlledEmulator.start({ nonceMs: 10 * DAY });
    const project = await emulator.make();
    const projects = [project, emulator.seeded('observed')];
    const of = scope === 'project' ? project : emulator;
    await of.done('POST', '/snapshots', { name: 's' });

    // Ahead of the snapshot, so that clocks go back; and behind it, so that they go forward.
    for (const move of [
      () => project.done('POST', '/clock/advance', { by: '1d' }),
      () => project.done('POST', '/clock/freeze'),
      () => emulator.done('POST', '/clock/advance', { by: '1d' }),
    ]) {
      await move();
      const serve = await signIn(emulator, projects);
      expect(await serve()).toEqual(['200,200', '200,200']);
      await act(emulator, project);
      expect(await serve()).toEqual(['200,200', '200,200']);
      emulator.clock.advance(1000);
      expect(await serve()).toEqual(['200,200', '200,200']);
    }
    await project.done('POST', '/clock/freeze');
    const serve = await signIn(emulator, projects);
    emulator.clock.advance(3_599_999);
    await act(emulator, project);
    expect(await serve()).toEqual(['200,200', '200,200']);
  });

  it('tokens and nonces of fixture credentials remain valid after a reset of the server', async () => {
    const emulator = await ControlledEmulator.start({ nonceMs: 10 * DAY });
    await emulator.done('POST', '/clock/advance', { by: '1d' });
    const serve = await signIn(emulator, [emulator.seeded('documented'), emulator.seeded('observed')]);
    await emulator.done('POST', '/reset');
    expect(await serve()).toEqual(['200,200', '200,200']);
  });

  it('a reset does not extend the hour of a token', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    await project.done('POST', '/clock/advance', { by: '1d' });
    await project.token();
    await project.done('POST', '/clock/advance', { by: '30m' });
    await project.done('POST', '/reset');
    await project.done('POST', '/clock/advance', { by: 30 * 60_000 - 1 });
    expect((await project.links()).status).toBe(200);
    await project.done('POST', '/clock/advance', { by: 1 });
    expect((await project.links()).status).toBe(401);
  });

  it('an expired token is valid again after a restore to a time before its expiry', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    await project.token();
    await project.done('POST', '/snapshots', { name: 's' });
    await project.done('POST', '/clock/advance', { by: '2h' });
    expect((await project.links()).status).toBe(401);
    await project.done('POST', '/snapshots/s/restore');
    expect((await project.links()).status).toBe(200);
  });
});
