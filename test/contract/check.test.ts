import { describe, expect, it } from 'vitest';
import { isMistake, RULES } from '../../src/control/contract/rules.js';
import { NEWEST } from '../evidence/sample-requests.js';
import { declaredConditions } from '../evidence/operations.js';
import { ConformanceCheck } from '../evidence/conformance.js';
import { ACCEPT, API, linksPath, SEEDED, seededCaller } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import { REQUESTS } from '../support/requests.js';
import { nonceOf } from '../support/digest.js';
import { basic } from '../support/transport.js';
import { CONTROL, LINKS, s3, UNKNOWN, WatchedClient } from './check-support.js';

type Act = (client: WatchedClient) => Promise<unknown>;

/** An operation with two versions, which Atlas's description lacks. */
const USERS = `${API}/groups/${SEEDED.observed.project}/users`;

/** Links with more items than a page has. */
const fill = async (client: WatchedClient): Promise<void> => {
  for (let number = 0; number < 101; number += 1)
    await client.create({ provider: 'AWS', dnsDomain: `${number}.example` });
};

const limit = (client: WatchedClient): Promise<void> =>
  client.control('POST', '/faults', { rateLimit: { retryAfterS: 5 }, times: 1 });

/** Cuts the connection of the next create, after or before its work. */
const loseAnswer = (client: WatchedClient, drop: string): Promise<void> =>
  client.control('POST', '/faults', { drop, times: 1, match: { method: 'POST' } });

const lost = async (client: WatchedClient, drop: string): Promise<void> => {
  await loseAnswer(client, drop);
  await expect(client.create()).rejects.toThrow();
};

/** For each rule a client that breaks it, and clients that do nearly the same and keep it. */
const CLIENTS: Readonly<Record<string, { readonly breaks: Act; readonly keeps: Act }>> = {
  unknownQueryParameter: {
    breaks: (client) => client.get('?itemPerPage=5'),
    async keeps(client) {
      await client.get('?itemsPerPage=5&pageNum=1&envelope=false&pretty=false');
      // Clients send them, and Atlas's description has them.
      await client.send({ url: `${API}/orgs?name=&includeCount=true` });
      await client.send({ url: `${API}/groups?includeCount=true&itemsPerPage=100&pageNum=1` });
      // The description lacks the operation, so what is near no parameter may be one.
      await client.send({ url: `${USERS}?flattenTeams=true`, headers: { accept: NEWEST } });
    },
  },
  versionAhead: {
    breaks: (client) => client.get('', { accept: 'application/vnd.atlas.2026-01-03+json' }),
    // A client east of here may have the next day already.
    keeps: (client) => client.get('', { accept: 'application/vnd.atlas.2026-01-02+json' }),
  },
  deprecatedVersion: {
    breaks: (client) => client.send({ url: USERS, headers: { accept: ACCEPT } }),
    keeps: (client) => client.send({ url: USERS, headers: { accept: NEWEST } }),
  },
  readOnlyField: {
    breaks: (client) => client.create({ ...s3(), state: 'IDLE' }),
    keeps: (client) => client.create({ ...s3(), state: '', errorMessage: null, _id: '' }),
  },
  foreignField: {
    breaks: (client) => client.create({ ...s3(), arn: 'arn:aws:kafka:us-east-1:1:cluster/a' }),
    async keeps(client) {
      for (const body of REQUESTS.values()) await client.create(body);
      await client.create({ ...s3(2), arn: '', dnsDomain: null });
      // Nothing is known of what GENERIC needs.
      await client.create({ provider: 'AWS', arn: 'arn:aws:kafka:us-east-1:1:cluster/b' });
    },
  },
  regionForm: {
    breaks: (client) => client.create({ ...s3(), region: 'US_EAST_1' }),
    async keeps(client) {
      await client.create();
      const generic = { provider: 'AZURE', region: 'US_EAST_2', serviceEndpointId: '/subscriptions/a' };
      await client.create(generic);
    },
  },
  pageCutShort: {
    async breaks(client) {
      await fill(client);
      await client.get();
    },
    async keeps(client) {
      await fill(client);
      await client.get();
      await client.get('?itemsPerPage=100&pageNum=2');
      // The client knows that it sees only some.
      await client.get('?itemsPerPage=2');
    },
  },
  retriedTooEarly: {
    async breaks(client) {
      await limit(client);
      await client.get();
      client.emulator.clock.advance(4999);
      await client.get();
    },
    async keeps(client) {
      await limit(client);
      await client.get();
      client.emulator.clock.advance(5000);
      await client.get();
      // Where a test moves the time, no client can know how long to wait.
      await client.control('POST', '/clock/advance', { by: '1m' });
      await limit(client);
      await client.get();
      await client.get();
    },
  },
  blindRetry: {
    async breaks(client) {
      await lost(client, 'after');
      await client.create();
    },
    async keeps(client) {
      await lost(client, 'after');
      await client.get('?itemsPerPage=500');
      // It exists: no mistake, because the answer was lost.
      await client.create();
      await client.create(s3(2));
    },
  },
  fastPolling: {
    async breaks(client) {
      await client.control('PATCH', '', { durations: { idleMs: 60_000 } });
      const id = await client.made();
      for (let read = 0; read < 4; read += 1) {
        client.emulator.clock.advance(900);
        await client.get(`/${id}`);
      }
    },
    async keeps(client) {
      await client.control('PATCH', '', { durations: { idleMs: 60_000 } });
      const id = await client.made();
      for (let read = 0; read < 10; read += 1) {
        client.emulator.clock.advance(1000);
        await client.get(`/${id}`);
      }
      // What is settled is no longer waited for.
      client.emulator.clock.advance(60_000);
      for (let read = 0; read < 5; read += 1) await client.get(`/${id}`);
      // What was settled in between is waited for anew.
      const third = await client.made(s3(3));
      for (const state of ['IDLE', 'IDLE', 'IDLE', 'DONE', 'IDLE']) {
        await client.control('PUT', `/private-links/${third}/state`, { state });
        await client.get(`/${third}`);
      }
      // Where a test moves the time, the client need not wait.
      const other = await client.made(s3(2));
      await client.control('POST', '/clock/freeze');
      for (let read = 0; read < 5; read += 1) await client.get(`/${other}`);
    },
  },
};

