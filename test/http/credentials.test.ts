import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildApp } from '../../src/app.js';
import { defaultConfig } from '../../src/config.js';
import { ManualClock } from '../support/clock.js';
import {
  ACCEPT,
  API,
  linksPath,
  SEEDED,
  seededCaller,
  type SeededCaller,
  type SeededProfile,
} from '../support/emulator.js';
import { nonceOf, signed, type Signature } from '../support/digest.js';
import {
  basic,
  FORM,
  openLine,
  shareEmulator,
  TRANSPORTS,
  tokenOf,
  type Incoming,
  type Line,
} from '../support/transport.js';

const shared = shareEmulator();

const PROFILES: readonly SeededProfile[] = ['documented', 'observed'];
const CALLERS: readonly SeededCaller[] = ['owner', 'streams', 'reader', 'outsider'];
const GROUPS = `${API}/groups`;
const CHALLENGE =
  /^Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]{32}", algorithm=MD5, qop="auth", stale=(true|false)$/;

/** The recorded body of a 401, including its spaces. */
const RECORDED_401 =
  '{\n  "error" : 401,\n  "reason" : "Unauthorized",\n  "detail" : "You are not authorized for this resource.",\n  "errorCode" : "UNEXPECTED_ERROR"\n}';

/** A right signature of the documented owner for `GET /groups`. */
async function handshake(line: Line, path = GROUPS): Promise<Signature> {
  const first = await line.send({ path });
  return {
    username: 'owner1',
    password: seededCaller('owner', 'documented').privateKey,
    method: 'GET',
    uri: path,
    nonce: nonceOf(first.header('www-authenticate')),
  };
}

function get(line: Line, authorization: string, path = GROUPS): Promise<Incoming> {
  return line.send({ path, headers: { accept: ACCEPT, authorization } });
}

/** Holds an answer to what every refusal of credentials has in common. */
function expectRefused(response: Incoming, stale: boolean, why: RegExp): void {
  expect([response.status, response.header('x-emulator-reason')]).toEqual([401, expect.stringMatching(why)]);
  expect(response.lines('www-authenticate')).toEqual([expect.stringMatching(CHALLENGE)]);
  expect(response.header('www-authenticate')).toContain(`stale=${stale}`);
  expect(response.header('content-type')).toBe('application/json');
  const all = response.text + JSON.stringify(response.headers);
  for (const secret of ['00000000-0000-4000-8000-', 'mdb_sa_sk_', 'mdb_at_'])
    expect(all).not.toContain(secret);
}

