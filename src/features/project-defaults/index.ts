import type { Static } from '@sinclair/typebox';
import type { Project } from '../../http/gatekeeper.js';
import { atlasResource, type AtlasOperation } from '../../http/operation.js';
import { pageFrom, resource, type Answer } from '../../http/replies/replies.js';
import { nothing } from '../../http/schema.js';
import { pagingQuery, type Paging } from '../../http/steps/query.js';
import { usersPage } from '../../identity/index.js';
import { CANNOT_FIND, defineCondition, SOURCE } from '../../profiles/index.js';
import type { Feature, FixtureSection } from '../../world/index.js';
import * as schema from './schema.js';
import * as defaults from './store.js';

/** Atlas has no limit of this name; or, to a GET, the limit has no default and was not set. */
const limitNotFound = defineCondition('limitNotFound', {
  observed: [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource %s.', SOURCE.client],
  settledBy: 'PATCH /api/atlas/v2/groups/{groupId}/limits/incorrect.name (code and text are inferred)',
  documented: { detail: CANNOT_FIND },
  problem: (name: string) => `The project has no limit ${name}.`,
  remedy: `Use one of ${Object.keys(defaults.LIMITS).join(', ')}.`,
  example: ['incorrect.name'],
});

const around = atlasResource('/groups/:groupId', {
  tag: {
    name: 'Around projects',
    description:
      'What Terraform reads and writes around a project. What is written is stored and has no effect.',
  },
  versions: ['2023-01-01'],
  javaClass: 'ApiAtlasGroupsResource',
  access: { read: 'readProject', write: 'writeProject' },
  parameters: { limitName: schema.limitName, teamId: schema.teamId },
});

/** The operations around a project. Versions, paths and shapes: read in the Terraform provider's source, and run. */
function projectDefaultsOperations(store: defaults.ProjectDefaultsStore): readonly AtlasOperation[] {
  const conditions = [limitNotFound];
  const change = async (
    { id }: Project,
    changed: Parameters<typeof store.update>[1],
    show: (changed: defaults.ProjectDefaults) => Answer = () => resource({}),
  ) => show(await store.database.write(() => store.update(id, changed)));
  const setTeams = (project: Project, set: defaults.ProjectDefaults['teams'], paging: Paging) =>
    change(project, ({ teams }) => ({ teams: { ...teams, ...set } }), shownTeams(paging));
  return [
    around('getGroupSettings', 'GET', '/settings', {
      summary: 'Gets the settings of a project.',
      response: schema.settings,
      handle: ({ project }) => shownSettings(store.get(project.id)),
    }),
    around('updateGroupSettings', 'PATCH', '/settings', {
      summary: 'Changes settings of a project; they have no effect.',
      response: schema.settings,
      body: { schema: schema.settingsBody },
      handle: ({ project, body }) =>
        change(project, ({ settings }) => ({ settings: { ...settings, ...body } }), shownSettings),
    }),
    around('listGroupLimits', 'GET', '/limits', {
      summary: 'Lists the limits of a project that were set.',
      response: schema.limits,
      handle: ({ project }) => resource(defaults.limitsIn(store.get(project.id))),
    }),
    around('getGroupLimit', 'GET', '/limits/:limitName', {
      summary: 'Gets a limit of a project: what was set, or the default.',
      response: schema.limit,
      conditions,
      handle({ project, parameters }) {
        const name = knownLimit(parameters.limitName);
        const value = store.get(project.id).limits[name] ?? defaults.LIMITS[name];
        if (typeof value !== 'number') throw limitNotFound(name);
        return resource({ name, value });
      },
    }),
    around('setGroupLimit', 'PATCH', '/limits/:limitName', {
      summary: 'Sets a limit of a project; it has no effect.',
      response: schema.limit,
      conditions,
      body: { schema: schema.limitBody },
      handle({ project, parameters, body: { value } }) {
        const name = knownLimit(parameters.limitName);
        const shown = () => resource({ name, value });
        return change(project, ({ limits }) => ({ limits: { ...limits, [name]: value } }), shown);
      },
    }),
    around('deleteGroupLimit', 'DELETE', '/limits/:limitName', {
      summary: 'Removes a limit of a project.',
      response: nothing,
      conditions,
      handle: ({ project, parameters: { limitName } }) =>
        change(project, ({ limits }) => ({ limits: without(limits, knownLimit(limitName)) })),
    }),
    around('listGroupTeams', 'GET', '/teams', {
      summary: 'Lists the teams of a project.',
      response: schema.teamPage,
      query: pagingQuery,
      handle: ({ project, query }) => shownTeams(query)(store.get(project.id)),
    }),
    around('addGroupTeams', 'POST', '/teams', {
      summary: 'Adds teams to a project; they have no effect.',
      response: schema.teamPage,
      query: pagingQuery,
      body: { schema: schema.teamsBody },
      handle: ({ project, body, query }) => setTeams(project, defaults.teamsOf(body), query),
    }),
    around('updateGroupTeam', 'PATCH', '/teams/:teamId', {
      summary: 'Changes the roles of a team in a project.',
      response: schema.teamPage,
      query: pagingQuery,
      body: { schema: schema.roleNamesBody },
      handle: ({ project, parameters: { teamId }, body: { roleNames }, query }) =>
        setTeams(project, { [teamId]: roleNames }, query),
    }),
    around('removeGroupTeam', 'DELETE', '/teams/:teamId', {
      summary: 'Removes a team from a project.',
      response: nothing,
      handle: ({ project, parameters: { teamId } }) =>
        change(project, ({ teams }) => ({ teams: without(teams, teamId) })),
    }),
    around('getGroupIpAddresses', 'GET', '/ipAddresses', {
      summary: 'Gets the IP addresses of a project, of which there are none.',
      response: schema.ipAddresses,
      handle: ({ project }) => resource({ groupId: project.id, services: { clusters: [] } }),
    }),
    around('getGroupManagedSlowMs', 'GET', '/managedSlowMs', {
      summary: 'Returns whether the threshold of slow operations is managed by Atlas.',
      response: schema.managedSlowMs,
      // A bare boolean: Terraform reads nothing else (run).
      handle: ({ project }) => resource(String(store.get(project.id).managedSlowMs)),
    }),
    around('enableGroupManagedSlowMs', 'POST', '/managedSlowMs/enable', {
      summary: 'Lets Atlas manage the threshold of slow operations; it has no effect.',
      response: nothing,
      handle: ({ project }) => change(project, () => ({ managedSlowMs: true })),
    }),
    around('disableGroupManagedSlowMs', 'DELETE', '/managedSlowMs/disable', {
      summary: 'Fixes the threshold of slow operations; it has no effect.',
      response: nothing,
      handle: ({ project }) => change(project, () => ({ managedSlowMs: false })),
    }),
    around('listGroupUsers', 'GET', '/users', {
      summary: 'Lists the users of a project: the one who created it.',
      response: schema.userPage,
      versions: ['2023-01-01', '2025-02-19'],
      query: pagingQuery,
      handle: ({ project, request, query }) =>
        usersPage(request, query, project.organizationId, ['GROUP_OWNER']),
    }),
    around('listGroupClusters', 'GET', '/clusters', {
      summary: 'Lists the clusters of a project, of which there are none.',
      response: schema.noItems,
      versions: ['2023-01-01', '2023-02-01', '2024-08-05'],
      query: pagingQuery,
      handle: ({ query }) => pageFrom([], query),
    }),
  ];
}

const shownSettings = ({ settings }: defaults.ProjectDefaults) => resource(settings);

const shownTeams = (paging: Paging) => (all: defaults.ProjectDefaults) =>
  pageFrom(defaults.teamsIn(all), paging);

/** A name that Atlas has a limit of. @throws {Refusal} `limitNotFound` */
function knownLimit(name: string): string {
  if (!Object.hasOwn(defaults.LIMITS, name)) throw limitNotFound(name);
  return name;
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/**
 * What Terraform's `mongodbatlas_project` reads and writes around a project (read in its source, and run): settings,
 * limits, teams, users and the like, with plain defaults. What is written is stored and shown, and has no effect.
 */
export const projectDefaults: Feature = {
  tables: [{ name: 'project_defaults', key: 'project_id', project: 'project_id' }],
  start({ database }) {
    const store = new defaults.ProjectDefaultsStore(database);
    return { operations: projectDefaultsOperations(store), sections: [projectDefaultsSection(store)] };
  },
};

/** What surrounds a project in a fixture: what was written, in the API's own forms. */
function projectDefaultsSection(store: defaults.ProjectDefaultsStore): FixtureSection {
  return {
    key: 'projectDefaults',
    item: schema.fixtureDefaults,
    single: true,
    load(_transaction, { id }: Project, item) {
      const { settings, limits = [], teams = [], ...rest } = item as Static<typeof schema.fixtureDefaults>;
      store.update(id, (old) => ({
        ...rest,
        settings: { ...old.settings, ...settings },
        limits: Object.fromEntries(limits.map(({ name, value }) => [name, value])),
        teams: defaults.teamsOf(teams),
      }));
    },
    save({ id }: Project) {
      const written = store.written(id);
      return written
        ? [{ ...written, limits: defaults.limitsIn(written), teams: defaults.teamsIn(written) }]
        : [];
    },
  };
}
