import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes a fixture to a file of its own, for `--fixture`; gone when the test is finished. Returns its path. */
export function fixtureFile(organizations: readonly object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-fixture-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'fixture.json');
  writeFileSync(path, JSON.stringify({ organizations }));
  return path;
}
