import { describe, expect, it } from 'vitest';
import { isMistake } from '../../src/control/contract/rules.js';
import { ConformanceCheck } from '../evidence/conformance.js';
import { declaredConditions } from '../evidence/operations.js';
import { nonceOf } from '../support/digest.js';
import { ACCEPT, API, linksPath, SEEDED } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import { basic } from '../support/transport.js';
import { CONTROL, limit, LINKS, lost, s3, UNKNOWN, WatchedClient, type Act } from './check-support.js';

describe('errors', () => {
  it.each(PROFILES)(
    'every condition that a client is to blame for is an error as %s, and no other',
    async (profile) => {
      const conformance = await ConformanceCheck.start(profile, { differences: () => [] });
      await conformance.raiseEveryCondition();
      const response = await conformance.emulator.inject({
        method: 'POST',
        url: '/_emulator/contract/check',
      });
      const { findings } = response.json<{ findings: readonly { rule: string; severity: string }[] }>();
      const found = findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
      const raised = conformance.reasons
        .map(({ name }) => name)
        .filter((name) => declaredConditions().has(name));
      // The challenges of the conformance check are followed by the same requests with credentials.
      expect([...new Set(found)].sort()).toEqual(
        [...new Set(raised)].filter((name) => isMistake(name) && name !== 'unauthenticated').sort(),
      );
      expect(found).not.toContain('notEmulated');
    },
  );

  it.each(PROFILES)(
    'are not found in a client that calls every operation correctly, as %s',
    async (profile) => {
      const conformance = await ConformanceCheck.start(profile, { differences: () => [] });
      await conformance.callEveryOperation();
      const { body } = await conformance.emulator.inject({
        method: 'POST',
        url: '/_emulator/contract/check',
      });
      expect(JSON.parse(body)).toMatchObject({ findings: [] });
    },
  );

  it('are all that is found in a request that is refused', async () => {
    const client = await WatchedClient.start();
    await client.create({ ...s3(), provider: 'AWSS', state: 'IDLE' });
    await client.get(`/${UNKNOWN}?itemPerPage=5`);
    expect(await client.broken()).toEqual({ unknownProvider: 1, linkNotFound: 1 });
  });

  it.each([
    ['invalid_request', 'token', '', 'grant_type=client_credentials'],
    ['invalid_client', 'token', 'wrong', 'grant_type=client_credentials'],
    ['unsupported_grant_type', 'token', 'right', 'grant_type=password'],
    ['invalid_grant', 'revoke', 'right', 'token='],
    ['request_too_large', 'token', 'right', 'x'.repeat(1_100_000)],
  ])(
    'of token requests are errors, of the project that the client was made for if it is known: %s',
    async (rule, path, secret, form) => {
      const client = await WatchedClient.start();
      const { id, accounts } = await client.emulator.makeProject({ profile: 'observed' });
      const { clientId, clientSecret } = accounts.owner;
      const authorization = basic(clientId, secret === 'right' ? clientSecret : secret);
      // The token of another client.
      const payload = form === 'token=' ? form + (await client.grant()) : form;
      await client.emulator.inject({
        method: 'POST',
        url: `/api/oauth/${path}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...(secret !== '' && { authorization }),
        },
        payload,
      });
      const isKnown = ['unsupported_grant_type', 'invalid_grant'].includes(rule);
      const broken = await client.broken(`/_emulator/projects/${id}`);
      expect(broken).toEqual(isKnown ? { [rule]: 1 } : {});
      expect(await client.broken()).toEqual({ [rule]: 1 });
      expect(await client.broken(CONTROL)).toEqual({});
    },
  );
});

/** What a client that does nothing wrong can meet. */
const INNOCENT: Readonly<Record<string, Act>> = {
  'a challenge that was answered': (client) => client.digest(),
  async 'a nonce that was too old, and the new one answered'(client) {
    const challenge = await client.emulator.inject({ url: LINKS, headers: { accept: ACCEPT } });
    const nonce = nonceOf(String(challenge.headers['www-authenticate']));
    client.emulator.clock.advance(301_000);
    const stale = await client.answer(LINKS, nonce);
    expect(stale.statusCode).toBe(401);
    await client.answer(LINKS, nonceOf(String(stale.headers['www-authenticate'])));
  },
  async 'parallel challenges, of which one nonce is used for all'(client) {
    const urls = ['', '?itemsPerPage=1', '?itemsPerPage=2'].map((query) => LINKS + query);
    const challenges = await Promise.all(
      urls.map((url) => client.emulator.inject({ url, headers: { accept: ACCEPT } })),
    );
    const nonce = nonceOf(String(challenges[0]?.headers['www-authenticate']));
    for (const [index, url] of urls.entries()) await client.answer(url, nonce, undefined, index + 1);
  },
  async 'an expired token that was renewed'(client) {
    await client.get();
    client.emulator.clock.advance(3_600_001);
    expect((await client.get()).statusCode).toBe(401);
    client.emulator.forgetTokens();
    await client.get('?itemsPerPage=7');
  },
  Prefer: (client) => client.get('', { prefer: 'code=404' }),
  'Prefer with a status without a body': (client) => client.get('', { prefer: 'code=418' }),
  async 'a fault'(client) {
    await client.control('POST', '/faults', { error: 'INVALID_ATTRIBUTE', times: 1 });
    await client.control('POST', '/faults', { answer: { status: 404 }, times: 1 });
    expect((await client.get()).statusCode).toBe(400);
    expect((await client.get()).statusCode).toBe(404);
  },
  async 'a limit'(client) {
    await limit(client);
    expect((await client.get()).statusCode).toBe(429);
  },
  async 'a forced state'(client) {
    const id = await client.made({ provider: 'AWS', dnsDomain: 'a.example' });
    await client.control('PUT', `/private-links/${id}/state`, { state: 'FAILED' });
    expect((await client.patch(id, { dnsDomain: 'b.example' })).statusCode).toBe(400);
  },
  async 'a link that a rule has made fail'(client) {
    await client.control('POST', '/private-link-rules', { fail: 'No.' });
    const id = await client.made({ provider: 'AWS', dnsDomain: 'a.example' });
    expect((await client.patch(id, { dnsDomain: 'b.example' })).statusCode).toBe(400);
  },
  async 'reads after the delete of a link, and a second delete'(client) {
    const id = await client.made();
    await client.remove(id);
    expect((await client.get(`/${id}`)).statusCode).toBe(404);
    expect((await client.remove(id)).statusCode).toBe(404);
  },
  async 'reads after the delete of a project'(client) {
    const payload = { name: 'new', orgId: SEEDED.observed.organization };
    const made = await client.send({ method: 'POST', url: `${API}/groups`, payload });
    const url = `${API}/groups/${made.json<{ id: string }>().id}`;
    await client.send({ method: 'DELETE', url });
    expect((await client.send({ url })).statusCode).toBe(404);
    expect((await client.send({ url: `${url}/settings` })).statusCode).toBe(404);
  },
  async 'reads after a reset, and after a test has removed the project'(client) {
    const id = await client.made();
    await client.control('POST', '/reset');
    expect((await client.get(`/${id}`)).statusCode).toBe(404);
    const project = await client.emulator.makeProject({ profile: 'observed' });
    const account = project.accounts.owner;
    const url = linksPath('observed').replace(SEEDED.observed.project, project.id);
    await client.emulator.asAccount(account, { url });
    await client.control('DELETE', `/projects/${project.id}`, undefined, '/_emulator');
    expect((await client.send({ url })).statusCode).toBe(404);
  },
  async 'a look before a create'(client) {
    expect((await client.send({ url: `${API}/groups/byName/new` })).statusCode).toBe(404);
    const payload = { name: 'new', orgId: SEEDED.observed.organization };
    expect((await client.send({ method: 'POST', url: `${API}/groups`, payload })).statusCode).toBe(201);
  },
  async 'two looks before a create, at what another client has deleted'(client) {
    const id = await client.made();
    await client.send({ method: 'DELETE', url: `${LINKS}/${id}` }, 'streams');
    for (let look = 0; look < 2; look += 1) expect((await client.get(`/${id}`)).statusCode).toBe(404);
    await client.made();
  },
  async 'reads of a link that a test has removed'(client) {
    const id = await client.made();
    await client.control('PUT', `/private-links/${id}/state`, { state: 'DELETED' });
    expect((await client.get(`/${id}`)).statusCode).toBe(404);
    expect((await client.patch(id, { dnsDomain: 'a.example' })).statusCode).toBe(404);
  },
  async '"exists" after a lost answer, once it has looked'(client) {
    await lost(client, 'after');
    await client.get();
    expect((await client.create()).statusCode).toBe(400);
  },
  async '"exists" after a lost answer, once it has looked as it did before'(client) {
    const id = await client.made(s3(2));
    for (let look = 0; look < 2; look += 1) await client.get(`/${id}`);
    await lost(client, 'after');
    await client.get(`/${id}`);
    expect((await client.create()).statusCode).toBe(400);
  },
  async 'an operation that is not emulated'(client) {
    const url = `${API}/groups/${SEEDED.observed.project}/streams`;
    expect((await client.send({ url })).statusCode).toBe(501);
  },
};

/** What differs from an innocent client in one respect, and is an error. */
const GUILTY: Readonly<Record<string, readonly [rule: string, act: Act]>> = {
  'a challenge that was not answered': [
    'unauthenticated',
    (client) => client.emulator.inject({ url: LINKS, headers: { accept: ACCEPT } }),
  ],
  'a wrong private key, even if the right one follows': [
    'unauthenticated',
    async (client) => {
      const challenge = await client.emulator.inject({ url: LINKS, headers: { accept: ACCEPT } });
      const nonce = nonceOf(String(challenge.headers['www-authenticate']));
      expect((await client.answer(LINKS, nonce, 'wrong')).statusCode).toBe(401);
      expect((await client.answer(LINKS, nonce)).statusCode).toBe(200);
    },
  ],
  'an expired token that is not renewed': [
    'unauthenticated',
    async (client) => {
      await client.get();
      client.emulator.clock.advance(3_600_001);
      await client.get();
    },
  ],
  'a challenge that was answered with a wrong private key': [
    'unauthenticated',
    async (client) => {
      const challenge = await client.emulator.inject({ url: LINKS, headers: { accept: ACCEPT } });
      await client.answer(LINKS, nonceOf(String(challenge.headers['www-authenticate'])), 'wrong');
      const { findings } = await client.check();
      expect(findings[0]?.problem).toBe('The digest does not match the private key of this public key.');
    },
  ],
  'a read of what never was': ['linkNotFound', (client) => client.get(`/${UNKNOWN}`)],
  'a delete of what never was': ['linkNotFound', (client) => client.remove(UNKNOWN)],
  'a read of what another client has deleted': [
    'linkNotFound',
    async (client) => {
      const id = await client.made();
      await client.send({ method: 'DELETE', url: `${LINKS}/${id}` }, 'streams');
      await client.get(`/${id}`);
    },
  ],
  'a read of a link in another project': [
    'linkNotFound',
    async (client) => {
      const id = await client.made();
      const url = `${linksPath('documented')}/${id}`;
      await client.emulator.as('owner', 'documented', { url });
    },
  ],
  'a read of what another project had when it was reset': [
    'linkNotFound',
    async (client) => {
      const id = await client.made();
      await client.control('POST', `/projects/${SEEDED.documented.project}/reset`, undefined, '/_emulator');
      await client.send({ method: 'DELETE', url: `${LINKS}/${id}` }, 'streams');
      await client.get(`/${id}`);
    },
  ],
  'a change of what it has deleted': [
    'linkNotFound',
    async (client) => {
      const id = await client.made();
      await client.remove(id);
      await client.patch(id, { dnsDomain: 'a.example' });
    },
  ],
  '"exists", though no answer was lost': [
    'duplicateLink',
    async (client) => {
      await client.create();
      await client.create();
    },
  ],
  'a change that the state does not allow': [
    'updateNotAllowed',
    async (client) => {
      const id = await client.made({ provider: 'AWS', dnsDomain: 'a.example' });
      await client.patch(id, { dnsDomain: 'b.example' });
    },
  ],
  'an operation that nobody has': ['pathNotFound', (client) => client.get('/a/b/c/d')],
};

describe('what follows from what came before', () => {
  it.each(Object.keys(INNOCENT))('is no mistake: %s', async (name) => {
    const client = await WatchedClient.start();
    await INNOCENT[name]?.(client);
    expect(await client.broken()).toEqual({});
  });

  it.each(Object.keys(GUILTY))('is a mistake: %s', async (name) => {
    const [rule, act] = GUILTY[name] ?? [];
    const client = await WatchedClient.start();
    await act?.(client);
    expect(await client.broken()).toEqual({ [String(rule)]: 1 });
  });

  it('a create that is repeated blindly is a warning, whether it exists or not', async () => {
    for (const drop of ['before', 'after']) {
      const client = await WatchedClient.start();
      await lost(client, drop);
      await client.create();
      expect(await client.broken()).toEqual({ blindRetry: 1 });
    }
  });
});
