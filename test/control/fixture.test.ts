import { describe, expect, it, vi } from 'vitest';
import { LATEST } from '../../src/kernel/clock.js';
import { SEEDED } from '../support/emulator.js';
import { ControlledEmulator, START, TestProject, type LinkState } from './world-support.js';

// One test loads thousands of links: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

interface Fixture {
  clock?: object;
  organizations: {
    id: string;
    name: string;
    profile: string;
    projects: Record<string, unknown>[];
    credentials: Record<string, unknown>[];
  }[];
}

const exported = (emulator: ControlledEmulator): Promise<Fixture> => emulator.done('GET', '/fixture');

describe('exported fixtures', () => {
  it('an exported fixture loaded into another emulator gives the same responses from then on', async () => {
    const one = await ControlledEmulator.start({ pendingMs: 3000 });
    const made = await one.make({
      profile: 'observed',
      durations: { idleMs: 1000, workingMs: 2000, deletingMs: 5000 },
    });
    const byReads = await one.make({ profile: 'observed', movement: { reads: 2 } });
    const frozen = await one.make();
    await one.done('POST', '/clock/advance', { by: '1h' });
    await made.done('POST', '/clock/advance', { by: '1d' });
    await one.seeded('documented').create('seeded');

    const [passing, held, failed, leaving] = [
      await made.create('passing'),
      await made.create('held'),
      await made.create('failed'),
      await made.create('leaving'),
    ];
    await made.done('POST', `/private-links/${held}/hold`);
    await made.done('PUT', `/private-links/${failed}/state`, { state: 'FAILED', errorMessage: 'no' });
    await made.links('DELETE', `/${leaving}`);
    const read = await byReads.create();
    await byReads.state(read);
    await frozen.done('POST', '/clock/freeze');
    await frozen.create();
    one.clock.advance(500);

    const two = await ControlledEmulator.start();
    two.clock.advance(500);
    await two.done('PUT', '/fixture', await exported(one));
    expect(await exported(two)).toEqual(await exported(one));

    const twins = [made, byReads, frozen, one.seeded('documented')].map(
      (project) => [project, new TestProject(two, project.id, project.credentials)] as const,
    );
    for (const ms of [0, 400, 100, 2000, 2000, 100_000]) {
      one.clock.advance(ms);
      two.clock.advance(ms);
      for (const [first, second] of twins) {
        const links = JSON.stringify(await first.list());
        const own = links.replaceAll(one.listening.url, two.listening.url);
        expect(JSON.stringify(await second.list())).toBe(own);
        for (const path of ['', '/clock'])
          expect(await second.done('GET', path)).toEqual(await first.done('GET', path));
      }
    }
    const [, madeAgain] = twins[0] ?? [];
    const [, byReadsAgain] = twins[1] ?? [];
    expect(await madeAgain?.state(held)).toBe('IDLE');
    expect(await madeAgain?.done<LinkState>('POST', `/private-links/${held}/release`)).toMatchObject({
      state: 'WORKING',
    });
    expect(await madeAgain?.done('GET', `/private-links/${passing}`)).toEqual(
      await made.done('GET', `/private-links/${passing}`),
    );
    const reads = async (project?: TestProject) => [await project?.state(read), await project?.state(read)];
    expect(await reads(byReadsAgain)).toEqual(['IDLE', 'WORKING']);
    expect(await reads(byReads)).toEqual(['IDLE', 'WORKING']);
    expect(await two.done('GET', '/clock')).toEqual(await one.done('GET', '/clock'));
  });

  it('a loaded fixture retains credentials with their project, whose clock their tokens follow', async () => {
    const one = await ControlledEmulator.start();
    const made = await one.make();
    const two = await ControlledEmulator.start();
    await two.done('PUT', '/fixture', await exported(one));
    const again = new TestProject(two, made.id, made.credentials);
    await again.token();
    await again.done('POST', '/clock/advance', { by: '1h' });
    expect((await again.links()).status).toBe(401);
    await again.done('DELETE', '');
    expect((await two.control('GET', '/fixture')).text).not.toContain(
      made.credentials.owner.apiKey.publicKey,
    );
  });

  it('a reset after loading a fixture returns to that fixture, including the clock of the server', async () => {
    const emulator = await ControlledEmulator.start();
    const made = await emulator.make();
    await made.create();
    await emulator.done('POST', '/clock/freeze');
    await emulator.done('POST', '/clock/advance', { by: '1h' });
    const fixture = await exported(emulator);
    await emulator.done('POST', '/reset');
    expect((await made.control('GET', '')).status).toBe(404);
    expect(await emulator.done('GET', '/clock')).toMatchObject({ frozen: false });

    await emulator.done('PUT', '/fixture', fixture);
    made.forgetTokens();
    await made.create('two');
    await emulator.done('POST', '/clock/advance', { by: '1h' });
    await emulator.done('POST', '/reset');
    expect(await exported(emulator)).toEqual(fixture);
    await made.create('two');
    await made.done('POST', '/reset');
    expect(await exported(emulator)).toEqual(fixture);
    expect(emulator.events('world.reset').map(({ data }) => data.cause)).toEqual([
      ...['reset', 'fixture loaded', 'reset', 'reset'],
    ]);
  });

  it('a fixture of another world replaces the world, and a snapshot brings the old one back', async () => {
    const emulator = await ControlledEmulator.start();
    const made = await emulator.make();
    await made.create();
    await made.create('two');
    const before = await exported(emulator);
    await emulator.done('POST', '/snapshots', { name: 'before' });

    const other = structuredClone(before);
    // The same ids in other places, in another order, under names that others had.
    other.organizations.reverse();
    for (const organization of other.organizations) {
      const own = organization.projects;
      const names = own.map(({ name }) => name).reverse();
      own.forEach((project, index) => (project.name = names[index]));
      own.reverse();
      for (const project of own) (project.privateLinks as unknown[] | undefined)?.reverse();
    }
    await emulator.done('PUT', '/fixture', other);
    expect((await exported(emulator)).organizations.map(({ id }) => id)).toEqual(
      other.organizations.map(({ id }) => id),
    );
    await emulator.done('POST', '/snapshots/before/restore');
    expect(await exported(emulator)).toEqual(before);
    await emulator.done('POST', '/reset');
    expect(await exported(emulator)).toEqual(other);
  });

  it('a fixture with 5,000 links, larger than 1 MiB, is loaded', async () => {
    const emulator = await ControlledEmulator.start();
    const fixture = await exported(emulator);
    const [project] = fixture.organizations[0]?.projects ?? [];
    const links = Array.from({ length: 5000 }, (_, index) => ({
      provider: 'AWS',
      region: `r${index}`.padEnd(200, 'x'),
    }));
    if (project)
      project.privateLinks = links.map((link) => ({ ...link, path: [['DONE', START, 'created']] }));
    const body = JSON.stringify(fixture);
    expect(body.length).toBeGreaterThan(1024 * 1024);
    await emulator.done('PUT', '/fixture', body);
    expect(JSON.stringify(await exported(emulator)).length).toBeGreaterThan(body.length);
  });
});

