import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { API, linksPath, seededCaller } from '../support/emulator.js';
import { nonceOf, signed } from '../support/digest.js';
import { basic, FORM, openSocket, type Outgoing } from '../support/transport.js';
import { sendRaw } from '../support/raw.js';
import { openStream } from './stream-support.js';

const LINKS = linksPath('documented');
const OWNER = seededCaller('owner', 'documented');
const JSON_TYPE = 'application/json';

/** Every private key and client secret that an emulator starts with. */
const SEEDED_SECRETS = [
  ...readFileSync(new URL('../../fixtures/default.json', import.meta.url), 'utf8').matchAll(
    /"(?:privateKey|clientSecret)": "([^"]+)"/g,
  ),
].map(([, secret = '']) => secret);

/** Everything that the emulator reports about requests, as text. */
async function outputOf(
  drive: (send: (request: Outgoing) => Promise<string>) => Promise<void>,
): Promise<string> {
  const { url, send, events } = await openSocket();
  const stream = await openStream(`${url}/_emulator/events`);
  await drive(async (request) => {
    const answer = await send(request);
    return answer.status === 401 ? (answer.header('www-authenticate') ?? '') : answer.text;
  });
  const { last } = events;
  const streamed = await stream.until(({ id }) => id === String(last));
  const dumps = await Promise.all(
    ['/requests?limit=1000', '/requests/refused?limit=1000', '/requests.har'].map(
      async (path) => (await send({ path: `/_emulator${path}` })).text,
    ),
  );
  return [...dumps, JSON.stringify(streamed), JSON.stringify(events.since(0))].join('\n');
}

function expectNone(output: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(8);
    const at = output.indexOf(secret);
    expect(at < 0 ? '' : output.slice(Math.max(0, at - 200), at + 200), secret).toBe('');
  }
}

const token = (headers: Readonly<Record<string, string>>, body: string): Outgoing => ({
  method: 'POST',
  path: '/api/oauth/token',
  headers: { 'content-type': FORM, ...headers },
  body,
});

