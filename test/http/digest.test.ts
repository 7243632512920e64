import { describe, expect, it, vi } from 'vitest';
import { challenge, digestResponse, Nonces, parseDigest } from '../../src/http/credentials/digest.js';
import { ManualClock } from '../support/clock.js';
import { nonceOf } from '../support/digest.js';

// One test uses thousands of nonces: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const LIFE_MS = 300_000;

function nonces(): { readonly clock: ManualClock; readonly nonces: Nonces } {
  const clock = new ManualClock();
  return { clock, nonces: new Nonces(clock, LIFE_MS) };
}

it('digestResponse() computes the MD5 example of RFC 7616, section 3.9.1', () => {
  const sent = {
    username: 'Mufasa',
    realm: 'http-auth@example.org',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    nc: '00000001',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    qop: 'auth',
  };
  const secret = { password: 'Circle of Life', method: 'GET' };
  expect(digestResponse(sent, secret)).toBe('8ca523f5e9506fed4657c9700eebdbec');
});

describe('parsing of the Authorization header', () => {
  const uri = '/api/atlas/v2/groups?pageNum=1&itemsPerPage=100';
  const nonce = 'AAAAAAABAZt22qgAxkNuMfZ6/qKYdVYR';
  const response = '0123456789abcdef0123456789abcdef';
  const cnonce44 = 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';

  it.each([
    [
      'Go (mongodb-forks/digest)',
      `username="owner1", realm="MMS Public API", nonce="${nonce}", uri="${uri}", response="${response}", algorithm="MD5", cnonce="0123456789abcdef", qop=auth, nc=00000001`,
      '0123456789abcdef',
    ],
    [
      'curl',
      `username="owner1",realm="MMS Public API",nonce="${nonce}",uri="${uri}",cnonce="${cnonce44}",nc=00000001,algorithm=MD5,response="${response}",qop="auth"`,
      cnonce44,
    ],
    [
      'curl, as newer releases write it',
      `username="owner1", realm="MMS Public API", nonce="${nonce}", uri="${uri}", cnonce="${cnonce44}", nc=00000001, qop=auth, response="${response}", algorithm=MD5`,
      cnonce44,
    ],
    [
      "Python's requests",
      `username="owner1", realm="MMS Public API", nonce="${nonce}", uri="${uri}", response="${response}", algorithm="MD5", qop="auth", nc=00000001, cnonce="0123456789abcdef"`,
      '0123456789abcdef',
    ],
    [
      "Python's httpx",
      `username="owner1", realm="MMS Public API", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="0123456789abcdef"`,
      '0123456789abcdef',
    ],
    [
      'urllib, which names no algorithm',
      `username="owner1", realm="MMS Public API", nonce="${nonce}", uri="${uri}", response="${response}", qop=auth, nc=00000001, cnonce="0123456789abcdef"`,
      '0123456789abcdef',
    ],
    [
      'digest-fetch, with no spaces behind commas',
      `username="owner1",realm="MMS Public API",nonce="${nonce}",uri="${uri}",algorithm=MD5,response="${response}",qop=auth,nc=00000001,cnonce="0123456789abcdef"`,
      '0123456789abcdef',
    ],
    [
      'a client that spaces everything and writes names in capitals',
      `USERNAME = "owner1" ,  Realm="MMS Public API", NONCE="${nonce}" , uri="${uri}", response=${response}, qop=auth, nc="00000001", cnonce="c", opaque=""`,
      'c',
    ],
  ])('parseDigest() reads the header as written by %s', (_client, header, cnonce) => {
    expect(parseDigest(header)).toEqual({
      username: 'owner1',
      realm: 'MMS Public API',
      nonce,
      uri,
      response,
      qop: 'auth',
      nc: '00000001',
      cnonce,
      algorithm: 'MD5',
    });
  });

  it('parseDigest() unescapes quoted values, including commas and equals signs', () => {
    const header = `username="a\\"b\\\\c, d=e", realm="r", nonce="n", uri="/", response="x", qop=auth, nc=00000001, cnonce="c"`;
    expect(parseDigest(header)).toMatchObject({ username: 'a"b\\c, d=e', algorithm: 'MD5' });
  });

  it.each([
    ['nothing', '', 'The digest lacks username, realm, nonce, uri, response, qop, nc, cnonce.'],
    ['no pairs', 'dXNlcjpwYXNz', 'The digest is not a list of name=value pairs.'],
    ['an open quote', 'username="owner1, realm="x"', 'The digest is not a list of name=value pairs.'],
    [
      'a value without quotes that has a space',
      'username=a b',
      'The digest is not a list of name=value pairs.',
    ],
    ['no comma between pairs', 'username="a" realm="b"', 'The digest is not a list of name=value pairs.'],
    ['a parameter twice', 'nc=00000001, NC=00000002', 'The digest has nc twice.'],
    [
      'no qop, as RFC 2069 had it',
      'username="a", realm="r", nonce="n", uri="/", response="x"',
      'The digest lacks qop, nc, cnonce.',
    ],
    ['only commas', ',,,', 'The digest is not a list of name=value pairs.'],
  ])('parseDigest() rejects a header with %s, and says why', (_what, header, sentence) => {
    expect(parseDigest(header)).toBe(sentence);
  });
});

