import { describe, expect, it } from 'vitest';
import type { Fixture } from '../../src/world/index.js';
import { LATEST } from '../../src/kernel/clock.js';
import { ControlledEmulator, START } from './world-support.js';

const YEAR = 365 * 24 * 3_600_000;

/** The fixture of an emulator with the clocks of the server and its first project set. */
async function withClocks(emulator: ControlledEmulator, server: object, project: object): Promise<Fixture> {
  const fixture = await emulator.done<Fixture>('GET', '/fixture');
  Object.assign(fixture, { clock: server });
  Object.assign(fixture.organizations[0]?.projects[0] ?? {}, { clock: project });
  return fixture;
}

describe('clocks that add up', () => {
  it.each([
    ['before 1970', { offsetMs: -START + 1 }, { offsetMs: -2 }],
    ['before 1970, with the server frozen', { offsetMs: 0, frozenAt: 1 }, { offsetMs: -2 }],
    ['beyond 9999', { offsetMs: LATEST - START - 1 }, { offsetMs: 2 }],
  ])('a fixture whose clocks add up to a time %s is refused', async (_when, server, project) => {
    const emulator = await ControlledEmulator.start();
    const before = await emulator.done<Fixture>('GET', '/fixture');
    const { status, text } = await emulator.control(
      'PUT',
      '/fixture',
      await withClocks(emulator, server, project),
    );
    expect([status, text]).toEqual([400, expect.stringContaining('outside of the years 1970 to 9999')]);
    expect(await emulator.done('GET', '/fixture')).toEqual(before);
    const inRange = await withClocks(emulator, server, { offsetMs: 0 });
    expect((await emulator.control('PUT', '/fixture', inRange)).status).toBe(204);
  });

  it('a reset that would carry a project past the year 9999 is a 409 that changes nothing', async () => {
    const emulator = await ControlledEmulator.start();
    await emulator.done('POST', '/snapshots', { name: 'early' });
    const late = await withClocks(emulator, { offsetMs: 0 }, { offsetMs: 7900 * YEAR });
    await emulator.done('PUT', '/fixture', late);
    await emulator.done('POST', '/snapshots/early/restore');
    await emulator.done('PUT', '/clock', { now: '3000-01-01T00:00:00Z' });
    const before = await emulator.dump();
    const project = emulator.seeded('documented');
    const { status, text } = await project.control('POST', '/reset');
    expect([status, text]).toEqual([409, expect.stringContaining(`project ${project.id}`)]);
    expect(await emulator.dump()).toEqual(before);
    await emulator.done('POST', '/reset');
    expect(await emulator.done('GET', '/fixture')).toEqual({ ...late, clock: undefined });
  });

  it('a world whose project was restored to a time far behind the server can be exported and loaded', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    await project.done('POST', '/snapshots', { name: 'early' });
    await emulator.done('PUT', '/clock', { now: '9000-01-01T00:00:00Z' });
    await project.done('POST', '/snapshots/early/restore');
    const clock = await project.done('GET', '/clock');
    const fixture = await emulator.done<Fixture>('GET', '/fixture');
    expect((await emulator.control('PUT', '/fixture', fixture)).status).toBe(204);
    expect(await project.done('GET', '/clock')).toEqual(clock);
  });

  it('a world that real time has carried past the year 9999 is exported again after a reset', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    await project.done('PUT', '/clock', { now: '9999-12-31T23:59:59.999Z' });
    expect((await emulator.control('GET', '/fixture')).status).toBe(200);
    emulator.clock.advance(1);
    const { status, text } = await emulator.control('GET', '/fixture');
    expect([status, text]).toEqual([409, expect.stringContaining(`project ${project.id}`)]);
    expect((await emulator.seeded('observed').control('POST', '/reset')).status).toBe(204);
    await project.done('POST', '/reset');
    expect((await emulator.control('GET', '/fixture')).status).toBe(200);
  });
});
