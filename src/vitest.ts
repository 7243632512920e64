import { test as base } from 'vitest';
import { ownVariables } from './cli/variables.js';
import { connectEmulator, type Emulator, type Project, type ProjectOptions } from './client/index.js';
import { ASYNC_DISPOSE } from './client/disposal.js';

/**
 * What the projects of tests are made with: `test.override({ profile: 'observed' })`. The profile is `documented` unless
 * overridden.
 */
export interface ProjectFixtureOptions extends Required<
  Pick<ProjectOptions, 'profile' | 'durations' | 'movement'>
> {}

/** What a test gets. */
export interface EmulatorFixtures extends ProjectFixtureOptions {
  /** A project of the test's own, deleted after it. */
  readonly project: Project;
}

/**
 * vitest's `test`, with an emulator for each worker and a project for each test, so that tests can run in parallel.
 * The emulator runs in the worker; where `ATLAS_EMULATOR_URL` is set, it is the one there, with the control token
 * `ATLAS_EMULATOR_CONTROL_TOKEN`.
 */
export const test = base.extend<{
  $worker: { readonly emulator: Emulator };
  $test: EmulatorFixtures;
}>({
  emulator: [
    // vitest wants the first parameter to be a pattern.
    async ({}, use) => {
      const emulator = await emulatorOf(process.env);
      await use(emulator);
      await emulator.close();
    },
    { scope: 'worker' },
  ],
  profile: 'documented',
  durations: {},
  movement: 'time',
  project: async ({ emulator, profile, durations, movement }, use) => {
    const project = await emulator.project({ profile, durations, movement });
    await use(project);
    await project[ASYNC_DISPOSE]();
  },
});

/** The same, as vitest calls it too. */
export const it = test;

/** The emulator that `ATLAS_EMULATOR_URL` names, or one that is started in this process. */
export async function emulatorOf(env: NodeJS.ProcessEnv): Promise<Emulator> {
  const { ATLAS_EMULATOR_URL: url, ATLAS_EMULATOR_CONTROL_TOKEN: token } = ownVariables(env);
  if (url !== undefined) return connectEmulator(url, token);
  // Loaded only where it is needed: it brings the server along.
  const { startEmulator } = await import('./index.js');
  return startEmulator();
}
