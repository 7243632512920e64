import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { makeAuthority, type KeyPair } from './certificates.js';

/** TLS cannot be served as the settings want it; `message` is one line that says which file or setting. */
export class TlsError extends Error {}

/** An authority that ends sooner is replaced, so that none ends while a server runs on it. */
const SHORTEST_REST_MS = 400 * 86_400_000;

/** Where the authority of a database file is kept: beside it, so that it is the same after a restart. */
export function authorityFiles(database: string): { readonly cert: string; readonly key: string } {
  return { cert: `${database}-ca.pem`, key: `${database}-ca-key.pem` };
}

/**
 * The authority kept beside a database file; one is made if there is none.
 *
 * @throws {TlsError} if its files cannot be used
 */
export async function keptAuthority(database: string, now: number): Promise<KeyPair> {
  const files = authorityFiles(database);
  try {
    if (existsSync(files.cert) && existsSync(files.key)) {
      const kept = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
      if (lasts(kept, now)) return kept;
    }
    const made = await makeAuthority(now);
    replace(files.key, made.key, 0o600);
    replace(files.cert, made.cert, 0o644);
    return made;
  } catch (error) {
    throw new TlsError(
      `the authority in ${files.cert} and ${files.key} cannot be used: ${(error as Error).message}; without the two files a new one is made`,
    );
  }
}

function lasts({ cert, key }: KeyPair, now: number): boolean {
  const certificate = new X509Certificate(cert);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) {
    throw new Error('the key is not that of the certificate');
  }
  return Date.parse(certificate.validTo) - now > SHORTEST_REST_MS;
}

/** Whole or not at all: a process that dies meanwhile leaves no half of a file. */
function replace(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
}
