import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../src/index.js';
import type { Fixture } from '../../src/world/index.js';
import { temporaryFolder } from '../support/world.js';

type Json = Record<string, unknown>;

const ORGANIZATION = '5f00000000000000000000a1';
const PROJECT = '5f00000000000000000000b1';
const OTHER_PROJECT = '5f00000000000000000000b2';
const LINK = '5f00000000000000000000c1';

const project = (more: Json = {}): Json => ({ id: PROJECT, name: 'one', ...more });
const organization = (more: Json = {}): Json => ({
  id: ORGANIZATION,
  name: 'org',
  profile: 'documented',
  projects: [],
  credentials: [],
  ...more,
});
const world = (more: Json = {}): Json => ({ organizations: [organization(more)] });
const owner = (secret: string): Json => ({
  organizationRoles: ['ORG_OWNER'],
  projectRoles: {},
  apiKey: { publicKey: 'someone', privateKey: secret },
});
const link = (region: string, more: Json = {}): Json => ({ provider: 'AWS', region, ...more });

/** Writes fixtures to files of a folder, by their names. */
function folderOf(fixtures: Readonly<Record<string, Json>>): string {
  const folder = temporaryFolder();
  for (const [name, fixture] of Object.entries(fixtures)) {
    writeFileSync(join(folder, name), JSON.stringify(fixture));
  }
  return folder;
}

/** The world of an emulator that starts with fixtures. */
async function started(...fixture: readonly string[]) {
  const emulator = await startEmulator({ fixture: [...fixture] });
  onTestFinished(() => emulator.close());
  const { organizations } = (await emulator.fixture.export()) as Fixture;
  return organizations.map(({ id, projects, credentials }) => ({
    id,
    credentials: credentials.map(({ apiKey }) => apiKey?.publicKey),
    projects: (projects as (Json & { privateLinks?: Json[] })[]).map(({ id, privateLinks = [], clock }) => ({
      id,
      regions: privateLinks.map(({ region }) => region),
      offset: (clock as { offsetMs: number }).offsetMs,
    })),
  }));
}

describe('several fixture files', () => {
  it('several fixture files are merged: organizations, projects, credentials and links', async () => {
    const folder = folderOf({
      'a.json': world({ projects: [project({ privateLinks: [link('one', { _id: LINK })] })] }),
      'b.json': world({
        projects: [
          project({ privateLinks: [link('two')], clock: { offsetMs: 5 } }),
          { id: OTHER_PROJECT, name: 'two' },
        ],
        credentials: [owner('secret')],
      }),
      'c.json': {
        organizations: [organization({ id: '5f00000000000000000000a2' })],
        faults: [{ id: 'mine', drop: 'before' }],
      },
    });
    const paths = ['a.json', 'b.json', 'c.json'].map((name) => join(folder, name));
    const sum = [
      {
        id: ORGANIZATION,
        credentials: ['someone'],
        projects: [
          { id: PROJECT, regions: ['one', 'two'], offset: 5 },
          { id: OTHER_PROJECT, regions: [], offset: 0 },
        ],
      },
      { id: '5f00000000000000000000a2', credentials: [], projects: [] },
    ];
    expect(await started(...paths)).toEqual(sum);
    // A file that is named twice, or is in a folder that is named too, adds nothing.
    expect(await started(folder, ...paths)).toEqual(sum);
  });

  it('a folder as a fixture means its *.json files, in order of name', async () => {
    const folder = folderOf({
      '10.json': world({ projects: [project({ privateLinks: [link('first')] })] }),
      '2.json': world({ projects: [project({ privateLinks: [link('second')] })] }),
    });
    for (const name of ['.hidden.json', 'notes.txt', 'README.md'])
      writeFileSync(join(folder, name), 'no JSON');
    mkdirSync(join(folder, 'deeper'));
    writeFileSync(join(folder, 'deeper', 'x.json'), 'no JSON');
    expect(await started(folder)).toMatchObject([{ projects: [{ regions: ['first', 'second'] }] }]);
  });

  it('the default fixture can be one of several fixture files', async () => {
    const standard = JSON.parse(
      readFileSync(new URL('../../fixtures/default.json', import.meta.url), 'utf8'),
    ) as Json;
    const folder = folderOf({ 'a.json': standard, 'b.json': world() });
    expect((await started(folder)).map(({ projects }) => projects.length)).toEqual([1, 1, 0]);
  });
});

