import { describe, expect, it } from 'vitest';
import { countLinks, createLink, emulatorFor, LINKS, stateOf, PLACEMENTS } from './emulators.js';

describe.each(PLACEMENTS)('project.clock, of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('project.clock is read, frozen, advanced, set and resumed', async () => {
    await using project = await emulator().project();
    expect((await project.clock.read()).frozen).toBe(false);
    const ahead = new Date(Date.now() + 86_400_000);
    expect(await project.clock.freeze(ahead)).toEqual({ now: ahead.toISOString(), frozen: true });
    expect(await project.clock.freeze()).toEqual({ now: ahead.toISOString(), frozen: true });
    const later = new Date(ahead.getTime() + 90_000);
    expect(await project.clock.advance('90s')).toEqual({ now: later.toISOString(), frozen: true });
    const last = new Date(later.getTime() + 3_600_000).toISOString();
    expect(await project.clock.set(last)).toEqual({ now: last, frozen: true });
    expect((await project.clock.resume()).frozen).toBe(false);
  });

  it.each([undefined, null, 5, new Date(NaN)])('project.clock.set(%s) rejects with a 400', async (moment) => {
    await using project = await emulator().project();
    const { now } = await project.clock.freeze();
    await expect(project.clock.set(moment as Date)).rejects.toMatchObject({
      status: 400,
      detail: expect.stringContaining('now') as string,
    });
    expect(await project.clock.read()).toEqual({ now, frozen: true });
  });

  it('project.clock.advance() moves the states of links', async () => {
    await using project = await emulator().project();
    await project.clock.freeze();
    const { _id: id } = await createLink(project);
    await project.clock.advance(1999);
    expect(await stateOf(project, id)).toBe('PENDING');
    await project.clock.advance(1);
    expect(await stateOf(project, id)).toBe('DONE');
  });
});

describe.each(PLACEMENTS)('project.links, of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('project.links.force() sets a state, and history() returns how it was reached', async () => {
    await using project = await emulator().project();
    await project.clock.freeze();
    const { _id: id } = await createLink(project);
    const report = await project.links.force(id, 'FAILED', 'the service rejected it');
    expect(report).toMatchObject({ id, state: 'FAILED', held: false });
    expect(await (await project.fetch(`${LINKS}/${id}`)).json()).toMatchObject({
      state: 'FAILED',
      errorMessage: 'the service rejected it',
    });
    expect((await project.links.history(id)).map(({ state, why }) => [state, why])).toEqual([
      ['PENDING', 'created'],
      ['FAILED', 'forced'],
    ]);
    await expect(project.links.force(id, 'DONE', 'why not')).rejects.toMatchObject({ status: 400 });
    await expect(project.links.state('32b6e34b3d91647abb20e7ff')).rejects.toMatchObject({ status: 404 });
  });

  it('project.links can be held, stepped and released', async () => {
    await using project = await emulator().project({
      profile: 'observed',
      durations: { idleMs: 1000, workingMs: 1000 },
    });
    await project.clock.freeze();
    const { _id: id } = await createLink(project);
    expect(await project.links.hold(id)).toMatchObject({ state: 'IDLE', held: true });
    await project.clock.advance('1h');
    expect(await project.links.state(id)).toMatchObject({ state: 'IDLE', held: true });
    expect(await project.links.step(id)).toMatchObject({ state: 'WORKING', held: true });
    expect(await project.links.release(id)).toMatchObject({ state: 'DONE', held: false });
    await expect(project.links.step(id)).rejects.toMatchObject({ status: 409 });
  });

  it('project.rules apply to links created afterwards', async () => {
    await using project = await emulator().project();
    const rule = await project.rules.add({ times: 1, fail: 'out of capacity' });
    const stuck = await project.rules.add({ match: { vendor: 's3' }, staysIn: 'PENDING' });
    expect(rule).toMatchObject({ rule: { fail: 'out of capacity' }, timesLeft: 1 });
    const failing = await createLink(project);
    const pending = await createLink(project, 2);
    await project.clock.advance('1h');
    expect(await stateOf(project, failing._id)).toBe('FAILED');
    expect(await stateOf(project, pending._id)).toBe('PENDING');
    expect((await project.rules.list()).map(({ timesLeft }) => timesLeft)).toEqual([0, null]);
    await project.rules.remove(stuck.id);
    await project.rules.clear();
    expect(await project.rules.list()).toEqual([]);
  });
});

describe.each(PLACEMENTS)('project.restore() and project.reset(), of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('project.restore() restores links and clock of the project', async () => {
    await using project = await emulator().project();
    await project.clock.freeze();
    const { _id: id } = await createLink(project);
    expect(await project.snapshot('one link')).toMatchObject({ name: 'one link' });
    const before = await project.clock.read();
    await project.clock.advance('1d');
    await createLink(project, 2);
    await project.restore('one link');
    expect(await project.clock.read()).toEqual(before);
    expect([await countLinks(project), await stateOf(project, id)]).toEqual([1, 'PENDING']);
    expect((await project.snapshots.list()).map(({ name }) => name)).toEqual(['one link']);
    await project.snapshots.remove('one link');
    await expect(project.restore('one link')).rejects.toMatchObject({ status: 404 });
  });

  it('project.reset() removes the links of the project and keeps its callers', async () => {
    await using project = await emulator().project();
    await createLink(project);
    await project.reset();
    expect(await countLinks(project)).toBe(0);
  });
});