describe('secrets in journal, archive and events', () => {
  it('the journal, the HTTP Archive and the events have no secrets of correct requests', async () => {
    const secrets: string[] = [...SEEDED_SECRETS];
    const output = await outputOf(async (send) => {
      const byHeader = { authorization: basic(OWNER.clientId, OWNER.clientSecret) };
      secrets.push(byHeader.authorization.slice('Basic '.length));
      const grant = 'grant_type=client_credentials';
      for (const request of [
        token(byHeader, grant),
        token({}, `${grant}&client_id=${OWNER.clientId}&client_secret=${OWNER.clientSecret}`),
      ]) {
        const { access_token: bearer } = JSON.parse(await send(request)) as { access_token: string };
        secrets.push(bearer);
        await send({ path: LINKS, headers: { authorization: `Bearer ${bearer}` } });
        const body = `token=${bearer}&token_type_hint=access_token`;
        await send({ ...token(byHeader, body), path: '/api/oauth/revoke' });
        await send({ path: LINKS, headers: { authorization: `bearer ${bearer}` } });
      }
      const nonce = nonceOf(await send({ path: LINKS }));
      const authorization = signed({
        username: OWNER.publicKey,
        password: OWNER.privateKey,
        method: 'GET',
        uri: LINKS,
        nonce,
      });
      secrets.push(/response="(\w+)"/.exec(authorization)?.[1] ?? '');
      await send({ path: LINKS, headers: { authorization } });
    });
    expectNone(output, secrets);
    expect(output).toContain('"Digest owner1"');
    expect(output).toContain(`"Basic ${OWNER.clientId}"`);
    expect(output).toContain('"Bearer"');
    expect(output).toContain(
      'grant_type=client_credentials&client_id=mdb_sa_id_000000000000000000000011&client_secret=[removed]',
    );
    expect(output).toContain('access_token\\":\\"[removed]\\"');
  });

  it('the journal, the HTTP Archive and the events have no secrets sent in the wrong place', async () => {
    const secrets = [
      ...SEEDED_SECRETS,
      'mdb_at_0123456789',
      basic(OWNER.clientSecret, OWNER.clientId).slice(6),
    ];
    const output = await outputOf(async (send) => {
      const { clientId, clientSecret, publicKey, privateKey } = OWNER;
      const swapped = signed({
        username: privateKey,
        password: publicKey,
        method: 'GET',
        uri: LINKS,
        nonce: 'x',
      });
      for (const authorization of [
        clientSecret,
        'mdb_at_0123456789',
        `Token ${clientSecret}`,
        `Bearer: mdb_at_0123456789`,
        basic(clientSecret, clientId),
        basic(clientSecret, ''),
        `Basic ${clientSecret}`,
        swapped,
      ]) {
        await send({ path: LINKS, headers: { authorization } });
        await send(token({ authorization }, 'grant_type=client_credentials'));
      }
      for (const name of ['cookie', 'proxy-authorization', 'x-api-key', 'x-auth-token', 'client-secret']) {
        await send({ path: LINKS, headers: { [name]: `session=${clientSecret}` } });
      }
      await send(token({ 'content-type': JSON_TYPE }, JSON.stringify({ client_secret: clientSecret })));
      await send(token({ 'content-type': 'text/plain' }, clientSecret));
      await send(token({}, `client_id=${clientSecret}&client_secret=${clientId}`));
      await send(token({}, `client%5fsecret=${clientSecret}`));
      await send({ path: `/api/oauth/token?client_secret=${clientSecret}&access_token=mdb_at_0123456789` });
      await send({ path: `${API}/%zz?Client-Secret=${clientSecret}` });
      for (const path of [LINKS, '/api/oauth/tokens', '/token']) {
        for (const type of [JSON_TYPE, FORM]) {
          await send({
            method: 'POST',
            path,
            headers: { 'content-type': type },
            body: JSON.stringify({
              a: { clientSecret, private_key: privateKey, 'access-token': 'mdb_at_0123456789' },
            }),
          });
        }
      }
      await send(token({}, `grant_type=${clientSecret}`));
      await send(token({}, `grant_type=x%20${clientSecret}&scope=a%20${clientSecret}`));
      await send({ path: LINKS, headers: { 'x-client': `id ${clientSecret}`, via: `a, ${clientSecret}` } });
      await send({ path: LINKS, headers: { referer: `https://${clientId}:${privateKey}@localhost/a` } });
      for (const path of [LINKS, `${API}/groups`, `${API}/nothing`, '/api/oauth/token']) {
        await send({ path: `${path}/${clientSecret}` });
        await send({ path: `${path}/x;${clientSecret}`, headers: { authorization: 'Basic x' } });
      }
      const filler = 'x'.repeat(16_384 - 30);
      const body = JSON.stringify({ filler, clientSecret });
      await send({ method: 'POST', path: '/nowhere', headers: { 'content-type': JSON_TYPE }, body });
    });
    expectNone(output, secrets);
  });
});

describe('secrets in refusals', () => {
  const { clientId, clientSecret, privateKey } = OWNER;
  const digest = `Digest ${clientSecret}=1, ${clientSecret}=2`;

  it.each<[string, Outgoing]>([
    ['the grant type', token({ authorization: basic(clientId, clientSecret) }, `grant_type=${clientSecret}`)],
    ['the client id', token({ authorization: basic(clientSecret, clientId) }, '')],
    ['a part of the path', { path: `${LINKS}/${clientSecret}` }],
    ['another header', { path: LINKS, headers: { 'x-client': clientSecret } }],
    ['the name of a parameter of a digest', { path: LINKS, headers: { authorization: digest } }],
  ])('a refusal does not repeat a secret that was sent as %s', async (_where, request) => {
    const { send } = await openSocket();
    const answer = await send(request);
    expect([400, 401]).toContain(answer.status);
    expect(answer.text + JSON.stringify(answer.headers)).not.toContain(clientSecret);
  });

  it('neither a refusal nor the journal has the user information of an absolute request target', async () => {
    const { url, send } = await openSocket();
    const { host } = new URL(url);
    const lines = [`GET http://${clientId}:${privateKey}@${host}${LINKS} HTTP/1.1`, `Host: ${host}`];
    const answer = await sendRaw(url, [...lines, 'Connection: close', '', ''].join('\r\n'));
    expect(answer).not.toContain(privateKey);
    const journal = (await send({ path: '/_emulator/requests' })).text;
    expect(journal).toContain(`//[removed]@${host}`);
    expect(journal).not.toContain(privateKey);
  });
});
