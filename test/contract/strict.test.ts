import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/control/contract/rules.js';
import { NEWEST } from '../evidence/sample-requests.js';
import { ACCEPT, API, linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import { REQUESTS } from '../support/requests.js';
import { CONTROL, LINKS, s3, WatchedClient } from './check-support.js';

type Act = (client: WatchedClient) => Promise<LightMyRequestResponse>;

const USERS = `${API}/groups/${SEEDED.observed.project}/users`;

/** What one request decides. */
const DOUBTFUL: Readonly<Record<string, Act>> = {
  unknownQueryParameter: (client) => client.get('?itemPerPage=5'),
  versionAhead: (client) => client.get('', { accept: 'application/vnd.atlas.2099-01-01+json' }),
  deprecatedVersion: (client) => client.send({ url: USERS, headers: { accept: ACCEPT } }),
  readOnlyField: (client) => client.create({ ...s3(), state: 'IDLE' }),
  foreignField: (client) => client.create({ ...s3(), arn: 'arn:aws:kafka:us-east-1:1:cluster/a' }),
  regionForm: (client) => client.create({ ...s3(), region: 'US_EAST_1' }),
};

describe('strict', () => {
  it.each(Object.keys(DOUBTFUL))('refuses %s with 400 at once, and a check has the warning', async (rule) => {
    const client = await WatchedClient.start({ strict: true });
    const response = await DOUBTFUL[rule]?.(client);
    expect(response?.statusCode).toBe(400);
    expect(response?.json()).toMatchObject({ error: 400, errorCode: 'VALIDATION_ERROR' });
    const reason = String(response?.headers['x-emulator-reason']);
    expect(reason).toContain(`the rule ${rule} refuses it, because this is strict`);
    expect(reason).toMatch(/to pass: (?:Send|Leave)/);
    const { findings } = await client.check();
    expect(findings.map((one) => [one.rule, one.severity])).toEqual([[rule, 'warning']]);
    expect((await client.get('?itemsPerPage=1')).json()).toMatchObject({ totalCount: 0 });
  });

  it.each(Object.keys(DOUBTFUL))('takes %s by default', async (rule) => {
    const client = await WatchedClient.start();
    expect((await DOUBTFUL[rule]?.(client))?.statusCode).toBe(200);
  });

  it('decides all warnings that one request can', () => {
    const strict = Object.entries(RULES).filter(([, rule]) => rule.strict);
    expect(Object.keys(DOUBTFUL).sort()).toEqual(strict.map(([rule]) => rule).sort());
  });

  it.each(PROFILES)('takes valid requests as %s', async (profile) => {
    const emulator = await TestEmulator.start({ strict: true });
    for (const payload of REQUESTS.values()) {
      const response = await emulator.create(profile, payload);
      expect(response.statusCode, response.body).toBe(200);
    }
    const url = `${linksPath(profile)}?itemsPerPage=100&pageNum=1`;
    expect((await emulator.as('owner', profile, { url })).statusCode).toBe(200);
    const headers = { accept: NEWEST };
    expect((await emulator.as('owner', profile, { url: `${API}/orgs?name=`, headers })).statusCode).toBe(200);
  });

  it('refuses what Atlas refuses for its own reason', async () => {
    const client = await WatchedClient.start({ strict: true });
    const response = await client.create({ provider: 'AWSS', state: 'IDLE' });
    expect(response.json()).toMatchObject({ errorCode: 'INVALID_PROVIDER' });
  });

  it('judges a body that it has not checked', async () => {
    const client = await WatchedClient.start({ strict: true });
    const payload = { provider: 7, vendor: [], region: 'US_EAST_1', serviceEndpointId: {}, arn: 1, state: 7 };
    const response = await client.send({ method: 'POST', url: `${LINKS}?itemPerPage=5`, payload });
    expect(response.statusCode).toBe(400);
    expect(await client.broken()).toEqual({ unknownQueryParameter: 1, readOnlyField: 1 });
  });

  it('can be set for a project, and unset for one of a strict server', async () => {
    const client = await WatchedClient.start();
    await client.control('PATCH', '', { strict: true });
    expect((await client.get('?itemPerPage=5')).statusCode).toBe(400);
    const other = await client.emulator.makeProject({ profile: 'observed', strict: false });
    const url = `${API}/groups/${other.id}/streams/privateLinkConnections?itemPerPage=5`;
    expect((await client.emulator.asAccount(other.accounts.owner, { url })).statusCode).toBe(200);
    await client.control('PATCH', '', { strict: false });
    expect((await client.get('?itemPerPage=5')).statusCode).toBe(200);
    // What is left out stays as it is.
    await client.control('PATCH', '', { strict: true });
    await client.control('PATCH', '', { durations: { idleMs: 5 } });
    const { strict, durations } = (await client.emulator.inject({ url: CONTROL })).json<
      Record<string, unknown>
    >();
    expect([strict, durations]).toEqual([true, { idleMs: 5 }]);
  });

  it('is part of snapshots and fixtures', async () => {
    const client = await WatchedClient.start();
    await client.control('PATCH', '', { strict: true });
    const fixture = (await client.emulator.inject({ url: '/_emulator/fixture' })).json<object>();
    await client.control('POST', '/reset');
    expect((await client.get('?itemPerPage=5')).statusCode).toBe(200);
    await client.control('PUT', '/fixture', fixture, '/_emulator');
    expect((await client.get('?itemPerPage=5')).statusCode).toBe(400);
  });

  it('concerns requests without a project by the setting of the server', async () => {
    for (const strict of [true, false]) {
      const client = await WatchedClient.start({ strict });
      const headers = { accept: NEWEST };
      const response = await client.send({ url: `${API}/groups?itemPerPage=5`, headers });
      expect(response.statusCode).toBe(strict ? 400 : 200);
    }
  });
});
