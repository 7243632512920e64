import { describe, expect, it } from 'vitest';
import { Coverage } from '../../src/control/contract/coverage.js';
import { Findings, type Handle } from '../../src/control/contract/findings.js';
import { Recent } from '../../src/control/contract/recent.js';
import { API, SEEDED } from '../support/emulator.js';
import { CONTROL, s3, WatchedClient } from './check-support.js';

const about = (project: string | undefined, rule = 'missingAttribute') => ({
  ...{ project, rule, operation: 'createGroup', subject: '' },
});

const texts = () => ({ severity: 'error', source: 'a', problem: 'b', mend: 'c' }) as const;

const occurrence = (seq: number) => ({
  seq,
  at: 0,
  method: 'POST',
  url: '/',
  status: 400,
  caller: undefined,
});

describe('findings', () => {
  it('are kept when the requests are evicted from the journal', async () => {
    const client = await WatchedClient.start();
    await client.create({ provider: 'AWSS' });
    // More than the journal holds, and more than it retains of a project.
    const long = 'x'.repeat(14_000);
    for (let count = 0; count < 1200; count += 1) await client.get(`?itemsPerPage=1&envelope=${long}`);
    const listed = await client.emulator.inject({ url: `${CONTROL}/requests?path=*Connections&limit=1000` });
    expect(listed.body.includes('AWSS')).toBe(false);
    expect(Object.keys(await client.broken(CONTROL))).toContain('unknownProvider');
  });

  it('of a project that a test has deleted belong to the whole server', async () => {
    const client = await WatchedClient.start();
    const made = [];
    for (let count = 0; count < 3; count += 1) {
      const project = await client.emulator.makeProject({ profile: 'observed' });
      const url = `${API}/groups/${project.id}/streams/privateLinkConnections`;
      await client.emulator.asAccount(project.accounts.owner, {
        method: 'POST',
        url,
        payload: { provider: 'A' },
      });
      made.push(project.id);
    }
    const [first, second] = made;
    for (const id of [first, second])
      await client.control('DELETE', `/projects/${id}`, undefined, '/_emulator');
    const { findings } = await client.check();
    expect(findings.map(({ project, count }) => [project, count])).toEqual([
      [made[2], 1],
      [first, 2],
    ]);
    // Another project of the same id begins anew.
    await client.control('POST', '/projects', { id: first, profile: 'observed' }, '/_emulator');
    expect((await client.check({}, `/_emulator/projects/${first}`)).findings).toEqual([]);
  });

  it('are not those of a restart or a reset: a reset keeps them', async () => {
    const client = await WatchedClient.start();
    await client.create({ provider: 'AWSS' });
    await client.control('POST', '/reset', undefined, '/_emulator');
    expect(await client.broken()).toEqual({ unknownProvider: 1 });
  });

  it('appear only for what is committed', async () => {
    const client = await WatchedClient.start();
    const { database } = client.emulator.app as unknown as { database: { run(sql: string): void } };
    database.run('CREATE TRIGGER full BEFORE INSERT ON private_links BEGIN SELECT RAISE(ABORT, "full"); END');
    expect((await client.create({ ...s3(), state: 'DONE' })).statusCode).toBeGreaterThanOrEqual(500);
    expect(await client.broken()).toEqual({});
  });

  it('are bounded; those that are not kept are counted', () => {
    const findings = new Findings();
    for (let count = 0; count < 1500; count += 1) findings.add(about(`p${count}`), texts, occurrence(count));
    expect(findings.select(undefined)).toHaveLength(1000);
    expect(findings.dropped).toEqual({ error: 500, warning: 0, advice: 0 });
    findings.forget(undefined);
    expect([findings.select(undefined), findings.dropped.error]).toEqual([[], 0]);
  });

  it('are small, however much a client sends', async () => {
    const client = await WatchedClient.start();
    await client.create({ provider: 'x'.repeat(900_000) });
    await client.get(`?${Array.from({ length: 1500 }, (_, number) => `parameter${number}=1`).join('&')}`);
    await client.get(`?${'a=1&'.repeat(3000)}`);
    // As deep as a body can be that is recorded.
    await client.create(`${'['.repeat(8000)}${']'.repeat(8000)}`);
    await client.create(`{"tags":${'['.repeat(8000)}${']'.repeat(8000)}}`);
    const report = await client.check();
    expect(report.findings.length).toBeGreaterThan(5);
    expect(JSON.stringify(report).length).toBeLessThan(20_000);
  });

  it('a check fails if errors were not kept', async () => {
    const client = await WatchedClient.start();
    for (let count = 0; count < 1001; count += 1)
      await client.emulator.inject({ url: `${API}/nothing/${count}` });
    const ignored = await client.check({ ignore: ['pathNotFound'] });
    expect([ignored.findings, ignored.dropped, ignored.passed]).toEqual([[], 1, false]);
  });

  it('can be retracted once, also after the project was removed', () => {
    const findings = new Findings();
    const handles: (Handle | undefined)[] = [];
    for (const [seq, project] of ['a', 'b', 'b'].entries()) {
      handles.push(findings.add(about(project), texts, occurrence(seq)));
    }
    for (const project of ['a', 'b']) findings.evict(project);
    expect(findings.select(undefined).map(({ count }) => count)).toEqual([3]);
    const [, second] = handles;
    for (let repeat = 0; repeat < 2; repeat += 1) if (second) findings.retract(second);
    expect(findings.select(undefined)).toMatchObject([{ count: 2, requests: [{ seq: 0 }, { seq: 2 }] }]);
    for (const handle of handles) if (handle) findings.retract(handle);
    expect(findings.select(undefined)).toEqual([]);
  });

  it('of a request are found by its number, until they are retracted or forgotten', () => {
    const findings = new Findings();
    const [first] = [1, 2].map((seq) => findings.add(about('a'), texts, occurrence(seq)));
    findings.add(about('b', 'unknownVendor'), texts, occurrence(1));
    const rulesOf = (seq: number) => findings.of(seq).map(({ rule }) => rule);
    expect([rulesOf(1), rulesOf(2), rulesOf(3)]).toEqual([
      ['missingAttribute', 'unknownVendor'],
      ['missingAttribute'],
      [],
    ]);
    if (first) findings.retract(first);
    expect(rulesOf(1)).toEqual(['unknownVendor']);
    findings.forget('b');
    expect([rulesOf(1), rulesOf(2)]).toEqual([[], ['missingAttribute']]);
    findings.add(about('c'), texts, occurrence(4));
    for (const project of ['a', 'c']) findings.evict(project);
    expect([rulesOf(2), rulesOf(4)]).toEqual([['missingAttribute'], ['missingAttribute']]);
    for (let seq = 10; seq < 10_010; seq += 1) findings.add(about('a'), texts, occurrence(seq));
    expect([rulesOf(2), rulesOf(10_009)]).toEqual([[], ['missingAttribute']]);
  });

  it('of removed projects become one, with the last requests', () => {
    const findings = new Findings();
    for (let seq = 0; seq < 12; seq += 1)
      findings.add(about(seq % 2 === 0 ? 'a' : 'b'), texts, occurrence(seq));
    findings.evict('b');
    expect(findings.select('b')).toEqual([]);
    expect(findings.select('a')).toHaveLength(1);
    findings.evict('a');
    const [{ count, requests } = { count: 0, requests: [] }, ...others] = findings.select(undefined);
    expect([count, others]).toEqual([12, []]);
    expect(requests.map(({ seq }) => seq)).toEqual([7, 8, 9, 10, 11]);
  });

  it('of projects are dropped from the caches with them', async () => {
    const client = await WatchedClient.start();
    const before = client.emulator.app.world.retained;
    const project = await client.emulator.makeProject({ profile: 'observed' });
    const url = `${API}/groups/${project.id}`;
    await client.emulator.asAccount(project.accounts.owner, { url });
    expect(client.emulator.app.world.retained).toBeGreaterThan(before);
    await client.control('DELETE', `/projects/${project.id}`, undefined, '/_emulator');
    await client.emulator.inject({ url: `${API}/groups/${SEEDED.observed.project}` });
    expect(client.emulator.app.world.retained).toBeLessThanOrEqual(before + 2);
  });
});

describe('counts of coverage', () => {
  it('are separate for 500 projects', () => {
    const coverage = new Coverage(new Map());
    for (let count = 0; count < 700; count += 1)
      coverage.use(`p${count}`, 'getGroup', 'observed').requests += 1;
    expect([...coverage.projects()]).toHaveLength(500);
    expect([coverage.isWhole('p0'), coverage.isWhole('p699')]).toEqual([false, true]);
    expect([coverage.requests('p0'), coverage.requests('p699')]).toEqual([0, 1]);
  });
});

describe('a map of recent keys', () => {
  it('forgets the oldest beyond its limit', () => {
    const recent = new Recent<number, string>(2);
    recent.set(1, 'a').set(2, 'b').set(1, 'c').set(3, 'd');
    expect([...recent]).toEqual([
      [1, 'c'],
      [3, 'd'],
    ]);
    expect(recent.take(3, () => 'e')).toBe('d');
    expect(recent.take(4, () => 'e')).toBe('e');
    expect(recent.size).toBe(2);
  });
});
