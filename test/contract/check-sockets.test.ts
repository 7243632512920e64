import { Agent, request as httpRequest } from 'node:http';
import { onTestFinished, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../src/client/index.js';
import { listen } from '../../src/listener.js';
import { ACCEPT, linksPath, seededCaller } from '../support/emulator.js';
import { basic, FORM } from '../support/transport.js';

const LINKS = linksPath('observed');

/** A client over one connection, or over a new one for each request. */
async function start(keepAlive: boolean) {
  const server = await listen({ logLevel: 'silent' });
  const agent = new Agent({ keepAlive, maxSockets: 1 });
  onTestFinished(async () => {
    agent.destroy();
    await server.close();
  });
  const send = (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(server.url + path, { method, headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(text));
      });
      request.on('error', reject).end(body);
    });
  const { clientId, clientSecret } = seededCaller('owner', 'observed');
  const authorization = basic(clientId, clientSecret);
  return {
    async grant(agentName = 'client/1'): Promise<string> {
      const headers = { authorization, 'content-type': FORM, 'user-agent': agentName };
      const text = await send('POST', '/api/oauth/token', headers, 'grant_type=client_credentials');
      return (JSON.parse(text) as { access_token: string }).access_token;
    },
    async revoke(token: string): Promise<void> {
      await send('POST', '/api/oauth/revoke', { authorization, 'content-type': FORM }, `token=${token}`);
    },
    list: (token: string) => send('GET', LINKS, { accept: ACCEPT, authorization: `Bearer ${token}` }),
    advance: (by: string) =>
      send(
        'POST',
        '/_emulator/clock/advance',
        { 'content-type': 'application/json' },
        JSON.stringify({ by }),
      ),
    async check(): Promise<CheckReport> {
      return JSON.parse(await send('POST', '/_emulator/contract/check', {})) as CheckReport;
    },
  };
}

const rulesIn = ({ findings }: CheckReport): string[] => findings.map(({ rule }) => rule);

describe('tokenForEachRequest', () => {
  it('is found in a client that requests a token for each request over one connection', async () => {
    const client = await start(true);
    for (let count = 0; count < 2; count += 1) await client.list(await client.grant());
    expect(rulesIn(await client.check())).toEqual([]);
    await client.grant();
    const { findings, passed } = await client.check();
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['tokenForEachRequest', 'advice'],
    ]);
    expect(passed).toBe(true);
  });

  it('is not found in a client that uses its token twice', async () => {
    const client = await start(true);
    for (let count = 0; count < 4; count += 1) {
      const token = await client.grant();
      await client.list(token);
      await client.list(token);
    }
    expect(rulesIn(await client.check())).toEqual([]);
  });

  it('is not found where each process has a connection of its own', async () => {
    const client = await start(false);
    for (let count = 0; count < 4; count += 1) await client.list(await client.grant());
    expect(rulesIn(await client.check())).toEqual([]);
  });

  it('is not found where several programs share a connection, or tokens are revoked or expire', async () => {
    const client = await start(true);
    for (let count = 0; count < 4; count += 1) await client.list(await client.grant(`client/${count}`));
    for (let count = 0; count < 4; count += 1) {
      const token = await client.grant();
      await client.list(token);
      await client.revoke(token);
    }
    for (let count = 0; count < 4; count += 1) {
      await client.list(await client.grant());
      await client.advance('61m');
    }
    expect(rulesIn(await client.check())).toEqual([]);
  });
});
