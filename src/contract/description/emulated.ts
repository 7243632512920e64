import { buildApp } from '../../app.js';
import { defaultConfig } from '../../config.js';
import { readFixture } from '../../version.js';
import type { Difference } from './compare.js';
import { digestOf, expanded, type Content, type Digest, type Known, type Part } from './digest.js';

/** What the emulator has of a difference. */
export interface Verdict {
  readonly emulator: 'has it' | 'has not' | 'differs' | 'does not emulate the operation';
  /** Names in docs/deviations.md of known deviations at this place. */
  readonly known: readonly string[];
}

/** Deviations from the description by name, each as `createGroup: status 201`. `errors` stands for every operation. */
const DEVIATIONS = (
  readFixture('contract/deviations.json') as {
    readonly description: Readonly<Record<string, readonly string[]>>;
  }
).description;

const { titles: ROLE_TITLES } = readFixture('roles.json') as {
  readonly titles: Readonly<Record<string, string>>;
};

/** The digest of the document that the emulator serves. */
export async function emulatedDigest(): Promise<Digest> {
  const { server } = await buildApp(defaultConfig({ logLevel: 'silent' }));
  try {
    const { body } = await server.inject('/_emulator/openapi.json');
    return digestOf(JSON.parse(body) as Part);
  } finally {
    await server.close();
  }
}

/** Returns what the emulator has of a difference, by the digest of its own document. */
export function verdictOf(difference: Difference, emulated: Digest): Verdict {
  const { operation, kind, what, name, before, after } = difference;
  const own = emulated.operations[operation];
  if (!own) return { emulator: 'does not emulate the operation', known: [] };
  const known = knownAs(difference, own.id);
  const has = (isThere: boolean): Verdict => ({ emulator: isThere ? 'has it' : 'has not', known });
  const compared = (values: readonly string[]): Verdict => {
    const [wanted, other] = kind === 'gone' ? [before, after] : [after, before];
    const isThere = (value: string | undefined): boolean =>
      value === undefined ? values.length === 0 : values.includes(value);
    if (isThere(wanted)) return has(true);
    return isThere(other) ? has(false) : { emulator: 'differs', known };
  };
  if (what === 'operation') return has(true);
  if (what === 'operation id') return compared([own.id]);
  if (what === 'role') return has((own.roles ?? []).some((role) => ROLE_TITLES[role] === name));
  if (what === 'body') return has(own.body !== undefined);
  if (what === 'status') return has(name in own.responses);

  const [place = '', status = ''] = difference.place.split(' ');
  const content: Content | undefined = place === 'body' ? own.body : own.responses[status];
  if (what === 'media type') return has(content !== undefined && name in content);
  const type = difference.place.replace(/^(?:body|response \d+) /, '');
  const schema = place === '' ? own.parameters : (content?.[type] ?? Object.values(content ?? {})[0]);
  if (schema === undefined) return has(false);
  const facts = withoutChoices(expanded(schema, emulated.schemas)).get(plain(name));
  if (what === 'field' || what === 'parameter') return has(facts !== undefined);
  if (!facts) return { emulator: 'differs', known };

  const valuesOf = (keyword: string): string[] =>
    [...facts].flatMap((fact) =>
      // A text of a request that is empty counts as absent.
      fact.startsWith(`${keyword}=`) ? fact.slice(keyword.length + 1).replace(/^\^\$\|/, '') : [],
    );
  if (what === 'enumeration value') {
    const values = valuesOf('enum');
    // A field of a request without an enumeration takes every value.
    if (values.length > 0 || place === 'body') {
      return has(values.length === 0 || values.includes(after ?? before ?? ''));
    }
    return { emulator: 'differs', known };
  }
  if (before === undefined && after === undefined) return has(facts.has(what));
  return compared(what === 'type' ? [...facts] : valuesOf(what === 'enumeration' ? 'enum' : what));
}

/** The paths of the values of an answer, whatever choice they are of, and whether they are in an envelope. */
function withoutChoices(paths: ReadonlyMap<string, Known>): Map<string, Set<string>> {
  const merged = new Map<string, Set<string>>();
  for (const [path, { facts }] of paths) {
    merged.set(plain(path), new Set([...(merged.get(plain(path)) ?? []), ...facts]));
  }
  return merged;
}

const plain = (path: string): string => path.replace(/<[^<>]*>/g, '');

/** The deviations that a difference is about: of its operation, or of errors in general. */
function knownAs({ what, name, place }: Difference, id: string): string[] {
  const status = /^response (\d+)/.exec(place)?.[1] ?? (what === 'status' ? name : '');
  const isAbout = (deviation: string): boolean => {
    const [operation, of = ''] = deviation.split(/: (.*)/s);
    if (operation !== id && !(operation === 'errors' && Number(status) >= 400)) return false;
    const listed = /^status (\d+)$/.exec(of)?.[1];
    // Another success than the described one.
    if (listed !== undefined) {
      return what === 'status' && (listed === status || (listed.startsWith('2') && status.startsWith('2')));
    }
    return name !== '' && of.startsWith(`${name} `);
  };
  return Object.keys(DEVIATIONS).filter((key) => DEVIATIONS[key]?.some(isAbout));
}
