import { describe, expect, it } from 'vitest';
import { ManualClock } from '../support/clock.js';
import { after, ControlledEmulator, START, type TestProject } from './world-support.js';

interface Scope {
  readonly emulator: ControlledEmulator;
  readonly project: TestProject;
  readonly call: (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>;
  readonly read: () => Promise<unknown>;
}

/** An emulator, and the clock of one of its projects or of the whole. */
async function open(scope: 'project' | 'server', clock = new ManualClock(START)): Promise<Scope> {
  return scopeOf(scope, await ControlledEmulator.start({}, clock));
}

async function scopeOf(scope: 'project' | 'server', emulator: ControlledEmulator): Promise<Scope> {
  const project = await emulator.make();
  const control = (method: string, path: string, body?: unknown) =>
    scope === 'project' ? project.control(method, path, body) : emulator.control(method, path, body);
  return {
    emulator,
    project,
    call: control,
    read: async () => (await control('GET', '/clock')).json(),
  };
}

const running = (ms: number) => ({ now: after(ms), frozen: false });
const stopped = (ms: number) => ({ now: after(ms), frozen: true });

describe.each(['project', 'server'] as const)('the clock of a %s', (scope) => {
  // For what is refused: its clocks never move.
  const unmoved = ControlledEmulator.shared();

  it('a clock shows real time until it is moved', async () => {
    const { emulator, read } = await open(scope);
    expect(await read()).toEqual(running(0));
    emulator.clock.advance(1234);
    expect(await read()).toEqual(running(1234));
  });

  it('a frozen clock stands still and continues from there when it is resumed', async () => {
    const { emulator, call, read } = await open(scope);
    expect(JSON.parse((await call('POST', '/clock/freeze')).text)).toEqual(stopped(0));
    emulator.clock.advance(60_000);
    expect(await read()).toEqual(stopped(0));
    expect(JSON.parse((await call('POST', '/clock/resume')).text)).toEqual(running(0));
    emulator.clock.advance(5);
    expect(await read()).toEqual(running(5));
  });

  it('a clock can be frozen at a future time', async () => {
    const { emulator, call, read } = await open(scope);
    const { text } = await call('POST', '/clock/freeze', { at: '2026-01-01T01:00:00+00:30' });
    expect(JSON.parse(text)).toEqual(stopped(1_800_000));
    await call('POST', '/clock/freeze', { at: after(1_800_001) });
    await call('POST', '/clock/freeze');
    emulator.clock.advance(1);
    expect(await read()).toEqual(stopped(1_800_001));
  });

  it.each([
    [0, 0],
    [500, 500],
    ['500ms', 500],
    ['90s', 90_000],
    ['1.5 s', 1500],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['365d', 31_536_000_000],
  ])('a clock advances by %j, both running and frozen', async (by, ms) => {
    const { emulator, call, read } = await open(scope);
    const { text } = await call('POST', '/clock/advance', { by });
    expect(JSON.parse(text)).toEqual(running(ms));
    emulator.clock.advance(10);
    await call('POST', '/clock/freeze');
    await call('POST', '/clock/advance', { by });
    emulator.clock.advance(10);
    expect(await read()).toEqual(stopped(2 * ms + 10));
    await call('POST', '/clock/resume');
    expect(await read()).toEqual(running(2 * ms + 10));
  });

  it('a clock can be set to its own time or a later one', async () => {
    const { emulator, call, read } = await open(scope);
    for (const ms of [0, 1, 86_400_000]) {
      const { text } = await call('PUT', '/clock', { now: after(ms) });
      expect(JSON.parse(text)).toEqual(running(ms));
    }
    emulator.clock.advance(1);
    expect(await read()).toEqual(running(86_400_001));
  });

  it('a clock is not set back: a 400 that leaves it unchanged', async () => {
    const { emulator, call, read } = await open(scope);
    await call('POST', '/clock/advance', { by: '1h' });
    for (const [method, path, body] of [
      ['PUT', '/clock', { now: after(3_599_999) }],
      ['POST', '/clock/freeze', { at: after(3_599_999) }],
    ] as const) {
      const { status, text } = await call(method, path, body);
      expect(status).toBe(400);
      expect(text).toContain(`it shows ${after(3_600_000)}`);
    }
    emulator.clock.advance(1);
    expect(await read()).toEqual(running(3_600_001));
  });

  it('a clock does not advance past the year 9999', async () => {
    const { call, read } = await open(scope);
    await call('PUT', '/clock', { now: '9999-12-31T23:59:59.999Z' });
    expect((await call('POST', '/clock/advance', { by: 1 })).status).toBe(400);
    expect(await read()).toEqual({ now: '9999-12-31T23:59:59.999Z', frozen: false });
  });

  it('a clock that real time has carried past its end can still be frozen and resumed', async () => {
    const { emulator, call, read } = await open(scope);
    await call('PUT', '/clock', { now: '9999-12-31T23:59:59.999Z' });
    emulator.clock.advance(1);
    const [past, moved] = ['+010000-01-01T00:00:00.000Z', await call('POST', '/clock/advance', { by: 1 })];
    expect(moved.status).toBe(400);
    expect(JSON.parse((await call('POST', '/clock/freeze')).text)).toEqual({ now: past, frozen: true });
    expect(JSON.parse((await call('POST', '/clock/resume')).text)).toEqual({ now: past, frozen: false });
    expect(await read()).toEqual({ now: past, frozen: false });
  });

  it.each([
    -1,
    1.5,
    '',
    '5',
    '5 y',
    '-5s',
    'PT1H',
    '1h30m',
    '366d',
    31_536_000_001,
    '1e3s',
    null,
    true,
    [1],
    {},
  ])('advancing a clock by %j is a 400 that names the accepted forms', async (by) => {
    const { call, read, emulator } = await scopeOf(scope, unmoved.emulator);
    const { status, text } = await call('POST', '/clock/advance', { by });
    expect([status, text]).toEqual([
      400,
      expect.stringMatching(/milliseconds, or a text such as 500ms, 90s/),
    ]);
    expect(await read()).toEqual(running(0));
    expect(emulator.events('clock.moved')).toEqual([]);
  });

  it.each([
    ...['', 'tomorrow', '2026', '2026-06-30', '2026-06-30T09:00:00', '2026-02-30T00:00:00Z'],
    ...['2026-13-01T00:00:00Z', '2026-06-30T25:00:00Z', '+012026-06-30T00:00:00Z', '1798761600000'],
  ])('setting or freezing a clock at %j is a 400 that names the accepted form', async (moment) => {
    const { call, read } = await scopeOf(scope, unmoved.emulator);
    for (const [method, path, body] of [
      ['PUT', '/clock', { now: moment }],
      ['POST', '/clock/freeze', { at: moment }],
    ] as const) {
      const { status, text } = await call(method, path, body);
      expect([status, text]).toEqual([400, expect.stringContaining('such as 2026-01-31T09:00:00Z')]);
    }
    expect(await read()).toEqual(running(0));
  });

  it('a clock emits clock.moved after each change', async () => {
    const { emulator, call, project } = await open(scope);
    await call('POST', '/clock/freeze');
    await call('POST', '/clock/advance', { by: 5 });
    await call('PUT', '/clock', { now: after(7) });
    await call('POST', '/clock/resume');
    expect(emulator.events('clock.moved').map(({ project: of, data }) => [of, data])).toEqual(
      [
        { how: 'frozen', ...stopped(0) },
        { how: 'advanced', ...stopped(5) },
        { how: 'set', ...stopped(7) },
        { how: 'resumed', ...running(7) },
      ].map((data) => [scope === 'project' ? project.id : undefined, data]),
    );
  });
});

/** A clock that is later each time it is read, as the machine's may be. */
class TickingClock extends ManualClock {
  #ticks = 0;

