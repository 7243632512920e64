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
/** Some clients take no certificate that lasts longer than 398 days. */
const LEAF_DAYS = 397;

type Extensions = readonly object[];

/** The library is loaded only where a certificate is made: a start without TLS does not pay for it. */
async function library(): Promise<typeof Pki> {
  const { default: forge } = await import('node-forge');
  return forge.pki;
}

/**
 * Makes an authority that signs nothing but this emulator's certificates.
 *
 * @param now milliseconds since 1970
 */
export async function makeAuthority(now: number): Promise<KeyPair> {
  const pki = await library();
  const key = await newKey();
  const subject = [
    { shortName: 'O', value: 'atlas-streams-emulator' },
    // Two authorities of one name are told apart by clients that keep several.
    { shortName: 'CN', value: `atlas-streams-emulator ${randomBytes(4).toString('hex')}` },
  ];
  const certificate = unsigned(pki, key, now, AUTHORITY_DAYS);
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return signed(pki, certificate, key, key);
}

/**
 * Makes the certificate of a server.
 *
 * @param names its host names and addresses
 * @param now milliseconds since 1970
 */
export async function makeCertificate(
  authority: KeyPair,
  names: readonly string[],
  now: number,
): Promise<KeyPair> {
  const pki = await library();
  const key = await newKey();
  const issuer = pki.certificateFromPem(authority.cert);
  const certificate = unsigned(pki, key, now, LEAF_DAYS);
  certificate.setSubject([{ shortName: 'CN', value: 'localhost' }]);
  certificate.setIssuer(issuer.subject.attributes);
  const extensions: Extensions = [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
    },
    { name: 'subjectKeyIdentifier' },
    // Python from 3.13 on refuses a certificate without.
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ];
  certificate.setExtensions([...extensions]);
  return signed(pki, certificate, key, authority.key);
}

/** The library makes keys in JavaScript, which takes seconds; Node makes them natively. */
async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function unsigned(pki: typeof Pki, key: string, now: number, days: number): Pki.Certificate {
  const certificate = pki.createCertificate();
  const { n, e } = pki.privateKeyFromPem(key);
  certificate.publicKey = pki.setRsaPublicKey(n, e);
  // Positive, and different for each: clients refuse two certificates of one issuer with the same number.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  // A client's clock may be behind.
  certificate.validity.notBefore = new Date(now - DAY_MS);
  certificate.validity.notAfter = new Date(now + (days - 1) * DAY_MS);
  return certificate;
}

async function signed(
  pki: typeof Pki,
  certificate: Pki.Certificate,
  key: string,
  signer: string,
): Promise<KeyPair> {
  const { md } = (await import('node-forge')).default;
  certificate.sign(pki.privateKeyFromPem(signer), md.sha256.create());
  return { cert: pki.certificateToPem(certificate).replaceAll('\r\n', '\n'), key };
}
