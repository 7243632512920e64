import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../support/clock.js';
import { rowsIn } from '../support/database-file.js';
import { ACCEPT, linksPath, SEEDED } from '../support/emulator.js';
import { nonceOf, signed } from '../support/digest.js';
import { temporaryFolder } from '../support/world.js';
import { after, ControlledEmulator, START, TestProject } from './world-support.js';

// Thousands of links in one test: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** The `link.changed` events so far, each as state, ms since the start and cause. */
const changes = (emulator: ControlledEmulator): string[] =>
  emulator.events('link.changed').map(({ data: { state, at, cause } }) => `${state} ${at - START} ${cause}`);

describe('lifecycles follow the clock of their project', () => {
  it('a link changes state by the clock of its project, not by that of another', async () => {
    const emulator = await ControlledEmulator.start();
    const [one, other] = [await emulator.make(), await emulator.make()];
    const ids = [await one.create(), await other.create()];
    await one.done('POST', '/clock/advance', { by: 1999 });
    expect(await one.state(ids[0] ?? '')).toBe('PENDING');
    await one.done('POST', '/clock/advance', { by: 1 });
    expect([await one.state(ids[0] ?? ''), await other.state(ids[1] ?? '')]).toEqual(['DONE', 'PENDING']);
    emulator.clock.advance(2000);
    expect(await other.states()).toEqual(['DONE']);
  });

  it.each(['project', 'server'] as const)(
    'thousands of links have changed state in due order when an advance of the %s clock returns',
    async (scope) => {
      const db = join(temporaryFolder(), 'emulator.db');
      const emulator = await ControlledEmulator.start({ db });
      const at = (index: number): number => START + 1 + ((index * 7919) % 3_000_000);
      const privateLinks = Array.from({ length: 2000 }, (_, index) => ({
        provider: 'AWS',
        region: `r${index}`,
        path: [
          ['IDLE', START],
          ['WORKING', at(index)],
          ['DONE', at(index) + 500_000],
        ],
      }));
      const fixture = await emulator.done<{ organizations: { projects: object[] }[] }>('GET', '/fixture');
      const [organization] = fixture.organizations;
      if (organization) organization.projects = [{ ...organization.projects[0], privateLinks }];
      await emulator.done('PUT', '/fixture', fixture);
      const project = emulator.seeded('documented');

      const seen: number[] = [];
      emulator.listening.events.subscribe((event) => {
        if (event.type === 'link.changed') seen.push(event.data.at);
      });
      await (scope === 'project' ? project : emulator).done('POST', '/clock/advance', { by: '1h' });
      expect(seen).toHaveLength(4000);
      expect(seen).toEqual([...seen].sort((one, two) => one - two));
      expect(new Set(await project.states())).toEqual(new Set(['DONE']));

      await emulator.listening.close();
      const query = 'SELECT state, due_at, count(*) AS count FROM private_links GROUP BY 1, 2';
      expect(rowsIn(db, query)).toEqual([{ state: 'DONE', due_at: null, count: 2000 }]);
      expect(rowsIn(db, 'SELECT * FROM private_link_alarms')).toEqual([]);
    },
  );

  it('links of a frozen project keep their states and emit no events while real time passes', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make({ profile: 'observed', durations: { idleMs: 10, workingMs: 20 } });
    const before = await project.create('one');
    emulator.clock.advance(5);
    await project.done('POST', '/clock/freeze');
    const meanwhile = await project.create('two');
    emulator.clock.advance(3_600_000);
    expect([await project.state(before), await project.state(meanwhile)]).toEqual(['IDLE', 'IDLE']);
    expect(changes(emulator)).toEqual(['IDLE 0 created', 'IDLE 5 created']);

    await project.done('POST', '/clock/advance', { by: 5 });
    expect([await project.state(before), await project.state(meanwhile)]).toEqual(['WORKING', 'IDLE']);
    expect(changes(emulator).slice(2)).toEqual(['WORKING 10 time']);
    emulator.clock.advance(3_600_000);
    expect(await project.states()).toEqual(['WORKING', 'IDLE']);

    await project.done('POST', '/clock/resume');
    emulator.clock.advance(20);
    expect(await project.states()).toEqual(['DONE', 'WORKING']);
    expect(changes(emulator).slice(3)).toEqual(['WORKING 15 time', 'DONE 30 time']);
    emulator.clock.advance(5);
    expect(await project.states()).toEqual(['DONE', 'DONE']);
    expect(changes(emulator).slice(5)).toEqual(['DONE 35 time']);
  });

  it('a link passes through all its states when a frozen clock is advanced past them', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make({ profile: 'observed', durations: { idleMs: 10, workingMs: 20 } });
    await project.done('POST', '/clock/freeze');
    await project.create('one');
    await project.done('POST', '/clock/advance', { by: 3 });
    await project.create('two');
    await project.done('POST', '/clock/advance', { by: 29 });
    expect(changes(emulator).slice(2)).toEqual(['WORKING 10 time', 'WORKING 13 time', 'DONE 30 time']);
    await project.done('POST', '/clock/advance', { by: '1h' });
    expect(changes(emulator).slice(5)).toEqual(['DONE 33 time']);
  });

  it('links of all projects keep their states while the clock of the server is frozen', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    await emulator.done('POST', '/clock/freeze');
    const id = await project.create();
    emulator.clock.advance(10_000);
    expect(await project.state(id)).toBe('PENDING');
    // A project can be moved ahead of a frozen server.
    await project.done('POST', '/clock/advance', { by: 2000 });
    expect(await project.state(id)).toBe('DONE');
    const next = await project.create('two');
    await emulator.done('POST', '/clock/resume');
    emulator.clock.advance(1999);
    expect(await project.state(next)).toBe('PENDING');
    emulator.clock.advance(1);
    expect(await project.state(next)).toBe('DONE');
    expect(changes(emulator)).toEqual([
      'PENDING 0 created',
      'DONE 2000 time',
      'PENDING 2000 created',
      'DONE 4000 time',
    ]);
  });

  it("the lifecycle of a link begins at the project's time when the body of its create is complete", async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    const response = await project.createSlowly(async () => {
      await project.done('POST', '/clock/advance', { by: '10m' });
      await project.done('POST', '/clock/freeze');
    });
    expect(response.status).toBe(200);
    emulator.clock.advance(10_000);
    expect(await project.states()).toEqual(['PENDING']);
    expect(changes(emulator)).toEqual(['PENDING 600000 created']);
  });

  it('advancing the clock of a project completes a pending delete', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make({ profile: 'observed', durations: { deletingMs: 60_000 } });
    const id = await project.create();
    await project.links('DELETE', `/${id}`);
    expect(await project.state(id)).toBe('DELETING');
    await project.done('POST', '/clock/advance', { by: '1m' });
    expect(await project.state(id)).toBe(404);
  });
});

