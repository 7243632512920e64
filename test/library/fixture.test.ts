import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { connectEmulator, startEmulator, type Emulator } from '../../src/index.js';
import { emulatorOf, test } from '../../src/vitest.js';
import { countLinks, createLink, stateOf } from './emulators.js';

const seen: { readonly emulator: Emulator; readonly id: string }[] = [];

// The second test depends on the first.
describe('the vitest fixture', { shuffle: false }, () => {
  test('the vitest fixture provides a project', async ({ emulator, project }) => {
    seen.push({ emulator, id: project.id });
    expect(project.profile).toBe('documented');
    await createLink(project);
    await project.clock.advance('2s');
    expect(await countLinks(project)).toBe(1);
  });

  test('the vitest fixture provides the next test with another project, and deletes the first', async ({
    emulator,
    project,
  }) => {
    expect(emulator).toBe(seen[0]?.emulator);
    expect(project.id).not.toBe(seen[0]?.id);
    expect((await emulator.projects()).map(({ id }) => id)).not.toContain(seen[0]?.id);
    expect(await countLinks(project)).toBe(0);
  });

  describe('with options', () => {
    test.override({ profile: 'observed', durations: { idleMs: 5000 }, movement: 'time' });

    test('the vitest fixture creates projects with the options of the suite', async ({ project }) => {
      expect(await project.info()).toMatchObject({ profile: 'observed', durations: { idleMs: 5000 } });
    });
  });

  describe('with a movement', () => {
    test.override('movement', { reads: 2 });

    test('the vitest fixture creates projects with the movement of the suite', async ({ project }) => {
      const { _id: id } = await createLink(project);
      const states = [await stateOf(project, id), await stateOf(project, id), await stateOf(project, id)];
      expect(states).toEqual(['PENDING', 'PENDING', 'DONE']);
    });
  });
});

describe('the vitest fixture with ATLAS_EMULATOR_URL', () => {
  test('the vitest fixture uses the emulator of ATLAS_EMULATOR_URL', async () => {
    await using elsewhere = await startEmulator({ controlToken: 'token-of-a-suite' });
    await using emulator = await emulatorOf({
      ATLAS_EMULATOR_URL: elsewhere.url,
      ATLAS_EMULATOR_CONTROL_TOKEN: 'token-of-a-suite',
    });
    const project = await emulator.project();
    expect((await elsewhere.projectById(project.id)).id).toBe(project.id);
  });

  test.for(['', ' ', '\t'])('the vitest fixture takes a variable that is %j for none', async (blank) => {
    const sent: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      sent.push(headers.authorization);
      response.end('{"now":"2026-01-01T00:00:00.000Z"}');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await emulatorOf({ ATLAS_EMULATOR_URL: url, ATLAS_EMULATOR_CONTROL_TOKEN: blank });
    await connectEmulator(url, blank);
    expect(sent).toEqual([undefined, undefined]);
    await using own = await emulatorOf({ ATLAS_EMULATOR_URL: blank });
    expect((await own.health()).status).toBe('ready');
  });

  test.for(['', ' '])('a setting of the library that is %j is not set', async (blank) => {
    await using emulator = await startEmulator({ controlToken: blank, fixture: blank, publicUrl: blank });
    expect(emulator.controlToken).toBeUndefined();
    expect((await emulator.projects()).length).toBe(2);
  });
});
