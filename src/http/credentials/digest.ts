import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';

/** HTTP digest access authentication as Atlas challenges for it: MD5, `qop=auth` (RFC 7616; recorded). */

/** The realm of Atlas's challenge (recorded). */
export const REALM = 'MMS Public API';

/** The parameters of a digest `Authorization` header that a check needs, as sent. */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly qop: string;
  readonly nc: string;
  readonly cnonce: string;
  /** `MD5` if not sent (RFC 7616, section 3.4). */
  readonly algorithm: string;
}

const PARAMETER = /\s*([a-z0-9*_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|$)/iy;

/**
 * Parses what follows the word `Digest` in an `Authorization` header. Clients differ in what they quote and in
 * the spaces after commas; all of RFC 7616's syntax is taken.
 *
 * @returns the credentials, or a sentence that says what is wrong with the header
 */
export function parseDigest(parameters: string): DigestCredentials | string {
  const found = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  let end = 0;
  for (let match = PARAMETER.exec(parameters); match; match = PARAMETER.exec(parameters)) {
    const [, name = '', quoted, bare] = match;
    const key = name.toLowerCase();
    if (found.has(key)) return `The digest has ${key} twice.`;
    found.set(key, quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1'));
    end = PARAMETER.lastIndex;
    if (end === parameters.length) break;
  }
  if (end !== parameters.length) return 'The digest is not a list of name=value pairs.';

  const missing = ['username', 'realm', 'nonce', 'uri', 'response', 'qop', 'nc', 'cnonce'].filter(
    (name) => !found.has(name),
  );
  if (missing.length > 0) return `The digest lacks ${missing.join(', ')}.`;
  const get = (name: string): string => found.get(name) ?? '';
  return {
    username: get('username'),
    realm: get('realm'),
    nonce: get('nonce'),
    uri: get('uri'),
    response: get('response'),
    qop: get('qop'),
    nc: get('nc'),
    cnonce: get('cnonce'),
    algorithm: found.get('algorithm') ?? 'MD5',
  };
}

/** The hash functions of RFC 7616 that its vectors use. Atlas asks for MD5. */
export type DigestAlgorithm = 'MD5' | 'SHA-256';

/** Computes the `response` of RFC 7616, section 3.4.1, for `qop=auth`: lower-case hexadecimal digits. */
export function digestResponse(
  sent: Pick<DigestCredentials, 'username' | 'realm' | 'nonce' | 'uri' | 'qop' | 'nc' | 'cnonce'>,
  secret: { readonly password: string; readonly method: string; readonly algorithm?: DigestAlgorithm },
): string {
  const algorithm = secret.algorithm === 'SHA-256' ? 'sha256' : 'md5';
  const hash = (text: string): string => createHash(algorithm).update(text).digest('hex');
  const who = hash(`${sent.username}:${sent.realm}:${secret.password}`);
  const what = hash(`${secret.method}:${sent.uri}`);
  return hash(`${who}:${sent.nonce}:${sent.nc}:${sent.cnonce}:${sent.qop}:${what}`);
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameSecret(one: string, other: string): boolean {
  // Hashed first, since the comparison wants equal lengths and must not tell the length either.
  const sha = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(sha(one), sha(other));
}

/** How many used nonces are remembered: past it the oldest turn stale, which every client recovers from. */
const REMEMBERED_NONCES = 50_000;

/** How far behind the highest count of a nonce a late one may come. */
const COUNT_WINDOW = 1024;

interface Counts {
  highest: number;
  readonly seen: Set<number>;
}

/**
 * Issues nonces and takes each of their counts once.
 *
 * A nonce is 24 bytes in base64, the length Atlas's have (recorded): its number (6 bytes), when it was issued
 * (6 bytes), and 12 bytes of an HMAC over them. So only nonces that were used with a right password take
 * memory, and a stranger cannot fill it. A nonce may start at any count, and counts of a client that sends
 * several requests at once may come in any order, but none twice.
 */
export class Nonces {
  readonly #key = randomBytes(32);
  readonly #used = new Map<number, Counts>();
  #issued = 0;
  /** Nonces up to this number are stale: what was remembered of them is forgotten. */
  #forgotten = 0;

  /** @param lifeMs how long a nonce can be used, in milliseconds of real time */
  constructor(
    private readonly clock: Clock,
    private readonly lifeMs: number,
  ) {}

  issue(): string {
    const bytes = Buffer.alloc(12);
    bytes.writeUIntBE(++this.#issued, 0, 6);
    bytes.writeUIntBE(this.clock.now(), 6, 6);
    return Buffer.concat([bytes, this.#sign(bytes)]).toString('base64');
  }

  /**
   * Takes one count of a nonce; to be asked only once the response is known to be right.
   *
   * @returns `taken`, or why the client has to start again with a new nonce
   */
  take(nonce: string, count: number): 'taken' | 'unknown' | 'old' | 'replayed' {
    const bytes = Buffer.from(nonce, 'base64');
    if (bytes.length !== 24 || bytes.toString('base64') !== nonce) return 'unknown';
    if (!timingSafeEqual(this.#sign(bytes.subarray(0, 12)), bytes.subarray(12))) return 'unknown';
    const number = bytes.readUIntBE(0, 6);
    const age = this.clock.now() - bytes.readUIntBE(6, 6);
    if (age >= this.lifeMs || number <= this.#forgotten) return 'old';

    const counts = this.#used.get(number);
    if (!counts) {
      this.#used.set(number, { highest: count, seen: new Set([count]) });
      if (this.#used.size > REMEMBERED_NONCES) this.#forget();
      return 'taken';
    }
    if (counts.seen.has(count) || count <= counts.highest - COUNT_WINDOW) return 'replayed';
    counts.seen.add(count);
    counts.highest = Math.max(counts.highest, count);
    if (counts.seen.size > 2 * COUNT_WINDOW) {
      for (const seen of counts.seen) if (seen <= counts.highest - COUNT_WINDOW) counts.seen.delete(seen);
    }
    return 'taken';
  }

  /** Forgets the tenth of the remembered nonces that was used first, and with it all nonces issued before. */
  #forget(): void {
    let left = REMEMBERED_NONCES / 10;
    for (const number of this.#used.keys()) {
      if (left-- === 0) break;
      this.#forgotten = Math.max(this.#forgotten, number);
    }
    for (const number of this.#used.keys()) if (number <= this.#forgotten) this.#used.delete(number);
  }

  #sign(bytes: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(bytes).digest().subarray(0, 12);
  }
}

/** The value of `WWW-Authenticate`, as Atlas writes it (recorded): Go clients split it at ", ". */
export function challenge(nonce: string, stale: boolean): string {
  return `Digest realm="${REALM}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${stale}`;
}