describe('conflicting fixture files', () => {
  it.each<readonly [string, Json, Json]>([
    [`name of organization ${ORGANIZATION}`, world(), world({ name: 'another' })],
    [`profile of organization ${ORGANIZATION}`, world(), world({ profile: 'observed' })],
    [
      `name of project ${PROJECT}`,
      world({ projects: [project()] }),
      world({ projects: [project({ name: 'another' })] }),
    ],
    [
      `project ${PROJECT}`,
      world({ projects: [project()] }),
      { organizations: [organization({ id: '5f00000000000000000000a2', projects: [project()] })] },
    ],
    [
      `clock of project ${PROJECT}`,
      world({ projects: [project({ clock: { offsetMs: 1 } })] }),
      world({ projects: [project({ clock: { offsetMs: 2 } })] }),
    ],
    [
      `projectDefaults of project ${PROJECT}`,
      world({ projects: [project({ projectDefaults: { managedSlowMs: true } })] }),
      world({ projects: [project({ projectDefaults: { managedSlowMs: false } })] }),
    ],
    [
      `privateLinks of project ${PROJECT}: ${LINK}`,
      world({ projects: [project({ privateLinks: [link('one', { _id: LINK })] })] }),
      world({ projects: [project({ privateLinks: [link('two', { _id: LINK })] })] }),
    ],
    [
      `credentials of organization ${ORGANIZATION}: someone`,
      world({ credentials: [owner('secret')] }),
      world({ credentials: [owner('another secret')] }),
    ],
    ['clock', { ...world(), clock: { offsetMs: 1 } }, { ...world(), clock: { offsetMs: 2 } }],
    [
      'faults: mine',
      { ...world(), faults: [{ id: 'mine', drop: 'before' }] },
      { ...world(), faults: [{ id: 'mine', drop: 'after' }] },
    ],
  ])('a conflict of two fixture files in %s is an error that names both', async (thing, one, two) => {
    const folder = folderOf({ 'a.json': one, 'b.json': two });
    const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')];
    await expect(started(folder)).rejects.toThrow(`${b}: ${a} defines the ${thing} differently`);
    await expect(started(b, a)).rejects.toThrow(`${a}: ${b} defines the ${thing} differently`);
  });

  it('two projects with the same name in one organization are a conflict that names both fixture files', async () => {
    const folder = folderOf({
      'a.json': world({ projects: [project({ name: 'same' })] }),
      'b.json': world({ projects: [{ id: OTHER_PROJECT, name: 'same' }] }),
    });
    const files = ['a.json', 'b.json'].map((name) => join(folder, name)).join(', ');
    await expect(started(folder)).rejects.toThrow(
      `${files}: organizations[0].projects[1].name: it is there twice`,
    );
  });

  it('the message of a conflict of fixture files contains no secret', async () => {
    const folder = folderOf({
      'a.json': world({ credentials: [owner('first-secret')] }),
      'b.json': world({ credentials: [owner('second-secret')] }),
    });
    await expect(started(folder)).rejects.toThrow(/^(?!.*-secret)/);
  });
});

describe('mistakes in one of several fixture files', () => {
  it('a mistake in one of several fixture files is reported with the name of the file', async () => {
    const folder = folderOf({ 'a.json': world(), 'b.json': { organisations: [] } });
    const b = join(folder, 'b.json');
    await expect(started(folder)).rejects.toThrow(`${b}: organisations: there is no such key`);
    await expect(started(join(folder, 'a.json'), join(folder, 'c.json'))).rejects.toThrow(
      `${join(folder, 'c.json')}: it cannot be read: ENOENT`,
    );
  });

  it('a folder without *.json files is rejected as a fixture', async () => {
    const folder = temporaryFolder();
    await expect(started(folder)).rejects.toThrow(`${folder}: it cannot be read: EISDIR`);
  });
});
