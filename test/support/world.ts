import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SEEDED, type SeededProfile } from './emulator.js';

interface FixtureFile {
  readonly organizations: {
    readonly profile: SeededProfile;
    readonly projects: { readonly id: string; readonly name: string; privateLinks?: readonly object[] }[];
  }[];
}

/** A second project that {@link fixtureWith} can give an organization. */
export const OTHER_PROJECT = '5f0000000000000000000001';

/** A folder that is deleted when the test is finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-streams-emulator-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/**
 * Writes the default fixture with private links in a profile's project.
 *
 * @param elsewhere links of {@link OTHER_PROJECT}, a second project of the same organization
 * @returns the path of the file, which is deleted when the test is finished
 */
export function fixtureWith(
  profile: SeededProfile,
  privateLinks: readonly object[],
  elsewhere?: readonly object[],
): string {
  const fixture = JSON.parse(
    readFileSync(new URL('../../fixtures/default.json', import.meta.url), 'utf8'),
  ) as FixtureFile;
  for (const { projects } of fixture.organizations.filter((one) => one.profile === profile)) {
    for (const project of projects)
      if (project.id === SEEDED[profile].project) project.privateLinks = privateLinks;
    if (elsewhere) projects.push({ id: OTHER_PROJECT, name: 'other', privateLinks: elsewhere });
  }
  const path = join(temporaryFolder(), 'fixture.json');
  writeFileSync(path, JSON.stringify(fixture));
  return path;
}
