import { readFileSync } from 'node:fs';

/** The version of the package. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** The files that the package brings: the default fixture, migrations, error bodies, examples. */
export const FIXTURES = new URL('../fixtures/', import.meta.url);

/** Reads one of the {@link FIXTURES} that is JSON. */
export const readFixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'));
