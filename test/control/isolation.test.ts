import { expect, it, vi } from 'vitest';
import type { EmulatorEvent } from '../../src/kernel/events.js';
import { after, ControlledEmulator, START, type LinkState } from './world-support.js';

// Fifty projects in one test: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const PROJECTS = 50;

it(`${PROJECTS} concurrent projects, each moving its own clock, do not affect each other`, async () => {
  const emulator = await ControlledEmulator.start();
  const emitted: EmulatorEvent[] = [];
  emulator.listening.events.subscribe((event) => emitted.push(event));

  await Promise.all(
    Array.from({ length: PROJECTS }, async (_, number) => {
      const profile = number % 2 === 0 ? 'documented' : 'observed';
      const durations = { pendingMs: 1000 + number, idleMs: 500, workingMs: 500 + number };
      const project = await emulator.make({ profile, durations });
      const lasts = 1000 + number;
      const ahead = number * 3_600_000;

      await project.done('POST', '/clock/advance', { by: ahead });
      await project.done('POST', '/clock/freeze');
      project.forgetTokens();
      expect(await project.done('GET', '/clock')).toEqual({ now: after(ahead), frozen: true });

      // The same targets in all of them.
      const ids = [await project.create('one'), await project.create('two')];
      await project.done('POST', '/private-link-rules', { times: 1, fail: `failure ${number}` });
      const failing = await project.create('three');
      await project.done('POST', '/snapshots', { name: 'before' });
      expect(await project.states()).toEqual(Array(3).fill(profile === 'documented' ? 'PENDING' : 'IDLE'));

      await project.done('POST', '/clock/advance', { by: lasts - 1 });
      expect(await project.states()).toEqual(Array(3).fill(profile === 'documented' ? 'PENDING' : 'WORKING'));
      await project.done('POST', '/clock/advance', { by: 1 });
      expect(await project.states()).toEqual(['DONE', 'DONE', 'FAILED']);
      expect((await project.list())[2]?.errorMessage).toBe(`failure ${number}`);
      const { history } = await project.done<LinkState>('GET', `/private-links/${ids[0] ?? ''}`);
      expect(history.map(({ at }) => Date.parse(at) - START - ahead)).toEqual(
        profile === 'documented' ? [0, lasts] : [0, 500, lasts],
      );

      await project.links('DELETE', `/${failing}`);
      await project.done('POST', '/snapshots/before/restore');
      expect((await project.list()).map(({ _id }) => _id)).toEqual([...ids, failing]);
      expect(await project.done('GET', '/clock')).toEqual({ now: after(ahead), frozen: true });
      if (number % 3 === 0) await project.done('POST', '/reset');
      if (number % 3 === 1) await project.done('DELETE', '');
      if (number % 3 !== 1) {
        expect(await project.list()).toHaveLength(number % 3 === 0 ? 0 : 3);
        expect(await project.done('GET', '/private-link-rules')).toMatchObject({
          rules: number % 3 === 0 ? [] : [{ timesLeft: 0 }],
        });
      }

      const changed = emitted.flatMap((event) =>
        event.type === 'link.changed' && event.project === project.id ? [event.data.id] : [],
      );
      expect(new Set(changed)).toEqual(new Set([...ids, failing]));
    }),
  );
  expect(emulator.clock.now()).toBe(START);
  expect(await emulator.done('GET', '/clock')).toEqual({ now: after(0), frozen: false });
  const { projects } = await emulator.done<{ projects: unknown[] }>('GET', '/projects');
  expect(projects).toHaveLength(2 + PROJECTS - Math.ceil((PROJECTS - 1) / 3));
});
