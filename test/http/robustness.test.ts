import { describe, expect, it } from 'vitest';
import { API, linksPath, SEEDED } from '../support/emulator.js';
import {
  expectAlive,
  JSON_TYPE,
  LINKS as path,
  openRaw,
  sendRaw,
  shareRaw,
  statusesIn,
} from '../support/raw.js';

const open = shareRaw();

describe('malformed HTTP', () => {
  it.each<[string, string | Buffer, number]>([
    ['is a line of text', 'hello\r\n\r\n', 400],
    ['is a TLS handshake', Buffer.from('16030100f4010000f00303', 'hex'), 400],
    ['is bytes of nought', Buffer.alloc(100), 400],
    ['has an unknown method', `FETCH ${path} HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
    ['has a space in its path', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['has no Host', `GET ${path} HTTP/1.1\r\n\r\n`, 400],
    ['has a header without a colon', `GET ${path} HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n`, 400],
    ['has a NUL in a header', `GET ${path} HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n`, 400],
    [
      'has two lengths',
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
    ],
    ['has a length that is none', `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`, 400],
    [
      'has a length and is chunked',
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['has a header of 100 KB', `GET ${path} HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`, 431],
    ['has a path of 100 KB', `GET /${'y'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['has 5000 headers', `GET ${path} HTTP/1.1\r\nHost: x\r\n${'X-Y: z\r\n'.repeat(5000)}\r\n`, 431],
  ])('a request that %s is refused and its connection closed', async (_what, bytes, status) => {
    const socket = await open();
    expect(statusesIn(await sendRaw(socket.url, bytes))).toEqual([status]);
    await expectAlive(socket);
  });

  it('malformed HTTP is refused with an error body that repeats nothing of what was sent', async () => {
    const { url } = await open();
    const answer = await sendRaw(url, 'FETCH /<script> HTTP/1.1\r\n\r\n');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^Content-Type: application\/json$/m);
    expect(head).toMatch(/^X-Emulator-Reason: step 1 \(route\): The request cannot be read: [\x20-\x7e]+$/m);
    expect(JSON.parse(body)).toMatchObject({
      error: 400,
      reason: 'Bad Request',
      errorCode: 'VALIDATION_ERROR',
    });
    expect(answer).not.toContain('script');
  });
});

describe('request targets', () => {
  it.each([
    ['%', 400],
    ['%zz', 400],
    ['%c3%28', 400],
    ['%00', 400],
    ['%2e%2e%2f', 400],
    ['..', 400],
    ['%F0%9F%92%A9', 400],
    ['__proto__', 400],
    ['constructor', 400],
    [':groupId', 400],
    ['*', 400],
    ['a'.repeat(999), 400],
    ['a'.repeat(10_000), 400],
    ["' OR 1=1 --".replaceAll(' ', '%20'), 400],
    ['f'.repeat(24), 404],
  ])('a request with the project id %s is refused', async (id, status) => {
    const socket = await open();
    const answer = await sendRaw(socket.url, `${socket.head(`GET ${API}/groups/${id} HTTP/1.1`)}\r\n`);
    expect(statusesIn(answer)).toEqual([status]);
    // One line of visible ASCII, whatever was sent.
    expect(answer).toMatch(/^x-emulator-reason: [\x20-\x7e]{1,1000}\r$/m);
  });

  it.each(['%', '%00', '__proto__', 'a'.repeat(900), 'F'.repeat(24), '%F0%9F%92%A9', '..;'])(
    'a request with the link id %s is refused',
    async (id) => {
      const socket = await open();
      const answer = await sendRaw(socket.url, `${socket.head(`GET ${path}/${id} HTTP/1.1`)}\r\n`);
      expect([400, 404]).toContain(statusesIn(answer)[0]);
    },
  );

  it.each([
    '?',
    '?&&==',
    '?pretty',
    '?%',
    '?%00=%00',
    '?pretty[]=true',
    '?__proto__[x]=1',
    `?${'a=1&'.repeat(2000)}`,
  ])('a request with the query %s gets a response', async (query) => {
    const socket = await open();
    const answer = await sendRaw(socket.url, `${socket.head(`GET ${path}${query} HTTP/1.1`)}\r\n`);
    expect([200, 400]).toContain(statusesIn(answer)[0]);
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'CONNECT'])(
    'the method %s never causes a 5xx except 501, with a body and without',
    async (method) => {
      const socket = await open();
      for (const target of [
        path,
        `${path}/${'f'.repeat(24)}`,
        `${API}/groups/${'f'.repeat(24)}`,
        '/x',
        '*',
      ]) {
        for (const body of ['', '{}']) {
          const head = socket.head(
            `${method} ${target} HTTP/1.1`,
            JSON_TYPE,
            `Content-Length: ${body.length}`,
          );
          const statuses = statusesIn(await sendRaw(socket.url, `${head}\r\n${body}`));
          // Node closes the connection of a CONNECT that nobody listens for.
          const [status = method === 'CONNECT' ? 400 : NaN] = statuses;
          expect(status === 501 || status < 500, `${method} ${target}: ${status}`).toBe(true);
        }
      }
      await expectAlive(socket);
    },
  );

  it('a request target may be absolute, as proxies send it', async () => {
    const socket = await open();
    const target = `http://emulator${path}`;
    const answer = await sendRaw(socket.url, `${socket.head(`GET ${target} HTTP/1.1`)}\r\n`);
    expect(statusesIn(answer)).toEqual([200]);
    expect(answer).toContain(`{"href":"http://emulator${path}?pageNum=1&itemsPerPage=100","rel":"self"}`);
  });
});

describe('the Host header', () => {
  it('the Host header may be missing in HTTP/1.0', async () => {
    const { url } = await open();
    const answer = await sendRaw(url, `GET ${path} HTTP/1.0\r\n\r\n`);
    expect(statusesIn(answer)).toEqual([401]);
  });

  it.each(['', 'emulator', 'emulator:27080', 'my_emulator.', '10.1.2.3:80', '[::1]:27080', 'x'.repeat(5000)])(
    'the Host header "%s" is accepted',
    async (host) => {
      const socket = await open();
      const head = socket.head(`GET ${API}/groups HTTP/1.1`).replace('Host: emulator', `Host: ${host}`);
      const answer = await sendRaw(socket.url, `${head}\r\n`);
      expect(statusesIn(answer)).toEqual([200]);
      expect(answer).toContain(`"href":"http://${host || 'localhost'}${API}/groups`);
    },
  );

  it.each([
    ':',
    '[',
    'a"b\\',
    'evil"><script>',
    '\u00e9',
    'a, b',
    'a/b',
    '../..',
    '%00',
    'x@y',
    'a:b',
    '[::1',
    "a'b",
  ])('an invalid Host header is refused: %s', async (host) => {
    const socket = await open();
    for (const [target, profile] of [
      [`${API}/groups`, 'documented'],
      [linksPath('observed'), 'observed'],
      ['/api/oauth/token', 'documented'],
      [`${API}/nothing`, 'documented'],
      ['/_emulator/health', undefined],
      [`${API}/%zz`, 'documented'],
    ] as const) {
      const head = socket.head(`GET ${target} HTTP/1.1`).replace('Host: emulator', `Host: ${host}`);
      const answer = await sendRaw(socket.url, Buffer.from(`${head}\r\n`, 'latin1'));
      expect(statusesIn(answer), target).toEqual([400]);
      expect(answer).not.toContain(host === ':' || host === '[' ? '://:' : host);
      const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as object;
      expect(body).toMatchObject({ error: 400, reason: 'Bad Request' });
      if (profile !== undefined) {
        expect(answer).toMatch(/^x-emulator-reason: step 1 \(route\): The request cannot be read: /m);
        expect(body).toMatchObject({ errorCode: 'VALIDATION_ERROR' });
        expect('parameters' in body).toBe(profile === 'observed');
      }
    }
  });

  it('an invalid Host header is not part of a URL in the journal', async () => {
    const { url, head } = await openRaw();
    const journal = `${url}/_emulator/requests.har`;
    for (const target of [`${API}/groups`, `${API}/%zz`]) {
      await sendRaw(url, `${head(`GET ${target} HTTP/1.1`).replace('Host: emulator', 'Host: evil">')}\r\n`);
    }
    const { log } = (await (await fetch(journal)).json()) as {
      log: { entries: { request: { url: string } }[] };
    };
    expect(log.entries.map(({ request }) => request.url).slice(-2)).toEqual([
      `http://localhost${API}/groups`,
      `http://localhost${API}/%zz`,
    ]);
  });
});

it('pipelined requests are answered in order', async () => {
  const socket = await open();
  const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const last = `GET /_emulator/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  const group = `${API}/groups/${SEEDED.observed.project}`;
  const answer = await sendRaw(socket.url, get('/x') + get(group) + get('/%zz') + last);
  expect(statusesIn(answer)).toEqual([404, 401, 400, 200]);
});
