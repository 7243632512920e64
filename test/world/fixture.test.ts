import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildApp } from '../../src/app.js';
import { defaultConfig, type Config } from '../../src/config.js';
import { buildCore } from '../../src/core.js';
import { FixtureError, fixtureSchema, type Fixture } from '../../src/world/index.js';
import { ManualClock } from '../support/clock.js';
import { TestEmulator } from '../support/emulator.js';
import { Links } from '../support/links.js';
import { temporaryFolder } from '../support/world.js';

type Project = Fixture['organizations'][number]['projects'][number] & { privateLinks?: object[] };

/** The default fixture as a test changes it; organizations, projects and credentials by their place. */
class World {
  readonly fixture = JSON.parse(
    readFileSync(new URL('../../fixtures/default.json', import.meta.url), 'utf8'),
  ) as Fixture;

  organization(index = 0): Fixture['organizations'][number] {
    const organization = this.fixture.organizations[index];
    if (!organization) throw new Error(`no organization ${index}`);
    return organization;
  }

  project(index = 0): Project {
    const [project] = this.organization(index).projects;
    if (!project) throw new Error(`no project in organization ${index}`);
    return project;
  }

  credential(index = 0): Fixture['organizations'][number]['credentials'][number] {
    const credential = this.organization().credentials[index];
    if (!credential) throw new Error(`no credential ${index}`);
    return credential;
  }

  /** Writes it and returns the path. */
  write(): string {
    return write(JSON.stringify(this.fixture));
  }
}

function write(text: string): string {
  const path = join(temporaryFolder(), 'fixture.json');
  writeFileSync(path, text);
  return path;
}

/** What is wrong with a fixture, without its path, in one line. */
async function refusalOf(fixture: string, settings: Partial<Config> = {}): Promise<string> {
  try {
    const { server } = await buildApp(defaultConfig({ logLevel: 'silent', fixture, ...settings }));
    await server.close();
  } catch (error) {
    expect(error).toBeInstanceOf(FixtureError);
    const { message } = error as FixtureError;
    expect(message.startsWith(`${fixture}: `), message).toBe(true);
    expect(message.split('\n')).toHaveLength(1);
    return message.slice(fixture.length + 2);
  }
  throw new Error('the fixture is not refused');
}

/** The seeded callers, by hand: caller, key pair, service account, role in the organization and in the project. */
const CALLERS = {
  documented: [
    ['owner1', '0011', 'ORG_OWNER', 'GROUP_OWNER'],
    ['streams1', '0021', 'ORG_MEMBER', 'GROUP_STREAM_PROCESSING_OWNER'],
    ['reader1', '0031', 'ORG_MEMBER', 'GROUP_READ_ONLY'],
    ['outsider1', '0041', 'ORG_MEMBER', undefined],
  ],
  observed: [
    ['owner2', '0012', 'ORG_OWNER', 'GROUP_OWNER'],
    ['streams2', '0022', 'ORG_MEMBER', 'GROUP_STREAM_PROCESSING_OWNER'],
    ['reader2', '0032', 'ORG_MEMBER', 'GROUP_READ_ONLY'],
    ['outsider2', '0042', 'ORG_MEMBER', undefined],
  ],
} as const;

describe('the default fixture', () => {
  const { fixture } = new World();

  it('the default fixture conforms to its schema', async () => {
    const core = await buildCore(defaultConfig(), new ManualClock(), () => undefined);
    onTestFinished(() => {
      core.close();
    });
    expect([...Value.Errors(fixtureSchema(core.sections), fixture)]).toEqual([]);
  });

  it.each([
    ['documented', 0, '32b6e34b3d91647abb20e700', '32b6e34b3d91647abb20e7b8'],
    ['observed', 1, '32b6e34b3d91647abb20e701', '32b6e34b3d91647abb20e7b9'],
  ] as const)(
    'the default fixture has the %s organization, its project and its four callers',
    (profile, index, id, project) => {
      const organization = new World().organization(index);
      expect(fixture.organizations).toHaveLength(2);
      expect([organization.id, organization.profile]).toEqual([id, profile]);
      expect(organization.projects.map((one) => one.id)).toEqual([project]);
      expect(organization.credentials).toEqual(
        CALLERS[profile].map(([name, digits, organizationRole, projectRole]) => ({
          name,
          organizationRoles: [organizationRole],
          projectRoles: projectRole ? { [project]: [projectRole] } : {},
          apiKey: { publicKey: name, privateKey: `00000000-0000-4000-8000-00000000${digits}` },
          serviceAccount: {
            clientId: `mdb_sa_id_00000000000000000000${digits}`,
            clientSecret: `mdb_sa_sk_${name}`,
          },
        })),
      );
    },
  );
});

