import { atlasResource, resource, type Answer, type AtlasOperation } from '../../http/operation.js';
import { pagingQuery } from '../../http/steps/query.js';
import { nothing } from '../../http/shapes.js';
import {
  ipAddresses,
  limit,
  limitBody,
  limitName,
  limits,
  managedSlowMs,
  noItems,
  roleNamesBody,
  settings,
  settingsBody,
  teamId,
  teamPage,
  teamsBody,
} from './schema.js';
import type { ProjectDefaults, ProjectDefaultsStore } from './store.js';

const NO_ITEMS: Answer = { kind: 'page', items: '', totalCount: 0, hasNext: false };

const around = atlasResource('/groups/:groupId', {
  tag: {
    name: 'Around projects',
    description:
      'What Terraform reads and writes around a project. What is written is kept and has no effect.',
  },
  versions: ['2023-01-01'],
  javaClass: 'ApiAtlasGroupsResource',
  access: { read: 'readProject', write: 'writeProject' },
  parameters: { limitName, teamId },
});

/** The operations around a project. Versions, paths and shapes: read in the Terraform provider's source, and run. */
export function projectDefaultsOperations(store: ProjectDefaultsStore): readonly AtlasOperation[] {
  return [
    around('GET', '/settings', {
      id: 'getGroupSettings',
      summary: 'Gets the settings of a project.',
      response: settings,
      handle: ({ project }) => resource(store.get(project.id).settings),
    }),
    around('PATCH', '/settings', {
      id: 'updateGroupSettings',
      summary: 'Changes settings of a project; they have no effect.',
      response: settings,
      body: { schema: settingsBody },
      handle: async ({ project, body }) =>
        resource(
          (await store.update(project.id, ({ settings }) => ({ settings: { ...settings, ...body } })))
            .settings,
        ),
    }),
    around('GET', '/limits', {
      id: 'listGroupLimits',
      summary: 'Lists the limits of a project that were set.',
      response: limits,
      handle: ({ project }) =>
        resource(Object.entries(store.get(project.id).limits).map(([name, value]) => ({ name, value }))),
    }),
    around('PATCH', '/limits/:limitName', {
      id: 'setGroupLimit',
      summary: 'Sets a limit of a project; it has no effect.',
      response: limit,
      body: { schema: limitBody },
      async handle({ project, parameters: { limitName: name }, body: { value } }) {
        await store.update(project.id, ({ limits }) => ({ limits: { ...limits, [name]: value } }));
        return resource({ name, value });
      },
    }),
    around('DELETE', '/limits/:limitName', {
      id: 'deleteGroupLimit',
      summary: 'Removes a limit of a project.',
      response: nothing,
      async handle({ project, parameters }) {
        await store.update(project.id, ({ limits }) => ({
          limits: without(limits, parameters.limitName),
        }));
        return resource({});
      },
    }),
    around('GET', '/teams', {
      id: 'listGroupTeams',
      summary: 'Lists the teams of a project.',
      response: teamPage,
      query: pagingQuery,
      handle: ({ project }) => teamsPage(store.get(project.id)),
    }),
    around('POST', '/teams', {
      id: 'addGroupTeams',
      summary: 'Adds teams to a project; they have no effect.',
      response: teamPage,
      body: { schema: teamsBody },
      handle: async ({ project, body }) =>
        teamsPage(
          await store.update(project.id, ({ teams }) => ({
            teams: { ...teams, ...Object.fromEntries(body.map((team) => [team.teamId, team.roleNames])) },
          })),
        ),
      query: pagingQuery,
    }),
    around('PATCH', '/teams/:teamId', {
      id: 'updateGroupTeam',
      summary: 'Changes the roles of a team in a project.',
      response: teamPage,
      body: { schema: roleNamesBody },
      handle: async ({ project, parameters, body }) =>
        teamsPage(
          await store.update(project.id, ({ teams }) => ({
            teams: { ...teams, [parameters.teamId]: body.roleNames },
          })),
        ),
      query: pagingQuery,
    }),
    around('DELETE', '/teams/:teamId', {
      id: 'removeGroupTeam',
      summary: 'Removes a team from a project.',
      response: nothing,
      async handle({ project, parameters }) {
        await store.update(project.id, ({ teams }) => ({ teams: without(teams, parameters.teamId) }));
        return resource({});
      },
    }),
    around('GET', '/ipAddresses', {
      id: 'listGroupIpAddresses',
      summary: 'Lists the IP addresses of a project, of which there are none.',
      response: ipAddresses,
      handle: ({ project }) => resource({ groupId: project.id, services: { clusters: [] } }),
    }),
    around('GET', '/managedSlowMs', {
      id: 'getGroupManagedSlowMs',
      summary: 'Returns whether the threshold of slow operations is managed by Atlas.',
      response: managedSlowMs,
      // A bare boolean: Terraform reads nothing else (run).
      handle: ({ project }) => resource(String(store.get(project.id).managedSlowMs)),
    }),
    around('POST', '/managedSlowMs/enable', {
      id: 'enableGroupManagedSlowMs',
      summary: 'Has slow operations of a project found by themselves; it has no effect.',
      response: nothing,
      handle: async ({ project }) => setManagedSlowMs(store, project.id, true),
    }),
    around('DELETE', '/managedSlowMs/disable', {
      id: 'disableGroupManagedSlowMs',
      summary: 'No longer has slow operations of a project found by themselves.',
      response: nothing,
      handle: async ({ project }) => setManagedSlowMs(store, project.id, false),
    }),
    around('GET', '/users', {
      id: 'listGroupUsers',
      summary: 'Lists the users of a project, of whom there are none.',
      response: noItems,
      versions: ['2023-01-01', '2025-02-19'],
      query: pagingQuery,
      handle: () => NO_ITEMS,
    }),
    around('GET', '/clusters', {
      id: 'listGroupClusters',
      summary: 'Lists the clusters of a project, of which there are none.',
      response: noItems,
      versions: ['2023-01-01', '2023-02-01', '2024-08-05'],
      query: pagingQuery,
      handle: () => NO_ITEMS,
    }),
  ];
}

function teamsPage({ teams }: ProjectDefaults): Answer {
  const items = Object.entries(teams).map(([teamId, names]) => JSON.stringify({ roleNames: names, teamId }));
  return { kind: 'page', items: items.join(','), totalCount: items.length, hasNext: false };
}

async function setManagedSlowMs(
  store: ProjectDefaultsStore,
  projectId: string,
  on: boolean,
): Promise<Answer> {
  await store.update(projectId, () => ({ managedSlowMs: on }));
  return resource({});
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
