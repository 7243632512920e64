import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/clients/**'],
    setupFiles: ['test/support/ticking-time.ts'],
    // Child processes (the command, curl, Python) on a busy two-core machine; no test waits for time itself.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Or the tests of the vitest fixture would use the emulator of who runs them.
    env: { ATLAS_EMULATOR_URL: '', ATLAS_EMULATOR_CONTROL_TOKEN: '' },
    // By default one core is left out, which on two cores halves the speed.
    maxWorkers: '100%',
    // The sources are loaded once by each worker, not by each of ninety files: a third of the time. So tests share
    // modules, and none may leave anything behind in one.
    isolate: false,
    // A test leaves an emulator behind for the garbage collector: more room for it, less work.
    execArgv: ['--max-semi-space-size=64'],
  },
});
