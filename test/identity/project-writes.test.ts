import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import {
  API,
  linksPath,
  SEEDED,
  seededCaller,
  TestEmulator,
  type SeededProfile,
} from '../support/emulator.js';
import { fixtureFile } from '../support/fixture-file.js';
import { codeOf } from '../support/link-changes.js';
import { PROFILES, type ErrorBody } from '../support/links.js';
import { requestBody } from '../support/requests.js';
import { shareEmulator } from '../support/transport.js';

const shared = shareEmulator();

const GROUPS = `${API}/groups`;

interface Project {
  readonly id: string;
  readonly name: string;
  readonly tags?: readonly object[];
}

/** The status of a refusal to a caller whose roles do not allow it. */
const denied = (profile: SeededProfile): number => (profile === 'observed' ? 401 : 403);

/** The code of a refusal as a profile shows it, where the status is 400 in both. */
const bad = (profile: SeededProfile, code: string): string =>
  `400 ${profile === 'observed' ? code : 'VALIDATION_ERROR'}`;

function create(
  emulator: TestEmulator,
  profile: SeededProfile,
  payload: object,
  caller: 'owner' | 'reader' = 'owner',
): Promise<LightMyRequestResponse> {
  return emulator.as(caller, profile, {
    method: 'POST',
    url: GROUPS,
    payload: { orgId: SEEDED[profile].organization, ...payload },
  });
}

async function created(emulator: TestEmulator, profile: SeededProfile, payload: object): Promise<Project> {
  const response = await create(emulator, profile, payload);
  expect(response.statusCode, response.body).toBe(201);
  return response.json();
}

function owner(emulator: TestEmulator, profile: SeededProfile, request: InjectOptions) {
  return emulator.as('owner', profile, request);
}

