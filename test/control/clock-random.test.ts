import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../support/clock.js';
import { seeded } from '../support/random.js';
import { ControlledEmulator, START, type LinkState, type TestProject } from './world-support.js';

// A hundred steps in one test, each compared in full: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** A clock whose alarms never ring: a process so busy that its timer comes too late. */
class DeafClock extends ManualClock {
  override setAlarm(): () => void {
    return () => undefined;
  }
}

/** An emulator with a project, and the ids of the project's links in order of creation. */
interface Twin {
  readonly emulator: ControlledEmulator;
  readonly project: TestProject;
  readonly ids: string[];
}

async function twin(clock: ManualClock): Promise<Twin> {
  const emulator = await ControlledEmulator.start({}, clock);
  const durations = { idleMs: 30, workingMs: 50, deleteRequestedMs: 20, deletingMs: 40 };
  return { emulator, project: await emulator.make({ profile: 'observed', durations }), ids: [] };
}

type Action = (twin: Twin) => Promise<unknown>;

/** A random action of a client, a test or the clock. */
function randomAction(random: () => number, step: number, restores: boolean): Action {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const [ms, number, scope] = [Math.floor(random() * 60), random(), pick('project', 'server')];
  const of = ({ project, emulator }: Twin): Pick<TestProject, 'control'> =>
    scope === 'project' ? project : emulator;
  const link = ({ ids }: Twin): string => ids[Math.floor(number * ids.length)] ?? 'none';
  const control =
    (method: string, path: string, body?: object): Action =>
    (one) =>
      of(one).control(method, path, body);
  const onLink =
    (method: string, path: string, body?: object): Action =>
    ({ project, ...one }) =>
      project.control(method, `/private-links/${link({ project, ...one })}${path}`, body);
  const create: Action = async (one) => one.ids.push(await one.project.create(`r${step}`));
  const elapse: Action = async ({ emulator }) => {
    emulator.clock.advance(ms);
  };
  return pick<Action>(
    ...[create, create, create, elapse, elapse, elapse],
    control('POST', '/clock/advance', { by: ms }),
    control('POST', '/clock/advance', { by: ms }),
    control('POST', '/clock/freeze'),
    control('POST', '/clock/resume'),
    (one) => one.project.links('DELETE', `/${link(one)}`),
    (one) => one.project.links('PATCH', `/${link(one)}`, { dnsDomain: `d${step}.example` }),
    onLink('POST', '/hold'),
    onLink('POST', '/step'),
    onLink('POST', '/release'),
    onLink('PUT', '/state', { state: pick('WORKING', 'FAILED', 'DONE') }),
    control('PATCH', '', { movement: pick<unknown>('time', 'by hand', 'at once', { reads: 2 }) }),
    ...(restores
      ? [
          control('POST', '/snapshots', { name: 's' }),
          control('POST', '/snapshots/s/restore'),
          control('POST', '/snapshots/s/restore'),
          (one: Twin) => one.project.control('POST', '/reset'),
        ]
      : []),
  );
}

/** All that can be seen of the project's links, in which the emulators' own ids are numbers. */
async function view({ project, ids, emulator }: Twin): Promise<string> {
  const links = await project.list();
  const states = await Promise.all(
    links.map(({ _id }) => project.done<LinkState>('GET', `/private-links/${_id}`)),
  );
  const clocks = [await project.done('GET', '/clock'), await emulator.done('GET', '/clock')];
  const shown = links.map(({ _id, state, dnsDomain }) => ({ _id, state, dnsDomain }));
  return ids.reduce(
    (text, id, index) => text.replaceAll(id, `#${index}`),
    JSON.stringify({ shown, states, clocks }),
  );
}

describe('random sequences of operations', () => {
  it.each([1, 2, 3, 4])('responses do not depend on whether timers fire on time (seed %i)', async (seed) => {
    const twins = [await twin(new ManualClock(START)), await twin(new DeafClock(START))] as const;
    const random = seeded(seed);
    for (let step = 0; step < 90; step += 1) {
      const next = randomAction(random, step, true);
      for (const one of twins) await next(one);
      expect(await view(twins[1]), `step ${step}`).toBe(await view(twins[0]));
    }
    expect(twins[0].ids.length).toBeGreaterThan(10);
  });

  it.each([7, 8, 9])('each state of a link is emitted once, as in its history (seed %i)', async (seed) => {
    const one = await twin(new ManualClock(START));
    const emitted = new Map<string, string[]>();
    one.emulator.listening.events.subscribe((event) => {
      if (event.type !== 'link.changed') return;
      const { id, state, at, cause } = event.data;
      emitted.set(id, [...(emitted.get(id) ?? []), `${state} ${new Date(at).toISOString()} ${cause}`]);
    });
    const random = seeded(seed);
    for (let step = 0; step < 120; step += 1) await randomAction(random, step, false)(one);
    one.emulator.clock.advance(0);
    await one.emulator.done('GET', '/clock');
    const links = await one.project.list();
    expect(links.length).toBeGreaterThan(5);
    for (const { _id } of links) {
      const { history } = await one.project.done<LinkState>('GET', `/private-links/${_id}`);
      expect(emitted.get(_id)).toEqual(history.map(({ state, at, why }) => `${state} ${at} ${why}`));
    }
    const gone = one.ids.filter((id) => !links.some(({ _id }) => _id === id));
    for (const id of gone) expect(emitted.get(id)?.at(-1)).toMatch(/^DELETED /);
  });

  it.each([11, 12])(
    'concurrent operations leave links, lists and histories consistent (seed %i)',
    async (seed) => {
      const one = await twin(new ManualClock(START));
      const random = seeded(seed);
      await one.project.token();
      for (let round = 0; round < 12; round += 1) {
        const actions = Array.from({ length: 8 }, (_, index) =>
          randomAction(random, round * 10 + index, true),
        );
        await Promise.all(actions.map((next) => next(one)));
        // What is shown of a link one by one, and in a list, is the same; and no state lies ahead of the clock.
        const { now } = await one.project.done<{ now: string }>('GET', '/clock');
        for (const { _id, state } of await one.project.list()) {
          const report = await one.project.done<LinkState>('GET', `/private-links/${_id}`);
          expect(report.state).toBe(state);
          for (const { at } of report.history) expect(at <= now, `${at} ${now}`).toBe(true);
        }
      }
      // Time runs for all that is left, and brings it to its end.
      await one.emulator.control('POST', '/clock/resume');
      await one.project.control('POST', '/clock/resume');
      one.emulator.clock.advance(1000);
      const waiting = (await one.project.list()).filter(({ state }) =>
        ['DELETE_REQUESTED', 'DELETING'].includes(String(state)),
      );
      for (const { _id } of waiting) {
        const { held } = await one.project.done<LinkState>('GET', `/private-links/${_id}`);
        expect(held).toBe(true);
      }
    },
  );
});
