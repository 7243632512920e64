import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createSecureContext } from 'node:tls';
import { authorityFiles, keptAuthority, TlsError } from './authority.js';
import { makeAuthority, makeCertificate, type KeyPair } from './certificates.js';

/** The settings that say with which certificate https is served. */
export interface TlsSettings {
  readonly tls: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly host: string;
  readonly publicUrl?: string;
  readonly db: string;
}

/** What https is served with. */
export interface TlsIdentity extends KeyPair {
  /** The authority that clients must trust, as PEM; undefined with a certificate of the user's own. */
  readonly ca: string | undefined;
  /** The file that holds it, where it is kept. */
  readonly caFile: string | undefined;
}

/**
 * The certificate to serve https with; undefined without `tls`.
 *
 * @throws {TlsError} if the files that the settings name cannot be used
 */
export async function tlsIdentity(settings: TlsSettings, now: number): Promise<TlsIdentity | undefined> {
  const { tls, tlsCert, tlsKey, db } = settings;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new TlsError('--tls-cert and --tls-key go together, and one of them is missing');
  }
  if (!tls) {
    if (tlsCert === undefined) return undefined;
    throw new TlsError('--tls-cert and --tls-key go with --tls, which is missing');
  }
  if (tlsCert !== undefined && tlsKey !== undefined) return ownIdentity(tlsCert, tlsKey);

  const kept = db !== ':memory:';
  const authority = kept ? await keptAuthority(db, now) : await makeAuthority(now);
  return {
    ...(await makeCertificate(authority, namesOf(settings), now)),
    ca: authority.cert,
    caFile: kept ? authorityFiles(db).cert : undefined,
  };
}

function ownIdentity(certFile: string, keyFile: string): TlsIdentity {
  const cert = read('--tls-cert', certFile);
  const key = read('--tls-key', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new TlsError(
      `${certFile} (--tls-cert) and ${keyFile} (--tls-key) must hold a certificate and its key without a password, as PEM: ${(error as Error).message}`,
    );
  }
  return { cert, key, ca: undefined, caFile: undefined };
}

function read(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TlsError(`${path} (${flag}) cannot be read: ${(error as Error).message}`);
  }
}

const ANY_ADDRESS = ['0.0.0.0', '::'];

/** The names and addresses by which clients may call: this machine's, and that of the public address. */
function namesOf({ host, publicUrl }: TlsSettings): readonly string[] {
  const given = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')];
  const listening = ANY_ADDRESS.includes(host) ? [] : [host];
  const names = ['localhost', '127.0.0.1', '::1', hostname(), ...given, ...listening];
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
