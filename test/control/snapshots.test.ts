import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../support/clock.js';
import { executeIn } from '../support/database-file.js';
import { temporaryFolder } from '../support/world.js';
import { after, ControlledEmulator, START, TestProject } from './world-support.js';

/** One of the two scopes: of the server, or of one project in it. */
interface Scope {
  readonly emulator: ControlledEmulator;
  readonly project: TestProject;
  readonly of: Pick<TestProject, 'control' | 'done'>;
}

async function open(scope: 'project' | 'server'): Promise<Scope> {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  return { emulator, project, of: scope === 'project' ? project : emulator };
}

/** All of a project's world that a client and the control API can see. */
const view = async (project: TestProject) => ({
  links: await project.list(),
  rules: await project.done('GET', '/private-link-rules'),
  project: await project.done('GET', ''),
  clock: await project.done('GET', '/clock'),
});

describe.each(['project', 'server'] as const)('a snapshot of a %s', (scope) => {
  it('restoring a snapshot brings back links, rules, durations, movement and clock', async () => {
    const { emulator, project, of } = await open(scope);
    const gone = [await project.create('a'), await project.create('b')];
    await project.done('POST', '/private-link-rules', { match: { region: 'x' }, times: 3, fail: 'no' });
    await project.done('PATCH', '', { durations: { pendingMs: 60_000 }, movement: 'time' });
    await project.create('c');
    await project.done('POST', '/clock/freeze');
    await of.done('POST', '/snapshots', { name: 'before' });
    const before = await view(project);
    expect(before.links.map(({ state }) => state)).toEqual(['PENDING', 'PENDING', 'PENDING']);

    await project.links('DELETE', `/${gone[0] ?? ''}`);
    await project.create('d');
    await project.create('x');
    await project.done('DELETE', '/private-link-rules');
    await project.done('POST', '/private-link-rules', { fail: 'all' });
    await project.done('PATCH', '', { durations: { pendingMs: 1 }, movement: 'by hand' });
    await project.done('POST', '/clock/advance', { by: '10m' });
    await project.done('PUT', `/private-links/${gone[1] ?? ''}/state`, {
      state: 'FAILED',
      errorMessage: 'x',
    });
    await project.create('a');
    emulator.clock.advance(5000);

    for (const round of [1, 2]) {
      await of.done('POST', '/snapshots/before/restore');
      expect(await view(project), `restored ${round} times`).toEqual(before);
      await project.create(`round ${round}`);
    }
    await of.done('POST', '/snapshots/before/restore');
    await project.done('POST', '/clock/advance', { by: 2000 });
    expect(await project.states()).toEqual(['DONE', 'DONE', 'PENDING']);
  });

  it('restoring a snapshot sets a running clock back to the time of the snapshot', async () => {
    const { emulator, project, of } = await open(scope);
    await project.done('POST', '/clock/advance', { by: '1h' });
    const id = await project.create();
    await of.done('POST', '/snapshots', { name: 'then' });
    emulator.clock.advance(10_000);
    await project.done('POST', '/clock/advance', { by: '1h' });
    expect(await project.state(id)).toBe(401);
    await of.done('POST', '/snapshots/then/restore');
    expect(await project.done('GET', '/clock')).toEqual({ now: after(3_600_000), frozen: false });
    expect(await project.state(id)).toBe('PENDING');
    emulator.clock.advance(2000);
    expect(await project.state(id)).toBe('DONE');
    const changes = emulator.events('link.changed').map(({ data }) => `${data.state} ${data.at - START}`);
    expect(changes).toEqual(['PENDING 3600000', 'DONE 3602000', 'DONE 3602000']);
  });

  it('snapshots are listed, replaced by one of the same name, and deleted', async () => {
    const { emulator, project, of } = await open(scope);
    const names = async () => (await of.done<{ snapshots: object[] }>('GET', '/snapshots')).snapshots;
    expect(await names()).toEqual([]);
    const taken = await of.done('POST', '/snapshots', { name: 'one' });
    expect(taken).toEqual({ name: 'one', takenAt: after(0) });
    await of.done('POST', '/snapshots', { name: 'two / ü?' });
    emulator.clock.advance(1000);
    await project.create();
    await of.done('POST', '/snapshots', { name: 'one' });
    expect(await names()).toEqual([
      { name: 'two / ü?', takenAt: after(0) },
      { name: 'one', takenAt: after(1000) },
    ]);
    await of.done('POST', `/snapshots/${encodeURIComponent('two / ü?')}/restore`);
    expect(await project.list()).toEqual([]);
    await of.done('POST', '/snapshots/one/restore');
    expect(await project.list()).toHaveLength(1);
    await of.done('DELETE', `/snapshots/${encodeURIComponent('two / ü?')}`);
    expect(await names()).toEqual([{ name: 'one', takenAt: after(1000) }]);
  });

  it('an unknown snapshot, or one without a name, is a 404 that changes nothing', async () => {
    const { emulator, project, of } = await open(scope);
    await of.done('POST', '/snapshots', { name: 'there' });
    await project.create();
    const before = await emulator.dump(project);
    for (const [method, path] of [
      ['POST', '/snapshots/elsewhere/restore'],
      ['DELETE', '/snapshots/elsewhere'],
      ['POST', '/snapshots//restore'],
    ] as const) {
      expect([path, (await of.control(method, path)).status]).toEqual([path, 404]);
    }
    // A slash at the end is ignored: that is the list.
    expect((await of.control('DELETE', '/snapshots/')).status).toBe(405);
    expect(await emulator.dump(project)).toEqual(before);
    expect(emulator.events('world.reset')).toEqual([]);
  });

  it('a snapshot is not found in another scope by its name', async () => {
    const { emulator, project, of } = await open(scope);
    const other = scope === 'project' ? emulator : project;
    await of.done('POST', '/snapshots', { name: 'mine' });
    expect((await other.control('POST', '/snapshots/mine/restore')).status).toBe(404);
    expect((await other.control('DELETE', '/snapshots/mine')).status).toBe(404);
    expect((await (await emulator.make()).control('POST', '/snapshots/mine/restore')).status).toBe(404);
    await of.done('POST', '/snapshots/mine/restore');
  });

  it('restoring a snapshot emits world.reset with its name', async () => {
    const { emulator, project, of } = await open(scope);
    await of.done('POST', '/snapshots', { name: 'mine' });
    await of.done('POST', '/snapshots/mine/restore');
    const [event] = emulator.events('world.reset');
    expect(event).toMatchObject({
      project: scope === 'project' ? project.id : undefined,
      data: { cause: 'restored mine' },
    });
  });

  it('a snapshot survives a restart', async () => {
    const settings = { db: join(temporaryFolder(), 'emulator.db') };
    const clock = new ManualClock(START);
    const first = await ControlledEmulator.start(settings, clock);
    const project = await first.make();
    await project.create('one');
    const before = await project.list();
    await (scope === 'project' ? project : first).done('POST', '/snapshots', { name: 'saved' });
    await project.create('two');
    await first.listening.close();

    clock.advance(60_000);
    const second = await ControlledEmulator.start(settings, clock);
    const again = new TestProject(second, project.id, project.credentials);
    expect(await again.states()).toEqual(['DONE', 'DONE']);
    await (scope === 'project' ? again : second).done('POST', '/snapshots/saved/restore');
    const links = await again.list();
    const addressed = JSON.stringify(before).replaceAll(first.listening.url, second.listening.url);
    expect(links).toEqual(JSON.parse(addressed));
  });
});

