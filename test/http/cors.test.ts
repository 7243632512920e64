import { describe, expect, it } from 'vitest';
import { API, linksPath } from '../support/emulator.js';
import { basic, FORM, openLine, shareEmulator, TRANSPORTS, type Outgoing } from '../support/transport.js';

const ORIGIN = 'http://localhost:5173';
const ALLOW_ORIGIN = 'access-control-allow-origin';

const shared = shareEmulator({ cors: [ORIGIN, 'https://App.example:443'] });

/** What a browser asks before a request with credentials. */
const preflight = (path: string, origin = ORIGIN): Outgoing => ({
  method: 'OPTIONS',
  path,
  headers: {
    origin,
    'access-control-request-method': 'PATCH',
    'access-control-request-headers': 'authorization,content-type',
  },
});

const names = (list = ''): string[] => list.toLowerCase().split(', ');

describe.each(TRANSPORTS)('with --cors, over %s', (transport) => {
  it.each([
    linksPath('observed'),
    `${API}/groups`,
    '/api/oauth/token',
    '/api/oauth/revoke',
    `${API}/nothing`,
  ])('with --cors, a preflight is answered without credentials: %s', async (path) => {
    const response = await shared.seeded(transport).send(preflight(path));
    expect([response.status, response.text, response.header(ALLOW_ORIGIN)]).toEqual([204, '', ORIGIN]);
    expect(names(response.header('access-control-allow-methods'))).toEqual(
      expect.arrayContaining(['get', 'post', 'patch', 'delete']),
    );
    expect(names(response.header('access-control-allow-headers'))).toEqual(
      expect.arrayContaining(['authorization', 'accept', 'content-type', 'prefer']),
    );
    expect(response.header('vary')).toBe('Origin');
    expect(response.header('access-control-allow-credentials')).toBeUndefined();
  });

  it('with --cors, a page can read responses, refusals and the headers of Atlas and the emulator', async () => {
    const line = shared.seeded(transport);
    const headers = { origin: ORIGIN };
    const path = linksPath('observed');
    const responses = [
      await line.as('reader', 'observed', { path, headers }),
      await line.send({ path, headers }),
      await line.send({ path: `${API}/nothing`, headers }),
      await line.send({ path: `${API}/groups/%zz`, headers }),
      await line.send({ path, headers: { ...headers, prefer: 'code=403' } }),
      await line.send({
        method: 'POST',
        path: '/api/oauth/token',
        headers: { ...headers, 'content-type': FORM, authorization: basic('nobody', 'x') },
        body: 'grant_type=client_credentials',
      }),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 401, 404, 400, 403, 401]);
    for (const response of responses) {
      expect([response.header(ALLOW_ORIGIN), response.header('vary')]).toEqual([ORIGIN, 'Origin']);
      expect(names(response.header('access-control-expose-headers'))).toEqual(
        expect.arrayContaining(
          [
            'X-Error-Code',
            'RateLimit-Limit',
            'RateLimit-Remaining',
            'Retry-After',
            'Location',
            'X-Emulator-Reason',
          ].map((name) => name.toLowerCase()),
        ),
      );
    }
  });

  it.each([
    ['https://app.example', true],
    ['http://localhost:5174', false],
    ['https://localhost:5173', false],
    ['http://localhost:51730', false],
    ['http://evil.example', false],
    ['null', false],
    ['', false],
    ['*', false],
  ])('with --cors, the origin %s is allowed: %s', async (origin, isAllowed) => {
    const line = shared.seeded(transport);
    const asked = await line.send(preflight(linksPath('observed'), origin));
    const sent = await line.as('reader', 'observed', { path: linksPath('observed'), headers: { origin } });
    expect([asked.status, sent.status]).toEqual([isAllowed ? 204 : 200, 200]);
    for (const response of [asked, sent]) {
      expect(response.header(ALLOW_ORIGIN)).toBe(isAllowed ? origin : undefined);
      expect(response.header('vary')).toBe('Origin');
    }
  });

  it.each(['/_emulator/health', '/_emulator/clock', '/_emulator', '/apis'])(
    '--cors does not open anything but the Atlas API and the token endpoints: %s',
    async (path) => {
      const line = shared.seeded(transport);
      for (const request of [preflight(path), { path, headers: { origin: ORIGIN } }]) {
        const { headers } = await line.send(request);
        expect(Object.keys(headers).filter((name) => /^access-control|^vary/.test(name))).toEqual([]);
      }
      const { status } = await line.send({ path: '/_emulator/clock', headers: { origin: ORIGIN } });
      expect(status).toBe(403);
    },
  );

  it('with --cors, an OPTIONS request that is not a preflight lists the methods', async () => {
    const request = { method: 'OPTIONS', path: linksPath('observed'), headers: { origin: ORIGIN } };
    const response = await shared.seeded(transport).send(request);
    expect([response.status, response.header('allow')]).toEqual([200, 'POST,GET,OPTIONS']);
  });

  it('--cors * allows every origin', async () => {
    const { send } = await openLine(transport, { cors: '*' });
    const response = await send(preflight(linksPath('observed'), 'null'));
    expect([response.status, response.header(ALLOW_ORIGIN), response.header('vary')]).toEqual([
      204,
      '*',
      undefined,
    ]);
  });

  it('without --cors, no origin is allowed', async () => {
    const { send } = await openLine(transport);
    const asked = await send(preflight(linksPath('observed')));
    expect([asked.status, asked.header('allow')]).toEqual([200, 'POST,GET,OPTIONS']);
    const { headers } = await send({ path: linksPath('observed'), headers: { origin: ORIGIN } });
    for (const header of [...Object.keys(asked.headers), ...Object.keys(headers)]) {
      expect(header).not.toMatch(/^access-control|^vary/);
    }
  });
});