describe.each(TRANSPORTS)('credentials over %s', (transport) => {
  describe.each(PROFILES)('callers of the %s organization', (profile) => {
    it.each(CALLERS)('the caller %s is authenticated by digest and by bearer token', async (caller) => {
      const line = shared.seeded(transport);
      const { publicKey: username, privateKey: password } = seededCaller(caller, profile);
      const right = { ...(await handshake(line)), username, password };
      expect((await get(line, signed(right))).status).toBe(200);
      expect((await line.as(caller, profile, { path: GROUPS })).status).toBe(200);
    });
  });

  it('a digest with one wrong part is refused, and does not use up its nonce', async () => {
    const line = shared.seeded(transport);
    const path = `${GROUPS}?pageNum=1`;
    const { clientId, clientSecret } = seededCaller('owner', 'documented');
    const wrongs: readonly [Partial<Signature>, RegExp][] = [
      [{ password: '00000000-0000-4000-8000-000000000012' }, /does not match the private key/],
      [{ password: '' }, /does not match the private key/],
      [{ realm: 'MMS public API' }, /another realm/],
      [{ uri: `${API}/orgs` }, /another uri/],
      [{ uri: GROUPS }, /another uri/],
      [{ uri: `${GROUPS}?pageNum=2` }, /another uri/],
      [{ method: 'POST' }, /does not match the private key/],
      [{ username: 'nobody' }, /No API key/],
      [{ username: 'OWNER1' }, /No API key/],
      [{ username: clientId, password: clientSecret }, /No API key/],
    ];
    const right = await handshake(line, path);
    for (const [wrong, why] of wrongs) {
      expectRefused(await get(line, signed({ ...right, ...wrong }), path), false, why);
    }
    expect((await get(line, signed(right), path)).status, 'no refusal used the nonce up').toBe(200);
  });

  it.each([
    ['nothing', '', /neither Digest nor Bearer/],
    ['HTTP Basic with a right key pair', basic('owner1', '00000000-0000-4000-8000-000000000011'), /neither/],
    ['a scheme alone', 'Digest', /lacks username/],
    ['a digest that is none', 'Digest garbage', /not a list/],
    [
      'another algorithm',
      'Digest username="owner1", realm="MMS Public API", nonce="n", uri="/", response="x", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="c"',
      /another algorithm/,
    ],
    [
      'another protection',
      'Digest username="owner1", realm="MMS Public API", nonce="n", uri="/", response="x", qop=auth-int, nc=00000001, cnonce="c"',
      /another quality/,
    ],
    [
      'a count that is none',
      'Digest username="owner1", realm="MMS Public API", nonce="n", uri="/", response="x", qop=auth, nc=1, cnonce="c"',
      /8 hexadecimal/,
    ],
    ['a token without its scheme', 'mdb_at_x', /neither/],
    ['an empty bearer token', 'Bearer ', /not one of this emulator/],
    ['a made up bearer token', 'Bearer mdb_at_0123456789', /not one of this emulator/],
  ])('the Authorization header is refused if it has %s', async (_what, authorization, why) => {
    expectRefused(await get(shared.seeded(transport), authorization), false, why);
  });

  it('a digest with an expired nonce is refused as stale, only if correct, and the new challenge works', async () => {
    const line = await openLine(transport, { nonceMs: 1000 });
    const right = await handshake(line);
    line.clock.advance(1000);
    expectRefused(await get(line, signed({ ...right, password: 'wrong' })), false, /private key/);
    const stale = await get(line, signed(right));
    expectRefused(stale, true, /nonce is too old/);
    const nonce = nonceOf(stale.header('www-authenticate'));
    expect((await get(line, signed({ ...right, nonce }))).status).toBe(200);
  });

  it('a digest with a nonce that was never issued is refused as stale, only if correct', async () => {
    const line = shared.seeded(transport);
    const right = { ...(await handshake(line)), nonce: 'c2l4dGVlbiBjaGFyYWN0ZXJzIG1vcmU9' };
    expectRefused(await get(line, signed({ ...right, password: 'wrong' })), false, /private key/);
    expectRefused(await get(line, signed(right)), true, /not issued/);
  });

  it('a repeated nonce count is refused as stale, while other counts are accepted in any order', async () => {
    const line = shared.seeded(transport);
    const right = await handshake(line);
    const statuses: number[] = [];
    for (const count of [5, 2, 3]) statuses.push((await get(line, signed({ ...right, count }))).status);
    expect(statuses).toEqual([200, 200, 200]);
    expectRefused(await get(line, signed({ ...right, count: 2 })), true, /count of the nonce was used/);
  });

  it('concurrent digest requests with one nonce are accepted', async () => {
    const line = shared.seeded(transport);
    const right = await handshake(line);
    const counts = Array.from({ length: 40 }, (_, index) => 40 - index);
    const all = await Promise.all(counts.map((count) => get(line, signed({ ...right, count }))));
    expect(all.map(({ status }) => status)).toEqual(counts.map(() => 200));
  });

  it('credentials are checked first: a request without a body, as curl sends it, gets its challenge', async () => {
    const line = shared.seeded(transport);
    const first = await line.send({
      method: 'POST',
      path: `${linksPath('documented')}?pretty=neither`,
      headers: { 'content-type': 'application/json', 'content-length': '0', accept: 'text/html' },
    });
    expectRefused(first, false, /no credentials/);
  });
});

describe('the uri of a digest', () => {
  const query = '?pageNum=1&itemsPerPage=5';
  const digest = (owner: SeededProfile, path: string, uri: string) => async (): Promise<number> => {
    const line = await openLine('inject');
    const { publicKey: username, privateKey: password } = seededCaller('owner', owner);
    return (await get(line, signed({ ...(await handshake(line, path)), username, password, uri }), path))
      .status;
  };

  it.each([
    ['the path without the query', linksPath('observed')],
    ['the path below the base path', linksPath('observed').replace(API, '')],
    ['path and query below the base path', linksPath('observed').replace(API, '') + query],
    ['a whole address', `http://localhost${linksPath('observed')}`],
  ])('the uri of a digest may be %s in an observed project', async (_, uri) => {
    expect(await digest('observed', linksPath('observed') + query, uri)()).toBe(200);
  });

  it.each([
    ['another path', `${API}/groups`],
    ['another path below the base path', '/groups'],
    ['a part of the path', linksPath('observed').slice(0, -1)],
    ['another query', `${linksPath('observed')}?pageNum=2`],
    ['nothing', ''],
  ])('the uri of a digest may not be %s in an observed project', async (_, uri) => {
    expect(await digest('observed', linksPath('observed') + query, uri)()).toBe(401);
  });

  it('the uri of a digest must equal the request target in a documented project', async () => {
    const path = linksPath('documented');
    for (const uri of [path, path.replace(API, ''), path.replace(API, '') + query]) {
      expect(await digest('documented', path + query, uri)(), uri).toBe(401);
    }
    expect(await digest('documented', path + query, path + query)()).toBe(200);
  });

  it("the uri of a digest is checked by the profile of the project in the path, else of the key's organization", async () => {
    expect(await digest('documented', linksPath('observed') + query, linksPath('observed'))()).toBe(401);
    expect(await digest('observed', linksPath('documented') + query, linksPath('documented'))()).toBe(401);
    expect(await digest('observed', GROUPS + query, GROUPS)()).toBe(200);
    expect(await digest('documented', GROUPS + query, GROUPS)()).toBe(401);
  });
});

