import { describe, expect, it } from 'vitest';
import { ControlledEmulator, type LinkState, type TestProject } from './world-support.js';

const CREATED = { documented: ['PENDING', 'DONE'], observed: ['IDLE', 'WORKING', 'DONE'] } as const;
const DURATIONS = { pendingMs: 30, idleMs: 10, workingMs: 20, deleteRequestedMs: 10, deletingMs: 20 };
const PROFILES = ['documented', 'observed'] as const;

async function open(profile: string, movement: unknown): Promise<TestProject> {
  const emulator = await ControlledEmulator.start();
  return emulator.make({ profile, movement, durations: DURATIONS });
}

/** What a client sees that asks `count` times. */
async function poll(project: TestProject, id: string, count: number): Promise<(string | number)[]> {
  const seen: (string | number)[] = [];
  while (seen.length < count) seen.push(await project.state(id));
  return seen;
}

describe.each(PROFILES)('movement of states in a %s project', (profile) => {
  const states = CREATED[profile];

  it('states move by time and not by reads with the movement "time"', async () => {
    const project = await open(profile, 'time');
    const id = await project.create();
    expect(await poll(project, id, 5)).toEqual(Array(5).fill(states[0]));
    project.emulator.clock.advance(29);
    expect(await project.state(id)).toBe(states.at(-2));
    project.emulator.clock.advance(1);
    expect(await project.state(id)).toBe('DONE');
  });

  it('states move at once and emit an event for each with the movement "at once"', async () => {
    const project = await open(profile, 'at once');
    const id = await project.create();
    expect(await project.state(id)).toBe('DONE');
    const emitted = project.emulator.events('link.changed').map(({ data }) => data.state);
    expect(emitted).toEqual(states);
    await project.links('DELETE', `/${id}`);
    expect(await project.state(id)).toBe(404);
  });

  it('states move by hand only with the movement "by hand"', async () => {
    const project = await open(profile, 'by hand');
    const id = await project.create();
    for (const state of states) {
      project.emulator.clock.advance(600_000);
      expect(await poll(project, id, 3)).toEqual(Array(3).fill(state));
      if (state !== 'DONE') await project.done('POST', `/private-links/${id}/step`);
    }
    expect((await project.control('POST', `/private-links/${id}/step`)).status).toBe(409);
  });

  it.each([1, 2, 3])('states move after %i reads with the movement "reads"', async (reads) => {
    const project = await open(profile, { reads });
    const id = await project.create();
    project.emulator.clock.advance(600_000);
    const expected = states.flatMap((state) => Array<string>(reads).fill(state));
    expect(await poll(project, id, expected.length + 2)).toEqual([...expected, 'DONE', 'DONE']);
    const emitted = project.emulator.events('link.changed').map(({ data }) => `${data.state} ${data.cause}`);
    expect(emitted).toEqual(states.map((state, index) => `${state} ${index === 0 ? 'created' : 'read'}`));
  });

  it('states are not moved by lists, by reads of other links, or by refused reads', async () => {
    const project = await open(profile, { reads: 1 });
    const [id, other] = [await project.create('one'), await project.create('two')];
    for (let list = 0; list < 3; list += 1) expect(await project.states()).toEqual([states[0], states[0]]);
    expect((await project.links('GET', `/${id}`, undefined, 'outsider')).status).toBeGreaterThan(400);
    await project.done('GET', `/private-links/${id}`);
    await poll(project, other, 4);
    expect(await poll(project, id, 2)).toEqual([states[0], states[1]]);
  });

  it('states are moved by reads of any caller with permission', async () => {
    const project = await open(profile, { reads: 1 });
    const id = await project.create();
    expect((await project.links('GET', `/${id}`, undefined, 'reader')).json().state).toBe(states[0]);
    expect(await project.state(id)).toBe(states[1]);
  });

  it('each of many concurrent reads counts once towards the movement of states', async () => {
    const project = await open(profile, { reads: 5 });
    const id = await project.create();
    await project.token();
    const seen = await Promise.all(Array.from({ length: states.length * 5 }, () => project.state(id)));
    const expected = states.flatMap((state) => Array<string>(5).fill(state));
    expect([...seen].sort()).toEqual([...expected].sort());
  });

  it('a changed movement applies to links created from then on', async () => {
    const project = await open(profile, 'by hand');
    const [before] = [await project.create('one')];
    expect(
      await project.done('PATCH', '', { movement: 'at once', durations: { pendingMs: 7 } }),
    ).toMatchObject({
      movement: 'at once',
      durations: { ...DURATIONS, pendingMs: 7 },
    });
    const next = await project.create('two');
    expect([await project.state(before), await project.state(next)]).toEqual([states[0], 'DONE']);
    await project.done('POST', `/private-links/${before}/release`);
    expect(await project.state(before)).toBe('DONE');
  });

  it('links that moved by reads follow the new movement of their project', async () => {
    const project = await open(profile, { reads: 2 });
    const id = await project.create();
    await project.done('PATCH', '', { movement: 'at once' });
    expect(await poll(project, id, 3)).toEqual([states[0], states[0], 'DONE']);
  });
});

describe('movement of deletes', () => {
  it('a delete takes effect at once in a documented project, whatever the movement', async () => {
    for (const movement of ['time', 'by hand', { reads: 2 }]) {
      const project = await open('documented', movement);
      const id = await project.create();
      await project.links('DELETE', `/${id}`);
      expect(await project.state(id)).toBe(404);
    }
  });

  it('a delete moves by time in an observed project', async () => {
    const project = await open('observed', 'time');
    const id = await project.create();
    await project.links('DELETE', `/${id}`);
    const seen = [await project.state(id)];
    for (const ms of [10, 19, 1]) {
      project.emulator.clock.advance(ms);
      seen.push(await project.state(id));
    }
    expect(seen).toEqual(['DELETE_REQUESTED', 'DELETING', 'DELETING', 404]);
  });

  it('a delete moves by reads in an observed project', async () => {
    const project = await open('observed', { reads: 2 });
    const id = await project.create();
    await project.links('DELETE', `/${id}`);
    expect(await poll(project, id, 6)).toEqual([
      ...['DELETE_REQUESTED', 'DELETE_REQUESTED', 'DELETING', 'DELETING'],
      ...[404, 404],
    ]);
    expect(await project.states()).toEqual([]);
  });

  it('a delete moves by hand in an observed project', async () => {
    const project = await open('observed', 'by hand');
    const id = await project.create();
    await project.links('DELETE', `/${id}`);
    const step = () => project.done<LinkState>('POST', `/private-links/${id}/step`);
    expect(await project.state(id)).toBe('DELETE_REQUESTED');
    expect((await step()).state).toBe('DELETING');
    expect(await project.state(id)).toBe('DELETING');
    expect((await step()).state).toBe('DELETED');
    expect(await project.state(id)).toBe(404);
  });
});

it('a change of dnsDomain moves by reads in an observed project', async () => {
  const project = await open('observed', { reads: 1 });
  const id = await project.create();
  await poll(project, id, 3);
  await project.links('PATCH', `/${id}`, { dnsDomain: 'new.example' });
  expect(await poll(project, id, 4)).toEqual(['IDLE', 'WORKING', 'DONE', 'DONE']);
});
