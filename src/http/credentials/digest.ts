import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import { remember } from '../../kernel/memo.js';

/** HTTP digest access authentication as Atlas challenges for it: MD5, `qop=auth` (RFC 7616; recorded). */

/** The realm of Atlas's challenge (recorded). */
export const REALM = 'MMS Public API';

/** The parameters that a digest must have. */
const PARAMETERS = ['username', 'realm', 'nonce', 'uri', 'response', 'qop', 'nc', 'cnonce'] as const;

/** The parameters of a digest `Authorization` header, as sent; `algorithm` is by default `MD5` (RFC 7616, 3.4). */
export type DigestCredentials = Readonly<Record<(typeof PARAMETERS)[number] | 'algorithm', string>>;

const PARAMETER = /\s*([\w*-]+)\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s",]+))\s*(?:,|$)/y;

/**
 * Parses what follows the word `Digest` in an `Authorization` header. Clients differ in what they quote and in
 * the spaces after commas; all of RFC 7616's syntax is taken.
 *
 * @returns the credentials, or a sentence that says what is wrong with the header
 */
export function parseDigest(parameters: string): DigestCredentials | string {
  const found = new Map<string, string>();
  let end = 0;
  // `matchAll` would copy the expression each time.
  PARAMETER.lastIndex = 0;
  for (let pair = PARAMETER.exec(parameters); pair; pair = PARAMETER.exec(parameters)) {
    const [, name = '', quoted, bare = ''] = pair;
    const key = name.toLowerCase();
    // A name that is not known may be a secret.
    if (found.has(key)) return `The digest has ${PARAMETERS.find((name) => name === key) ?? 'a name'} twice.`;
    found.set(key, quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1'));
    end = PARAMETER.lastIndex;
  }
  if (end !== parameters.length) return 'The digest is not a list of name=value pairs.';

  const missing = PARAMETERS.filter((name) => !found.has(name));
  if (missing.length > 0) return `The digest lacks ${missing.join(', ')}.`;
  const value = (name: string): string => found.get(name) ?? '';
  return {
    username: value('username'),
    realm: value('realm'),
    nonce: value('nonce'),
    uri: value('uri'),
    response: value('response'),
    qop: value('qop'),
    nc: value('nc'),
    cnonce: value('cnonce'),
    algorithm: found.get('algorithm') ?? 'MD5',
  };
}

const md5 = (text: string): string => hash('md5', text);

/** The hash of user, realm and password, which is the same in each request. */
const hashOfUser = remember(md5, () => 0);

/** Computes the `response` of RFC 7616, section 3.4.1, for MD5 and `qop=auth`: lower-case hexadecimal digits. */
export function digestResponse(
  sent: Omit<DigestCredentials, 'response' | 'algorithm'>,
  { password, method }: { readonly password: string; readonly method: string },
): string {
  const who = hashOfUser(`${sent.username}:${sent.realm}:${password}`);
  const what = md5(`${method}:${sent.uri}`);
  return md5(`${who}:${sent.nonce}:${sent.nc}:${sent.cnonce}:${sent.qop}:${what}`);
}

/** Compares two texts of the same length in a time that does not depend on where they differ. */
export function sameHash(one: string, other: string): boolean {
  return (
    one.length === other.length && timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'))
  );
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameSecret(one: string, other: string): boolean {
  // Hashed, because the comparison needs equal lengths and must not reveal the length either.
  const sha = (text: string): Buffer => hash('sha256', text, 'buffer');
  return timingSafeEqual(sha(one), sha(other));
}

/** How many used nonces are remembered. Beyond it the oldest become stale, from which every client recovers. */
const REMEMBERED_NONCES = 50_000;

/** How far behind the highest count of a nonce a late one may come. */
const COUNT_WINDOW = 1024;

/** A nonce that was used with a right password. */
interface UsedNonce {
  readonly number: number;
  readonly issuedAt: number;
  highest: number;
  readonly counts: Set<number>;
}

/**
 * Issues nonces, and accepts each of their counts once.
 *
 * A nonce is 24 bytes in base64, the length of Atlas's (recorded): its number (6 bytes), when it was issued (6 bytes), and
 * 12 bytes of an HMAC over them. So only nonces that were used with a right password take memory, and a stranger cannot
 * fill it. A nonce may start at any count, and the counts of a client that sends requests in parallel may arrive in any
 * order, but none twice.
 */
export class Nonces {
  readonly #key = randomBytes(32);
  readonly #used = new Map<string, UsedNonce>();
  #issued = 0;
  /** Nonces up to this number are stale: their counts are forgotten. */
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
   * Takes one count of a nonce. Call it only with a right response.
   *
   * @returns `taken`, or why the client has to start again with a new nonce
   */
  take(nonce: string, count: number): 'taken' | 'unknown' | 'old' | 'replayed' {
    const used = this.#used.get(nonce) ?? this.#verified(nonce);
    if (!used) return 'unknown';
    const { number, issuedAt, counts } = used;
    if (this.clock.now() - issuedAt >= this.lifeMs || number <= this.#forgotten) return 'old';
    if (counts.size === 0) this.#remember(nonce, used);
    if (counts.has(count) || count <= used.highest - COUNT_WINDOW) return 'replayed';
    counts.add(count);
    used.highest = Math.max(used.highest, count);
    if (counts.size > 2 * COUNT_WINDOW) {
      for (const seen of counts) if (seen <= used.highest - COUNT_WINDOW) counts.delete(seen);
    }
    return 'taken';
  }

  /** A nonce that was issued here and not used yet. */
  #verified(nonce: string): UsedNonce | undefined {
    const bytes = Buffer.from(nonce, 'base64');
    if (bytes.length !== 24 || bytes.toString('base64') !== nonce) return undefined;
    if (!timingSafeEqual(this.#sign(bytes.subarray(0, 12)), bytes.subarray(12))) return undefined;
    const [number, issuedAt] = [bytes.readUIntBE(0, 6), bytes.readUIntBE(6, 6)];
    return { number, issuedAt, highest: 0, counts: new Set() };
  }

  #remember(nonce: string, used: UsedNonce): void {
    this.#used.set(nonce, used);
    const [[oldest, { number }] = ['', used]] = this.#used;
    if (this.#used.size > REMEMBERED_NONCES && this.#used.delete(oldest)) {
      this.#forgotten = Math.max(this.#forgotten, number);
    }
  }

  #sign(bytes: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(bytes).digest().subarray(0, 12);
  }
}

/** The value of `WWW-Authenticate`, as Atlas writes it (recorded): Go clients split it at ", ". */
export function challenge(nonce: string, stale: boolean): string {
  return `Digest realm="${REALM}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${stale}`;
}