const MSK = { provider: 'AWS', vendor: 'MSK', arn: 'arn:aws:kafka:us-east-1:1:cluster/a/1' };
const LINK = 'organizations[0].projects[0].privateLinks';
const CREDENTIAL = 'organizations[0].credentials[1]';

/** Mistakes: what, how it is made, and how the message begins. */
const MISTAKES: readonly (readonly [string, (world: World) => void, string])[] = [
  [
    'an id of an organization in capitals',
    (world) => (world.organization().id = 'A'.repeat(24)),
    'organizations[0].id: ',
  ],
  [
    'an id of a project that is too short',
    (world) => (world.project(1).id = '32b6'),
    'organizations[1].projects[0].id: ',
  ],
  [
    'no name',
    (world) => Reflect.deleteProperty(world.project(), 'name'),
    'organizations[0].projects[0].name: ',
  ],
  [
    'an unknown profile',
    (world) => Object.assign(world.organization(), { profile: 'both' }),
    'organizations[0].profile: ',
  ],
  [
    'an unknown key',
    (world) => Object.assign(world.organization(1), { colour: 1 }),
    'organizations[1].colour: there is no such key; there are id, name, profile, projects, credentials',
  ],
  [
    'a misspelt key',
    (world) => {
      Object.assign(world.organization(1), { projets: world.organization(1).projects });
      Reflect.deleteProperty(world.organization(1), 'projects');
    },
    'organizations[1].projets: there is no such key; there are id, name, profile, projects, credentials',
  ],
  [
    'a misspelt key at the top',
    (world) => {
      Object.assign(world.fixture, { organisations: world.fixture.organizations });
      Reflect.deleteProperty(world.fixture, 'organizations');
    },
    'organisations: there is no such key; there are clock, ',
  ],
  [
    'a misspelt key of a credential, after another mistake',
    (world) => {
      world.organization().id = 'x';
      Object.assign(world.credential(1), { roles: [] });
      Reflect.deleteProperty(world.credential(1), 'organizationRoles');
    },
    `${CREDENTIAL}.roles: there is no such key; there are `,
  ],
  [
    'a misspelt key in one of several alternatives',
    (world) => Object.assign(world.project(), { pace: { durations: {}, movement: { read: 3 } } }),
    'organizations[0].projects[0].pace.movement.read: there is no such key; there are reads',
  ],
  ['an unknown key at the top', (world) => Object.assign(world.fixture, { users: [] }), 'users: '],
  [
    'an unknown role in the organization',
    (world) => Object.assign(world.credential(1), { organizationRoles: ['ORG_MEMBER', 'ORG_KING'] }),
    `${CREDENTIAL}.organizationRoles[1]: `,
  ],
  [
    'an unknown role in a project',
    (world) => Object.assign(world.credential(1).projectRoles, { [world.project().id]: ['GROUP_KING'] }),
    `${CREDENTIAL}.projectRoles.32b6e34b3d91647abb20e7b8[0]: `,
  ],
  [
    "a role in another organization's project",
    (world) =>
      Object.assign(world.credential(1), { projectRoles: { [world.project(1).id]: ['GROUP_OWNER'] } }),
    `${CREDENTIAL}.projectRoles: the organization has no project 32b6e34b3d91647abb20e7b9`,
  ],
  [
    'an empty private key',
    (world) => Object.assign(world.credential(1).apiKey ?? {}, { privateKey: '' }),
    `${CREDENTIAL}.apiKey.privateKey: `,
  ],
  [
    'an organization that is there twice',
    (world) => (world.organization(1).id = world.organization().id),
    'organizations[1].id: it is there twice',
  ],
  [
    'a project that is there twice',
    (world) => (world.project(1).id = world.project().id),
    'organizations[1].projects[0].id: it is there twice',
  ],
  [
    'a public key that is there twice',
    (world) => Object.assign(world.credential(1).apiKey ?? {}, { publicKey: 'owner1' }),
    `${CREDENTIAL}.apiKey.publicKey: it is there twice`,
  ],
  [
    'a client id that is there twice',
    (world) => Object.assign(world.credential(1), { serviceAccount: world.credential().serviceAccount }),
    `${CREDENTIAL}.serviceAccount.clientId: it is there twice`,
  ],
  [
    'a moment of creation that is none',
    (world) => (world.project().createdAt = '2024-13-01T00:00:00Z'),
    'organizations[0].projects[0].createdAt: there is no such moment',
  ],
  [
    'a day of creation that is none',
    (world) => (world.project().createdAt = '2026-02-30T00:00:00Z'),
    'organizations[0].projects[0].createdAt: there is no such moment',
  ],
  [
    'a private link of an unknown provider',
    (world) => (world.project().privateLinks = [{ provider: 'NIMBUS' }]),
    `${LINK}[0]: No provider NIMBUS exists.`,
  ],
  [
    "a private link without what its vendor's rules ask for",
    (world) => (world.project().privateLinks = [MSK, { provider: 'AWS', vendor: 'MSK' }]),
    `${LINK}[1]: `,
  ],
  [
    'a private link with an unknown field',
    (world) => (world.project().privateLinks = [{ ...MSK, colour: 'red' }]),
    `${LINK}[0].colour: `,
  ],
  [
    'a private link in a state that passes',
    (world) => (world.project().privateLinks = [{ ...MSK, state: 'PENDING' }]),
    `${LINK}[0].state: `,
  ],
  [
    'a private link with the target of another',
    (world) => (world.project().privateLinks = [MSK, { ...MSK, vendor: 'msk' }]),
    `${LINK}[1]: The private link `,
  ],
  [
    'an id of a private link that is there twice',
    (world) =>
      (world.project().privateLinks = ['a', 'b'].map((end) => ({
        ...MSK,
        arn: MSK.arn + end,
        _id: 'a'.repeat(24),
      }))),
    `${LINK}[1]: it is there twice`,
  ],
];

