import type { TObject, TSchema } from '@sinclair/typebox';
import { resource, type Answer } from '../../http/replies/answer.js';
import { operation, type AnyOperation, type Operation } from '../../http/operation.js';
import { flagsQuery, pagingQuery } from '../../http/steps/query.js';
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

const tag = {
  name: 'Around projects',
  description: 'What Terraform reads and writes around a project. What is written is kept and has no effect.',
};

/** The operations around a project. Versions, paths and shapes: read in the Terraform provider's source, and run. */
export function projectDefaultsOperations(store: ProjectDefaultsStore): readonly AnyOperation[] {
  return [
    around('GET', 'settings', 'getGroupSettings', {
      summary: 'Gets the settings of a project.',
      response: settings,
      handle: ({ project }) => resource(store.get(project.id).settings),
    }),
    around('PATCH', 'settings', 'updateGroupSettings', {
      summary: 'Changes settings of a project; they have no effect.',
      response: settings,
      body: { schema: settingsBody },
      handle: async ({ project, body }) =>
        resource(
          (await store.update(project.id, ({ settings }) => ({ settings: { ...settings, ...body } })))
            .settings,
        ),
    }),
    around('GET', 'limits', 'listGroupLimits', {
      summary: 'Lists the limits of a project that were set.',
      response: limits,
      handle: ({ project }) =>
        resource(Object.entries(store.get(project.id).limits).map(([name, value]) => ({ name, value }))),
    }),
    around('PATCH', 'limits/:limitName', 'setGroupLimit', {
      summary: 'Sets a limit of a project; it has no effect.',
      parameters: { limitName },
      response: limit,
      body: { schema: limitBody },
      async handle({ project, parameters, body: { value } }) {
        const name = parameters.limitName ?? '';
        await store.update(project.id, ({ limits }) => ({ limits: { ...limits, [name]: value } }));
        return resource({ name, value });
      },
    }),
    around('DELETE', 'limits/:limitName', 'deleteGroupLimit', {
      summary: 'Removes a limit of a project.',
      parameters: { limitName },
      response: nothing,
      async handle({ project, parameters }) {
        await store.update(project.id, ({ limits }) => ({
          limits: without(limits, parameters.limitName),
        }));
        return resource({});
      },
    }),
    around('GET', 'teams', 'listGroupTeams', {
      summary: 'Lists the teams of a project.',
      response: teamPage,
      query: pagingQuery,
      handle: ({ project }) => teamsPage(store.get(project.id)),
    }),
    around('POST', 'teams', 'addGroupTeams', {
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
    around('PATCH', 'teams/:teamId', 'updateGroupTeam', {
      summary: 'Changes the roles of a team in a project.',
      parameters: { teamId },
      response: teamPage,
      body: { schema: roleNamesBody },
      handle: async ({ project, parameters, body }) =>
        teamsPage(
          await store.update(project.id, ({ teams }) => ({
            teams: { ...teams, [parameters.teamId ?? '']: body.roleNames },
          })),
        ),
      query: pagingQuery,
    }),
    around('DELETE', 'teams/:teamId', 'removeGroupTeam', {
      summary: 'Removes a team from a project.',
      parameters: { teamId },
      response: nothing,
      async handle({ project, parameters }) {
        await store.update(project.id, ({ teams }) => ({ teams: without(teams, parameters.teamId) }));
        return resource({});
      },
    }),
    around('GET', 'ipAddresses', 'listGroupIpAddresses', {
      summary: 'Lists the IP addresses of a project, of which there are none.',
      response: ipAddresses,
      handle: ({ project }) => resource({ groupId: project.id, services: { clusters: [] } }),
    }),
    around('GET', 'managedSlowMs', 'getGroupManagedSlowMs', {
      summary: 'Tells whether slow operations of a project are found by themselves.',
      response: managedSlowMs,
      // A bare boolean: Terraform reads nothing else (run).
      handle: ({ project }) => resource(String(store.get(project.id).managedSlowMs)),
    }),
    around('POST', 'managedSlowMs/enable', 'enableGroupManagedSlowMs', {
      summary: 'Has slow operations of a project found by themselves; it has no effect.',
      response: nothing,
      handle: async ({ project }) => setManagedSlowMs(store, project.id, true),
    }),
    around('DELETE', 'managedSlowMs/disable', 'disableGroupManagedSlowMs', {
      summary: 'No longer has slow operations of a project found by themselves.',
      response: nothing,
      handle: async ({ project }) => setManagedSlowMs(store, project.id, false),
    }),
    around('GET', 'users', 'listGroupUsers', {
      summary: 'Lists the users of a project, of whom there are none.',
      response: noItems,
      versions: ['2023-01-01', '2025-02-19'],
      query: pagingQuery,
      handle: () => NO_ITEMS,
    }),
    around('GET', 'clusters', 'listGroupClusters', {
      summary: 'Lists the clusters of a project, of which there are none.',
      response: noItems,
      versions: ['2023-01-01', '2023-02-01', '2024-08-05'],
      query: pagingQuery,
      handle: () => NO_ITEMS,
    }),
  ];
}

/** An operation on what surrounds a project: readers may GET, owners may do the rest. */
function around<Query extends TObject, Body extends TSchema>(
  method: Operation['method'],
  below: string,
  id: string,
  rest: Pick<Operation<Query, Body>, 'handle' | 'summary' | 'response'> &
    Partial<Pick<Operation<Query, Body>, 'body' | 'query' | 'versions' | 'parameters'>>,
): AnyOperation {
  return operation({
    id,
    method,
    path: `/groups/:groupId/${below}`,
    versions: ['2023-01-01'],
    tag,
    javaMethod: `ApiAtlasGroupsResource::${id}`,
    status: 200,
    access: method === 'GET' ? 'readProject' : 'writeProject',
    query: flagsQuery,
    ...rest,
  } as AnyOperation);
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

function without<T>(record: Readonly<Record<string, T>>, key: string | undefined): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
