import { describe, expect, it } from 'vitest';
import type { CoverageReport } from '../../src/client/index.js';
import { coveragePage, COVERAGE_FORMATS, shortOf } from '../../src/contract/client/coverage-report.js';
import { tokenOperations } from '../../src/identity/index.js';
import { ConformanceCheck } from '../evidence/conformance.js';
import { declaredOperations } from '../evidence/operations.js';
import { API, SEEDED, TestEmulator } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import { REQUESTS } from '../support/requests.js';
import { CONTROL, s3, UNKNOWN, WatchedClient } from './check-support.js';

const CREATE = 'createGroupStreamPrivateLinkConnection';
const GET = 'getGroupStreamPrivateLinkConnection';

async function coverageOf(emulator: TestEmulator, from = '/_emulator'): Promise<CoverageReport> {
  const response = await emulator.inject({ url: `${from}/contract/coverage` });
  expect(response.statusCode, response.body).toBe(200);
  return response.json<CoverageReport>();
}

type Row = CoverageReport['operations'][number];
type Dimension = 'versions' | 'statuses' | 'errors' | 'fields' | 'values' | 'states';

/** What was covered of an operation. */
function covered(report: CoverageReport, id: string, dimension: Dimension): string[] {
  return itemsOf(rowOf(report, id), dimension, true);
}

function rowOf({ operations }: CoverageReport, id: string): Row {
  const row = operations.find((one) => one.id === id);
  if (!row) throw new Error(`there is no ${id}`);
  return row;
}

const itemsOf = (row: Row, dimension: Dimension, isCovered?: boolean): string[] =>
  row[dimension]
    .filter((item) => isCovered === undefined || item.covered === isCovered)
    .map(({ name }) => name);

describe('GET /_emulator/contract/coverage', () => {
  it('has every operation, and nothing covered before the first request', async () => {
    const report = await coverageOf(await TestEmulator.start());
    const all = [...declaredOperations(), ...tokenOperations].map(({ id }) => id);
    expect(report.operations.map(({ id }) => id).sort()).toEqual(all.sort());
    expect(report.operations.every(({ requests }) => requests === 0)).toBe(true);
    for (const { covered, total, percent } of Object.values(report.shares)) {
      expect([covered, percent]).toEqual([0, 0]);
      expect(total).toBeGreaterThan(0);
    }
  });

  it('counts version, status, fields, values and state of a request, and the error of a refused one', async () => {
    const client = await WatchedClient.start();
    const id = await client.made({ ...s3(), authenticationScheme: 'TLS', vendor: 's3' });
    await client.get(`/${id}`);
    await client.get('?itemsPerPage=5&unknown=1');
    await client.create({ provider: 'AWSS' });
    const report = await coverageOf(client.emulator);
    expect(rowOf(report, CREATE).requests).toBe(2);
    expect(covered(report, CREATE, 'versions')).toEqual(['2023-02-01']);
    expect(covered(report, CREATE, 'statuses')).toEqual(['200', '400']);
    expect(covered(report, CREATE, 'errors')).toEqual(['INVALID_PROVIDER (unknownProvider)']);
    const sent = ['authenticationScheme', 'provider', 'region', 'serviceEndpointId', 'vendor'];
    expect(covered(report, CREATE, 'fields')).toEqual(sent);
    expect(covered(report, CREATE, 'values')).toEqual([
      'authenticationScheme TLS',
      'provider AWS',
      'vendor S3',
    ]);
    expect(covered(report, GET, 'states')).toEqual(['DONE']);
    expect(covered(report, 'listGroupStreamPrivateLinkConnections', 'fields')).toEqual(['?itemsPerPage']);
    expect(covered(report, 'createToken', 'fields')).toEqual(['grant_type']);
  });

  it('counts fields within fields, and states that passed', async () => {
    const client = await WatchedClient.start();
    const payload = { name: 'new', orgId: SEEDED.observed.organization, tags: [{ key: 'a', value: 'b' }] };
    await client.send({ method: 'POST', url: `${API}/groups`, payload });
    await client.control('PATCH', '', { movement: { reads: 1 } });
    const id = await client.made();
    for (let read = 0; read < 3; read += 1) await client.get(`/${id}`);
    const report = await coverageOf(client.emulator);
    expect(covered(report, 'createGroup', 'fields')).toEqual([
      'tags',
      'tags[].key',
      'tags[].value',
      'name',
      'orgId',
    ]);
    expect(covered(report, GET, 'states')).toEqual(['IDLE', 'WORKING', 'DONE']);
  });

  it('has the statuses, errors and states of the profiles that were used', async () => {
    const observed = await WatchedClient.start();
    await observed.get(`/${UNKNOWN}`);
    const report = await coverageOf(observed.emulator);
    expect(itemsOf(rowOf(report, GET), 'states')).not.toContain('PENDING');
    expect(itemsOf(rowOf(report, CREATE), 'statuses')).not.toContain('409');
    const documented = await TestEmulator.start();
    await documented.as('owner', 'documented', { url: `${API}/groups/${SEEDED.documented.project}` });
    const other = await coverageOf(documented, `/_emulator/projects/${SEEDED.documented.project}`);
    expect(itemsOf(rowOf(other, GET), 'states')).toEqual(['PENDING', 'DONE', 'FAILED']);
    expect(itemsOf(rowOf(other, CREATE), 'statuses')).toContain('409');
    expect(itemsOf(rowOf(other, GET), 'errors')).toContain('RESOURCE_NOT_FOUND (linkNotFound)');
  });

  it.each(PROFILES)('lacks nothing that requests can do as %s', async (profile) => {
    const check = await ConformanceCheck.start(profile, { differences: () => [] });
    await check.callEveryOperation();
    await check.raiseEveryCondition();
    await check.sendInvalidRequests();
    const report = await coverageOf(check.emulator);
    // Revoking a token is the only operation that these requests leave out.
    expect(report.operations.filter(({ requests }) => requests === 0).map(({ id }) => id)).toEqual([
      'revokeToken',
    ]);
    expect(itemsOf(rowOf(report, CREATE), 'values', false)).toEqual([
      'authenticationScheme TLS',
      'authenticationScheme SASL_SCRAM',
      'authenticationScheme IAM',
      // It is what a body without a vendor means.
      'vendor GENERIC',
    ]);
    const left = ['?envelope', '?pretty', 'authenticationScheme', 'gcpConnectionIds'];
    expect(itemsOf(rowOf(report, CREATE), 'fields', false).filter((name) => !left.includes(name))).toEqual(
      [],
    );
    // They ask for the newest version.
    const newest = report.operations.flatMap(({ versions }) => versions.slice(-1));
    expect(newest.filter((version) => !version.covered)).toEqual([]);
  });

  it('is that of a project, or of all, and outlives projects', async () => {
    const client = await WatchedClient.start();
    const { id, accounts } = await client.emulator.makeProject({ profile: 'observed' });
    const url = `${API}/groups/${id}`;
    await client.emulator.asAccount(accounts.owner, { url });
    expect(rowOf(await coverageOf(client.emulator, `/_emulator/projects/${id}`), 'getGroup').requests).toBe(
      1,
    );
    expect(rowOf(await coverageOf(client.emulator, CONTROL), 'getGroup').requests).toBe(0);
    await client.control('DELETE', `/projects/${id}`, undefined, '/_emulator');
    expect(rowOf(await coverageOf(client.emulator), 'getGroup').requests).toBe(1);
    await client.control('DELETE', '/contract', undefined, '/_emulator');
    expect(rowOf(await coverageOf(client.emulator), 'getGroup').requests).toBe(0);
  });

  it('says that a project is no longer counted separately after 500 others', async () => {
    const client = await WatchedClient.start();
    await client.get();
    for (let count = 0; count < 501; count += 1) {
      const { id } = await client.emulator.makeProject({ profile: 'observed' });
      await client.emulator.inject({ url: `${API}/groups/${id}` });
    }
    const response = await client.emulator.inject({ url: `${CONTROL}/contract/coverage` });
    expect(response.statusCode).toBe(410);
    // Used again, it has only the last of its requests.
    await client.get();
    expect((await client.emulator.inject({ url: `${CONTROL}/contract/coverage` })).statusCode).toBe(410);
    const unused = `/_emulator/projects/${SEEDED.documented.project}/contract/coverage`;
    expect((await client.emulator.inject({ url: unused })).statusCode).toBe(200);
    const report = await coverageOf(client.emulator);
    expect(rowOf(report, 'listGroupStreamPrivateLinkConnections').requests).toBe(2);
  }, 60_000);
});