describe('tokens follow the clock of their project', () => {
  const status = async (project: TestProject, token: string): Promise<number> => {
    const headers = { accept: ACCEPT, authorization: `Bearer ${token}` };
    const path = `/api/atlas/v2/groups/${project.id}/streams/privateLinkConnections`;
    return (await project.emulator.send('GET', path, headers)).status;
  };

  it("a token of a project's credential expires after an hour of that project's clock", async () => {
    const emulator = await ControlledEmulator.start();
    const [one, other] = [await emulator.make(), await emulator.make()];
    const tokens = [await one.token(), await other.token()];
    await one.done('POST', '/clock/advance', { by: 3_599_999 });
    expect(await status(one, tokens[0] ?? '')).toBe(200);
    await one.done('POST', '/clock/advance', { by: 1 });
    expect(await status(one, tokens[0] ?? '')).toBe(401);
    expect(await status(other, tokens[1] ?? '')).toBe(200);
    one.forgetTokens();
    expect(await one.states()).toEqual([]);
  });

  it('a token does not expire while its project is frozen', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    await project.done('POST', '/clock/freeze');
    const token = await project.token();
    emulator.clock.advance(7_200_000);
    expect(await status(project, token)).toBe(200);
  });

  it("a token of a fixture's account expires by the clock of the only project in which it has a role", async () => {
    const emulator = await ControlledEmulator.start();
    const project = emulator.seeded('documented');
    const [token, outsider] = [await project.token(), await project.token('outsider')];
    await project.done('POST', '/clock/advance', { by: 3_599_999 });
    expect(await status(project, token)).toBe(200);
    await project.done('POST', '/clock/advance', { by: 1 });
    expect([await status(project, token), await status(project, outsider)]).toEqual([401, 403]);
    project.forgetTokens();
    expect(await project.states()).toEqual([]);
    await project.done('POST', '/reset');
    expect(await project.states()).toEqual([]);
  });

  it('a token of an account with roles in several projects or none expires by the clock of the server', async () => {
    const emulator = await ControlledEmulator.start();
    const project = emulator.seeded('documented');
    await project.done('POST', '/clock/advance', { by: '59m' });
    const [token, outsider] = [await project.token(), await project.token('outsider')];
    await project.done('POST', '/clock/advance', { by: '59m' });
    const headers = {
      accept: 'application/vnd.atlas.2023-01-01+json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ name: 'second', orgId: SEEDED.documented.organization });
    const created = await emulator.send('POST', '/api/atlas/v2/groups', headers, body);
    expect(created.status).toBe(201);
    // The minute that was left by the project's clock is left by the server's.
    await project.done('POST', '/clock/advance', { by: '1d' });
    emulator.clock.advance(59_999);
    expect(await status(project, token)).toBe(200);
    emulator.clock.advance(1);
    expect([await status(project, token), await status(project, outsider)]).toEqual([401, 403]);

    // Without the second project, the first is the only one again.
    project.forgetTokens();
    const later = await project.token();
    await emulator.done('DELETE', `/projects/${created.json<{ id: string }>().id}`);
    expect(await status(project, later)).toBe(200);
    await project.done('POST', '/clock/advance', { by: '1h' });
    expect(await status(project, later)).toBe(401);
  });
});

