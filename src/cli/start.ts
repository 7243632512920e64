#!/usr/bin/env node
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

const BUNDLE = 'cli-main.cjs';
const inDist = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What V8 has compiled of the bundle, and a checksum at the end. Another version of Node has no use for it. */
const CODE = inDist(`cli-code-${process.version}-${process.platform}-${process.arch}`);
const CHECKSUM_BYTES = 4;

/** Of both files: V8 would run code of another source of the same length, and crash on damaged code. */
const checksum = (bundle: Buffer, code: Buffer): number => crc32(code, crc32(bundle));

function storedCode(bundle: Buffer): Buffer | undefined {
  if (!existsSync(CODE)) return undefined;
  const file = readFileSync(CODE);
  const code = file.subarray(0, -CHECKSUM_BYTES);
  const isSound = code.length > 0 && file.readUInt32LE(code.length) === checksum(bundle, code);
  return isSound ? code : undefined;
}

function compile(bundle: Buffer): Script {
  // It is ASCII: see bundle.js. Traces name no folder: the one of the build is in the compiled code.
  const source = `(function (require, __filename) {${bundle.toString('latin1')}\n})`;
  return new Script(source, { filename: BUNDLE, cachedData: storedCode(bundle) });
}

/** The command; `cachedDataRejected` is false if V8 uses the stored code. */
export const script = compile(readFileSync(inDist(BUNDLE)));

/** Stores what V8 has compiled until now. The build calls it: see code-cache.js. */
export function storeCode(): void {
  const code = script.createCachedData();
  const end = Buffer.alloc(CHECKSUM_BYTES);
  end.writeUInt32LE(checksum(readFileSync(inDist(BUNDLE)), code));
  writeFileSync(CODE, Buffer.concat([code, end]));
}

const main = script.runInThisContext() as (require: NodeJS.Require, filename: string) => void;
main(createRequire(import.meta.url), inDist(BUNDLE));