it('reads that are alike are all counted, also after the counts were forgotten', async () => {
  const client = await WatchedClient.start();
  for (let round = 0; round < 2; round += 1) {
    for (let count = 0; count < 3; count += 1) await client.get();
    const { requests } = rowOf(await coverageOf(client.emulator), 'listGroupStreamPrivateLinkConnections');
    expect(requests).toBe(3);
    await client.control('DELETE', '/contract');
  }
});

describe('the report', () => {
  async function report(): Promise<CoverageReport> {
    const client = await WatchedClient.start();
    for (const body of REQUESTS.values()) await client.create(body);
    return coverageOf(client.emulator);
  }

  it('as a table has a row for each operation that was called, the shares, and errors that were never met', async () => {
    const text = COVERAGE_FORMATS.table?.(await report(), new Map([['operations', 90]])) ?? '';
    expect(text).toMatch(/^operation +requests +versions +statuses +errors +fields +values +states\n/);
    expect(text).toMatch(
      new RegExp(`^${CREATE} +${REQUESTS.size} +1/1 +1/\\d+ +0/\\d+ +\\d+/\\d+ +\\d+/\\d+$`, 'm'),
    );
    expect(text).not.toContain('deleteGroup ');
    expect(text).toMatch(/^operations +5 % {2}2 of 34, less than 90 %$/m);
    expect(text).toContain('  INVALID_ENUM_VALUE (unknownVendor)\n');
  });

  it('is short of a threshold only if it is below', async () => {
    const found = await report();
    const { percent } = found.shares.operations;
    expect(shortOf(found, new Map([['operations', percent]]))).toEqual([]);
    expect(
      shortOf(
        found,
        new Map([
          ['operations', percent + 1],
          ['all', 0],
        ]),
      ),
    ).toEqual(['operations']);
  });

  it('as a page needs nothing else, and shows what is not covered', async () => {
    const page = coveragePage(await report(), 'Coverage of <a>');
    expect(page).toContain('<title>Coverage of &lt;a&gt;</title>');
    expect(page).not.toMatch(/<script|<link|src=|href=|url\(|@import/);
    expect(page).toContain('<i class="yes">provider AWS</i>');
    expect(page).toMatch(
      /<tr class="unused"><th scope="row">deleteGroup<code>DELETE \/groups\/:groupId<\/code>/,
    );
    expect(page).toContain('<i>authenticationScheme IAM</i>');
    const open = [...page.matchAll(/<(\w+)[ >]/g)].map(([, tag]) => tag).filter((tag) => tag !== 'meta');
    const closed = [...page.matchAll(/<\/(\w+)>/g)].map(([, tag]) => tag);
    expect(closed.sort()).toEqual(open.sort());
  });
});