describe('rules for requests that Atlas takes', () => {
  const tested = Object.keys(CLIENTS);

  it('each has a client here, or in check-sockets.test.ts', () => {
    expect([...tested, 'tokenForEachRequest'].sort()).toEqual(Object.keys(RULES).sort());
  });

  it.each(tested)('%s is found in a client that breaks it', async (rule) => {
    const client = await WatchedClient.start();
    await CLIENTS[rule]?.breaks(client);
    expect(await client.broken()).toEqual({ [rule]: 1 });
    const { findings } = await client.check();
    const [{ severity, source, mend, problem } = {}] = findings;
    expect(severity).toBe(RULES[rule]?.severity);
    for (const text of [source, mend, problem]) expect(text).toMatch(/\w+\W+\w+/);
  });

  it.each(tested)('%s is found in a client that has kept it before', async (rule) => {
    const client = await WatchedClient.start();
    const id = await client.made(s3(99));
    for (const path of ['', '', `/${id}`, `/${id}`]) await client.get(path);
    await CLIENTS[rule]?.breaks(client);
    expect(await client.broken()).toEqual({ [rule]: 1 });
  });

  it.each(tested)('%s is not found in a client that keeps it', async (rule) => {
    const client = await WatchedClient.start();
    await CLIENTS[rule]?.keeps(client);
    expect(await client.broken()).toEqual({});
  });

  it('a warning names the operation, the project and the requests, and what to send', async () => {
    const client = await WatchedClient.start();
    await client.get('?itemPerPage=5');
    const { findings, counts, passed, judged } = await client.check();
    expect(findings).toEqual([
      {
        rule: 'unknownQueryParameter',
        severity: 'warning',
        source: "Atlas's public API description",
        problem: 'The operation listGroupStreamPrivateLinkConnections has no query parameter itemPerPage.',
        mend: 'Send itemsPerPage.',
        operation: 'listGroupStreamPrivateLinkConnections',
        project: SEEDED.observed.project,
        expected: false,
        count: 1,
        requests: [
          {
            seq: expect.any(Number) as number,
            at: '2026-01-01T00:00:00.000Z',
            method: 'GET',
            path: `${LINKS}?itemPerPage=5`,
            status: 200,
            caller: seededCaller('owner', 'observed').clientId,
          },
        ],
      },
    ]);
    expect({ counts, passed, judged }).toEqual({
      counts: { error: 0, warning: 1, advice: 0 },
      passed: true,
      judged: 2,
    });
  });
});

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

