import { connect } from 'node:net';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { RecordedRequest } from '../../src/client/index.js';
import { requestSchema } from '../../src/control/journal/request.js';
import type { EmulatorEvent } from '../../src/kernel/events.js';
import { ManualClock } from '../support/clock.js';
import { nonceOf, signed } from '../support/digest.js';
import { ACCEPT, linksPath, SEEDED, seededCaller } from '../support/emulator.js';
import { REQUESTS } from '../support/requests.js';
import {
  openLine,
  openSocket,
  shareEmulator,
  TRANSPORTS,
  type Incoming,
  type Line,
} from '../support/transport.js';
import { nextAlarm } from './stream-support.js';

// One test sends a thousand requests: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const CONTROL = '/_emulator';
const MINE = `${CONTROL}/projects/${SEEDED.documented.project}`;
const THEIRS = `${CONTROL}/projects/${SEEDED.observed.project}`;
const JSON_TYPE = { 'content-type': 'application/json' };
const LINKS = linksPath('documented');

const isRequest = new Ajv({ formats: { 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ } }).compile(requestSchema);

interface Listed {
  readonly requests: readonly RecordedRequest[];
  readonly cut: number;
  readonly last: number;
}

async function list({ send }: Line, path: string): Promise<Listed> {
  const answer = await send({ path });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<Listed>();
}

function post({ send }: Line, path: string, body: object): Promise<Incoming> {
  return send({ method: 'POST', path, headers: JSON_TYPE, body: JSON.stringify(body) });
}

async function count(line: Line, path: string, body: object = {}): Promise<number> {
  const answer = await post(line, `${path}/requests/count`, body);
  expect(answer.status, answer.text).toBe(200);
  return answer.json<{ count: number }>().count;
}

const create = (line: Line, name: string, caller: 'owner' | 'reader' = 'owner') =>
  line.as(caller, 'documented', {
    method: 'POST',
    path: LINKS,
    headers: JSON_TYPE,
    body: JSON.stringify(REQUESTS.get(name)),
  });