describe('invalid fixtures', () => {
  const link = { provider: 'AWS', region: 'one', path: [['DONE', START]] };
  const change = (at: 'project' | 'organization' | 'credential' | 'link' | 'fixture', fields: object) => {
    return (fixture: Fixture): unknown => {
      const [organization] = fixture.organizations;
      const [project] = organization?.projects ?? [];
      if (!organization || !project) return fixture;
      project.privateLinks = [link];
      const target = {
        project,
        organization,
        credential: organization.credentials[0] ?? {},
        link: (project.privateLinks as object[])[0] ?? {},
        fixture,
      }[at];
      if (at === 'link') project.privateLinks = [{ ...link, ...fields }];
      else Object.assign(target, fields);
      return fixture;
    };
  };
  const project = 'organizations[0].projects[0]';

  it.each<[string, (fixture: Fixture) => unknown]>([
    ['organizations', () => ({})],
    ['object', () => []],
    ['organizations', () => ({ organizations: {} })],
    ['other', change('fixture', { other: 1 })],
    ['clock.offsetMs', change('fixture', { clock: { offsetMs: 1e300 } })],
    ['clock of the server', change('fixture', { clock: { offsetMs: LATEST } })],
    [`clock of project ${SEEDED.documented.project}`, change('project', { clock: { offsetMs: LATEST } })],
    ['clock.frozenAt', change('fixture', { clock: { offsetMs: 0, frozenAt: -1 } })],
    ['organizations[0].profile', change('organization', { profile: 'x' })],
    ['organizations[0].id', change('organization', { id: 'x' })],
    ['organizations[1].id', change('organization', { id: '32b6e34b3d91647abb20e701' })],
    [`${project}.name`, change('project', { name: '' })],
    [`${project}.createdAt`, change('project', { createdAt: 'yesterday' })],
    [`${project}.pace`, change('project', { pace: { durations: {}, movement: 'never' } })],
    [`${project}.pace`, change('project', { pace: { durations: { pendingMs: -1 }, movement: 'time' } })],
    [`${project}.clock.offsetMs`, change('project', { clock: { offsetMs: 0.5 } })],
    [`organizations[0].credentials[0].project`, change('credential', { project: 'f'.repeat(24) })],
    [`organizations[0].credentials[0].organizationRoles`, change('credential', { organizationRoles: ['x'] })],
    [
      'apiKey.publicKey: it is there twice',
      change('credential', { apiKey: { publicKey: 'reader1', privateKey: 'x' } }),
    ],
    [`${project}.privateLinks[0]`, change('link', { provider: 'IBM' })],
    [`${project}.privateLinks[0]`, change('link', { vendor: 'EVENTHUB' })],
    [`${project}.privateLinks[0].path`, change('link', { path: [['GONE', 1]] })],
    [`${project}.privateLinks[0].path`, change('link', { path: [] })],
    [`${project}.privateLinks[0].path`, change('link', { path: [['DONE', 1e300]] })],
    [
      `${project}.privateLinks[0]: The path`,
      change('link', {
        path: [
          ['IDLE', 5],
          ['DONE', 4],
        ],
      }),
    ],
    [`${project}.privateLinks[0].rest`, change('link', { rest: [{ state: 'DONE', lasts: 'x' }] })],
    [`${project}.privateLinks[0].readsLeft`, change('link', { readsLeft: 0 })],
  ])('an invalid fixture at %s is a 400 that names the place and changes nothing', async (place, spoil) => {
    const emulator = await ControlledEmulator.start();
    const made = await emulator.make();
    await made.create();
    await made.done('POST', '/snapshots', { name: 'mine' });
    await emulator.done('POST', '/clock/advance', { by: '1m' });
    const before = await emulator.dump(made);
    const response = await emulator.control('PUT', '/fixture', spoil(await exported(emulator)));
    expect([response.status, response.json().detail]).toEqual([400, expect.stringContaining(place)]);
    expect(await emulator.dump(made)).toEqual(before);
    expect(emulator.events('world.reset')).toEqual([]);
    emulator.clock.advance(2000);
    expect(await made.states()).toEqual(['DONE']);
  });

  it('an invalid second project of a fixture, found while loading, rolls everything back', async () => {
    const emulator = await ControlledEmulator.start();
    const made = await emulator.make();
    const before = await emulator.dump(made);
    const fixture = await exported(emulator);
    fixture.clock = { offsetMs: 0, frozenAt: START + 5 };
    const own = fixture.organizations[0]?.projects[1] ?? {};
    own.privateLinks = [link, link];
    const response = await emulator.control('PUT', '/fixture', fixture);
    expect([response.status, response.text]).toEqual([
      400,
      expect.stringContaining('organizations[0].projects[1].privateLinks[1]'),
    ]);
    expect(await emulator.dump(made)).toEqual(before);
    emulator.clock.advance(1);
    expect(await emulator.done('GET', '/clock')).toMatchObject({ frozen: false });
  });
});
