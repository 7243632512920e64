import { describe, expect, it } from 'vitest';
import { API, SEEDED, TestEmulator } from '../support/emulator.js';
import { startJournal } from './journal-support.js';
import { ControlledEmulator } from './world-support.js';

const GROUPS = { accept: 'application/vnd.atlas.2023-01-01+json', 'content-type': 'application/json' };

/** Makes a project by Atlas's own API, and returns its id and what deletes it. */
async function byAtlas(emulator: TestEmulator, number: number) {
  const made = await emulator.as('owner', 'documented', {
    method: 'POST',
    url: `${API}/groups`,
    headers: GROUPS,
    payload: { name: `project-${number}`, orgId: SEEDED.documented.organization },
  });
  const { id } = made.json<{ id: string }>();
  const url = `${API}/groups/${id}`;
  return {
    id,
    remove: () => emulator.as('owner', 'documented', { method: 'DELETE', url, headers: GROUPS }),
  };
}

/** Makes a project by the control API, and returns the same. */
async function byControl(emulator: TestEmulator) {
  const made = await emulator.inject({ method: 'POST', url: '/_emulator/projects' });
  const { id, credentials } = made.json<{
    id: string;
    credentials: { owner: { serviceAccount: { clientId: string; clientSecret: string } } };
  }>();
  const { clientId, clientSecret } = credentials.owner.serviceAccount;
  await emulator.inject({
    method: 'POST',
    url: '/api/oauth/token',
    headers: {
      authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: 'grant_type=client_credentials',
  });
  return { id, remove: () => emulator.inject({ method: 'DELETE', url: `/_emulator/projects/${id}` }) };
}

describe('deleted projects', () => {
  it('deleting 300 projects leaves nothing of them in memory or in the exported fixture', async () => {
    const emulator = await TestEmulator.start({ limitTokens: true });
    const { world } = emulator.app;
    const text = async () => (await emulator.inject({ url: '/_emulator/fixture' })).payload;
    await emulator.as('owner', 'documented', { url: `${API}/groups`, headers: GROUPS });
    const [first, before] = [world.retained, await text()];
    const statuses = new Set<number>();
    let most = 0;
    for (let number = 0; number < 300; number += 1) {
      const { id, remove } = await (number % 2 ? byAtlas(emulator, number) : byControl(emulator));
      await emulator.inject({
        method: 'POST',
        url: `/_emulator/projects/${id}/faults`,
        payload: { match: { method: 'PATCH' }, answer: { status: 500 } },
      });
      await emulator.as('owner', 'documented', { url: `${API}/groups/${id}`, headers: GROUPS });
      most = Math.max(most, world.retained);
      statuses.add((await remove()).statusCode);
    }
    expect([...statuses].sort()).toEqual([202, 204]);
    // Requests and the count of them, of the project that is there.
    expect(most).toBeGreaterThanOrEqual(first + 2);
    expect(world.retained).toBe(first);
    expect(await text()).toBe(before);
    // Three hundred projects: seconds of CPU on a busy machine.
  }, 60_000);

  it('a reset, a fixture and a restore evict the projects that they remove from memory', async () => {
    const emulator = await ControlledEmulator.start();
    const { world } = emulator.listening;
    const fixture = await emulator.done('GET', '/fixture');
    await emulator.done('POST', '/snapshots', { name: 'before' });
    const seeded = emulator.seeded('documented');
    await seeded.list();
    const first = world.retained;
    const ways = [
      () => emulator.done('POST', '/reset'),
      () => emulator.done('PUT', '/fixture', fixture),
      () => emulator.done('POST', '/snapshots/before/restore'),
    ];
    for (const go of ways) {
      const made = await emulator.make();
      await made.list();
      await made.done('POST', '/faults', { answer: { status: 500 } });
      expect(world.retained).toBeGreaterThan(first);
      await go();
      expect(world.retained).toBe(first);
    }
  });

  it('a project that a restore brings back does not have the fault that it was deleted with', async () => {
    const emulator = await ControlledEmulator.start();
    const made = await emulator.make();
    await emulator.done('POST', '/snapshots', { name: 'without' });
    await made.done('POST', '/faults', { answer: { status: 503 } });
    expect((await made.links()).status).toBe(503);
    await made.done('DELETE', '');
    await emulator.done('POST', '/snapshots/without/restore');
    made.forgetTokens();
    expect((await made.links()).status).toBe(200);
    expect(await made.done('GET', '/faults')).toEqual({ results: [] });
  });

  it('requests of a deleted project stay in the journal of the whole server', async () => {
    const emulator = await ControlledEmulator.start();
    const [one, two] = [await emulator.make(), await emulator.make()];
    for (const project of [one, two, one]) await project.list();
    await one.done('DELETE', '');
    await two.list();
    expect(
      await emulator.done('POST', '/requests/count', { operation: 'listGroupStreamPrivateLinkConnections' }),
    ).toEqual({ count: 4 });
    expect(await two.done('POST', '/requests/count')).toEqual({ count: 2 });
  });

  it('the journal of a project that a restore brought back answers 410 for requests before its deletion', async () => {
    const emulator = await ControlledEmulator.start();
    const [made, fresh] = [await emulator.make(), await emulator.make()];
    await emulator.done('POST', '/snapshots', { name: 'all' });
    await made.list();
    await made.done('DELETE', '');
    await emulator.done('POST', '/snapshots/all/restore');
    made.forgetTokens();
    const { cut } = await made.done<{ cut: number }>('GET', '/requests');
    expect(cut).toBeGreaterThan(0);
    expect((await made.control('POST', '/requests/count')).status).toBe(410);
    await made.list();
    expect((await made.control('POST', '/requests/count')).status).toBe(410);
    expect(await made.done('POST', '/requests/count', { since: cut })).toEqual({ count: 1 });
    expect(await fresh.done('POST', '/requests/count')).toEqual({ count: 0 });
    await emulator.done('DELETE', '/requests');
    expect(await made.done('POST', '/requests/count')).toEqual({ count: 0 });
  });
});

describe('the journal of deleted projects', () => {
  const ids = (selection: { entries: readonly { event: { seq: number } }[] }) =>
    selection.entries.map(({ event }) => event.seq);

  it('the journal shows requests of a deleted project only to the whole server', () => {
    const { journal, come } = startJournal();
    for (const project of ['a', 'b', 'a', 'c', 'b']) come({ project });
    for (const project of ['a', 'b']) journal.evict(project);
    expect(ids(journal.select(undefined))).toEqual([1, 2, 3, 4, 5]);
    expect([journal.owners().length, journal.select('c').cut, journal.select(undefined).cut]).toEqual([
      1, 0, 0,
    ]);
    expect([ids(journal.select('a')), journal.select('a').cut]).toEqual([[], 5]);
    come({ project: 'a' });
    expect([ids(journal.select('a')), journal.select('a').cut]).toEqual([[6], 5]);
    journal.forget(undefined);
    expect([journal.owners().length, journal.bytes]).toEqual([0, 0]);
    expect(journal.select('a').cut).toBe(0);
  });

  it('the journal does not retain requests of a deleted project beyond the ring', () => {
    const { journal, come } = startJournal({ bytes: 20_000, perProject: 3 });
    come({ project: 'a' });
    for (let count = 0; count < 30; count += 1) come({ project: 'b' });
    expect(ids(journal.select(undefined))[0]).toBe(1);
    journal.evict('a');
    expect(ids(journal.select(undefined))[0]).toBeGreaterThan(1);
    expect(journal.select(undefined).cut).toBeGreaterThan(1);
  });

  it('the journal forgets the cut of a project removed long ago, but not of one that exists', () => {
    const { journal, come } = startJournal({ cuts: 2 });
    for (const project of ['a', 'b', 'c']) {
      come({ project });
      journal.evict(project);
    }
    expect(['a', 'b', 'c', 'd'].map((project) => journal.select(project).cut)).toEqual([0, 2, 3, 0]);
  });
});
