import { describe, expect, it } from 'vitest';
import { STATES } from '../../src/features/private-links/profile.js';
import type { Link } from '../support/links.js';
import { after, ControlledEmulator, START, type LinkState, type TestProject } from './world-support.js';

const PROFILES = ['documented', 'observed'] as const;

async function open(
  wish: object = { profile: 'observed', durations: { idleMs: 10, workingMs: 20 } },
): Promise<{ emulator: ControlledEmulator; project: TestProject; id: string }> {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make(wish);
  return { emulator, project, id: await project.create() };
}

const look = (project: TestProject, id: string) => project.done<LinkState>('GET', `/private-links/${id}`);
const force = (project: TestProject, id: string, body: object) =>
  project.done<LinkState>('PUT', `/private-links/${id}/state`, body);
const act = (project: TestProject, id: string, verb: 'hold' | 'step' | 'release') =>
  project.done<LinkState>('POST', `/private-links/${id}/${verb}`);

describe('forced states', () => {
  describe.each(PROFILES)('in a %s project', (profile) => {
    it.each(STATES.filter((state) => state !== 'DELETED'))(
      'a link forced to %s stays in that state',
      async (state) => {
        const { emulator, project, id } = await open({ profile });
        expect(await force(project, id, { state })).toMatchObject({ id, state, held: false });
        emulator.clock.advance(600_000);
        expect([await project.state(id), await project.states()]).toEqual([state, [state]]);
        expect((await look(project, id)).history.at(-1)).toEqual({ state, at: after(0), why: 'forced' });
        const [event] = emulator.events('link.changed').slice(-1);
        expect(event?.data).toEqual({ id, state, at: START, cause: 'forced' });
      },
    );

    it('a link forced to DELETED is gone, and another can have its target', async () => {
      const { emulator, project, id } = await open({ profile });
      expect(await force(project, id, { state: 'DELETED' })).toEqual({
        id,
        state: 'DELETED',
        held: false,
        history: [],
      });
      expect([await project.state(id), await project.states()]).toEqual([404, []]);
      expect((await project.control('GET', `/private-links/${id}`)).status).toBe(404);
      expect(emulator.events('link.changed').at(-1)?.data).toMatchObject({ id, state: 'DELETED' });
      await project.create();
    });

    it('a link forced to FAILED shows its errorMessage while it is FAILED', async () => {
      const { project, id } = await open({ profile });
      const message = async () => {
        const got = (await project.links('GET', `/${id}`)).json<Link>().errorMessage;
        const [listed] = await project.list();
        expect(listed?.errorMessage).toBe(got);
        return got;
      };
      await force(project, id, { state: 'FAILED', errorMessage: 'No "quota" \u0001 left.' });
      expect(await message()).toBe('No "quota" \u0001 left.');
      await force(project, id, { state: 'DONE' });
      expect(await message()).toBeUndefined();
      await force(project, id, { state: 'FAILED' });
      expect(await message()).toBe('No "quota" \u0001 left.');
      await force(project, id, { state: 'FAILED', errorMessage: 'Other.' });
      expect(await message()).toBe('Other.');
    });
  });

  it('a link forced back to WORKING no longer shows the fields that Atlas adds when it is DONE', async () => {
    const { project, id } = await open();
    const fields = async () => Object.keys((await project.links('GET', `/${id}`)).json());
    await force(project, id, { state: 'DONE' });
    expect(await fields()).toContain('interfaceEndpointId');
    await force(project, id, { state: 'WORKING' });
    expect(await fields()).not.toContain('interfaceEndpointId');
  });

  it('an errorMessage with another state than FAILED is a 400 that changes nothing', async () => {
    const { project, id } = await open();
    const before = await look(project, id);
    const response = await project.control('PUT', `/private-links/${id}/state`, {
      state: 'DONE',
      errorMessage: 'no',
    });
    expect([response.status, response.text]).toEqual([400, expect.stringContaining('errorMessage')]);
    expect(await look(project, id)).toEqual(before);
  });

  it('a link with a forced state can be deleted', async () => {
    const { project, id } = await open({ profile: 'observed' });
    await force(project, id, { state: 'FAILED' });
    expect((await project.links('DELETE', `/${id}`)).status).toBeLessThan(300);
    expect(await project.state(id)).toBe(404);
  });
});

