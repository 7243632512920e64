import { describe, expect, it } from 'vitest';
import { API, SEEDED, TestEmulator } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';

const CALLERS = ['owner', 'streams', 'reader', 'outsider'] as const;

interface Page {
  readonly results: readonly { readonly id: string; readonly name: string }[];
  readonly totalCount?: number;
}

describe.each(PROFILES)('organizations, %s', (profile) => {
  const { organization, project } = SEEDED[profile];
  const other = SEEDED[profile === 'observed' ? 'documented' : 'observed'].organization;
  const denied = profile === 'observed' ? 401 : 403;
  const url = `${API}/orgs`;

  it.each(CALLERS)('the organization of %s is listed and shown, and no other', async (caller) => {
    const emulator = await TestEmulator.start({ publicUrl: 'http://atlas.test' });
    const own = {
      id: organization,
      isDeleted: false,
      links: [{ href: `http://atlas.test${url}/${organization}`, rel: 'self' }],
      name: profile === 'observed' ? 'Observed' : 'Documented',
      skipDefaultAlertsSettings: false,
    };
    const listed = await emulator.as(caller, profile, { url });
    expect(listed.json()).toMatchObject({ results: [own], totalCount: 1 });
    const shown = await emulator.as(caller, profile, { url: `${url}/${organization}` });
    const self = `http://atlas.test${url}/${organization}`;
    const below = ['groups', 'teams', 'users'].map((name) => ({
      href: `${self}/${name}`,
      rel: `https://cloud.mongodb.com/${name}`,
    }));
    expect(shown.body).toBe(JSON.stringify({ ...own, links: [...own.links, ...below] }));
  });

  it('organization operations have their own limits and Java methods in the observed profile', async () => {
    const emulator = await TestEmulator.start();
    const header = async (path: string, project?: string): Promise<unknown[]> => {
      const request =
        project === undefined ? { url: path } : { method: 'PATCH' as const, url: path, payload: {} };
      const { headers } = await emulator.as('owner', profile, request);
      return [headers['x-java-method'], headers['ratelimit-limit'], headers['ratelimit-remaining']];
    };
    const expected = [
      ['ApiOrganizationsResource::getAllOrgs', '300', '299'],
      ['ApiOrganizationsResource::getOrg', '500', '499'],
      ['ApiOrganizationsResource::getGroups', '500', '498'],
      ['ApiAtlasGroupsResource::getAllGroups', '1200', '1199'],
      ['ApiAtlasGroupsResource::patchGroup', '1200', '1199'],
    ];
    const headers = [
      await header(url),
      await header(`${url}/${organization}`),
      await header(`${url}/${organization}/groups`),
      await header(`${API}/groups`),
      await header(`${API}/groups/${project}`, project),
    ];
    expect(headers).toEqual(
      profile === 'observed' ? expected : expected.map(() => [undefined, undefined, undefined]),
    );
  });

  it('an organization has one user, its owner, who also owns its projects', async () => {
    const emulator = await TestEmulator.start();
    const list = async (path: string, date = '2025-02-19') => {
      const headers = { accept: `application/vnd.atlas.${date}+json` };
      const response = await emulator.as('reader', profile, { url: path, headers });
      expect(response.statusCode, response.body).toBe(200);
      return response.json<{ results: object[]; totalCount: number }>();
    };
    const users = `${url}/${organization}/users`;
    const { results, totalCount } = await list(users);
    const roles = {
      groupRoleAssignments: [{ groupId: project, groupRoles: ['GROUP_OWNER'] }],
      orgRoles: ['ORG_OWNER'],
    };
    expect([results, totalCount]).toEqual([[expect.objectContaining({ roles })], 1]);
    const [owner] = (await list(`${API}/groups/${project}/users`)).results;
    expect(owner).toEqual({ ...results[0], roles: ['GROUP_OWNER'] });
    expect((await list(`${users}?pageNum=2`)).results).toEqual([]);
    expect((await list(users, '2023-01-01')).results, 'the first version has other fields').toEqual([]);
  });

  it('organizations are filtered by the start of their name, and includeCount=false omits the count', async () => {
    const emulator = await TestEmulator.start();
    const list = async (query: string): Promise<Page> =>
      (await emulator.as('owner', profile, { url: `${url}${query}` })).json();
    expect((await list('?name=')).totalCount).toBe(1);
    expect((await list(`?name=${profile === 'observed' ? 'Obs' : 'Doc'}`)).totalCount).toBe(1);
    expect(await list('?name=Elsewhere')).toMatchObject({ results: [], totalCount: 0 });
    expect(await list('?includeCount=false')).not.toHaveProperty('totalCount');
    expect(await list('?pageNum=2')).toMatchObject({ results: [], totalCount: 1 });
  });

  it('another organization, its projects and its users are not accessible', async () => {
    const emulator = await TestEmulator.start();
    for (const path of [other, `${other}/groups`, `${other}/users`]) {
      // What is answered is the profile of the organization that the path names.
      const status = denied === 401 ? 403 : 401;
      expect((await emulator.as('owner', profile, { url: `${url}/${path}` })).statusCode, path).toBe(status);
    }
  });

  it('an unknown organization is a 404, and a malformed id is a 404 as observed and a 400 as documented', async () => {
    const emulator = await TestEmulator.start({ profile });
    for (const below of ['', '/groups', '/users']) {
      const unknown = await emulator.as('owner', profile, { url: `${url}/${'f'.repeat(24)}${below}` });
      expect(unknown.statusCode).toBe(404);
      const malformed = await emulator.as('owner', profile, { url: `${url}/nothex${below}` });
      expect(malformed.statusCode).toBe(profile === 'observed' ? 404 : 400);
    }
  });

  it.each(CALLERS)(
    'an organization lists the projects that %s may see, filtered by the start of their name',
    async (caller) => {
      const emulator = await TestEmulator.start();
      await emulator.as('owner', profile, {
        method: 'POST',
        url: `${API}/groups`,
        payload: { name: 'another', orgId: organization },
      });
      const names = async (query: string): Promise<string[]> => {
        const response = await emulator.as(caller, profile, { url: `${url}/${organization}/groups${query}` });
        expect(response.statusCode, response.body).toBe(200);
        return response.json<Page>().results.map(({ name }) => name);
      };
      const visible = { owner: [profile, 'another'], streams: [profile], reader: [profile], outsider: [] }[
        caller
      ];
      expect(await names('')).toEqual(visible);
      expect(await names('?name=ano')).toEqual(visible.filter((name) => name === 'another'));
      expect(await names('?itemsPerPage=1&pageNum=2')).toEqual(visible.slice(1));
    },
  );

  it('a project is found by name by callers who may see it', async () => {
    const emulator = await TestEmulator.start();
    for (const caller of CALLERS) {
      const response = await emulator.as(caller, profile, { url: `${API}/groups/byName/${profile}` });
      if (caller === 'outsider') expect(response.statusCode).toBe(404);
      else expect(response.json()).toMatchObject({ id: project, name: profile });
    }
    const elsewhere = profile === 'observed' ? 'documented' : 'observed';
    for (const name of ['nothing', elsewhere]) {
      const response = await emulator.as('owner', profile, { url: `${API}/groups/byName/${name}` });
      expect(response.statusCode, name).toBe(404);
    }
  });
});
