import { generateKeyPair, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import type { pki as Pki } from 'node-forge';

/** A certificate and its private key, as PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Some clients reject certificates that are valid for more than 398 days. */
const LEAF_DAYS = 397;

/**
 * Makes an authority that signs only this emulator's certificates.
 *
 * @param now milliseconds since 1970
 */
export function makeAuthority(now: number): Promise<KeyPair> {
  const subject = [
    { shortName: 'O', value: 'atlas-streams-emulator' },
    // A client that trusts several authorities selects one by its name.
    { shortName: 'CN', value: `atlas-streams-emulator ${randomBytes(4).toString('hex')}` },
  ];
  return makeKeyPair(now, AUTHORITY_DAYS, subject, [
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
  ]);
}

/**
 * Makes the certificate of a server.
 *
 * @param names its host names and addresses
 * @param now milliseconds since 1970
 */
export function makeCertificate(authority: KeyPair, names: readonly string[], now: number): Promise<KeyPair> {
  const altNames = names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name }));
  const extensions = [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ];
  return makeKeyPair(now, LEAF_DAYS, [{ shortName: 'CN', value: 'localhost' }], extensions, authority);
}

/** @param authority signs the certificate; without it, the certificate signs itself */
async function makeKeyPair(
  now: number,
  days: number,
  subject: Pki.CertificateField[],
  extensions: readonly object[],
  authority?: KeyPair,
): Promise<KeyPair> {
  // Loaded on demand: a start without TLS does not need it.
  const { md, pki } = (await import('node-forge')).default;
  // node-forge generates keys in JavaScript, which takes seconds.
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const { n, e } = pki.privateKeyFromPem(key);
  const issuer = authority && pki.certificateFromPem(authority.cert);

  const certificate = pki.createCertificate();
  certificate.publicKey = pki.setRsaPublicKey(n, e);
  // Positive and unique: clients reject two certificates of one issuer with the same number.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  // A client's clock may be behind.
  certificate.validity.notBefore = new Date(now - DAY_MS);
  certificate.validity.notAfter = new Date(now + (days - 1) * DAY_MS);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer?.subject.attributes ?? subject);
  const issuerId = issuer?.generateSubjectKeyIdentifier().getBytes();
  certificate.setExtensions([
    ...extensions,
    { name: 'subjectKeyIdentifier' },
    // Python 3.13 and later require it.
    ...(issuerId === undefined ? [] : [{ name: 'authorityKeyIdentifier', keyIdentifier: issuerId }]),
  ]);
  certificate.sign(pki.privateKeyFromPem(authority?.key ?? key), md.sha256.create());
  return { cert: pki.certificateToPem(certificate).replaceAll('\r\n', '\n'), key };
}