describe('mistakes in a fixture', () => {
  it.each(MISTAKES)('a mistake in a fixture is reported with its path: %s', async (_what, spoil, message) => {
    const world = new World();
    spoil(world);
    expect((await refusalOf(world.write())).slice(0, message.length)).toBe(message);
  });

  it.each([
    ['text that is not JSON', '{ "organizations": [,\n] }', 'it is not JSON: '],
    ['an empty file', '', 'it is not JSON: '],
    ['a list', '[]', 'the fixture: '],
  ])('a fixture that is %s is rejected', async (_what, text, message) => {
    expect((await refusalOf(write(text))).slice(0, message.length)).toBe(message);
  });

  it.each(['missing.json', '.'])('a fixture file that cannot be read is rejected: %s', async (name) => {
    expect(await refusalOf(join(temporaryFolder(), name))).toMatch(/^it cannot be read: E/);
  });

  it('an invalid fixture leaves a new database empty, so that the next start loads a valid one', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const world = new World();
    world.project().privateLinks = [MSK];
    const right = world.write();
    world.organization(1).id = world.organization().id;
    await refusalOf(world.write(), { db });
    const emulator = await TestEmulator.start({ db, fixture: right });
    expect(emulator.app.restored).toBe(false);
    expect((await new Links(emulator, 'documented').list()).totalCount).toBe(1);
  });
});
