import { describe, expect, it, vi } from 'vitest';
import { API, linksPath, SEEDED, seededCaller, type SeededCaller } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import {
  basic,
  FORM,
  openLine,
  tokenOf,
  type Incoming,
  type Line,
  type Outgoing,
} from '../support/transport.js';

// A limit is reached by 1,200 requests, one after the other: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const MINUTE_MS = 60_000;

/** A list of private links with a token that is there already. */
function list(line: Line, token: string, path: string): Promise<Incoming> {
  const headers = { accept: 'application/vnd.atlas.2024-05-30+json', authorization: `Bearer ${token}` };
  return line.send({ path, headers });
}

async function times(count: number, ask: () => Promise<Incoming>): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < count) statuses.push((await ask()).status);
  return [...new Set(statuses)];
}

function ask(
  line: Line,
  profile: (typeof PROFILES)[number],
  path = 'token',
  form = 'grant_type=client_credentials',
) {
  const { clientId, clientSecret } = seededCaller('owner', profile);
  const headers = { authorization: basic(clientId, clientSecret), 'content-type': FORM };
  return line.send({ method: 'POST', path: `/api/oauth/${path}`, headers, body: form });
}

function expectLimited(
  response: Incoming,
  profile: (typeof PROFILES)[number],
  [resource, limit]: readonly [string, number],
): void {
  expect(response.status).toBe(429);
  const said = {
    error: 429,
    errorCode: 'RATE_LIMITED',
    detail: `Resource ${resource} is limited to ${limit} requests every 1 minutes.`,
    reason: 'Too Many Requests',
  };
  expect(response.json()).toEqual(
    profile === 'observed' ? { ...said, parameters: [resource, limit, 1] } : said,
  );
  expect(Object.keys(response.json())[0]).toBe(profile === 'observed' ? 'detail' : 'error');
  expect(response.header('x-error-code')).toBe(profile === 'observed' ? 'RATE_LIMITED' : undefined);
  expect(response.header('ratelimit-limit')).toBe(String(limit));
  expect(response.header('ratelimit-remaining')).toBe('0');
  expect(response.header('x-emulator-reason')).toMatch(/^step 4 \(faults\): .* (?:of|in) this minute\. \|/);
}