describe.each(PROFILES)('create of a project, %s', (profile) => {
  it('creating a project responds with 201 and a Location, and the project is visible at once', async () => {
    const emulator = await TestEmulator.start({ publicUrl: 'http://atlas.test' });
    const response = await create(emulator, profile, { name: 'new' });
    expect([response.statusCode, response.headers.location]).toEqual([
      201,
      'http://atlas.test//api/atlas/v1.0',
    ]);
    const project = response.json<Project>();
    expect(project).toMatchObject({
      clusterCount: 0,
      created: '2026-01-01T00:00:00Z',
      id: expect.stringMatching(/^[a-f0-9]{24}$/) as string,
      name: 'new',
      orgId: SEEDED[profile].organization,
      withDefaultAlertsSettings: true,
    });
    expect(Object.keys(project)).toEqual([...Object.keys(project)].sort());

    const shown = await owner(emulator, profile, { url: `${GROUPS}/${project.id}` });
    expect(shown.json()).toEqual({ ...project, tags: [] });
    expect(Object.keys(shown.json<Project>())).toEqual([...Object.keys(shown.json<Project>())].sort());
    const named = await owner(emulator, profile, { url: `${GROUPS}/byName/new` });
    expect(named.body).toBe(shown.body);
    const listed = await owner(emulator, profile, { url: GROUPS });
    expect(listed.json<{ results: Project[] }>().results.map(({ name }) => name)).toEqual([profile, 'new']);
  });

  it('a created project retains its tags and settings', async () => {
    const emulator = await TestEmulator.start();
    const tags = [
      { key: 'b', value: 'x'.repeat(255) },
      { key: 'Größe 7;@_-.+', value: 'A b' },
    ];
    const settings = { withDefaultAlertsSettings: false, regionUsageRestrictions: 'GOV_REGIONS_ONLY' };
    const made = await created(emulator, profile, { name: 'new', tags, ...settings });
    expect(made).toMatchObject({ tags, ...settings });
    const { id } = made;
    const shown = await owner(emulator, profile, { url: `${GROUPS}/${id}` });
    expect(shown.json()).toMatchObject({ tags, ...settings });
  });

  it.each(['a', 'x'.repeat(64), 'Größe-проект_名', "a.(b),:&@+'c", '7'])(
    'a project may be named %s',
    async (name) => {
      const emulator = await TestEmulator.start();
      const { id } = await created(emulator, profile, { name });
      const named = await owner(emulator, profile, { url: `${GROUPS}/byName/${encodeURIComponent(name)}` });
      expect(named.json()).toMatchObject({ id, name });
    },
  );

  it.each<[string, object, string, string]>([
    ['no name', {}, 'MISSING_ATTRIBUTE', 'name'],
    ['a long name', { name: 'x'.repeat(65) }, 'INVALID_ATTRIBUTE', 'name'],
    ['a name with a slash', { name: 'a/b' }, 'INVALID_ATTRIBUTE', 'name'],
    ['a name of two lines', { name: 'a\nb' }, 'INVALID_ATTRIBUTE', 'name'],
    ['a number for a name', { name: 7 }, 'INVALID_JSON_ATTRIBUTE', 'name'],
    ['no organization', { name: 'new', orgId: null }, 'MISSING_ATTRIBUTE', 'orgId'],
    ['an unknown field', { name: 'new', nmae: 'x' }, 'INVALID_ATTRIBUTE', 'nmae'],
    ['tags that are no list', { name: 'new', tags: { a: 'b' } }, 'INVALID_JSON_ATTRIBUTE', 'tags'],
    ['a tag without a value', { name: 'new', tags: [{ key: 'a' }] }, 'MISSING_ATTRIBUTE', 'tags[0].value'],
    [
      'a tag with an empty key',
      { name: 'new', tags: [{ key: '', value: 'b' }] },
      'INVALID_ATTRIBUTE',
      'tags[0].key',
    ],
    [
      'a long value of a tag',
      { name: 'new', tags: [{ key: 'a', value: 'b'.repeat(256) }] },
      'VALIDATION_ERROR',
      'exceeded the maximum allowed length of 255 characters',
    ],
    [
      'a long key of a tag',
      { name: 'new', tags: [{ key: 'a'.repeat(256), value: 'b' }] },
      'VALIDATION_ERROR',
      'exceeded the maximum allowed length of 255 characters',
    ],
    ...['a/b', 'a:b', 'a\nb', 'a,b', '(a)'].map(
      (value) =>
        [
          `a tag ${JSON.stringify(value)}`,
          { name: 'new', tags: [{ key: 'a', value }] },
          'VALIDATION_ERROR',
          'contains invalid characters. Allowable characters include letters, numbers, spaces and ; @ _ - . +',
        ] as [string, object, string, string],
    ),
    [
      'a key of a tag with a slash',
      { name: 'new', tags: [{ key: 'a/b', value: 'c' }] },
      'VALIDATION_ERROR',
      'contains invalid characters. Allowable characters include',
    ],
    [
      'two tags of one key',
      { name: 'new', tags: ['1', '2', '1'].map((value) => ({ key: 'a', value })) },
      'VALIDATION_ERROR',
      'Two tags have the same key',
    ],
    [
      'another restriction',
      { name: 'new', regionUsageRestrictions: 'NONE' },
      'INVALID_ATTRIBUTE',
      'regionUsage',
    ],
  ])('creating a project is refused with %s', async (_, payload, code, names) => {
    const { emulator } = shared;
    const response = await create(emulator, profile, payload);
    expect(codeOf(response)).toBe(bad(profile, code));
    expect(response.json<ErrorBody>().detail).toContain(names);
  });

  it('creating a project is refused if its organization has the name, but not if another one has', async () => {
    const { emulator } = shared;
    const response = await create(emulator, profile, { name: profile });
    expect(codeOf(response)).toBe('409 GROUP_ALREADY_EXISTS');
    expect(response.json<ErrorBody>().detail).toContain(profile);
    await created(emulator, profile, { name: profile === 'observed' ? 'documented' : 'observed' });
  });

  it('creating a project ignores read-only fields and projectOwnerId', async () => {
    const emulator = await TestEmulator.start();
    const response = await owner(emulator, profile, {
      method: 'POST',
      url: `${GROUPS}?projectOwnerId=${'a'.repeat(24)}`,
      payload: {
        name: 'new',
        orgId: SEEDED[profile].organization,
        id: SEEDED[profile].project,
        clusterCount: 7,
        created: 'yesterday',
        links: [],
      },
    });
    expect(response.statusCode).toBe(201);
    expect(response.json<Project>().id).not.toBe(SEEDED[profile].project);
  });

  it('creating a project is refused without the role, in another organization and in an unknown one', async () => {
    const { emulator } = shared;
    const other = SEEDED[profile === 'observed' ? 'documented' : 'observed'].organization;
    expect((await create(emulator, profile, { name: 'new' }, 'reader')).statusCode).toBe(denied(profile));
    expect((await create(emulator, profile, { name: 'new', orgId: other })).statusCode).toBe(denied(profile));
    expect((await create(emulator, profile, { name: 'new', orgId: 'f'.repeat(24) })).statusCode).toBe(404);
    const malformed = await create(emulator, profile, { name: 'new', orgId: 'nothex' });
    expect(malformed.statusCode).toBe(profile === 'observed' ? 404 : 400);
  });

  it('the creator of a project is its owner', async () => {
    const { clientId, clientSecret } = seededCaller('streams', profile);
    const creator = {
      organizationRoles: ['ORG_GROUP_CREATOR'],
      projectRoles: {},
      serviceAccount: { clientId, clientSecret },
    };
    const id = SEEDED[profile].organization;
    const fixture = fixtureFile([{ id, name: 'Org', profile, projects: [], credentials: [creator] }]);
    const emulator = await TestEmulator.start({ fixture });
    const as = (request: InjectOptions) => emulator.as('streams', profile, request);
    const made = await as({ method: 'POST', url: GROUPS, payload: { name: 'mine', orgId: id } });
    const url = `${GROUPS}/${made.json<Project>().id}`;
    const link = await as({
      method: 'POST',
      url: `${url}/streams/privateLinkConnections`,
      payload: { provider: 'AWS' },
    });
    expect(link.statusCode, link.body).toBe(200);
    expect((await as({ method: 'PATCH', url, payload: { name: 'still-mine' } })).statusCode).toBe(200);
    expect((await as({ url: GROUPS })).json()).toMatchObject({ results: [{ name: 'still-mine' }] });

    const control = async (method: 'GET' | 'POST', path: string, payload?: object) => {
      const response = await emulator.inject({
        method,
        url: `/_emulator${path}`,
        ...(payload && { payload }),
      });
      expect(response.statusCode, response.body).toBeLessThan(300);
      return response.body;
    };
    const exported = await control('GET', '/fixture');
    const role = { projectRoles: { [made.json<Project>().id]: ['GROUP_OWNER'] } };
    expect(JSON.parse(exported)).toMatchObject({ organizations: [{ credentials: [role] }] });
    await control('POST', '/snapshots', { name: 'made' });
    await control('POST', '/reset');
    expect((await as({ url: GROUPS })).json()).toMatchObject({ results: [] });
    await control('POST', '/snapshots/made/restore');
    await control('POST', `/projects/${made.json<Project>().id}/reset`);
    expect((await as({ url: GROUPS })).json()).toMatchObject({ results: [{ name: 'still-mine' }] });
  });
});