describe.each(TRANSPORTS)('the journal of requests, by %s', (transport) => {
  it('the journal lists a request with its caller, body, response and deciding step', async () => {
    const line = await openLine(transport);
    const created = await create(line, 'aws-msk');
    const { requests } = await list(line, `${MINE}/requests`);
    expect(requests.map((one) => isRequest(one))).toEqual([true]);
    expect(requests[0]).toMatchObject({
      at: '2026-01-01T00:00:00.000Z',
      project: SEEDED.documented.project,
      method: 'POST',
      path: LINKS,
      operation: 'createGroupStreamPrivateLinkConnection',
      caller: 'mdb_sa_id_000000000000000000000011',
      version: '2023-02-01',
      status: 200,
      rung: 'answer',
      request: {
        headers: { authorization: 'Bearer', 'content-type': 'application/json' },
        body: JSON.stringify(REQUESTS.get('aws-msk')),
        truncated: false,
      },
      response: { body: created.text, truncated: false },
    });
    expect(requests[0]).not.toHaveProperty('refusal');
  });

  it('the journal lists a refusal with the rule, its source and what would pass', async () => {
    const line = await openLine(transport);
    const refused = await create(line, 'aws-msk', 'reader');
    expect(refused.status).toBe(403);
    const { requests } = await list(line, `${MINE}/requests/refused`);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      status: 403,
      rung: 'project',
      refusal: { name: 'notPermitted', source: "the API's documentation page" },
    });
    const { rule, remedy } = requests[0]?.refusal ?? { rule: '-', remedy: '-' };
    expect(refused.header('x-emulator-reason')).toContain(rule);
    expect(refused.header('x-emulator-reason')).toContain(remedy);
  });

  it('the journal leaves answered digest challenges out of the refused requests, unless all=true', async () => {
    const line = await openLine(transport);
    const refused = async (query = '') =>
      (await list(line, `${MINE}/requests/refused${query}`)).requests.map(({ refusal }) => refusal?.rule);
    const send = async (authorization?: string) => {
      const answer = await line.send({
        path: LINKS,
        ...(authorization && { headers: { authorization } }),
      });
      return nonceOf(answer.header('www-authenticate'));
    };
    const sign = (nonce: string, password = seededCaller('owner', 'documented').privateKey) =>
      signed({ username: 'owner1', password, method: 'GET', uri: LINKS, nonce });

    const answered = await send();
    expect(await refused()).toEqual(['The request has no credentials.']);
    expect(
      (await line.send({ path: LINKS, headers: { accept: ACCEPT, authorization: sign(answered) } })).status,
    ).toBe(200);
    expect(await refused()).toEqual([]);
    // Credentials that are wrong are a mistake, even if the client answers the new challenge.
    const again = await send(sign(await send(), 'wrong'));
    const replayed = await send(sign(answered));
    for (const nonce of [again, replayed]) {
      expect(
        (await line.send({ path: LINKS, headers: { accept: ACCEPT, authorization: sign(nonce) } })).status,
      ).toBe(200);
    }
    const wrong = 'The digest does not match the private key of this public key.';
    const none = 'The request has no credentials.';
    expect(await refused()).toEqual([wrong, none]);
    const replay = 'This count of the nonce was used before.';
    expect(await refused('?all=true')).toEqual([replay, wrong, none, none]);
  });

  it('the journal counts every request whose response the client has read', async () => {
    const line = await openLine(transport);
    for (const path of [`${LINKS}?pretty=maybe`, `${LINKS}/x/y`, `${LINKS}/%zz`]) {
      await line.send({ path });
    }
    await line.send({ method: 'PUT', path: LINKS });
    expect(await count(line, MINE)).toBe(4);
    expect(await count(line, CONTROL)).toBe(4);
    expect(await count(line, MINE, { rung: 'credentials', status: 401 })).toBe(1);
  });

  it('the journal lists the requests of one project for that project, and all for the whole server', async () => {
    const line = await openLine(transport);
    await line.as('owner', 'documented', { path: LINKS });
    await line.as('owner', 'observed', { path: linksPath('observed') });
    const projects = async (path: string) => (await list(line, path)).requests.map(({ project }) => project);
    expect(await projects(`${MINE}/requests`)).toEqual([SEEDED.documented.project]);
    expect(await projects(`${THEIRS}/requests`)).toEqual([SEEDED.observed.project]);
    expect(await projects(`${CONTROL}/requests`)).toEqual([
      undefined,
      SEEDED.documented.project,
      undefined,
      SEEDED.observed.project,
    ]);
    await line.send({ method: 'DELETE', path: `${MINE}/requests` });
    expect(await count(line, MINE)).toBe(0);
    expect(await count(line, THEIRS)).toBe(1);
    expect(await count(line, CONTROL)).toBe(4);
  });

  it('the journal does not count requests of the control API', async () => {
    const line = await openLine(transport);
    await list(line, `${CONTROL}/requests`);
    await line.send({ path: '/_emulator/health' });
    expect(await count(line, CONTROL)).toBe(0);
  });

  it('the journal does not count deleted requests', async () => {
    const line = await openLine(transport);
    await create(line, 'aws-msk');
    const { last } = await list(line, `${MINE}/requests`);
    const forgotten = await line.send({ method: 'DELETE', path: `${MINE}/requests` });
    expect(forgotten.status).toBe(204);
    await create(line, 'aws-s3');
    expect(await count(line, MINE)).toBe(1);
    const before = await post(line, `${MINE}/requests/count`, { since: 0 });
    expect(before.status).toBe(410);
    expect(await count(line, MINE, { since: last + 100 })).toBe(0);
  });
});

