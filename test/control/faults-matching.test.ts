import { afterEach, describe, expect, it } from 'vitest';
import { ACCEPT, API, linksPath, seededCaller, type SeededCaller } from '../support/emulator.js';
import { sendRaw } from '../support/raw.js';
import { PROFILES } from '../support/links.js';
import {
  basic,
  FORM,
  openSocket,
  shareEmulator,
  tokenOf,
  TRANSPORTS,
  type Line,
} from '../support/transport.js';
import { addFault, askForToken, counts, create, list, listByDigest, statusesOf } from './faults-support.js';

const shared = shareEmulator();
// Rules of the whole server would meet the tests that follow.
afterEach(async () => {
  await shared.emulator.inject({ method: 'DELETE', url: '/_emulator/faults' });
});

const FAIL = { answer: { status: 503 } };

/** A part of a match that depends on the project. */
const OWNER = '{owner}';
const PROJECT = '{project}';
const LINKS = `${PROJECT}/streams/privateLinkConnections`;

const projectPath = (line: Line): string => `${API}/groups/${line.projects.documented.id}`;
const ownerOf = (line: Line): string => line.projects.documented.accounts.owner.clientId;

/** A match with what a line's project has in the place of {@link OWNER} and {@link PROJECT}. */
function matchIn(line: Line, match: object): object {
  const text = JSON.stringify(match).replace(OWNER, ownerOf(line)).replace(PROJECT, projectPath(line));
  return JSON.parse(text) as object;
}

function get(line: Line, path: string, caller: SeededCaller = 'owner'): Promise<number> {
  const headers = { accept: 'application/vnd.atlas.2024-11-13+json' };
  return line.as(caller, 'documented', { path, headers }).then(({ status }) => status);
}

describe.each(TRANSPORTS)('matching of fault rules, over %s', (transport) => {
  it.each<[object, readonly number[]]>([
    [{}, [503, 503, 503, 503]],
    [{ operation: 'listGroupStreamPrivateLinkConnections' }, [503, 200, 200, 503]],
    [{ method: 'GET' }, [503, 200, 503, 503]],
    [{ method: 'POST' }, [200, 503, 200, 200]],
    [{ path: LINKS }, [503, 503, 200, 503]],
    [{ path: '*/privateLinkConnections' }, [503, 503, 200, 503]],
    [{ path: `${PROJECT}*` }, [503, 503, 503, 503]],
    [{ path: '/api/*/accountDetails' }, [200, 200, 503, 200]],
    [{ caller: OWNER }, [503, 503, 503, 200]],
    [{ caller: 'owner1' }, [200, 200, 200, 200]],
    [{ caller: OWNER, method: 'GET', path: '*/streams/*' }, [503, 200, 503, 200]],
  ])(
    'a fault rule of a project with match %j fires for the matching requests only',
    async (match, statuses) => {
      const line = await shared.line(transport);
      await addFault(line, { match: matchIn(line, match), ...FAIL }, 'documented');
      expect([
        (await list(line)).status,
        (await create(line)).status,
        await get(line, `${projectPath(line)}/streams/accountDetails?cloudProvider=aws&regionName=us-east-1`),
        await get(line, `${line.linksPath('documented')}?pageNum=1`, 'reader'),
      ]).toEqual(statuses);
      const fired = statuses.filter((status) => status === 503).length;
      expect(await counts(line, 'documented')).toEqual([[fired, fired]]);
    },
  );

  it('a fault rule of the whole server also fires for requests that name no project', async () => {
    const line = await shared.line(transport);
    await addFault(line, { match: { operation: 'listGroups' }, ...FAIL });
    expect([await get(line, `${API}/groups`), await get(line, projectPath(line))]).toEqual([503, 200]);
  });

  it.each([
    ['the next two', { times: 2 }, [503, 503, 200, 200], [2, 2]],
    ['what follows the first two', { skip: 2 }, [200, 200, 503, 503], [4, 2]],
    ['every second', { share: 0.5 }, [200, 503, 200, 503, 200], [5, 2]],
    ['the third alone', { skip: 2, times: 1 }, [200, 200, 503, 200, 200], [3, 1]],
    ['every second, twice', { share: 0.5, times: 2 }, [200, 503, 200, 503, 200, 200], [4, 2]],
  ])('a fault rule fires on %s', async (_which, how, statuses, count) => {
    const line = await shared.line(transport);
    await addFault(line, { ...how, ...FAIL }, 'documented');
    expect(await statusesOf(line, statuses.length)).toEqual(statuses);
    expect(await counts(line, 'documented')).toEqual([count]);
  });

  it('fault rules apply in the order of their creation, those of the project first', async () => {
    const line = await shared.line(transport);
    await addFault(line, { answer: { status: 500 } });
    await addFault(line, { times: 1, answer: { status: 503 } }, 'documented');
    await addFault(line, { times: 2, rateLimit: {} }, 'documented');
    expect(await statusesOf(line, 5)).toEqual([503, 429, 429, 500, 500]);
  });

  it('a fault rule of one project does not fire for another, and has its own counts', async () => {
    const line = await shared.line(transport);
    await addFault(line, { id: 'same', times: 3, ...FAIL }, 'documented');
    await addFault(line, { id: 'same', share: 0.5, rateLimit: {} }, 'observed');
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        list(line, PROFILES[index % 2]).then(({ status }) => [index % 2, status]),
      ),
    );
    const of = (project: number): (number | undefined)[] =>
      statuses.filter(([index]) => index === project).map(([, status]) => status);
    expect(of(0).sort()).toEqual([...Array<number>(7).fill(200), ...Array<number>(3).fill(503)]);
    expect(of(1).sort()).toEqual([...Array<number>(5).fill(200), ...Array<number>(5).fill(429)]);
    expect(await counts(line, 'documented')).toEqual([[3, 3]]);
    expect(await counts(line, 'observed')).toEqual([[10, 5]]);
  });

  it('a fault rule applies neither to the control API nor to scripted responses and unknown paths', async () => {
    const line = await shared.line(transport);
    await addFault(line, { match: { path: '*' }, before: 'credentials', ...FAIL });
    expect((await line.send({ path: '/_emulator/health' })).status).toBe(200);
    expect((await line.send({ path: `${API}/nothing` })).status).toBe(404);
    const scripted = await line.send({ path: line.linksPath('documented'), headers: { prefer: 'code=403' } });
    expect(scripted.status).toBe(403);
    expect(scripted.header('x-emulator-reason')).toMatch(/^step 2 \(scripted answer\): /);
    expect(await counts(line)).toEqual([[0, 0]]);
  });
});