describe('POST /_emulator/contract/check', () => {
  it('passes without a request', async () => {
    const client = await WatchedClient.start();
    expect(await client.check()).toEqual({
      passed: true,
      judged: 0,
      counts: { error: 0, warning: 0, advice: 0 },
      findings: [],
      missing: [],
      dropped: 0,
    });
  });

  it('fails for an error, and for less if asked to', async () => {
    const client = await WatchedClient.start();
    await client.get('?itemPerPage=5');
    expect((await client.check()).passed).toBe(true);
    expect((await client.check({ failOn: 'warning' })).passed).toBe(false);
    await client.create({ provider: 'AWSS' });
    const report = await client.check();
    expect(report.passed).toBe(false);
    expect(report.findings.map(({ severity }) => severity)).toEqual(['error', 'warning']);
  });

  it('leaves ignored rules out, and does not fail for expected ones', async () => {
    const client = await WatchedClient.start();
    await client.create({ provider: 'AWSS' });
    const ignored = await client.check({ ignore: ['unknownProvider'] });
    expect([ignored.passed, ignored.findings]).toEqual([true, []]);
    const expected = await client.check({ expect: ['unknownProvider'] });
    expect(expected.passed).toBe(true);
    expect(expected.counts.error).toBe(0);
    expect(expected.findings.map(({ expected }) => expected)).toEqual([true]);
  });

  it('fails if no request has broken an expected rule', async () => {
    const client = await WatchedClient.start();
    await client.get();
    const report = await client.check({ expect: ['unknownProvider'] });
    expect([report.passed, report.missing]).toEqual([false, ['unknownProvider']]);
  });

  it.each(['nope', 'notEmulated', 'doubtfulRequest'])(
    'refuses the rule %s, which no request can break',
    async (rule) => {
      const { emulator } = await WatchedClient.start();
      for (const payload of [{ ignore: [rule] }, { expect: [rule] }]) {
        const response = await emulator.inject({ method: 'POST', url: '/_emulator/contract/check', payload });
        expect(response.statusCode).toBe(400);
        expect(response.body).toContain(`There is no rule ${rule}. There are: `);
        expect(response.body).toContain('missingAttribute');
      }
    },
  );

  it('answers for one project, or for all', async () => {
    const client = await WatchedClient.start();
    await client.create({ provider: 'AWSS' });
    const other = `/_emulator/projects/${SEEDED.documented.project}`;
    expect((await client.check({}, other)).findings).toEqual([]);
    expect((await client.check({}, other)).judged).toBe(0);
    expect((await client.check({}, CONTROL)).judged).toBe(1);
    expect(await client.broken(CONTROL)).toEqual({ unknownProvider: 1 });
    expect(await client.broken()).toEqual({ unknownProvider: 1 });
  });

  it('counts equal mistakes once, with the last requests', async () => {
    const client = await WatchedClient.start();
    for (let number = 0; number < 8; number += 1)
      await client.create({ provider: 'AWSS', region: `r${number}` });
    await client.create({ provider: 'AWS', regoin: 'a' });
    const { findings } = await client.check();
    expect(findings.map(({ rule, count, requests }) => [rule, count, requests.length])).toEqual([
      ['unknownProvider', 8, 5],
      ['invalidAttribute', 1, 1],
    ]);
  });

  it('shows no secrets', async () => {
    const client = await WatchedClient.start();
    const secret = 'mdb_sa_sk_0123456789';
    await client.get(`?access_token=${secret}`);
    await client.get(`?${secret}=1`);
    await client.emulator.inject({
      url: `/api/atlas/v2/${secret}`,
      headers: { authorization: `Bearer ${secret}` },
    });
    await client.create({ ...s3(), region: secret, arn: secret });
    const report = await client.check();
    expect(report.findings.length).toBeGreaterThan(2);
    expect(JSON.stringify(report)).not.toContain(secret);
  });

  it('is told that requests are not judged', async () => {
    const { emulator } = await WatchedClient.start({ noFindings: true });
    for (const [method, path] of [
      ['POST', '/check'],
      ['GET', '/coverage'],
      ['DELETE', ''],
    ] as const) {
      const response = await emulator.inject({ method, url: `/_emulator/contract${path}` });
      expect(response.statusCode).toBe(409);
      expect(response.body).toContain('--no-findings');
    }
  });

  it('forgets on demand, all or of a project', async () => {
    const client = await WatchedClient.start();
    await client.create({ provider: 'AWSS' });
    await client.emulator.inject({ url: `${API}/nothing` });
    await client.control('DELETE', '/contract');
    expect(await client.broken()).toEqual({ pathNotFound: 1 });
    await client.control('DELETE', '/contract', undefined, '/_emulator');
    expect(await client.check()).toMatchObject({ judged: 0, findings: [] });
  });
});