describe('criteria of requests', () => {
  const shared = shareEmulator();
  let line: Line;
  // Each test reads the same three requests.
  beforeAll(async () => {
    line = shared.seeded('inject');
    await create(line, 'aws-msk');
    await create(line, 'aws-s3', 'reader');
    await line.as('owner', 'documented', { path: `${LINKS}?itemsPerPage=1` });
  });

  it.each([
    ['operation=listGroupStreamPrivateLinkConnections', ['GET']],
    ['method=post', ['POST', 'POST']],
    [`path=${LINKS}`, ['POST', 'POST', 'GET']],
    [`path=${encodeURIComponent(`${LINKS}?itemsPerPage=1`)}`, ['GET']],
    [`path=${encodeURIComponent(`${LINKS}?pageNum=1`)}`, []],
    [`path=${LINKS.slice(0, -3)}*`, ['POST', 'POST', 'GET']],
    [`path=${LINKS.slice(0, -3)}`, []],
    [`path=*/privateLink*s`, ['POST', 'POST', 'GET']],
    [`path=${encodeURIComponent('*/privateLinkConnections?items*')}`, ['GET']],
    [`path=${encodeURIComponent('*/privateLinkConnections?page*')}`, []],
    ['caller=mdb_sa_id_000000000000000000000031', ['POST']],
    ['status=403', ['POST']],
    ['rung=answer', ['POST', 'GET']],
    ['rung=answer&method=GET', ['GET']],
    ['limit=1', ['GET']],
  ])('requests can be selected by criteria: %s', async (query, methods) => {
    const { requests } = await list(line, `${MINE}/requests?${query}`);
    expect(requests.map(({ method }) => method)).toEqual(methods);
  });

  it('the criterion since excludes that request and earlier ones', async () => {
    const own = await openLine('inject');
    await create(own, 'aws-msk');
    const { last } = await list(own, `${MINE}/requests`);
    await create(own, 'aws-s3');
    expect((await list(own, `${MINE}/requests?since=${last}`)).requests).toHaveLength(1);
    expect(await count(own, MINE, { since: last })).toBe(1);
  });

  it.each([
    [{ provider: 'AWS' }, 2],
    [{ provider: 'AWS', vendor: 'MSK' }, 1],
    [{ provider: 'GCP' }, 0],
    [{ nothing: null }, 0],
    [{}, 2],
    [[], 0],
    ['AWS', 0],
  ])('requests are selected by a body that contains %j', async (body, wanted) => {
    expect(await count(line, MINE, { body })).toBe(wanted);
  });

  it.each([
    ['GET', '/requests?rung=cellar', undefined, 'cellar'],
    ['GET', '/requests?method=POTS', undefined, 'POTS: send one such as POST'],
    ['GET', '/requests?path=http://localhost/', undefined, 'http://localhost/ begins with neither / nor *'],
    [
      'GET',
      '/requests?operation=createStreamPrivateLink',
      undefined,
      'createGroupStreamPrivateLinkConnection',
    ],
    ['GET', '/requests?operation=createToken', undefined, 'ask /_emulator/requests'],
    ['GET', '/requests?method=GET&method=POST', undefined, 'Send HTTP method.'],
    ['GET', '/requests?limit=0', undefined, 'limit'],
    ['GET', '/requests?status=many', undefined, 'status'],
    ['POST', '/requests/count', '{"mehtod":"GET"}', 'mehtod'],
    ['POST', '/requests/count', '{"status":"200"}', 'status'],
    ['POST', '/requests/count', '{"operation":"createStreamPrivateLink"}', 'There is no operation'],
    ['POST', '/requests/count', '{"path":"streams"}', 'streams begins with neither'],
    ['POST', '/requests/count', '{"method":""}', 'method'],
    ['POST', '/requests/wait', '{"operation":"listGroups"}', 'listGroups names no project'],
    ['POST', '/requests/wait', '{"timeoutMs":60001}', 'timeoutMs'],
    ['POST', '/requests/wait', '{"count":0}', 'count'],
    ['POST', '/requests/wait', '[', 'JSON'],
  ])('the invalid criteria %s %s %s are a 400 that names the error', async (method, path, body, word) => {
    const answer = await line.send({
      method,
      path: MINE + path,
      ...(body !== undefined && { body, headers: JSON_TYPE }),
    });
    expect(answer.status, answer.text).toBe(400);
    const { detail } = answer.json<{ detail: string }>();
    expect(detail).toContain(word);
    expect(detail).not.toContain('..');
  });

  it('requests of an unknown project are a 404', async () => {
    expect((await line.send({ path: `${CONTROL}/projects/${'f'.repeat(24)}/requests` })).status).toBe(404);
  });
});

describe('requests without a response', () => {
  it('a request cut by a fault is recorded with status 0 and the rule', async () => {
    const line = await openLine('socket');
    expect((await post(line, `${MINE}/faults`, { id: 'cut', drop: 'after' })).status).toBe(201);
    await expect(create(line, 'aws-msk')).rejects.toThrow();
    const { requests } = await list(line, `${MINE}/requests?status=0`);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      rung: 'faults',
      request: { body: JSON.stringify(REQUESTS.get('aws-msk')) },
      response: { headers: {}, truncated: false },
    });
    expect(requests[0]?.refusal?.rule).toContain('cut');
    expect(requests[0]?.response).not.toHaveProperty('body');
  });

  it('a request whose client disconnects is recorded', async () => {
    const clock = new ManualClock();
    const { url, send, events } = await openSocket({}, clock);
    const fault = { method: 'POST', path: `${MINE}/faults`, headers: JSON_TYPE };
    await send({ ...fault, body: JSON.stringify({ delayMs: 60_000, before: 'credentials' }) });
    const controller = new AbortController();
    const finished = new Promise<number>((resolve) => {
      events.subscribe(({ type, data }) => {
        if (type === 'request.finished' && !data.control) resolve(data.status);
      });
    });
    const delayed = nextAlarm({ clock });
    const answer = fetch(url + LINKS, { signal: controller.signal });
    await delayed;
    controller.abort();
    await expect(answer).rejects.toThrow();
    expect(await finished).toBe(0);
  });
});

