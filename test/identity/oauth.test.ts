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
  query = '',
): Promise<Incoming> {
  const all = { 'content-type': FORM, ...headers };
  return line.send({ method: 'POST', path: `/api/oauth/${path}${query}`, headers: all, body });
}

async function statusWith(line: Line, token: string): Promise<number> {
  const headers = { accept: ACCEPT, authorization: `Bearer ${token}` };
  return (await line.send({ path: `${API}/groups`, headers })).status;
}

/** The errors of the token endpoints, to the letter (Atlas documentation). */
const BODIES = {
  invalid_client: '{"error_description":"Invalid credentials provided.","error":"invalid_client"}',
  invalid_request:
    '{"error_description":"The provided credentials are not valid.","error":"invalid_request"}',
  unsupported_grant_type: '{"error_description":"Invalid grant type.","error":"unsupported_grant_type"}',
  invalid_grant: '{"error_description":"Invalid grant.","error":"invalid_grant"}',
  access_denied:
    '{"error_description":"IP access list validation failed for the service account.","error":"access_denied"}',
  server_error: '{"error_description":"Unexpected error.","error":"server_error"}',
};

function expectError(response: Incoming, status: number, error: keyof typeof BODIES): void {
  expect([response.status, response.text]).toEqual([status, BODIES[error]]);
  expect(response.header('content-type')).toBe('application/json');
  expect(response.header('x-error-code')).toBe(undefined);
  expectNotStored(response);
  const challenges = status === 401 ? ['Basic realm="MMS Public API"'] : [];
  expect(response.lines('www-authenticate')).toEqual(challenges);
  const reason = response.header('x-emulator-reason');
  expect(reason).toMatch(/^step \d+ \([a-z ]+\): .* \| source: .* \| to pass: /);
  expect(reason).not.toContain(secret);
}

function expectNotStored(response: Incoming): void {
  expect([response.header('cache-control'), response.header('pragma')]).toEqual(['no-store', 'no-cache']);
}

