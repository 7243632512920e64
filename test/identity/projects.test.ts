import { describe, expect, it } from 'vitest';
import {
  API,
  SEEDED,
  seededCaller,
  TestEmulator,
  type SeededCaller,
  type SeededProfile,
} from '../support/emulator.js';
import { fixtureFile } from '../support/fixture-file.js';
import { openLine, TRANSPORTS, type Incoming, type Line } from '../support/transport.js';

const GROUPS = `${API}/groups`;

interface Page {
  readonly links: readonly { readonly href: string; readonly rel: string }[];
  readonly results: readonly { readonly id: string; readonly links: readonly object[] }[];
  readonly totalCount?: number;
}

interface Visibility {
  readonly profile: SeededProfile;
  readonly caller: SeededCaller;
  readonly sees: boolean;
}

const VISIBILITY: readonly Visibility[] = (['documented', 'observed'] as const).flatMap((profile) =>
  (['owner', 'streams', 'reader', 'outsider'] as const).map((caller) => ({
    profile,
    caller,
    sees: caller !== 'outsider',
  })),
);

/** Five projects in the documented organization, of which its reader sees the second and the fourth. */
function manyProjects(): string {
  const ids = [1, 2, 3, 4, 5].map((number) => String(number).repeat(24));
  const { clientId, clientSecret } = seededCaller('owner', 'documented');
  const reader = seededCaller('reader', 'documented');
  return fixtureFile([
    {
      id: SEEDED.documented.organization,
      name: 'Many',
      profile: 'documented',
      projects: ids.map((id) => ({ id, name: `project-${id[0] ?? ''}` })),
      credentials: [
        {
          organizationRoles: ['ORG_OWNER'],
          projectRoles: {},
          serviceAccount: { clientId, clientSecret },
        },
        {
          organizationRoles: ['ORG_MEMBER'],
          projectRoles: { ['2'.repeat(24)]: ['GROUP_READ_ONLY'], ['4'.repeat(24)]: ['GROUP_OWNER'] },
          serviceAccount: { clientId: reader.clientId, clientSecret: reader.clientSecret },
        },
      ],
    },
  ]);
}

/** First digits of the listed projects' ids. */
function digits(response: Incoming): string {
  return response
    .json<Page>()
    .results.map(({ id }) => id[0] ?? '')
    .join('');
}

/** Each link as `rel query`. */
function links(response: Incoming): string[] {
  return response.json<Page>().links.map(({ href, rel }) => `${rel} ${href.slice(href.indexOf('?'))}`);
}

function list(line: Line, query = '', caller: SeededCaller = 'owner'): Promise<Incoming> {
  return line.as(caller, 'documented', { path: `${GROUPS}${query}` });
}

