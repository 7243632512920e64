import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/world.js';
import { API } from '../support/emulator.js';
import type { Incoming } from '../support/transport.js';
import { ControlledEmulator, TestProject, START } from './world-support.js';

interface Fixture {
  faults?: object[];
  privateLinkRules?: object[];
  organizations: { projects: Record<string, unknown>[] }[];
}

const exported = async (emulator: ControlledEmulator): Promise<string> =>
  (await emulator.control('GET', '/fixture')).text;

/** Sends a request to what surrounds a project, as its owner. */
async function around(project: TestProject, method: string, path: string, body?: unknown): Promise<Incoming> {
  const { emulator, id } = project;
  const response = await emulator.send(
    method,
    `${API}/groups/${id}/${path}`,
    {
      accept: 'application/vnd.atlas.2023-01-01+json',
      authorization: `Bearer ${await project.token()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body === undefined ? undefined : JSON.stringify(body),
  );
  expect(response.status, response.text).toBe(200);
  return response;
}

const AROUND = ['settings', 'limits', 'teams', 'managedSlowMs'];

/** What surrounds a project, as the API shows it. */
async function surroundings(project: TestProject): Promise<string[]> {
  const texts: string[] = [];
  for (const path of AROUND) texts.push((await around(project, 'GET', path)).text);
  return texts.map((text) => text.replaceAll(project.emulator.listening.url, ''));
}

/** What becomes of the next `count` links of a project: refused by a fault, or the state that they stay in. */
async function fates(project: TestProject, count: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  while (seen.length < count) {
    const response = await project.links('POST', '', { provider: 'AWS', region: `r${seen.length}` });
    const { _id: id } = response.json<{ _id?: string }>();
    seen.push(id === undefined ? response.status : await project.state(id));
  }
  return seen;
}

/** An emulator that knows of rules of all kinds, of which some are used in part. */
async function worldWithRules(): Promise<{ one: ControlledEmulator; made: TestProject }> {
  const one = await ControlledEmulator.start();
  const made = await one.make({ movement: 'at once' });
  await one.done('POST', '/faults', { id: 'all', match: { path: '/api/none*' }, delayMs: 5 });
  await one.done('POST', '/private-link-rules', { fail: 'everywhere', match: { provider: 'aws' } });
  await around(made, 'PATCH', 'settings', { isDataExplorerEnabled: false, more: true });
  await around(made, 'PATCH', 'limits/atlas.project.deployment.clusters', { value: 7 });
  await around(made, 'PATCH', 'limits/dataFederation.bytesProcessed.daily', { value: 1 });
  await around(made, 'POST', 'teams', [
    { teamId: 'b', roleNames: ['GROUP_OWNER'] },
    { teamId: 'a', roleNames: [] },
  ]);
  await around(made, 'DELETE', 'managedSlowMs/disable');
  await made.done('POST', '/faults', {
    id: 'thrice',
    match: { operation: 'createGroupStreamPrivateLinkConnection' },
    skip: 1,
    times: 3,
    answer: { status: 503, body: { a: [1] }, headers: { 'x-made': 'up' } },
  });
  await made.done('POST', '/faults', { times: 1, match: { method: 'PATCH' }, drop: 'after' });
  await made.done('POST', '/private-link-rules', { staysIn: 'PENDING', times: 2 });
  // The rule's first of two, behind which the fault begins; and the fault's first of three.
  const statuses = [
    await made.links('POST', '', { provider: 'AWS' }),
    await made.links('POST', '', { provider: 'AWS' }),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([200, 503]);
  return { one, made };
}

describe('an exported fixture with faults, rules and project defaults', () => {
  it('a fixture exported and loaded elsewhere exports the same text and gives the same responses', async () => {
    const { one, made } = await worldWithRules();
    const text = await exported(one);
    const two = await ControlledEmulator.start();
    await two.done('POST', '/faults', { id: 'old', answer: { status: 500 } });
    await two.done('POST', '/private-link-rules', { fail: 'old' });
    await two.done('PUT', '/fixture', text);
    expect(await exported(two)).toBe(text);

    const again = new TestProject(two, made.id, made.credentials);
    for (const path of ['/faults', '/private-link-rules']) {
      expect(await two.done('GET', path)).toEqual(await one.done('GET', path));
      expect(await again.done('GET', path)).toEqual(await made.done('GET', path));
    }
    expect(await surroundings(again)).toEqual(await surroundings(made));
    expect(await fates(made, 4)).toEqual([503, 503, 'PENDING', 'FAILED']);
    expect(await fates(again, 4)).toEqual([503, 503, 'PENDING', 'FAILED']);
    expect(await again.done('GET', '/faults')).toEqual(await made.done('GET', '/faults'));
    expect(await again.done('GET', '/private-link-rules')).toEqual(
      await made.done('GET', '/private-link-rules'),
    );
  });

  it('a fixture starts another emulator, with faults that apply from the first request', async () => {
    const { one, made } = await worldWithRules();
    const text = await exported(one);
    const fixture = join(temporaryFolder(), 'fixture.json');
    writeFileSync(fixture, text);
    const two = await ControlledEmulator.start({ fixture });
    expect(await exported(two)).toBe(text);
    const again = new TestProject(two, made.id, made.credentials);
    expect(await fates(again, 4)).toEqual(await fates(made, 4));
    await two.done('POST', '/reset');
    expect(await exported(two)).toBe(text);
  });

  it('an exported fixture omits the sections that would be empty', async () => {
    const emulator = await ControlledEmulator.start();
    const made = await emulator.make();
    await around(made, 'GET', 'settings');
    expect(await exported(emulator)).not.toMatch(/faults|privateLinkRules|projectDefaults/);
  });
});

describe('sections of a fixture', () => {
  it('faults and rules in a fixture need only what the control API accepts; counts have defaults', async () => {
    const emulator = await ControlledEmulator.start();
    const fixture = JSON.parse(await exported(emulator)) as Fixture;
    fixture.faults = [{ match: { operation: 'createToken' }, times: 1, answer: { status: 500 } }];
    const [own] = fixture.organizations[0]?.projects ?? [];
    Object.assign(own ?? {}, {
      faults: [{ id: 'mine', rateLimit: {} }],
      privateLinkRules: [{ fail: 'no', times: 3 }],
      projectDefaults: { limits: [{ name: 'x', value: 1 }] },
    });
    await emulator.done('PUT', '/fixture', fixture);
    const project = emulator.seeded('documented');
    expect(await emulator.done('GET', '/faults')).toMatchObject({ results: [{ matched: 0, fired: 0 }] });
    expect(await project.done('GET', '/private-link-rules')).toMatchObject({ rules: [{ timesLeft: 3 }] });
    await expect(project.token()).rejects.toThrow('server_error');
    expect((await project.links()).status).toBe(429);
    await project.done('DELETE', '/faults');
    expect(await surroundings(project)).toEqual([
      expect.stringContaining('"isDataExplorerEnabled":true'),
      '[{"name":"x","value":1}]',
      expect.stringContaining('"totalCount":0'),
      'true',
    ]);
  });

  it('loading a fixture without faults and rules removes the existing ones', async () => {
    const emulator = await ControlledEmulator.start();
    const fixture = await exported(emulator);
    const project = emulator.seeded('documented');
    await emulator.done('POST', '/faults', { answer: { status: 500 } });
    await emulator.done('POST', '/private-link-rules', { fail: 'no' });
    await project.done('POST', '/faults', { answer: { status: 502 } });
    await emulator.done('PUT', '/fixture', fixture);
    expect(await exported(emulator)).toBe(fixture);
    expect((await project.links()).status).toBe(200);
  });
});

describe('invalid sections of a fixture', () => {
  const fault = { id: 'one', answer: { status: 500 } };
  const own = 'organizations[0].projects[1]';

  it.each<[string, 'server' | 'project', object]>([
    ['faults[0].answer.status', 'server', { faults: [{ answer: { status: 99 } }] }],
    ['faults[0]: The rule has none of', 'server', { faults: [{ id: 'none' }] }],
    [
      'faults[1]: There is no operation nothing',
      'server',
      { faults: [fault, { match: { operation: 'nothing' }, drop: 'before' }] },
    ],
    ['faults[1]: it is there twice', 'server', { faults: [fault, fault] }],
    ['faults[0].answer.headers', 'server', { faults: [{ answer: { status: 200, headers: { a: 1 } } }] }],
    ['faults[0].fired', 'server', { faults: [{ ...fault, fired: -1 }] }],
    ['privateLinkRules[0]: Send either fail', 'server', { privateLinkRules: [{ times: 1 }] }],
    ['privateLinkRules[0].times', 'server', { privateLinkRules: [{ fail: 'no', times: 0 }] }],
    ['privateLinkRules', 'server', { privateLinkRules: { fail: 'no' } }],
    ['projectDefaults', 'server', { projectDefaults: {} }],
    [`${own}.faults[0].match.path`, 'project', { faults: [{ match: { path: 'x' }, drop: 'after' }] }],
    [
      `${own}.faults[0]: createToken names no project`,
      'project',
      { faults: [{ match: { operation: 'createToken' }, drop: 'after' }] },
    ],
    [
      `${own}.faults[0]: Before the credentials`,
      'project',
      { faults: [{ ...fault, before: 'credentials', match: { caller: 'x' } }] },
    ],
    [
      `${own}.faults[0]: answer.headers.a b is no header`,
      'project',
      { faults: [{ answer: { status: 200, headers: { 'a b': '' } } }] },
    ],
    [`${own}.privateLinkRules[0].staysIn`, 'project', { privateLinkRules: [{ staysIn: 'DONE' }] }],
    [`${own}.privateLinkRules[0].id`, 'project', { privateLinkRules: [{ fail: 'no', id: 'x' }] }],
    [
      `${own}.privateLinkRules[0]: timesLeft is what is left`,
      'project',
      { privateLinkRules: [{ fail: 'no', timesLeft: 1 }] },
    ],
    [
      `${own}.privateLinkRules[1]: it is there twice`,
      'project',
      {
        privateLinkRules: [
          { id: 'a'.repeat(24), fail: 'no' },
          { id: 'a'.repeat(24), fail: 'no' },
        ],
      },
    ],
    [`${own}.projectDefaults.settings.a`, 'project', { projectDefaults: { settings: { a: 1 } } }],
    [
      `${own}.projectDefaults.limits[0].value`,
      'project',
      { projectDefaults: { limits: [{ name: 'a', value: -1 }] } },
    ],
    [
      `${own}.projectDefaults.teams[0].roleNames`,
      'project',
      { projectDefaults: { teams: [{ teamId: 'a' }] } },
    ],
    [`${own}.projectDefaults.more`, 'project', { projectDefaults: { more: 1 } }],
  ])(
    'an invalid section of a fixture is a 400 that names the place and changes nothing: %s',
    async (place, at, fields) => {
      const emulator = await ControlledEmulator.start();
      const made = await emulator.make();
      const existing = { id: 'existing', match: { method: 'PATCH' }, times: 5, answer: { status: 500 } };
      await emulator.done('POST', '/faults', existing);
      await made.done('POST', '/private-link-rules', { fail: 'existing' });
      const before = await exported(emulator);
      const fixture = JSON.parse(before) as Fixture;
      fixture.faults = [];
      const project = fixture.organizations[0]?.projects[1] ?? {};
      Object.assign(at === 'server' ? fixture : project, fields);
      const response = await emulator.control('PUT', '/fixture', fixture);
      expect([response.status, response.json().detail]).toEqual([400, expect.stringContaining(place)]);
      expect(await exported(emulator)).toBe(before);
      expect((await made.links('PATCH', `/${'a'.repeat(24)}`, { dnsDomain: 'x' })).status).toBe(500);
    },
  );
});

it('an exported fixture restores forced and held links, a frozen clock and the movement of a project', async () => {
  const one = await ControlledEmulator.start();
  const made = await one.make({ profile: 'observed', durations: { idleMs: 1000 }, movement: { reads: 3 } });
  await made.done('POST', '/clock/freeze', { at: new Date(START + 5000).toISOString() });
  const forced = await made.create('forced');
  await made.done('PUT', `/private-links/${forced}/state`, { state: 'WORKING' });
  const held = await made.create('held');
  await made.done('POST', `/private-links/${held}/hold`);
  const text = await exported(one);
  const two = await ControlledEmulator.start();
  await two.done('PUT', '/fixture', text);
  expect(await exported(two)).toBe(text);
  const again = new TestProject(two, made.id, made.credentials);
  for (const path of ['', '/clock', `/private-links/${forced}`, `/private-links/${held}`]) {
    expect(await again.done('GET', path)).toEqual(await made.done('GET', path));
  }
  expect([await again.state(forced), await again.state(held)]).toEqual(['WORKING', 'IDLE']);
  await again.done('POST', `/private-links/${held}/release`);
  expect(await again.state(held)).toBe('WORKING');
});