describe.each(TRANSPORTS)('token endpoint over %s', (transport) => {
  it('the token endpoint issues a token to a service account, valid for an hour', async () => {
    const line = shared.seeded(transport);
    const response = await post(line, 'token', GRANT);
    expect(response.status).toBe(200);
    expectNotStored(response);
    expect(response.header('content-type')).toMatch(/^application\/json/);
    const { access_token: token, ...rest } = response.json<{ access_token: string }>();
    expect(rest).toEqual({ expires_in: 3600, token_type: 'Bearer' });
    expect(await statusWith(line, token)).toBe(200);
  });

  it('the token endpoint issues a new token each time, and all of them are valid', async () => {
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
  ])('the token endpoint accepts any characters of id and secret in Basic, %s', async (_how, escape) => {
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

describe('requests to the token endpoint', () => {
  it('the token endpoint accepts id and secret in the form', async () => {
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
    ['a wrong secret in the form', {}, `${GRANT}&client_id=${id}&client_secret=nothing`],
  ])('the token endpoint refuses %s with a Basic challenge', async (_what, headers, body) => {
    expectError(await post(shared.seeded('inject'), 'token', body, headers), 401, 'invalid_client');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no credentials', {}, GRANT],
    ['an id without a secret in the form', {}, `${GRANT}&client_id=${id}`],
    ['another scheme', { authorization: 'Bearer mdb_at_x' }, GRANT],
    ['a Basic that is not base64', { authorization: 'Basic ????' }, GRANT],
    ['a Basic without a colon', { authorization: `Basic ${Buffer.from(id).toString('base64')}` }, GRANT],
    ['an empty Basic', { authorization: 'Basic ' }, GRANT],
    [
      'a secret without an id in Basic',
      { authorization: `Basic ${Buffer.from(secret).toString('base64')}` },
      GRANT,
    ],
  ])('the token endpoint refuses %s as a malformed request', async (_what, headers, body) => {
    const response = await post(shared.seeded('inject'), 'token', body, headers);
    expectError(response, 400, 'invalid_request');
    expect(response.header('x-emulator-reason')).toContain('curl --user ID:SECRET');
  });

  it.each([
    ['no grant', ''],
    ['an empty grant', 'grant_type='],
    ['another grant', 'grant_type=password&username=a&password=b'],
    ['a grant in other letters', 'grant_type=CLIENT_CREDENTIALS'],
    ['a secret for a grant', `grant_type=${secret}`],
  ])('the token endpoint refuses %s as the grant type', async (_what, body) => {
    const response = await post(shared.seeded('inject'), 'token', body);
    expectError(response, 400, 'unsupported_grant_type');
    expect(response.header('x-emulator-reason')).toContain('grant_type=client_credentials');
  });

  it.each([
    ['JSON', 'application/json', JSON.stringify({ grant_type: 'client_credentials' })],
    ['text', 'text/plain', GRANT],
    ['a multipart form', 'multipart/form-data; boundary=x', '--x--'],
  ])(
    'the token endpoint refuses a body that is %s, and names the form to send',
    async (_what, type, body) => {
      const response = await post(shared.seeded('inject'), 'token', body, { ...right, 'content-type': type });
      expectError(response, 400, 'unsupported_grant_type');
      expect(response.header('x-emulator-reason')).toContain('grant_type=client_credentials');
    },
  );

  it('the token endpoint accepts a form whose media type has a charset', async () => {
    const headers = { ...right, 'content-type': `${FORM};charset=UTF-8` };
    expect((await post(await openLine('inject'), 'token', GRANT, headers)).status).toBe(200);
  });

  it.each(['GET', 'PUT', 'DELETE'])('the token endpoint does not support %s', async (method) => {
    const response = await (await openLine('inject')).send({ method, path: '/api/oauth/token' });
    expect([response.status, response.header('allow')]).toEqual([405, 'POST,OPTIONS']);
  });
});

describe('pretty and envelope of the token endpoints', () => {
  it('pretty and envelope format the response of the token endpoint', async () => {
    const line = shared.seeded('inject');
    const ask = async (query: string) => (await post(line, 'token', GRANT, right, query)).text;
    const token = expect.stringMatching(/^mdb_at_/) as string;
    const content = { access_token: token, expires_in: 3600, token_type: 'Bearer' };
    expect(JSON.parse(await ask('?envelope=true'))).toEqual({ status: 200, content });
    expect(await ask('?pretty=true')).toMatch(/^\{\n {2}"access_token" : "\S+",\n {2}"expires_in" : 3600,\n/);
    expect(JSON.parse(await ask('?pretty=maybe&envelope=1'))).toEqual(content);
  });

  it.each(['token', 'revoke'] as const)(
    'pretty and envelope format an error of the %s endpoint',
    async (path) => {
      const line = shared.seeded('inject');
      const ask = (query: string) => post(line, path, GRANT, { authorization: basic(id, 'x') }, query);
      const wrapped = await ask('?envelope=true');
      expect([wrapped.status, wrapped.text]).toEqual([
        401,
        `{"status":401,"content":${BODIES.invalid_client}}`,
      ]);
      expect((await ask('?pretty=true')).text).toBe(
        '{\n  "error_description" : "Invalid credentials provided.",\n  "error" : "invalid_client"\n}',
      );
    },
  );

  it('envelope gives a revocation, which has no body, a status', async () => {
    const line = shared.seeded('inject');
    const ask = async (query: string) => (await post(line, 'revoke', 'token=unknown', right, query)).text;
    expect(await ask('?envelope=true')).toBe('{"status":200}');
    expect(await ask('?pretty=true')).toBe('');
  });
});

describe.each(TRANSPORTS)('fault rules on the token endpoints over %s', (transport) => {
  it.each([
    [400, 'invalid_grant'],
    [401, 'invalid_client'],
    [403, 'access_denied'],
    [500, 'server_error'],
  ] as const)(
    'a fault on a token endpoint with status %i has the documented error, in both profiles',
    async (status, error) => {
      const line = await openLine(transport);
      for (const path of ['token', 'revoke'] as const) {
        const match = { path: `/api/oauth/${path}` };
        const rule = { match, answer: { status } };
        const added = await line.send({
          method: 'POST',
          path: '/_emulator/faults',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(rule),
        });
        expect(added.status, added.text).toBe(201);
        for (const profile of ['documented', 'observed'] as const) {
          const { clientId, clientSecret } = seededCaller('owner', profile);
          const headers = { authorization: basic(clientId, clientSecret) };
          expectError(await post(line, path, GRANT, headers), status, error);
        }
      }
    },
  );
});

describe('revoke endpoint', () => {
  it.each(['', '&token_type_hint=access_token', '&token_type_hint=refresh_token'])(
    'the revoke endpoint revokes one token of its own client at once (form: token=…%s)',
    async (hint) => {
      const line = shared.seeded('inject');
      const [token, other] = [
        await tokenOf(line.send, 'owner', 'documented'),
        await tokenOf(line.send, 'owner', 'documented'),
      ];
      expect([await statusWith(line, token), await statusWith(line, other)]).toEqual([200, 200]);
      const revoked = await post(line, 'revoke', `token=${token}${hint}`);
      expect([revoked.status, revoked.text, revoked.header('content-type')]).toEqual([200, '', undefined]);
      expectNotStored(revoked);
      expect([await statusWith(line, token), await statusWith(line, other)]).toEqual([401, 200]);
      expect((await post(line, 'revoke', `token=${token}`)).status, 'twice is as good as once').toBe(200);
    },
  );

  it('the revoke endpoint responds 200 to an unknown token', async () => {
    expect((await post(await openLine('inject'), 'revoke', 'token=mdb_at_nobody')).status).toBe(200);
  });

  it('the revoke endpoint refuses a token of another client, which stays valid', async () => {
    const line = shared.seeded('inject');
    const token = await tokenOf(line.send, 'reader', 'documented');
    expectError(await post(line, 'revoke', `token=${token}`), 400, 'invalid_grant');
    expect(await statusWith(line, token)).toBe(200);
  });

  it.each(['', 'token=', 'token_type_hint=access_token'])(
    'the revoke endpoint refuses the form "%s"',
    async (body) => {
      expectError(await post(await openLine('inject'), 'revoke', body), 400, 'invalid_request');
    },
  );

  it('the revoke endpoint requires the credentials of the client', async () => {
    const line = shared.seeded('inject');
    const token = await tokenOf(line.send, 'owner', 'documented');
    expectError(await post(line, 'revoke', `token=${token}`, {}), 400, 'invalid_request');
    const wrong = { authorization: basic(id, 'wrong') };
    expectError(await post(line, 'revoke', `token=${token}`, wrong), 401, 'invalid_client');
    expect(await statusWith(line, token)).toBe(200);
  });
});
