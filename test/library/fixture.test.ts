import { describe, expect } from 'vitest';
import { startEmulator, type Emulator } from '../../src/index.js';
import { emulatorOf, test } from '../../src/vitest.js';
import { countLinks, createLink, stateOf } from './ways.js';

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
});