describe('snapshots of one project', () => {
  it('restoring a project affects neither other projects nor the rules and clock of the server', async () => {
    const { emulator, project } = await open('project');
    const other = await emulator.make();
    await project.done('POST', '/snapshots', { name: 'mine' });
    await other.create('one');
    await other.done('POST', '/private-link-rules', { fail: 'no', times: 1 });
    await other.done('POST', '/snapshots', { name: 'mine' });
    await other.done('POST', '/clock/advance', { by: '1m' });
    await emulator.done('POST', '/private-link-rules', { match: { region: 'x' }, fail: 'no' });
    await emulator.done('POST', '/clock/advance', { by: '1m' });
    const before = await emulator.dump(other);
    await project.create('one');
    await project.done('POST', '/snapshots/mine/restore');
    expect(await project.list()).toEqual([]);
    expect(await project.done('GET', '/clock')).toEqual({ now: after(0), frozen: false });
    // The project is part of the dump: its clock, and nothing else, is another.
    const withoutClocks = (dump: unknown) => JSON.stringify(dump).replace(/"offsetMs":-?\d+/g, '');
    expect(withoutClocks(await emulator.dump(other))).toBe(withoutClocks(before));
  });

  it('the snapshots of a project are removed with it', async () => {
    const { project, emulator } = await open('project');
    await project.done('POST', '/snapshots', { name: 'mine' });
    await project.done('DELETE', '');
    expect((await project.control('POST', '/snapshots/mine/restore')).status).toBe(404);
    expect((await emulator.done<{ snapshots: [] }>('GET', '/snapshots')).snapshots).toEqual([]);
  });
});

it('a file that lost its snapshots is reset to what it contained at startup', async () => {
  const db = join(temporaryFolder(), 'emulator.db');
  const first = await ControlledEmulator.start({ db });
  const made = await first.make();
  await made.create('one');
  await first.listening.close();
  executeIn(db, 'DELETE FROM snapshots');

  const second = await ControlledEmulator.start({ db });
  const again = new TestProject(second, made.id, made.credentials);
  for (const of of [again, second]) {
    const before = await second.done('GET', '/fixture');
    await again.create('two');
    await of.done('POST', '/reset');
    expect(await second.done('GET', '/fixture')).toEqual(before);
  }
  expect(await again.list()).toHaveLength(1);
});