it('a nonce expires by the clock of the server, not by that of a project', async () => {
  const emulator = await ControlledEmulator.start();
  const project = emulator.seeded('documented');
  const { publicKey: username, privateKey: password } = project.credentials.owner.apiKey;
  const uri = linksPath('documented');
  const challenge = (await emulator.send('GET', uri)).header('www-authenticate');
  let count = 0;
  const use = (): Promise<{ status: number; header: (name: string) => string | undefined }> => {
    count += 1;
    const nonce = nonceOf(challenge);
    const authorization = signed({ username, password, method: 'GET', uri, nonce, count });
    return emulator.send('GET', uri, { accept: ACCEPT, authorization });
  };
  expect((await use()).status).toBe(200);
  await project.done('POST', '/clock/advance', { by: '1h' });
  expect((await use()).status).toBe(200);
  await emulator.done('POST', '/clock/advance', { by: '5m' });
  const stale = await use();
  expect([stale.status, stale.header('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('stale=true'),
  ]);
});

it('a restart on the same file retains clock offsets, frozen clocks and pending state changes', async () => {
  const settings = { db: join(temporaryFolder(), 'emulator.db') };
  const clock = new ManualClock(START);
  const first = await ControlledEmulator.start(settings, clock);
  const [ahead, frozen] = [await first.make(), await first.make()];
  await ahead.done('POST', '/clock/advance', { by: '1h' });
  await frozen.done('POST', '/clock/freeze');
  await first.done('POST', '/clock/advance', { by: '1d' });
  const ids = [await ahead.create(), await frozen.create()];
  await first.listening.close();

  clock.advance(1000);
  const second = await ControlledEmulator.start(settings, clock);
  const again = [ahead, frozen].map((one) => new TestProject(second, one.id, one.credentials));
  expect(await second.done('GET', '/clock')).toEqual({ now: after(86_401_000), frozen: false });
  const clocks = await Promise.all(again.map((one) => one.done('GET', '/clock')));
  expect(clocks).toEqual([
    { now: after(90_001_000), frozen: false },
    { now: after(86_400_000), frozen: true },
  ]);
  clock.advance(1000);
  const states = await Promise.all(again.map((one, index) => one.state(ids[index] ?? '')));
  expect(states).toEqual(['DONE', 'PENDING']);
  expect(changes(second)).toEqual(['DONE 90002000 time']);

  await second.done('POST', '/clock/freeze');
  await second.listening.close();
  clock.advance(1000);
  const third = await ControlledEmulator.start(settings, clock);
  expect(await third.done('GET', '/clock')).toEqual({ now: after(86_402_000), frozen: true });
});

it('a link in a project of the fixture follows the clock of that project', async () => {
  const emulator = await ControlledEmulator.start();
  const project = emulator.seeded('documented');
  const id = await project.create();
  await project.done('POST', '/clock/advance', { by: '2s' });
  expect(await project.state(id)).toBe('DONE');
  expect(emulator.events('link.changed').map((event) => event.project)).toEqual(
    Array(2).fill(SEEDED.documented.project),
  );
});
