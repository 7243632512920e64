import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/world.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const SKIPPED = JSON.stringify(join(ROOT, 'test/support/skipped.ts'));

const CONFIG = `import own from ${JSON.stringify(join(ROOT, 'vitest.config.ts'))};
  export default { test: { reporters: own.test.reporters, globals: true } };`;

const TESTS = `import { skippedUnless } from ${SKIPPED};
  it('runs', skippedUnless(true, 'never printed'), () => {});
  describe('suite', skippedUnless(false, 'no network'), () => { it('one', () => {}); it('two', () => {}); });
  it.skip('three', () => {});`;

it('a run with skipped tests ends with a line for each reason', { timeout: 60_000 }, () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'vitest.config.ts'), CONFIG);
  writeFileSync(join(folder, 'some.test.ts'), TESTS);
  const run = spawnSync(process.execPath, [VITEST, 'run', '--root', folder], { encoding: 'utf8' });
  expect(run.status, run.stdout + run.stderr).toBe(0);
  const lastLines = run.stdout.trimEnd().split('\n').slice(-2);
  expect(lastLines).toEqual(['skipped: 2 (no network)', 'skipped: 1 (no reason given: three)']);
});
