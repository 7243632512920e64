import { defineConfig } from 'vitest/config';
import { SkipReasons } from './test/support/skipped.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/clients/**'],
    reporters: ['default', new SkipReasons()],
    setupFiles: ['test/support/ticking-time.ts', 'test/support/validated-answers.ts'],
    // Otherwise the tests of the vitest fixture would use the emulator of the caller's environment.
    env: { ATLAS_EMULATOR_URL: '', ATLAS_EMULATOR_CONTROL_TOKEN: '' },
    // The default leaves one core unused, which halves the speed on two cores.
    maxWorkers: '100%',
    // Each worker loads the sources once instead of once per file, which takes a third of the time. Tests share modules,
    // so none may change the state of one.
    isolate: false,
    // Tests create many short-lived emulators: a larger young generation needs fewer collections.
    execArgv: ['--max-semi-space-size=64'],
  },
});
