import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createSecureContext } from 'node:tls';
import { addressesOf } from '../addresses.js';
import type { Config } from '../config.js';
import { UsageError } from '../exit.js';
import { isGroupWritable, readText } from '../kernel/files.js';
import { makeAuthority, makeCertificate, type KeyPair } from './certificates.js';

/** The certificate of HTTPS and its authority. */
export interface TlsIdentity extends KeyPair {
  /** The authority that clients must trust, as PEM; undefined with a certificate of the user's own. */
  readonly ca: string | undefined;
  /** The file with the authority, if there is one. */
  readonly caFile: string | undefined;
}

/** An authority that expires sooner is replaced, so that none expires while a server uses it. */
const SHORTEST_REST_MS = 400 * 86_400_000;

/**
 * The certificate of HTTPS; undefined without `tls`.
 *
 * @throws {UsageError} if the files that the settings name cannot be used
 */
export async function tlsIdentity(settings: Config, now: number): Promise<TlsIdentity | undefined> {
  const { tls, tlsCert, tlsKey, tlsName, db } = settings;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('--tls-cert and --tls-key go together, and one of them is missing');
  }
  if (tlsCert !== undefined && tlsName !== undefined) {
    throw new UsageError('--tls-name is for a generated certificate, and --tls-cert names one of your own');
  }
  if (!tls) {
    if (tlsCert === undefined && tlsName === undefined) return undefined;
    const flags = tlsName === undefined ? '--tls-cert and --tls-key go' : '--tls-name goes';
    throw new UsageError(`${flags} with --tls, which is missing`);
  }
  if (tlsCert !== undefined && tlsKey !== undefined) return ownIdentity(tlsCert, tlsKey);

  const caFile = db === ':memory:' ? undefined : `${db}-ca.pem`;
  const authority = await (caFile === undefined
    ? makeAuthority(now)
    : storedAuthority(caFile, `${db}-ca-key.pem`, now));
  return { ...(await makeCertificate(authority, namesOf(settings), now)), ca: authority.cert, caFile };
}

/** The authority in files beside the database, which a restart uses again; generated if there is none. */
async function storedAuthority(certFile: string, keyFile: string, now: number): Promise<KeyPair> {
  try {
    if (existsSync(certFile) && existsSync(keyFile)) {
      const stored = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
      const certificate = new X509Certificate(stored.cert);
      if (!certificate.checkPrivateKey(createPrivateKey(stored.key))) {
        throw new Error('the key is not that of the certificate');
      }
      if (Date.parse(certificate.validTo) - now > SHORTEST_REST_MS) return stored;
    }
    const made = await makeAuthority(now);
    replaceFile(keyFile, made.key, 0o600);
    replaceFile(certFile, made.cert, 0o644);
    return made;
  } catch (error) {
    const problem = `the authority in ${certFile} and ${keyFile} cannot be used: ${(error as Error).message}`;
    throw new UsageError(`${problem}; delete both files to generate a new one`);
  }
}

/** Atomically: a process that is killed does not leave a part of a file. */
function replaceFile(path: string, text: string, mode: number): void {
  const open = isGroupWritable(path) ? mode | 0o060 : mode;
  writeFileSync(`${path}.new`, text, { mode: open });
  // Unlike the mode of a new file, independent of the umask.
  chmodSync(`${path}.new`, open);
  renameSync(`${path}.new`, path);
}

function ownIdentity(certFile: string, keyFile: string): TlsIdentity {
  const cert = read('--tls-cert', certFile);
  const key = read('--tls-key', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const wanted = 'must hold a certificate and its key without a password, as PEM';
    const files = `${certFile} (--tls-cert) and ${keyFile} (--tls-key)`;
    throw new UsageError(`${files} ${wanted}: ${(error as Error).message}`);
  }
  return { cert, key, ca: undefined, caFile: undefined };
}

function read(flag: string, path: string): string {
  try {
    return readText(path);
  } catch (error) {
    throw new UsageError(`${path} (${flag}) cannot be read: ${(error as Error).message}`);
  }
}

/** The names and addresses that clients use: those of this machine, of the public address, and of `tlsName`. */
function namesOf({ host, publicUrl, tlsName = [] }: Config): readonly string[] {
  const given = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  const listening = addressesOf(host).filter((one) => !['0.0.0.0', '::'].includes(one));
  const names = ['localhost', hostname(), ...given, ...listening, ...[tlsName].flat()];
  return ['localhost', ...addressesOf(names)];
}