describe.each(PROFILES)('change of a project, %s', (profile) => {
  const url = `${GROUPS}/${SEEDED[profile].project}`;
  const change = (emulator: TestEmulator, payload: object) =>
    owner(emulator, profile, { method: 'PATCH', url, payload });

  it('changing a project leaves what is not sent', async () => {
    const emulator = await TestEmulator.start();
    const tags = [{ key: 'a', value: '1' }];
    const before = (await owner(emulator, profile, { url })).json<Project>();
    expect((await change(emulator, { tags })).json()).toEqual({ ...before, tags });
    expect((await change(emulator, { name: 'renamed' })).json()).toEqual({
      ...before,
      tags,
      name: 'renamed',
    });
    expect((await change(emulator, { tags: [] })).json()).toEqual({ ...before, name: 'renamed' });
    expect((await change(emulator, {})).json()).toEqual({ ...before, name: 'renamed' });
    expect((await owner(emulator, profile, { url })).json()).toEqual({ ...before, name: 'renamed' });
  });

  it('renaming a project to its own name is accepted, and to the name of another refused', async () => {
    const emulator = await TestEmulator.start();
    await created(emulator, profile, { name: 'taken' });
    expect((await change(emulator, { name: profile })).statusCode).toBe(200);
    expect(codeOf(await change(emulator, { name: 'taken' }))).toBe('409 GROUP_ALREADY_EXISTS');
    expect(codeOf(await change(emulator, { name: 'a/b' }))).toBe(bad(profile, 'INVALID_ATTRIBUTE'));
    const tags = [{ key: 'a', value: 'b/c' }];
    expect(codeOf(await change(emulator, { tags }))).toBe(bad(profile, 'VALIDATION_ERROR'));
  });

  it.each([
    ['orgId', SEEDED[profile].organization],
    ['regionUsageRestrictions', 'GOV_REGIONS_ONLY'],
  ])('PATCH of a project with %s is a 400 that says that it cannot be changed', async (field, value) => {
    const emulator = await TestEmulator.start();
    const response = await change(emulator, { name: 'new', [field]: value });
    expect(codeOf(response)).toBe(bad(profile, 'INVALID_ATTRIBUTE'));
    expect(response.headers['x-emulator-reason']).toContain(`${field} cannot be changed`);
  });

  it.each(['streams', 'reader', 'outsider'] as const)(
    'changing and deleting a project is refused to %s',
    async (caller) => {
      const { emulator } = shared;
      for (const request of [
        { method: 'PATCH', url, payload: { name: 'x' } },
        { method: 'DELETE', url },
      ] as const) {
        expect((await emulator.as(caller, profile, request)).statusCode).toBe(denied(profile));
      }
    },
  );
});