describe('list of projects', () => {
  it.each(VISIBILITY)(
    'the list of projects for $caller in the $profile organization has its project: $sees',
    async (row) => {
      const line = await openLine('inject');
      const response = await line.as(row.caller, row.profile, { path: GROUPS });
      expect(response.status).toBe(200);
      const page = response.json<Page>();
      expect(page.results.map(({ id }) => id)).toEqual(row.sees ? [SEEDED[row.profile].project] : []);
      expect(page.totalCount).toBe(row.sees ? 1 : 0);
    },
  );

  it('the list has all projects for an Organization Owner, oldest first, and else those with a role', async () => {
    const line = await openLine('inject', { fixture: manyProjects() });
    expect(digits(await list(line))).toBe('12345');
    expect(digits(await list(line, '', 'reader'))).toBe('24');
  });

  it.each([
    ['', '12345', ['self ?pageNum=1&itemsPerPage=100']],
    [
      '?itemsPerPage=100&pageNum=1&includeCount=true',
      '12345',
      ['self ?includeCount=true&pageNum=1&itemsPerPage=100'],
    ],
    ['?itemsPerPage=2', '12', ['self ?pageNum=1&itemsPerPage=2', 'next ?itemsPerPage=2&pageNum=2']],
    [
      '?itemsPerPage=2&pageNum=2',
      '34',
      [
        'self ?pageNum=2&itemsPerPage=2',
        'previous ?itemsPerPage=2&pageNum=1',
        'next ?itemsPerPage=2&pageNum=3',
      ],
    ],
    [
      '?itemsPerPage=2&pageNum=3',
      '5',
      ['self ?pageNum=3&itemsPerPage=2', 'previous ?itemsPerPage=2&pageNum=2'],
    ],
    ['?itemsPerPage=5', '12345', ['self ?pageNum=1&itemsPerPage=5']],
    ['?itemsPerPage=500', '12345', ['self ?pageNum=1&itemsPerPage=500']],
    ['?pageNum=9', '', ['self ?pageNum=9&itemsPerPage=100', 'previous ?itemsPerPage=100&pageNum=8']],
  ])('the list of five projects with the query %s has the projects "%s"', async (query, shown, expected) => {
    const line = await openLine('inject', { fixture: manyProjects() });
    const response = await list(line, query);
    expect([response.status, digits(response)]).toEqual([200, shown]);
    expect(links(response)).toEqual(expected);
    expect(response.json<Page>().totalCount).toBe(5);
  });

  it('a listed project has only a link to itself', async () => {
    const line = await openLine('inject', { fixture: manyProjects(), publicUrl: 'http://atlas.test' });
    for (const path of [GROUPS, `${API}/orgs/${SEEDED.documented.organization}/groups`]) {
      const { results } = (await line.as('owner', 'documented', { path })).json<Page>();
      expect(results.length).toBe(5);
      for (const { id, links } of results) {
        expect(links).toEqual([{ href: `http://atlas.test${GROUPS}/${id}`, rel: 'self' }]);
      }
    }
  });

  it('following the next links of the list of projects returns each project once', async () => {
    const line = await openLine('socket', { fixture: manyProjects() });
    let seen = '';
    let next: string | undefined = `${GROUPS}?itemsPerPage=2`;
    while (next !== undefined) {
      const response: Incoming = await line.as('owner', 'documented', { path: next });
      seen += digits(response);
      const href = response.json<Page>().links.find(({ rel }) => rel === 'next')?.href;
      next = href === undefined ? undefined : href.slice(new URL(href).origin.length);
    }
    expect(seen).toBe('12345');
  });

  it.each([
    ['?includeCount=true', 5],
    ['?includeCount=false', undefined],
  ])('the list of projects with %s has the totalCount %s', async (query, totalCount) => {
    const line = await openLine('inject', { fixture: manyProjects() });
    const response = await list(line, query);
    expect(response.json<Page>().totalCount).toBe(totalCount);
    expect(Object.keys(response.json())).toEqual(
      totalCount === undefined ? ['links', 'results'] : ['links', 'results', 'totalCount'],
    );
  });

  it.each(['itemsPerPage=0', 'itemsPerPage=501', 'itemsPerPage=x', 'itemsPerPage=1.5', 'itemsPerPage=-1'])(
    'the list of projects refuses %s',
    async (query) => {
      expect((await list(await openLine('inject'), `?${query}`)).status).toBe(400);
    },
  );

  it.each([
    'pageNum=0',
    'pageNum=-1',
    'pageNum=1e3',
    'pageNum=99999999999',
    'pageNum=1&pageNum=2',
    'includeCount=1',
  ])('the list of projects refuses the parameter %s', async (query) => {
    expect((await list(await openLine('inject'), `?${query}`)).status).toBe(400);
  });

  it('the list of projects ignores unknown parameters', async () => {
    expect((await list(await openLine('inject'), '?name=&orgId=x&__proto__=y&constructor=z')).status).toBe(
      200,
    );
  });
});