describe('digest challenge', () => {
  it.each([false, true])(
    "the digest challenge equals Atlas's, character for character (stale=%s)",
    (stale) => {
      expect(challenge('c2l4dGVlbiBjaGFyYWN0ZXJzIG1vcmU9', stale)).toBe(
        `Digest realm="MMS Public API", domain="", nonce="c2l4dGVlbiBjaGFyYWN0ZXJzIG1vcmU9", algorithm=MD5, qop="auth", stale=${stale}`,
      );
    },
  );

  it('the digest challenge has six parts when it is split as Go clients do', () => {
    expect(challenge(nonces().nonces.issue(), false).replace('Digest ', '').split(', ')).toHaveLength(6);
  });
});

describe('nonces', () => {
  it('nonces are unique and have 32 base64 characters', () => {
    const { nonces: book } = nonces();
    const issued = Array.from({ length: 100 }, () => book.issue());
    for (const nonce of issued) expect(nonce).toMatch(/^[A-Za-z0-9+/]{32}$/);
    expect(new Set(issued).size).toBe(100);
    expect(nonceOf(challenge(issued[0] ?? '', false))).toBe(issued[0]);
  });

  it.each([1, 2, 6, 0xffff, 0xffffffff])('a new nonce accepts %i as its first count', (count) => {
    const { nonces: book } = nonces();
    expect(book.take(book.issue(), count)).toBe('taken');
  });

  it('a nonce accepts each count once, in any order', () => {
    const { nonces: book } = nonces();
    const nonce = book.issue();
    const order = [3, 1, 2, 6, 5, 4, 700, 8];
    expect(order.map((count) => book.take(nonce, count))).toEqual(order.map(() => 'taken'));
    expect(order.map((count) => book.take(nonce, count))).toEqual(order.map(() => 'replayed'));
  });

  it('a nonce refuses a replayed count after any number of other counts', () => {
    const { nonces: book } = nonces();
    const nonce = book.issue();
    const counts = Array.from({ length: 10_000 }, (_, index) => index + 1);
    expect(counts.every((count) => book.take(nonce, count) === 'taken')).toBe(true);
    for (const count of [1, 2, 5000, 8976, 9999, 10_000]) expect(book.take(nonce, count)).toBe('replayed');
  });

  it('nonces count independently of each other', () => {
    const { nonces: book } = nonces();
    const [one, other] = [book.issue(), book.issue()];
    expect([book.take(one, 1), book.take(other, 1), book.take(one, 1)]).toEqual([
      'taken',
      'taken',
      'replayed',
    ]);
  });

  it('a nonce expires exactly after its lifetime', () => {
    const { clock, nonces: book } = nonces();
    const nonce = book.issue();
    clock.advance(LIFE_MS - 1);
    expect(book.take(nonce, 1)).toBe('taken');
    clock.advance(1);
    expect(book.take(nonce, 2)).toBe('old');
    expect(book.take(book.issue(), 1)).toBe('taken');
  });

  it.each([
    ['an empty one', ''],
    ['one of another length', 'AAAA'],
    ['one that nobody signed', 'A'.repeat(32)],
    ['one that is no base64', '!'.repeat(32)],
  ])('a made-up nonce is unknown: %s', (_what, nonce) => {
    expect(nonces().nonces.take(nonce, 1)).toBe('unknown');
  });

  it('a nonce of another run, or with any character changed, is unknown', () => {
    const { nonces: book } = nonces();
    expect(nonces().nonces.take(book.issue(), 1)).toBe('unknown');
    const nonce = book.issue();
    for (let at = 0; at < nonce.length; at++) {
      const changed = nonce.slice(0, at) + (nonce[at] === 'A' ? 'B' : 'A') + nonce.slice(at + 1);
      expect(book.take(changed, 1), `character ${at}`).toBe('unknown');
    }
    expect(book.take(nonce, 1)).toBe('taken');
  });

  it('the number of nonces is bounded: the least recently used expire first', () => {
    const { nonces: book } = nonces();
    const issued = Array.from({ length: 60_000 }, () => book.issue());
    expect(issued.every((nonce) => book.take(nonce, 1) === 'taken')).toBe(true);
    expect(book.take(issued[0] ?? '', 2)).toBe('old');
    expect(book.take(issued[0] ?? '', 1), 'forgetting must not open the way to a replay').toBe('old');
    expect(book.take(issued.at(-1) ?? '', 2)).toBe('taken');
    expect(book.take(issued.at(-1) ?? '', 1)).toBe('replayed');
  });
});