  override now(): number {
    return super.now() + ++this.#ticks;
  }
}

describe.each(['project', 'server'] as const)('one time for each change of the clock of a %s', (scope) => {
  it.each([
    { verb: 'POST', path: '/clock/advance', body: { by: '1h' } },
    { verb: 'PUT', path: '/clock', body: { now: after(3_600_000) }, now: after(3_600_000) },
    { verb: 'POST', path: '/clock/freeze', body: { at: after(3_600_000) }, now: after(3_600_000) },
    { verb: 'POST', path: '/clock/freeze' },
    { verb: 'POST', path: '/clock/resume' },
  ])('the response and the event of a clock change have the same time: $verb $path $body', async (move) => {
    const { emulator, call } = await open(scope, new TickingClock(START));
    const answer = JSON.parse((await call(move.verb, move.path, move.body)).text) as { now: string };
    expect(emulator.events('clock.moved').map(({ data }) => data)).toEqual([
      { how: expect.any(String) as string, ...answer },
    ]);
    if (move.now !== undefined) expect(answer.now).toBe(move.now);
  });
});

describe('clocks of projects and of the server', () => {
  it('the clock of a project is reported as frozen while the clock of the server is frozen', async () => {
    const { emulator, project } = await open('server');
    await emulator.done('POST', '/clock/freeze');
    expect(await project.done('POST', '/clock/resume')).toEqual(stopped(0));
    await emulator.done('POST', '/clock/resume');
    expect(await project.done('GET', '/clock')).toEqual(running(0));
  });

  it.each(['freeze', 'resume'])(
    'advancing the server is a 400 if it would carry a project past the year 9999, after %s',
    async (how) => {
      const { emulator, project } = await open('server');
      await project.done('PUT', '/clock', { now: '9999-12-31T23:30:00Z' });
      await project.done('POST', `/clock/${how}`);
      const { status, text } = await emulator.control('POST', '/clock/advance', { by: '1h' });
      expect(status).toBe(400);
      expect(text).toContain(`that of project ${project.id} would pass it`);
      expect(await emulator.done('GET', '/clock')).toEqual(running(0));
      expect(await project.done('GET', '/clock')).toMatchObject({ now: '9999-12-31T23:30:00.000Z' });
      await emulator.done('POST', '/clock/advance', { by: '29m' });
    },
  );

  it('moving the clock of a project moves neither another project nor the server', async () => {
    const emulator = await ControlledEmulator.start();
    const [one, other] = [await emulator.make(), await emulator.make()];
    await one.done('POST', '/clock/advance', { by: '1h' });
    expect(await one.done('GET', '/clock')).toEqual(running(3_600_000));
    expect(await other.done('GET', '/clock')).toEqual(running(0));
    expect(await emulator.done('GET', '/clock')).toEqual(running(0));
  });

  it('moving the clock of the server moves all projects, including frozen ones', async () => {
    const emulator = await ControlledEmulator.start();
    const [runningProject, frozenProject] = [await emulator.make(), await emulator.make()];
    await runningProject.done('POST', '/clock/advance', { by: '1h' });
    await frozenProject.done('POST', '/clock/freeze');
    emulator.clock.advance(1000);
    await emulator.done('POST', '/clock/advance', { by: '1m' });
    expect(await runningProject.done('GET', '/clock')).toEqual(running(3_661_000));
    expect(await frozenProject.done('GET', '/clock')).toEqual(stopped(60_000));
    await emulator.done('PUT', '/clock', { now: after(71_000) });
    expect(await frozenProject.done('GET', '/clock')).toEqual(stopped(70_000));
  });

  it('a frozen project stays frozen when the server is frozen and resumed', async () => {
    const emulator = await ControlledEmulator.start();
    const [runningProject, frozenProject] = [await emulator.make(), await emulator.make()];
    await frozenProject.done('POST', '/clock/freeze');
    await emulator.done('POST', '/clock/freeze', { at: after(500) });
    emulator.clock.advance(10_000);
    expect(await runningProject.done('GET', '/clock')).toEqual(stopped(500));
    expect(await frozenProject.done('GET', '/clock')).toEqual(stopped(500));
    await emulator.done('POST', '/clock/resume');
    emulator.clock.advance(1);
    expect(await runningProject.done('GET', '/clock')).toEqual(running(501));
    expect(await frozenProject.done('GET', '/clock')).toEqual(stopped(500));
  });

  it('the clock of an unknown project is a 404', async () => {
    const emulator = await ControlledEmulator.start();
    for (const id of ['ffffffffffffffffffffffff', 'x']) {
      const response = await emulator.control('POST', `/projects/${id}/clock/freeze`);
      expect([response.status, response.json().detail]).toEqual([404, `There is no project ${id}.`]);
    }
    expect(START).toBe(emulator.clock.now());
  });
});