describe('reading a project', () => {
  it.each(VISIBILITY)(
    'a project is shown to $caller of the $profile organization: $sees',
    async ({ profile, caller, sees }) => {
      const line = await openLine('inject');
      const response = await line.as(caller, profile, { path: `${GROUPS}/${SEEDED[profile].project}` });
      if (sees) {
        expect([response.status, response.json().id]).toEqual([200, SEEDED[profile].project]);
      } else {
        const refused = {
          documented: [403, 'CANNOT_CHANGE_GROUP_NAME'],
          observed: [401, 'USER_UNAUTHORIZED'],
        };
        expect([response.status, response.json().errorCode]).toEqual(refused[profile]);
      }
    },
  );

  it.each([
    ['documented', 'observed', 401, 'USER_UNAUTHORIZED'],
    ['observed', 'documented', 403, 'CANNOT_CHANGE_GROUP_NAME'],
  ] as const)(
    'a project of another organization is refused even to an owner: to the %s owner, of the %s organization',
    async (own, other, status, errorCode) => {
      const line = await openLine('inject');
      const response = await line.as('owner', own, { path: `${GROUPS}/${SEEDED[other].project}` });
      expect([response.status, response.json().errorCode]).toEqual([status, errorCode]);
      expect(response.header('x-emulator-reason')).toMatch(/in project \w+, which .* organization/);
    },
  );

  it.each([
    ['documented', 'f'.repeat(24), 404, 'RESOURCE_NOT_FOUND'],
    ['observed', 'f'.repeat(24), 404, 'GROUP_NOT_FOUND'],
    ['documented', 'F'.repeat(24), 400, 'VALIDATION_ERROR'],
    ['observed', 'F'.repeat(24), 404, 'INVALID_GROUP_ID'],
    ['documented', 'short', 400, 'VALIDATION_ERROR'],
    ['observed', '%00', 404, 'INVALID_GROUP_ID'],
    ['observed', '__proto__', 404, 'INVALID_GROUP_ID'],
    ['documented', 'f'.repeat(900), 400, 'VALIDATION_ERROR'],
  ] as const)(
    'reading a project as the %s caller is refused for the id %s',
    async (profile, id, status, errorCode) => {
      const line = await openLine('inject');
      const response = await line.as('owner', profile, { path: `${GROUPS}/${id}` });
      expect([response.status, response.json().errorCode]).toEqual([status, errorCode]);
    },
  );

  it.each(TRANSPORTS)(
    'a project is shown in alphabetical order, compact, with its links (%s)',
    async (transport) => {
      const line = await openLine(transport);
      const path = `${GROUPS}/${SEEDED.observed.project}`;
      const response = await line.as('reader', 'observed', { path });
      const project = response.json<{ links: { href: string; rel: string }[] }>();
      expect(response.text).toBe(JSON.stringify(project));
      expect(project).toEqual({
        clusterCount: 0,
        created: '2024-05-30T00:00:00Z',
        id: SEEDED.observed.project,
        links: expect.any(Array) as unknown,
        name: 'observed',
        orgId: SEEDED.observed.organization,
        tags: [],
        withDefaultAlertsSettings: true,
      });
      expect(Object.keys(project)).toEqual(Object.keys(project).sort());
      expect(project.links[0]?.href.endsWith(path)).toBe(true);
    },
  );
});

it.each([GROUPS, `${GROUPS}/${SEEDED.documented.project}`])(
  'the versions of %s begin at 2023-01-01',
  async (url) => {
    const emulator = await TestEmulator.start();
    const status = async (date: string): Promise<unknown[]> => {
      const accept = `application/vnd.atlas.${date}+json`;
      const response = await emulator.as('owner', 'documented', { url, headers: { accept } });
      return [response.statusCode, response.headers['content-type']];
    };
    const shown = [200, 'application/vnd.atlas.2023-01-01+json;charset=utf-8'];
    expect(await status('2023-01-01')).toEqual(shown);
    expect(await status('2026-12-31')).toEqual(shown);
    expect(await status('2022-12-31')).toEqual([406, 'application/json']);
  },
);
