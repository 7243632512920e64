import { compareDigests } from './compare.js';
import type { Digest } from './digest.js';
import { emulatedDigest, verdictOf } from './emulated.js';
import { ownDigest, readDescription } from './read.js';
import { rowsOf, type Row } from './report.js';

export { FORMATS } from './report.js';

/**
 * Compares an official description of Atlas with the digest of the package.
 *
 * @param path a JSON or YAML file
 * @throws {UsageError} if the file is no official description
 */
export async function diffDescription(path: string): Promise<{ rows: Row[]; from: Digest; to: Digest }> {
  const from = ownDigest();
  const to = await readDescription(path, from);
  const differences = compareDigests(from, to);
  const emulated = differences.length === 0 ? undefined : await emulatedDigest();
  const judged = emulated && differences.map((one) => ({ ...one, ...verdictOf(one, emulated) }));
  const idOf = (name: string): string => (to.operations[name] ?? from.operations[name])?.id ?? name;
  return { rows: rowsOf(judged ?? [], idOf), from, to };
}