describe('held links', () => {
  it('a held link keeps its state until it is released, then continues as its project moves', async () => {
    const { emulator, project, id } = await open();
    emulator.clock.advance(5);
    expect(await act(project, id, 'hold')).toMatchObject({ state: 'IDLE', held: true });
    emulator.clock.advance(1000);
    expect(await project.state(id)).toBe('IDLE');
    expect(await act(project, id, 'release')).toMatchObject({ state: 'WORKING', held: false });
    emulator.clock.advance(19);
    expect(await project.state(id)).toBe('WORKING');
    emulator.clock.advance(1);
    expect(await project.state(id)).toBe('DONE');
    expect((await look(project, id)).history).toEqual([
      { state: 'IDLE', at: after(0), why: 'created' },
      { state: 'WORKING', at: after(1005), why: 'released' },
      { state: 'DONE', at: after(1025), why: 'time' },
    ]);
  });

  it('a held link can be stepped, and is held in its next state', async () => {
    const { emulator, project, id } = await open();
    await act(project, id, 'hold');
    expect(await act(project, id, 'step')).toMatchObject({ state: 'WORKING', held: true });
    emulator.clock.advance(1000);
    expect(await act(project, id, 'step')).toMatchObject({ state: 'DONE', held: false });
    expect((await look(project, id)).history.map(({ why }) => why)).toEqual(['created', 'forced', 'forced']);
  });

  it.each([{ reads: 1 }, 'by hand', 'at once'])(
    'a held link stays held when the movement of its project becomes %j',
    async (movement) => {
      const { project, id } = await open({ profile: 'observed', durations: { idleMs: 10, workingMs: 10 } });
      await act(project, id, 'hold');
      await project.done('PATCH', '', { movement });
      expect(await act(project, id, 'step')).toMatchObject({ state: 'WORKING', held: true });
      for (let read = 0; read < 4; read += 1) expect(await project.state(id)).toBe('WORKING');
    },
  );

  it('a held link can be deleted', async () => {
    const { project, id } = await open();
    await act(project, id, 'hold');
    await project.links('DELETE', `/${id}`);
    expect(await project.state(id)).toBe(404);
  });

  it('a held link keeps its state when its dnsDomain changes', async () => {
    const { project, id } = await open({ profile: 'documented' });
    await act(project, id, 'hold');
    expect((await project.links('PATCH', `/${id}`, { dnsDomain: 'new.example' })).status).toBe(200);
    expect(await look(project, id)).toMatchObject({ state: 'PENDING', held: true });
    expect((await act(project, id, 'release')).state).toBe('DONE');
  });

  it('holding a link persists the state that is due, and holds it there', async () => {
    const { emulator, project, id } = await open();
    emulator.clock.advance(10);
    expect(await act(project, id, 'hold')).toMatchObject({ state: 'WORKING', held: true });
    emulator.clock.advance(1000);
    expect(await project.state(id)).toBe('WORKING');
    const states = emulator.events('link.changed').map(({ data }) => data.state);
    expect(states).toEqual(['IDLE', 'WORKING']);
  });

  it('a link in its final state is not held', async () => {
    const { project, id } = await open({ profile: 'observed' });
    expect(await act(project, id, 'hold')).toMatchObject({ state: 'DONE', held: false });
  });

  it.each(['step', 'release'] as const)('a link that is not held refuses %s with a 409', async (verb) => {
    const { emulator, project, id } = await open();
    const response = await project.control('POST', `/private-links/${id}/${verb}`);
    expect([response.status, response.json().reason]).toEqual([409, 'Conflict']);
    emulator.clock.advance(30);
    expect(await project.state(id)).toBe('DONE');
  });
});

describe('history of links', () => {
  it('the history of a link has the time and cause of each state, through changes and a delete', async () => {
    const { emulator, project, id } = await open({
      profile: 'observed',
      durations: { idleMs: 10, deleteRequestedMs: 5, deletingMs: 5 },
    });
    emulator.clock.advance(100);
    await project.links('PATCH', `/${id}`, { dnsDomain: 'new.example' });
    emulator.clock.advance(100);
    await project.links('DELETE', `/${id}`);
    emulator.clock.advance(5);
    expect((await look(project, id)).history.map(({ state, at, why }) => `${state} ${at} ${why}`)).toEqual([
      `IDLE ${after(0)} created`,
      `WORKING ${after(10)} time`,
      `DONE ${after(10)} time`,
      `IDLE ${after(100)} updated`,
      `WORKING ${after(110)} time`,
      `DONE ${after(110)} time`,
      `DELETE_REQUESTED ${after(200)} deleted`,
      `DELETING ${after(205)} time`,
    ]);
  });

  it('the history of a link equals its link.changed events', async () => {
    const { emulator, project, id } = await open();
    await act(project, id, 'hold');
    await act(project, id, 'release');
    await project.done('POST', '/clock/advance', { by: '1h' });
    await force(project, id, { state: 'FAILED' });
    const events = emulator.events('link.changed').map(({ data: { state, at, cause } }) => ({
      state,
      at: new Date(at).toISOString(),
      why: cause,
    }));
    expect((await look(project, id)).history).toEqual(events);
  });
});

it.each([
  ['GET', ''],
  ['PUT', '/state', { state: 'DONE' }],
  ['POST', '/hold'],
  ['POST', '/step'],
  ['POST', '/release'],
] as const)(
  '%s …%s of a link that the project does not have is a 404',
  async (method, path, body?: object) => {
    const { emulator, id } = await open();
    const other = await emulator.make();
    for (const wrong of [id, 'ffffffffffffffffffffffff', 'x']) {
      const response = await other.control(method, `/private-links/${wrong}${path}`, body);
      expect([response.status, response.json().detail]).toEqual([404, expect.stringContaining(wrong)]);
    }
  },
);
