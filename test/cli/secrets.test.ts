import { expect, it, vi } from 'vitest';
import { Client, Command } from '../support/command.js';
import { ACCEPT, linksPath, seededCaller } from '../support/emulator.js';
import { nonceOf, signed } from '../support/digest.js';

// Each test starts the program: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

it('the log at level debug has a line for each request, without secrets, tokens or digests', async () => {
  const { command, ready } = await Command.start(['--log-level', 'debug']);
  const { clientId, clientSecret, publicKey, privateKey } = seededCaller('owner', 'documented');
  const uri = linksPath('documented');

  const client = await Client.of(ready.url);
  expect((await client.create('one')).status).toBe(200);
  expect((await client.fetch()).status).toBe(200);

  const challenged = await fetch(ready.url + uri, { headers: { accept: ACCEPT } });
  const nonce = nonceOf(challenged.headers.get('www-authenticate') ?? undefined);
  const digest = (password: string, count: number): string =>
    signed({ username: publicKey, password, method: 'GET', uri, nonce, count });
  const withDigest = (authorization: string): Promise<Response> =>
    fetch(ready.url + uri, { headers: { accept: ACCEPT, authorization } });
  const [right, wrong] = [digest(privateKey, 1), digest('not-the-private-key', 2)];
  expect((await withDigest(right)).status).toBe(200);
  expect((await withDigest(wrong)).status).toBe(401);
  expect((await withDigest(`Bearer not-the-token-${client.token}`)).status).toBe(401);

  const form = (path: string, fields: Record<string, string>): Promise<Response> =>
    fetch(`${ready.url}/api/oauth/${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  const credentials = { client_id: clientId, client_secret: clientSecret };
  const wrongSecret = { client_id: clientId, client_secret: 'not-the-client-secret' };
  expect((await form('token', { ...wrongSecret, grant_type: 'client_credentials' })).status).toBe(401);
  expect((await form('revoke', { ...credentials, token: client.token })).status).toBe(200);
  expect((await client.fetch()).status).toBe(401);

  const { stderr } = await command.stop();
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path?: string });
  expect(lines.filter(({ path }) => path === uri)).toHaveLength(7);
  expect(lines.filter(({ path }) => path?.startsWith('/api/oauth/'))).toHaveLength(3);
  const responses = [right, wrong].map((text) => /response="([0-9a-f]{32})"/.exec(text)?.[1] ?? '');
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const secrets = [privateKey, clientSecret, client.token, basic, ...responses, 'not-the-'];
  expect(secrets.every((secret) => secret.length >= 8)).toBe(true);
  expect(secrets.filter((secret) => stderr.includes(secret))).toEqual([]);
});