describe('the body of a 401', () => {
  it('the 401 of an observed project has the recorded body, byte for byte', async () => {
    const line = shared.seeded('inject');
    const response = await line.send({ path: linksPath('observed') });
    expect(response.text).toBe(RECORDED_401);
    expect(response.header('x-error-code')).toBeUndefined();
  });

  it('the 401 of a documented project has the keys, code and reason of the page, and says what is wrong', async () => {
    const line = shared.seeded('inject');
    const response = await line.send({ path: linksPath('documented') });
    expect(Object.entries(response.json())).toEqual([
      ['error', 401],
      ['detail', expect.stringMatching(/^The request has no credentials\. Send HTTP digest/)],
      ['reason', 'Unauthorized'],
      ['errorCode', 'NOT_ORG_GROUP_CREATOR'],
    ]);
  });

  it.each([
    ['documented', GROUPS, 'NOT_ORG_GROUP_CREATOR'],
    ['observed', GROUPS, 'UNEXPECTED_ERROR'],
    ['observed', `${GROUPS}/${'0'.repeat(24)}`, 'UNEXPECTED_ERROR'],
    ['observed', linksPath('documented'), 'NOT_ORG_GROUP_CREATOR'],
    ['documented', linksPath('observed'), 'UNEXPECTED_ERROR'],
  ] as const)(
    'the 401 with --profile %s for %s has the profile of the project in the path, else that of the server',
    async (profile, path, errorCode) => {
      const line = await openLine('inject', { profile });
      expect((await line.send({ path })).json().errorCode).toBe(errorCode);
    },
  );
});

describe('bearer tokens', () => {
  it('a bearer token is accepted for exactly an hour', async () => {
    const line = shared.seeded('inject');
    const authorization = `Bearer ${await tokenOf(line.send, 'owner', 'documented')}`;
    line.clock.advance(3_600_000 - 1);
    expect((await get(line, authorization)).status).toBe(200);
    line.clock.advance(1);
    expectRefused(await get(line, authorization), false, /has expired/);
  });

  it.each(PROFILES)(
    'an invalid bearer token is refused with the digest challenge in the %s project',
    async (profile) => {
      const line = shared.seeded('inject');
      const response = await get(line, 'Bearer mdb_at_made_up', linksPath(profile));
      expectRefused(response, false, /not one of this emulator/);
    },
  );

  it('a bearer token of one organization gives no access to a project of another', async () => {
    const line = shared.seeded('inject');
    const path = `${GROUPS}/${SEEDED.observed.project}`;
    const response = await line.as('owner', 'documented', { path });
    expect([response.status, response.json().errorCode]).toEqual([401, 'USER_UNAUTHORIZED']);
    expect(response.lines('www-authenticate')).toEqual([]);
  });

  it('bearer tokens, revocations and expiry survive a restart on the same database file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'atlas-tokens-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const config = defaultConfig({ db: join(folder, 'world.db'), logLevel: 'silent' });
    const clock = new ManualClock();
    const before = await buildApp(config, { clock });
    const form = {
      authorization: basic('mdb_sa_id_000000000000000000000011', 'mdb_sa_sk_owner1'),
      'content-type': FORM,
    };
    const post = (path: string, payload: string) =>
      before.server.inject({ method: 'POST', url: `/api/oauth/${path}`, headers: form, payload });
    const make = async (): Promise<string> =>
      (await post('token', 'grant_type=client_credentials')).json<{ access_token: string }>().access_token;
    const [valid, revoked] = [await make(), await make()];
    await post('revoke', `token=${revoked}`);
    await before.server.close();

    clock.advance(1_800_000);
    const after = await buildApp(config, { clock });
    onTestFinished(() => after.server.close());
    const status = async (token: string): Promise<number> =>
      (
        await after.server.inject({
          url: GROUPS,
          headers: { accept: ACCEPT, authorization: `Bearer ${token}` },
        })
      ).statusCode;
    expect([await status(valid), await status(revoked)]).toEqual([200, 401]);
    clock.advance(1_800_000);
    expect(await status(valid)).toBe(401);
  });

  it.each(['bearer', 'BEARER', 'Bearer  '])(
    'a bearer token is accepted after the scheme written as "%s"',
    async (scheme) => {
      const line = shared.seeded('inject');
      const token = await tokenOf(line.send, 'owner', 'documented');
      expect((await get(line, `${scheme} ${token}`)).status).toBe(200);
    },
  );
});