describe.each(PROFILES)('deletion of a project, %s', (profile) => {
  it('deleting a project responds with 202 and leaves nothing of it', async () => {
    const emulator = await TestEmulator.start();
    const { id } = await created(emulator, profile, { name: 'new' });
    const url = `${GROUPS}/${id}`;
    const response = await owner(emulator, profile, { method: 'DELETE', url });
    expect([response.statusCode, response.body]).toEqual([202, '{}']);
    for (const gone of [{ url }, { url: `${GROUPS}/byName/new` }] as const) {
      expect((await owner(emulator, profile, gone)).statusCode).toBe(404);
    }
    await created(emulator, profile, { name: 'new' });
  });

  it('deleting a deleted project of the own organization again is a 202 as observed and a 404 as documented', async () => {
    const emulator = await TestEmulator.start({ profile });
    const { id } = await created(emulator, profile, { name: 'new' });
    const remove = async (groupId: string, by = profile) => {
      const request = { method: 'DELETE', url: `${GROUPS}/${groupId}` } as const;
      const { statusCode, body } = await emulator.as('owner', by, request);
      return statusCode === 202 ? [statusCode, body] : [statusCode];
    };
    const again = profile === 'observed' ? [202, '{}'] : [404];
    expect(await remove(id)).toEqual([202, '{}']);
    expect(await remove(id)).toEqual(again);
    expect(await remove(id)).toEqual(again);
    expect(await remove(id, profile === 'observed' ? 'documented' : 'observed')).toEqual([404]);
    expect(await remove('f'.repeat(24))).toEqual([404]);
    // With any other operation it is not there.
    const url = `${GROUPS}/${id}`;
    for (const request of [{ url }, { method: 'PATCH', url, payload: {} }] as const) {
      expect((await owner(emulator, profile, request)).statusCode).toBe(404);
    }
    await emulator.inject({ method: 'POST', url: '/_emulator/reset' });
    expect(await remove(id)).toEqual([404]);
  });

  it('deleting a project is refused while it has private links, and says how many', async () => {
    const emulator = await TestEmulator.start();
    const url = `${GROUPS}/${SEEDED[profile].project}`;
    const ids: string[] = [];
    for (const name of ['aws-s3', 'aws-msk']) {
      const link = await emulator.create(profile, requestBody(name));
      ids.push(link.json<{ _id: string }>()._id);
    }
    for (const left of ['2 private links', '1 private link.']) {
      const response = await owner(emulator, profile, { method: 'DELETE', url });
      expect(codeOf(response)).toBe('409 CANNOT_CLOSE_GROUP_ACTIVE_STREAMS_RESOURCE');
      expect(response.headers['x-emulator-reason']).toContain(left);
      if (profile === 'documented') expect(response.json<ErrorBody>().detail).toContain(left);
      const gone = await owner(emulator, profile, {
        method: 'DELETE',
        url: `${linksPath(profile)}/${ids.pop() ?? ''}`,
      });
      expect(gone.statusCode).toBe(202);
    }
    expect((await owner(emulator, profile, { method: 'DELETE', url })).statusCode).toBe(202);
  });
});

describe.each(PROFILES)('limit of projects in an organization, %s', (profile) => {
  it('the 251st project of an organization is refused, except to the control API', async () => {
    const emulator = await TestEmulator.start();
    const { projects } = emulator.app.identity;
    const organizationId = SEEDED[profile].organization;
    const left = 250 - projects.ofOrganization(organizationId).length;
    for (let number = 1; number < left; number += 1) {
      const id = number.toString(16).padStart(24, '0');
      projects.add({ id, organizationId, name: `project-${number}`, createdAt: 0 });
    }
    const { id } = await created(emulator, profile, { name: 'last' });
    const refused = await create(emulator, profile, { name: 'one-more' });
    expect(codeOf(refused)).toBe(bad(profile, 'MAX_GROUPS_PER_ORG_EXCEEDED'));
    expect(refused.headers['x-emulator-reason']).toContain('POST /_emulator/projects');

    await emulator.makeProject({ profile });
    const deleted = await owner(emulator, profile, { method: 'DELETE', url: `${GROUPS}/${id}` });
    expect(deleted.statusCode).toBe(202);
    await created(emulator, profile, { name: 'one-more' });
  });
});
