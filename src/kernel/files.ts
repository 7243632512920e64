import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Reads a UTF-8 file, without its byte order mark.
 *
 * @throws {Error} if it cannot be read, is a directory, or has another encoding
 */
export function readText(path: string | URL): string {
  if (statSync(path).isDirectory()) {
    throw new Error('EISDIR: it is a directory (Docker creates one for a volume whose file does not exist)');
  }
  const bytes = readFileSync(path);
  const encoding = otherEncoding(bytes);
  if (encoding !== undefined) throw new Error(`its encoding is ${encoding}: save it as UTF-8`);
  return new TextDecoder().decode(bytes);
}

/** The encoding of bytes that are not UTF-8; undefined if they are. */
export function otherEncoding(bytes: Buffer): string | undefined {
  const start = bytes.toString('hex', 0, 8);
  // With and without a byte order mark, as in JSON, which starts with ASCII.
  if (/^(?:fffe0000|0000feff)|000000/.test(start)) return 'UTF-32';
  if (/^(?:fffe|feff|..00|00..)/.test(start)) return 'UTF-16';
  return isUtf8(bytes) && !bytes.includes(0) ? undefined : 'neither UTF-8 nor UTF-16';
}

/**
 * Whether the group can write in the directory of a file. Then it must be able to write the file too: on OpenShift, each
 * start can have another user of the group.
 */
export function isGroupWritable(path: string): boolean {
  const directory = statSync(dirname(path), { throwIfNoEntry: false });
  return directory?.isDirectory() === true && (directory.mode & 0o020) !== 0;
}
