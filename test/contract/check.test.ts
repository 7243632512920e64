import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/control/contract/rules.js';
import { NEWEST } from '../evidence/sample-requests.js';
import { ACCEPT, API, SEEDED, seededCaller } from '../support/emulator.js';
import { REQUESTS } from '../support/requests.js';
import { CONTROL, limit, LINKS, lost, s3, WatchedClient, type Act } from './check-support.js';

/** An operation with two versions, which Atlas's description lacks. */
const USERS = `${API}/groups/${SEEDED.observed.project}/users`;

/** Links with more items than a page has. */
const fill = async (client: WatchedClient): Promise<void> => {
  for (let number = 0; number < 101; number += 1)
    await client.create({ provider: 'AWS', dnsDomain: `${number}.example` });
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

  it('versionAhead is found in each request', async () => {
    const client = await WatchedClient.start();
    for (let count = 0; count < 2; count += 1) await CLIENTS.versionAhead?.breaks(client);
    expect(await client.broken()).toEqual({ versionAhead: 2 });
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

  it('counts a request once that has several names with special characters', async () => {
    const client = await WatchedClient.start();
    await client.get('?%00=1&a%3Cb=1');
    expect(await client.broken()).toEqual({ unknownQueryParameter: 1 });
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
