import { describe, expect, it } from 'vitest';
import { ACCEPT, API, seededCaller } from '../support/emulator.js';
import { fixtureFile } from '../support/fixture-file.js';
import {
  basic,
  FORM,
  openLine,
  shareEmulator,
  tokenOf,
  TRANSPORTS,
  type Incoming,
  type Line,
} from '../support/transport.js';

const shared = shareEmulator();

const GRANT = 'grant_type=client_credentials';
const { clientId: id, clientSecret: secret, publicKey, privateKey } = seededCaller('owner', 'documented');
const right = { authorization: basic(id, secret) };

function post(
  line: Line,
  path: 'token' | 'revoke',
  body: string,
  headers: Readonly<Record<string, string>> = right,
): Promise<Incoming> {
  const all = { 'content-type': FORM, ...headers };
  return line.send({ method: 'POST', path: `/api/oauth/${path}`, headers: all, body });
}

async function statusWith(line: Line, token: string): Promise<number> {
  const headers = { accept: ACCEPT, authorization: `Bearer ${token}` };
  return (await line.send({ path: `${API}/groups`, headers })).status;
}

function expectError(response: Incoming, status: number, error: string): void {
  expect([response.status, response.json().error]).toEqual([status, error]);
  expect(response.json().error_description).toMatch(/^[A-Z].*\.$/);
  expect(response.header('cache-control')).toBe('no-store');
  expect(response.header('x-emulator-reason')).toMatch(/^step \d+ \([a-z ]+\): .* \| source: RFC /);
  expect(response.text).not.toContain(secret);
}

describe.each(TRANSPORTS)('the token endpoint over %s', (transport) => {
  it('answers a service account with a token of an hour that lets it in', async () => {
    const line = shared.seeded(transport);
    const response = await post(line, 'token', GRANT);
    expect([response.status, response.header('cache-control')]).toEqual([200, 'no-store']);
    expect(response.header('content-type')).toMatch(/^application\/json/);
    const { access_token: token, ...rest } = response.json<{ access_token: string }>();
    expect(rest).toEqual({ expires_in: 3600, token_type: 'Bearer' });
    expect(await statusWith(line, token)).toBe(200);
  });

  it('gives another token each time, and all of them work', async () => {
    const line = shared.seeded(transport);
    const tokens = await Promise.all(
      Array.from(
        { length: 10 },
        async () => (await post(line, 'token', GRANT)).json().access_token as string,
      ),
    );
    expect(new Set(tokens).size).toBe(10);
    expect(await Promise.all(tokens.map((token) => statusWith(line, token)))).toEqual(tokens.map(() => 200));
  });

  it.each([
    ['as they are', (text: string) => text],
    [
      'escaped for a form first, as Go does',
      (text: string) => new URLSearchParams([['', text]]).toString().slice(1),
    ],
    ['escaped for a URL first', encodeURIComponent],
  ])('takes an id and a secret of any characters in Basic, %s', async (_how, escape) => {
    const odd = { clientId: 'id with/odd+characters', clientSecret: 'a+b/c%d:e %41é' };
    const fixture = fixtureFile([
      {
        id: '0'.repeat(24),
        name: 'Odd',
        profile: 'documented',
        projects: [],
        credentials: [{ organizationRoles: ['ORG_OWNER'], projectRoles: {}, serviceAccount: odd }],
      },
    ]);
    const line = await openLine(transport, { fixture });
    const authorization = basic(escape(odd.clientId), escape(odd.clientSecret));
    expect((await post(line, 'token', GRANT, { authorization })).status).toBe(200);
    const wrong = basic(escape(odd.clientId), escape('a+b/c%d:e %42é'));
    expectError(await post(line, 'token', GRANT, { authorization: wrong }), 401, 'invalid_client');
  });
});