describe.each(TRANSPORTS)('matching of request bodies by fault rules, over %s', (transport) => {
  const SENT = { provider: 'AWS', region: 'r', dnsSubDomain: ['a.b', 'c.b'] };
  const post = (line: Line, body: string, headers: object = {}) =>
    line.as('owner', 'documented', {
      method: 'POST',
      path: line.linksPath('documented'),
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  it.each<[unknown, boolean]>([
    [{}, true],
    [{ provider: 'AWS' }, true],
    [{ region: 'r', provider: 'AWS' }, true],
    [{ dnsSubDomain: ['c.b'] }, true],
    [{ dnsSubDomain: [] }, true],
    [SENT, true],
    [{ provider: 'aws' }, false],
    [{ provider: null }, false],
    [{ provider: 'AWS', dnsDomain: 'b' }, false],
    [{ provider: { name: 'AWS' } }, false],
    [{ dnsSubDomain: ['d.b'] }, false],
    [{ dnsSubDomain: 'a.b' }, false],
    [[], false],
    ['AWS', false],
    [null, false],
  ])('a fault rule matches a body that contains %j: %s', async (body, isMet) => {
    const line = await shared.line(transport);
    await addFault(line, { match: { body }, ...FAIL }, 'documented');
    const response = await post(line, JSON.stringify(SENT));
    expect([response.status, response.header('x-emulator-reason')?.includes('faults')]).toEqual(
      isMet ? [503, true] : [200, undefined],
    );
    expect(await counts(line, 'documented')).toEqual([isMet ? [1, 1] : [0, 0]]);
  });

  it('a fault rule on the body leaves requests that it does not match unchanged', async () => {
    const line = await shared.line(transport);
    await addFault(line, { match: { body: { region: 'none' } }, ...FAIL }, 'documented');
    await addFault(line, { match: { body: { region: 'é' } }, delayMs: 1, share: 0 }, 'documented');
    const created = await post(line, '{"provider":"AWS","region":"é"}');
    expect([created.status, created.json().region]).toEqual([200, 'é']);
    expect((await list(line)).status).toBe(200);
    for (const [body, status, headers] of [
      ['{', 400],
      ['', 400],
      ['[]', 400],
      ['{}', 415, { 'content-encoding': 'gzip' }],
      ['{"region":"none"}', 415, { 'content-type': 'text/plain' }],
      [`{"region":"${'x'.repeat(2 ** 20)}"}`, 413],
    ] as const) {
      expect((await post(line, body, headers)).status, body.slice(0, 20)).toBe(status);
    }
    expect(await counts(line, 'documented')).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it('a fault rule on the body can apply before the credentials are checked', async () => {
    const line = await shared.line(transport);
    const rule = { before: 'credentials', match: { body: { region: 'r' } }, ...FAIL };
    await addFault(line, rule, 'documented');
    const send = (body: object) =>
      line.send({
        method: 'POST',
        path: line.linksPath('documented'),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect([(await send({ region: 'r' })).status, (await send({ region: 's' })).status]).toEqual([503, 401]);
  });
});

it('a chunked body that a fault rule has to read is a 413 if it is too large', async () => {
  const socket = await openSocket();
  await addFault(socket, { match: { body: { region: 'r' } }, ...FAIL }, 'documented');
  const token = await tokenOf(socket.send, 'owner', 'documented');
  const { host } = new URL(socket.url);
  const chunk = (size: number): string => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;
  const answer = await sendRaw(
    socket.url,
    `POST ${linksPath('documented')} HTTP/1.1\r\nHost: ${host}\r\nAccept: ${ACCEPT}\r\n` +
      `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
      `Transfer-Encoding: chunked\r\n\r\n${chunk(2 ** 20)}${chunk(1)}0\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

describe('fault rules and the first leg of a digest handshake', () => {
  it.each(PROFILES)(
    'a fault rule neither counts nor breaks the first leg of a digest handshake, as %s',
    async (profile) => {
      const socket = await openSocket();
      await addFault(socket, { skip: 1, times: 1, ...FAIL }, profile);
      await addFault(socket, { share: 0.5, rateLimit: {} });
      const statuses = [];
      for (let count = 0; count < 5; count++) statuses.push(await listByDigest(socket.url, profile));
      expect(statuses).toEqual([200, 503, 429, 200, 429]);
      expect(await counts(socket, profile)).toEqual([[2, 1]]);
      expect(await counts(socket)).toEqual([[4, 2]]);
    },
  );

  it.each(PROFILES)(
    'a fault rule before credentials applies to the first leg of a digest handshake, as %s',
    async (profile) => {
      const socket = await openSocket();
      await addFault(socket, { before: 'credentials', skip: 1, times: 1, ...FAIL }, profile);
      expect(await listByDigest(socket.url, profile)).toBe(503);
      expect(await listByDigest(socket.url, profile)).toBe(200);
      expect(await counts(socket, profile)).toEqual([[2, 1]]);
    },
  );

  it.each(PROFILES)(
    'a digest client retries after a 401 of a fault rule and succeeds, as %s',
    async (profile) => {
      const socket = await openSocket();
      await addFault(socket, { before: 'credentials', times: 1, answer: { status: 401 } }, profile);
      expect(await listByDigest(socket.url, profile)).toBe(200);
    },
  );
});

describe.each(TRANSPORTS)('fault rules on the token endpoints, over %s', (transport) => {
  const { clientId, clientSecret } = seededCaller('owner', 'documented');

  it('a fault rule applies to the token endpoints only if it names them', async () => {
    const line = shared.seeded(transport);
    await addFault(line, FAIL);
    await addFault(line, { before: 'credentials', match: { method: 'POST' }, ...FAIL });
    expect((await askForToken(line)).status).toBe(200);
    await addFault(line, { match: { operation: 'createToken' }, times: 1, ...FAIL });
    await addFault(line, { match: { path: '/api/oauth/*' }, times: 1, rateLimit: {} });
    const limited = [await askForToken(line), await askForToken(line), await askForToken(line)];
    expect(limited.map(({ status }) => status)).toEqual([503, 429, 200]);
    expect(limited[1]?.header('ratelimit-limit')).toBe('50');
    expect(limited[1]?.json().detail).toBe(
      'Resource /api/oauth/token is limited to 50 requests every 1 minutes.',
    );
    expect(limited[1]?.header('x-emulator-reason')).toContain('step 4 (faults)');
  });

  it('a fault can drop a token request before or after the token is issued', async () => {
    const line = shared.seeded(transport);
    await addFault(line, { match: { operation: 'createToken' }, drop: 'before', times: 1 });
    await expect(askForToken(line)).rejects.toThrow();
    await addFault(line, { match: { operation: 'createToken', caller: clientId }, drop: 'after', times: 1 });
    await expect(askForToken(line)).rejects.toThrow();
    expect(await counts(line)).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('a token is not revoked if a fault rule answers the revocation', async () => {
    const line = shared.seeded(transport);
    await addFault(line, { match: { operation: 'revokeToken' }, ...FAIL });
    const token = await tokenOf(line.send, 'owner', 'documented');
    const revoked = await line.send({
      method: 'POST',
      path: '/api/oauth/revoke',
      headers: { authorization: basic(clientId, clientSecret), 'content-type': FORM },
      body: `token=${token}`,
    });
    expect(revoked.status).toBe(503);
    const headers = { accept: 'application/vnd.atlas.2023-01-01+json', authorization: `Bearer ${token}` };
    expect((await line.send({ path: `${API}/groups`, headers })).status).toBe(200);
  });

  it("a fault on the token endpoint has the form of the caller's profile", async () => {
    const line = shared.seeded(transport);
    await addFault(line, { match: { operation: 'createToken' }, answer: { status: 503 } });
    expect(Object.keys((await askForToken(line, 'documented')).json())[0]).toBe('error');
    expect(Object.keys((await askForToken(line, 'observed')).json())[0]).toBe('detail');
  });
});
