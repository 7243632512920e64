import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../../exit.js';
import { readFixture } from '../../version.js';
import { digestOf, partOf, PREFIX, type Digest, type Part } from './digest.js';

/** The largest file that is read, in bytes: the published ones have three to five million. */
const LARGEST = 64 * 1024 * 1024;

const STREAMS = /^\w+ \/groups\/\{\w+\}\/streams(?:[/:]|$)/;

/** The digest of Atlas's description that the package has. */
export function ownDigest(): Digest {
  return readFixture('contract/description.json') as Digest;
}

/**
 * Reads an official description, and reduces it to the operations of a digest and all others of stream processing.
 *
 * @throws {UsageError} if it is none: it cannot be read, describes another API, or was rewritten by a generator
 */
export async function readDescription(path: string, own: Digest): Promise<Digest> {
  const document = await parse(path);
  if (!String(document.openapi).startsWith('3.')) {
    throw new UsageError(`${path} is not an OpenAPI 3 description`);
  }
  const digest = digestOf(document, (operation) => operation in own.operations || STREAMS.test(operation));
  if (Object.keys(digest.operations).length === 0) {
    throw new UsageError(
      `${path} describes another API: it has no path that begins with ${PREFIX}/groups/{groupId}/streams`,
    );
  }
  const signs = rewritingSigns(document, digest, own);
  if (signs.length > 0) {
    throw new UsageError(
      `${path} is not the description as published, but looks like one that a generator of SDKs has rewritten: ${signs.join(', ')}; compare openapi/v2.json or v2.yaml of https://github.com/mongodb/openapi`,
    );
  }
  return digest;
}

async function parse(path: string): Promise<Part> {
  let text: string;
  try {
    if (statSync(path).size > LARGEST) throw new Error(`it is larger than ${LARGEST / 1024 / 1024} MiB`);
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    if (/^\s*[{[]/.test(text)) return partOf(JSON.parse(text));
    // Loaded on demand: only this needs it.
    const { load } = await import('js-yaml');
    return partOf(load(text));
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n');
    throw new UsageError(`${path} is neither JSON nor YAML: ${line}`);
  }
}

/** What generators of SDKs remove: the SDK for Go flattens choices, and drops enumerations and ids of operations. */
function rewritingSigns(document: Part, digest: Digest, own: Digest): string[] {
  const keys = keysIn(document);
  const parameters = Object.values(digest.operations).flatMap((one) => Object.keys(one.parameters));
  const removed = [
    ...(keys.has('enum') ? [] : ['no field has an enumeration']),
    ...(keys.has('oneOf') || keys.has('discriminator') ? [] : ['no schema has choices (oneOf)']),
    ...(parameters.includes('query envelope') ? [] : ['no operation has the parameter envelope']),
  ];
  // Alone it is no sign: until 2025 the published description had these ids too.
  const renamed = Object.entries(digest.operations).find(
    ([name, { id, alias }]) => alias === undefined && id === own.operations[name]?.alias,
  );
  const name = renamed && `the operation ${own.operations[renamed[0]]?.id} is called ${renamed[1].id}`;
  return removed.length > 0 && name !== undefined ? [name, ...removed] : removed;
}

function keysIn(part: unknown, into = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return into;
  for (const [key, value] of Object.entries(part)) {
    if (!Array.isArray(part)) into.add(key);
    keysIn(value, into);
  }
  return into;
}