describe.each(TRANSPORTS)('bodies of requests refused before they are read, by %s', (transport) => {
  const body = JSON.stringify(REQUESTS.get('aws-s3'));
  const rules: [string, object][] = [
    ['answers', { answer: { status: 500 } }],
    ['asks to wait', { rateLimit: {} }],
    ['cuts the connection', { drop: 'before' }],
  ];

  it.each(rules)('the body of a request is recorded if a fault rule %s', async (_title, rule) => {
    const line = await openLine(transport);
    await post(line, `${MINE}/faults`, { match: { method: 'POST' }, times: 1, ...rule });
    await create(line, 'aws-s3').catch(() => undefined);
    await create(line, 'aws-s3');
    expect(await count(line, MINE, { body: { vendor: 'S3' } })).toBe(2);
    const { requests } = await list(line, `${MINE}/requests?method=POST`);
    expect(requests.map(({ request }) => request.body)).toEqual([body, body]);
  });

  it.each([
    ['credentials', { ...JSON_TYPE, authorization: 'Bearer nonsense' }],
    ['scripted answer', { ...JSON_TYPE, prefer: 'code=403' }],
  ])('the body of a request is recorded if the step %s refuses it', async (step, headers) => {
    const line = await openLine(transport);
    await line.send({ method: 'POST', path: LINKS, headers, body });
    expect(await count(line, MINE, { rung: step, body: { vendor: 'S3' } })).toBe(1);
  });
});

describe('incomplete bodies', () => {
  it.each([
    ['is larger than what is read', { 'content-length': String(2 ** 21) }, 'x'.repeat(2 ** 21)],
    ['is compressed', { 'content-encoding': 'gzip' }, '{}'],
  ])('a body is recorded as truncated if it %s', async (_title, headers, body) => {
    const line = await openLine('inject');
    const sent = { ...JSON_TYPE, ...headers };
    await line.send({ method: 'POST', path: LINKS, headers: sent, body });
    const { requests } = await list(line, `${MINE}/requests`);
    expect(requests[0]).toMatchObject({ rung: 'credentials', request: { truncated: true } });
    expect(requests[0]?.request.body).toBeUndefined();
    expect((await post(line, `${MINE}/requests/count`, { body: {} })).status).toBe(409);
  });

  it('an incomplete body does not delay the event of a client that disconnected', async () => {
    const { url, events } = await openSocket();
    const { port } = new URL(url);
    const finished = new Promise<EmulatorEvent>((resolve) => events.subscribe(resolve));
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(
      `POST ${LINKS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    expect((await finished).data).toMatchObject({ status: 0, rung: 'credentials' });
    socket.destroy();
  });
});

describe('counts that could be wrong', () => {
  it('a count is a 410 if requests were evicted, unless since excludes them', async () => {
    const line = await openLine('inject');
    expect((await line.as('owner', 'documented', { path: LINKS })).status).toBe(200);
    // Together more than the journal's 16 MB.
    const large = {
      method: 'POST',
      path: LINKS,
      headers: JSON_TYPE,
      body: JSON.stringify('x'.repeat(16_000)),
    };
    for (let sent = 0; sent < 1000; sent += 1) await line.send(large);
    const answer = await post(line, `${MINE}/requests/count`, {});
    expect(answer.status).toBe(410);
    const { cut, requests } = await list(line, `${MINE}/requests?limit=1000`);
    expect(cut).toBeGreaterThan(0);
    expect(requests.length).toBeGreaterThan(200);
    expect(answer.text).toContain(String(cut));
    expect(await count(line, MINE, { since: cut })).toBe(requests.length);
    await line.send({ method: 'DELETE', path: `${MINE}/requests` });
    expect(await count(line, MINE)).toBe(0);
    expect(await count(line, THEIRS)).toBe(0);
  });

  it('a count is a 409 if a body was too long to be recorded', async () => {
    const line = await openLine('inject');
    const body = JSON.stringify({ provider: 'AWS', filler: 'x'.repeat(20_000) });
    await line.as('owner', 'documented', { method: 'POST', path: LINKS, headers: JSON_TYPE, body });
    const { requests } = await list(line, `${MINE}/requests`);
    expect(requests[0]?.request).toMatchObject({ truncated: true, body: body.slice(0, 16_384) });
    const answer = await post(line, `${MINE}/requests/count`, { body: { provider: 'AWS' } });
    expect(answer.status).toBe(409);
    expect(await count(line, MINE, { method: 'GET', body: { provider: 'AWS' } })).toBe(0);
  });
});
