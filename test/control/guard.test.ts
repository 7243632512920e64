import { describe, expect, it, onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';
import { listen } from '../../src/listener.js';
import { openSocket, shareEmulator, type Incoming, type Outgoing } from '../support/transport.js';

const TOKEN = 'a token of one’s own'.replace(/[^a-z]/g, '-');

/** What an answer is: its status, and what it says is wrong. */
const statusAndDetail = ({ status, text }: Incoming): readonly [number, string] => [
  status,
  text.startsWith('{') ? ((JSON.parse(text) as { detail?: string }).detail ?? '') : '',
];

const shared = shareEmulator();

/** Calls of an emulator of its own, with settings, or of the one that the tests share. */
async function open(settings?: Partial<Config>) {
  const { url, send } = settings
    ? await openSocket(settings)
    : { url: shared.url, ...shared.seeded('socket') };
  const { host, port } = new URL(url);
  const call = (request: Partial<Outgoing> = {}) => send({ path: '/_emulator/clock', ...request });
  return { url, host, port, call };
}

describe('the control API on loopback', () => {
  it('the control API on loopback needs no token', async () => {
    const { call } = await open();
    expect((await call()).status).toBe(200);
    expect((await call({ method: 'POST', path: '/_emulator/reset' })).status).toBe(204);
  });

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '[::1]'])(
    'the control API on loopback accepts the host name %s',
    async (name) => {
      const { call, port } = await open();
      for (const host of [name, `${name}:${port}`])
        expect((await call({ headers: { host } })).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:80',
    '10.0.0.1',
    '[::2]',
  ])(
    'the control API on loopback refuses a host name that could come from DNS rebinding: %s',
    async (host) => {
      const { call } = await open();
      for (const request of [{}, { method: 'POST', path: '/_emulator/reset' }]) {
        const [status, detail] = statusAndDetail(await call({ ...request, headers: { host } }));
        expect([status, detail]).toEqual([403, expect.stringContaining(host)]);
        expect(detail).toContain('--control-token');
      }
    },
  );

  it('the control API refuses a page of another origin and accepts one of its own', async () => {
    const { call, url, port } = await open();
    for (const origin of [
      'http://evil.example',
      'null',
      `http://localhost:${port}`,
      `https://127.0.0.1:${port}`,
      'http://127.0.0.1',
    ]) {
      for (const method of ['GET', 'POST']) {
        const path = method === 'GET' ? '/_emulator/clock' : '/_emulator/clock/freeze';
        const [status, detail] = statusAndDetail(await call({ method, path, headers: { origin } }));
        expect([origin, status, detail]).toEqual([origin, 403, expect.stringContaining('origin')]);
      }
    }
    expect((await call({ headers: { origin: url } })).status).toBe(200);
    const local = `http://localhost:${port}`;
    expect((await call({ headers: { origin: local, host: `localhost:${port}` } })).status).toBe(200);
    expect((await call({ method: 'POST', path: '/_emulator/clock/resume' })).json()).toMatchObject({
      frozen: false,
    });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ])('a body of type %s, which a page can send across origins, is a 415', async (type) => {
    const { call } = await open();
    const before = (await call()).json();
    for (const path of ['/_emulator/clock/advance', '/_emulator/clock/freeze', '/_emulator/reset']) {
      const headers = { 'content-type': type };
      const [status, detail] = statusAndDetail(
        await call({ method: 'POST', path, headers, body: '{"by":1000}' }),
      );
      expect([path, status, detail]).toEqual([path, 415, 'Send Content-Type: application/json.']);
    }
    expect((await call()).json()).toEqual(before);
  });

  it('the control API accepts a body of type application/json with a charset', async () => {
    const { call } = await open();
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    const request = { method: 'POST', path: '/_emulator/clock/advance', headers, body: '{"by":1000}' };
    expect((await call(request)).status).toBe(200);
  });
});

describe('the control API with a token', () => {
  const guarded = shareEmulator({ controlToken: TOKEN });
  const call = (request: Partial<Outgoing> = {}) =>
    guarded.seeded('socket').send({ path: '/_emulator/clock', ...request });

  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['another', { authorization: 'Bearer other' }],
    ['the beginning of it', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['more than it', { authorization: `Bearer ${TOKEN}x` }],
    ['it in capitals', { authorization: `Bearer ${TOKEN.toUpperCase()}` }],
    ['it as HTTP Basic', { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` }],
    ['it alone', { authorization: TOKEN }],
    ['an empty one', { authorization: 'Bearer ' }],
  ])('a request with %s for a token is refused, also on loopback', async (_what, headers) => {
    for (const path of [
      '/_emulator/clock',
      '/_emulator/fixture',
      '/_emulator/projects',
      '/_emulator/requests',
    ]) {
      const [status, detail] = statusAndDetail(await call({ path, headers }));
      expect([path, status, detail]).toEqual([path, 401, expect.stringContaining('--control-token')]);
      expect(detail).not.toContain(TOKEN);
    }
  });

  it('a request with the control token is accepted for any host name, but not from a page of another origin', async () => {
    const authorization = `bearer ${TOKEN}`;
    expect((await call({ headers: { authorization } })).status).toBe(200);
    expect((await call({ headers: { authorization, host: 'emulator.test:8080' } })).status).toBe(200);
    const headers = { authorization, host: 'emulator.test', origin: 'http://evil.example' };
    expect((await call({ headers })).status).toBe(403);
  });

  it('the health check needs no control token', async () => {
    const answer = await call({ path: '/_emulator/health', headers: { host: 'emulator.test' } });
    expect(answer.json()).toMatchObject({ status: 'ready' });
  });
});

describe('the control API on all addresses', () => {
  it('an emulator on all addresses generates a control token and requires it', async () => {
    const tokens = new Set<string>();
    for (const host of ['0.0.0.0', '0.0.0.0', '::']) {
      const listening = await listen({ host }).catch((error: unknown) => {
        // A machine without IPv6.
        if (host === '::') return undefined;
        throw error;
      });
      if (!listening) continue;
      onTestFinished(() => listening.close());
      const { url, controlToken = '' } = listening;
      expect(controlToken).toMatch(/^[\w-]{32}$/);
      tokens.add(controlToken);
      const path = `${url}/_emulator/clock`;
      expect((await fetch(path)).status).toBe(401);
      expect((await fetch(path, { headers: { authorization: `Bearer ${controlToken}` } })).status).toBe(200);
      expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
    }
    expect(tokens.size).toBeGreaterThan(1);
  });

  it('an emulator on all addresses uses the control token that it is given', async () => {
    const listening = await listen({ host: '0.0.0.0', controlToken: TOKEN });
    onTestFinished(() => listening.close());
    expect(listening.controlToken).toBe(TOKEN);
  });
});

it('with noControl the control API is a 404, except for the health check', async () => {
  const { call } = await open({ noControl: true });
  for (const [method, path] of [
    ['GET', '/clock'],
    ['POST', '/reset'],
    ['GET', '/fixture'],
    ['POST', '/projects'],
    ['GET', '/requests'],
    ['GET', '/projects/32b6e34b3d91647abb20e7b8'],
    ['GET', '/faults'],
  ] as const) {
    expect([path, (await call({ method, path: `/_emulator${path}` })).status]).toEqual([path, 404]);
  }
  expect((await call({ path: '/_emulator/health' })).status).toBe(200);
});