describe.each(PROFILES)('limit of requests, as %s', (profile) => {
  const path = linksPath(profile);

  it('requests are not limited by default', async () => {
    const line = await openLine('inject');
    const token = await tokenOf(line.send, 'owner', profile);
    expect(await times(1201, () => list(line, token, path))).toEqual([200]);
    const left = (await list(line, token, path)).header('ratelimit-remaining');
    expect(left).toBe(profile === 'observed' ? '0' : undefined);
  });

  it('limitRequests refuses the 1,201st request in a minute without doing it, and none of the next minute', async () => {
    const line = await openLine('inject', { limitRequests: true });
    const token = await tokenOf(line.send, 'owner', profile);
    const stranger = await tokenOf(line.send, 'owner', PROFILES[1 - PROFILES.indexOf(profile)] ?? profile);
    line.clock.advance(15_000);
    // Neither a request without credentials counts, nor one of a stranger, who uses up its own organization's.
    expect(await times(5, () => line.send({ path }))).toEqual([401]);
    await times(5, () => list(line, stranger, path));
    expect(await times(1200, () => list(line, token, path))).toEqual([200]);
    const refused = await list(line, token, path);
    expectLimited(refused, profile, [path, 1200]);
    expect(refused.header('retry-after')).toBe('45');
    const created = await line.send({
      method: 'POST',
      path,
      headers: {
        accept: 'application/vnd.atlas.2024-05-30+json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: '{"provider":"AWS"}',
    });
    expect(created.status).toBe(429);
    const groups = { accept: 'application/vnd.atlas.2023-01-01+json', authorization: `Bearer ${token}` };
    expect((await line.send({ path: `${API}/groups`, headers: groups })).status).toBe(200);
    line.clock.advance(44_999);
    expect((await list(line, token, path)).header('retry-after')).toBe('1');
    line.clock.advance(1);
    const next = await list(line, token, path);
    expect([next.status, next.json().totalCount]).toEqual([200, 0]);
  });

  it('limitRequests: 3 refuses the 4th request in a minute', async () => {
    const line = await openLine('inject', { limitRequests: 3 });
    const token = await tokenOf(line.send, 'owner', profile);
    expect(await times(3, () => list(line, token, path))).toEqual([200]);
    expectLimited(await list(line, token, path), profile, [path, 3]);
  });

  it('requests are limited for each project, and separately for requests without a project', async () => {
    const line = await openLine('inject', { limitRequests: true });
    const token = await tokenOf(line.send, 'owner', profile);
    const other = PROFILES[1 - PROFILES.indexOf(profile)] ?? profile;
    const stranger = await tokenOf(line.send, 'owner', other);
    // A stranger is not permitted, and uses up its own organization's.
    await times(1200, () => list(line, stranger, path));
    expect((await list(line, stranger, path)).status).toBe(429);
    expect((await list(line, token, path)).status).toBe(200);
    expect((await list(line, stranger, linksPath(other))).status).toBe(200);
    const groups = { accept: 'application/vnd.atlas.2023-01-01+json', authorization: `Bearer ${token}` };
    expect((await line.send({ path: `${API}/groups`, headers: groups })).status).toBe(200);
  });
});

describe.each(PROFILES)('headers of the limit, as %s', (profile) => {
  const path = linksPath(profile);
  const group = path.replace('/streams/privateLinkConnections', '');
  const json = { 'content-type': 'application/json' };
  const groups = { accept: 'application/vnd.atlas.2023-01-01+json' };
  const duplicate = { name: 'orders', orgId: SEEDED[profile].organization };
  const headersOf = async (line: Line, request: Outgoing, caller: SeededCaller = 'owner') => {
    const response = await line.as(caller, profile, request);
    return [response.status, response.header('ratelimit-limit'), response.header('ratelimit-remaining')];
  };

  it('RateLimit headers count down on successes and application errors', async () => {
    const line = await openLine('inject');
    const post = (body: string, at = path, headers: object = {}): Outgoing => ({
      method: 'POST',
      path: at,
      headers: { ...json, ...headers },
      body,
    });
    await line.as('owner', profile, post(JSON.stringify(duplicate), `${API}/groups`, groups));
    const counted: [Outgoing, number][] = [
      [{ path }, 200],
      [post('{'), 400],
      [post('{"provider":"NONE"}'), 400],
      [{ path: `${path}?pageNum=x` }, 400],
      [{ path: `${path}/${'f'.repeat(24)}` }, 404],
    ];
    for (const [index, [request, status]] of counted.entries()) {
      const limit = profile === 'observed' ? ['1200', String(1199 - index)] : [undefined, undefined];
      expect(await headersOf(line, request)).toEqual([status, ...limit]);
    }
    const again = await headersOf(line, post(JSON.stringify(duplicate), `${API}/groups`, groups));
    expect(again).toEqual([409, ...(profile === 'observed' ? ['1200', '1198'] : [undefined, undefined])]);
  });

  it.each<[string, Outgoing, SeededCaller?]>([
    ['a request without credentials', { path, headers: { authorization: 'Basic x' } }],
    ['one that is not permitted', { method: 'DELETE', path: group, headers: groups }, 'reader'],
    ['an unknown method', { method: 'DELETE', path }],
    ['an unknown project', { path: path.replace(SEEDED[profile].project, 'f'.repeat(24)) }],
    ['a malformed project id', { path: path.replace(SEEDED[profile].project, 'nothex') }],
    ['an unknown version', { path, headers: { accept: 'text/html' } }],
    ['a body that is too large', { method: 'POST', path, headers: json, body: 'x'.repeat(2 ** 20 + 1) }],
    ['another media type', { method: 'POST', path, headers: { 'content-type': 'text/plain' }, body: '{}' }],
  ])('RateLimit headers are absent from the refusal of %s', async (_what, request, caller) => {
    const line = await openLine('inject');
    const [status, ...limit] = await headersOf(line, request, caller);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(limit).toEqual([undefined, undefined]);
  });

  it('RateLimit headers are on an injected error as on one of the application', async () => {
    const line = await openLine('inject');
    for (const status of [404, 500]) {
      const rule = JSON.stringify({ times: 1, answer: { status } });
      await line.send({ method: 'POST', path: '/_emulator/faults', headers: json, body: rule });
      const limit = (await headersOf(line, { path }))[1];
      expect([status, limit]).toEqual([
        status,
        status === 404 && profile === 'observed' ? '1200' : undefined,
      ]);
    }
  });
});

describe.each(PROFILES)('limits of tokens, as %s', (profile) => {
  it('tokens are not limited by default', async () => {
    const line = await openLine('inject');
    expect(await times(168, () => ask(line, profile))).toEqual([200]);
  });

  it('limitTokens refuses the 51st token of a client in a minute', async () => {
    const line = await openLine('inject', { limitTokens: true });
    expect(await times(50, () => ask(line, profile))).toEqual([200]);
    const refused = await ask(line, profile);
    expectLimited(refused, profile, ['/api/oauth/token', 50]);
    expect(refused.header('retry-after')).toBe('60');
    expect(await tokenOf(line.send, 'reader', profile)).toMatch(/^mdb_at_/);
    line.clock.advance(MINUTE_MS);
    expect((await ask(line, profile)).status).toBe(200);
  });

  it('limitTokens: 10 refuses the 11th token of a client in a minute', async () => {
    const line = await openLine('inject', { limitTokens: 10 });
    expect(await times(10, () => ask(line, profile))).toEqual([200]);
    expectLimited(await ask(line, profile), profile, ['/api/oauth/token', 10]);
  });

  it('limitTokens refuses the 101st valid token of a client until one is revoked or expires', async () => {
    const line = await openLine('inject', { limitTokens: true });
    const first = (await ask(line, profile)).json<{ access_token: string }>().access_token;
    for (let count = 1; count < 100; count++) {
      if (count % 50 === 0) line.clock.advance(MINUTE_MS);
      expect((await ask(line, profile)).status).toBe(200);
    }
    line.clock.advance(MINUTE_MS);
    const refused = await ask(line, profile);
    expect([refused.status, refused.json().errorCode]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.header('retry-after')).toBe(String(3600 - 120));
    expect(refused.header('x-emulator-reason')).toContain('has 100 tokens that live');
    expect((await ask(line, profile, 'revoke', `token=${first}`)).status).toBe(200);
    expect((await ask(line, profile)).status).toBe(200);
    expect((await ask(line, profile)).status).toBe(429);
    line.clock.advance(3600 * 1000 - 2 * MINUTE_MS);
    expect((await ask(line, profile)).status).toBe(200);
  });
});
