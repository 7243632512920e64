import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Fixture, FixtureSection } from './fixture-schema.js';
import { FixtureError, readFixture } from './fixture.js';

type Json = Record<string, unknown>;

/** The lists whose items several files can define together, and what an item is. */
const SHARED: Readonly<Record<string, string>> = { organizations: 'organization', projects: 'project' };

/**
 * Reads the fixtures of files, and of the `*.json` files of folders in the order of their names, and adds them up.
 *
 * @returns the fixture, and the names of the files
 * @throws {FixtureError} if one cannot be used, or defines something differently than another
 */
export function readFixtures(paths: readonly string[], sections: readonly FixtureSection[]) {
  const files = [...new Set(paths.flatMap(filesOf))];
  const sum = new Sum();
  for (const file of files) inFile(file, () => sum.add(file, readFixture(file, sections)));
  return { fixture: sum.fixture as Fixture, name: files.join(', ') };
}

/** Runs work on a fixture. A {@link FixtureError} of it then begins with the name of the file. */
export function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof FixtureError ? new FixtureError(`${file}: ${error.message}`) : error;
  }
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => /^[^.].*\.json$/.test(name));
  return names.length > 0 ? names.sort().map((name) => join(path, name)) : [path];
}

/** The sum of fixtures. */
class Sum {
  readonly fixture: Json = {};
  /** What was defined, by what it is called: its value, and the file. */
  readonly #defined = new Map<string, { readonly value: unknown; readonly file: string }>();

  /** Adds an object of a file. @param of what the object is, such as ` of project …` */
  add(file: string, added: Json, to = this.fixture, of = ''): void {
    for (const [key, value] of Object.entries(added)) {
      if (Array.isArray(value)) this.#addItems(file, key, value as Json[], (to[key] ??= []) as Json[], of);
      else if (this.#isNew(file, key + of, value)) to[key] = value;
    }
  }

  #addItems(file: string, key: string, added: readonly Json[], to: Json[], of: string): void {
    const kind = SHARED[key];
    for (const item of added) {
      if (kind === undefined) {
        const fresh = namesOf(item).map((name) => this.#isNew(file, `${key}${of}: ${name}`, item));
        if (fresh.includes(true)) to.push(item);
      } else {
        const thing = `${kind} ${String(item.id)}`;
        const isNew = this.#isNew(file, thing, of);
        if (isNew) to.push({});
        const target = isNew ? to.at(-1) : to.find(({ id }) => id === item.id);
        this.add(file, item, target, ` of ${thing}`);
      }
    }
  }

  /** Whether no earlier file has defined a thing. @throws {FixtureError} if one has, differently */
  #isNew(file: string, thing: string, value: unknown): boolean {
    const first = this.#defined.get(thing);
    if (!first) this.#defined.set(thing, { value, file });
    // What one file has twice is left to the loader.
    if (!first || first.file === file) return true;
    if (isDeepStrictEqual(first.value, value)) return false;
    throw new FixtureError(`${first.file} defines the ${thing} differently`);
  }
}

/** What identifies an item: its ids, else all of it. */
function namesOf({ id, _id, apiKey, serviceAccount, ...rest }: Json): string[] {
  const { publicKey } = (apiKey ?? {}) as Json;
  const { clientId } = (serviceAccount ?? {}) as Json;
  const names = [id, _id, publicKey, clientId].filter((name) => typeof name === 'string');
  return names.length > 0 ? names : [JSON.stringify(rest)];
}
