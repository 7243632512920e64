import { createHash } from 'node:crypto';

/** The parts of a digest, so that a test can change one. */
export interface Signature {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly count?: number;
  readonly realm?: string;
  readonly cnonce?: string;
}

/** The `Authorization` of RFC 7616 with MD5 and `qop=auth`, written without the emulator's own code. */
export function signed(signature: Signature): string {
  const { username, password, method, uri, nonce } = signature;
  const { count = 1, realm = 'MMS Public API', cnonce = '0123456789abcdef' } = signature;
  const nc = count.toString(16).padStart(8, '0');
  const md5 = (...parts: string[]): string => createHash('md5').update(parts.join(':')).digest('hex');
  const response = md5(md5(username, realm, password), nonce, nc, cnonce, 'auth', md5(method, uri));
  return (
    `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm="MD5", ` +
    `qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"`
  );
}

/** The nonce of a challenge. */
export function nonceOf(challenge: string | undefined): string {
  const [, nonce] = /nonce="([^"]*)"/.exec(challenge ?? '') ?? [];
  if (nonce === undefined) throw new Error(`no challenge: ${challenge ?? 'no header'}`);
  return nonce;
}