describe('the token endpoint', () => {
  it('takes id and secret in the form as well', async () => {
    const line = shared.seeded('inject');
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
    });
    expect((await post(line, 'token', form.toString(), {})).status).toBe(200);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a wrong secret', { authorization: basic(id, `${secret}x`) }, GRANT],
    ['no secret', { authorization: basic(id, '') }, GRANT],
    ['an unknown client', { authorization: basic('mdb_sa_id_ffffffffffffffffffffffff', secret) }, GRANT],
    ["another client's secret", { authorization: basic(id, 'mdb_sa_sk_owner2') }, GRANT],
    ['an API key for a client', { authorization: basic(publicKey, privateKey) }, GRANT],
    ['no credentials', {}, GRANT],
    ['a wrong secret in the form', {}, `${GRANT}&client_id=${id}&client_secret=nothing`],
    ['an id without a secret in the form', {}, `${GRANT}&client_id=${id}`],
    ['another scheme', { authorization: 'Bearer mdb_at_x' }, GRANT],
    ['a Basic that is no base64', { authorization: 'Basic ????' }, GRANT],
    ['a Basic without a colon', { authorization: `Basic ${Buffer.from(id).toString('base64')}` }, GRANT],
  ])('refuses %s, and asks for Basic', async (_what, headers, body) => {
    const line = shared.seeded('inject');
    const response = await post(line, 'token', body, headers);
    expectError(response, 401, 'invalid_client');
    expect(response.lines('www-authenticate')).toEqual(['Basic realm="MMS Public API"']);
  });

  it.each([
    ['no grant', '', 'invalid_request'],
    ['an empty grant', 'grant_type=', 'unsupported_grant_type'],
    ['another grant', 'grant_type=password&username=a&password=b', 'unsupported_grant_type'],
    ['a grant in other letters', 'grant_type=CLIENT_CREDENTIALS', 'unsupported_grant_type'],
  ])('refuses %s', async (_what, body, error) => {
    expectError(await post(await openLine('inject'), 'token', body), 400, error);
  });

  it.each([
    ['JSON', 'application/json', JSON.stringify({ grant_type: 'client_credentials' })],
    ['text', 'text/plain', GRANT],
    ['a multipart form', 'multipart/form-data; boundary=x', '--x--'],
  ])('refuses a body that is %s, and names the form to send', async (_what, type, body) => {
    const response = await post(await openLine('inject'), 'token', body, { ...right, 'content-type': type });
    expectError(response, 400, 'invalid_request');
    expect(response.json().error_description).toContain('grant_type=client_credentials');
  });

  it('takes a form whose media type has a charset', async () => {
    const headers = { ...right, 'content-type': `${FORM};charset=UTF-8` };
    expect((await post(await openLine('inject'), 'token', GRANT, headers)).status).toBe(200);
  });

  it.each(['GET', 'PUT', 'DELETE'])('has no %s', async (method) => {
    const response = await (await openLine('inject')).send({ method, path: '/api/oauth/token' });
    expect([response.status, response.header('allow')]).toEqual([405, 'POST']);
  });
});

describe('the revoke endpoint', () => {
  it.each(['', '&token_type_hint=access_token', '&token_type_hint=refresh_token'])(
    'ends a token of its own client at once, and no other (form: token=…%s)',
    async (hint) => {
      const line = shared.seeded('inject');
      const [token, other] = [
        await tokenOf(line.send, 'owner', 'documented'),
        await tokenOf(line.send, 'owner', 'documented'),
      ];
      expect([await statusWith(line, token), await statusWith(line, other)]).toEqual([200, 200]);
      expect((await post(line, 'revoke', `token=${token}${hint}`)).status).toBe(200);
      expect([await statusWith(line, token), await statusWith(line, other)]).toEqual([401, 200]);
      expect((await post(line, 'revoke', `token=${token}`)).status, 'twice is as good as once').toBe(200);
    },
  );

  it('answers 200 for a token that nobody knows', async () => {
    expect((await post(await openLine('inject'), 'revoke', 'token=mdb_at_nobody')).status).toBe(200);
  });

  it("leaves another client's token alone", async () => {
    const line = shared.seeded('inject');
    const token = await tokenOf(line.send, 'reader', 'documented');
    expectError(await post(line, 'revoke', `token=${token}`), 400, 'unauthorized_client');
    expect(await statusWith(line, token)).toBe(200);
  });

  it.each(['', 'token=', 'token_type_hint=access_token'])('refuses the form "%s"', async (body) => {
    expectError(await post(await openLine('inject'), 'revoke', body), 400, 'invalid_request');
  });

  it('asks for the client too', async () => {
    const line = shared.seeded('inject');
    const token = await tokenOf(line.send, 'owner', 'documented');
    expectError(await post(line, 'revoke', `token=${token}`, {}), 401, 'invalid_client');
    expect(await statusWith(line, token)).toBe(200);
  });
});
