import { Type, type TObject, type TSchema } from '@sinclair/typebox';
import { resource, type Answer } from '../../http/answer.js';
import { operation, type AnyOperation, type Operation } from '../../http/operation.js';
import { flagsQuery, pagingQuery } from '../../http/query.js';
import type { ProjectDefaults, ProjectDefaultsStore } from './store.js';

const NO_ITEMS: Answer = { kind: 'page', items: '', totalCount: 0, hasNext: false };

const limitBody = Type.Object({ name: Type.Optional(Type.String()), value: Type.Integer({ minimum: 0 }) });
const roleNames = Type.Array(Type.String());
const teamsBody = Type.Array(Type.Object({ teamId: Type.String(), roleNames }));

/** The operations around a project. Versions, paths and shapes: read in the Terraform provider's source, and run. */
export function projectDefaultsOperations(store: ProjectDefaultsStore): readonly AnyOperation[] {
  return [
    around('GET', 'settings', 'getGroupSettings', {
      handle: ({ project }) => resource(store.get(project.id).settings),
    }),
    around('PATCH', 'settings', 'updateGroupSettings', {
      body: { schema: Type.Record(Type.String(), Type.Boolean()) },
      handle: async ({ project, body }) =>
        resource(
          (await store.update(project.id, ({ settings }) => ({ settings: { ...settings, ...body } })))
            .settings,
        ),
    }),
    around('GET', 'limits', 'listGroupLimits', {
      handle: ({ project }) =>
        resource(Object.entries(store.get(project.id).limits).map(([name, value]) => ({ name, value }))),
    }),
    around('PATCH', 'limits/:limitName', 'setGroupLimit', {
      body: { schema: limitBody },
      async handle({ project, parameters, body: { value } }) {
        const name = parameters.limitName ?? '';
        await store.update(project.id, ({ limits }) => ({ limits: { ...limits, [name]: value } }));
        return resource({ name, value });
      },
    }),
    around('DELETE', 'limits/:limitName', 'deleteGroupLimit', {
      async handle({ project, parameters }) {
        await store.update(project.id, ({ limits }) => ({
          limits: without(limits, parameters.limitName),
        }));
        return resource({});
      },
    }),
    around('GET', 'teams', 'listGroupTeams', {
      query: pagingQuery,
      handle: ({ project }) => teamsPage(store.get(project.id)),
    }),
    around('POST', 'teams', 'addGroupTeams', {
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
      body: { schema: Type.Object({ roleNames }) },
      handle: async ({ project, parameters, body }) =>
        teamsPage(
          await store.update(project.id, ({ teams }) => ({
            teams: { ...teams, [parameters.teamId ?? '']: body.roleNames },
          })),
        ),
      query: pagingQuery,
    }),
    around('DELETE', 'teams/:teamId', 'removeGroupTeam', {
      async handle({ project, parameters }) {
        await store.update(project.id, ({ teams }) => ({ teams: without(teams, parameters.teamId) }));
        return resource({});
      },
    }),
    around('GET', 'ipAddresses', 'listGroupIpAddresses', {
      handle: ({ project }) => resource({ groupId: project.id, services: { clusters: [] } }),
    }),
    around('GET', 'managedSlowMs', 'getGroupManagedSlowMs', {
      // A bare boolean: Terraform reads nothing else (run).
      handle: ({ project }) => resource(String(store.get(project.id).managedSlowMs)),
    }),
    around('POST', 'managedSlowMs/enable', 'enableGroupManagedSlowMs', {
      handle: async ({ project }) => setManagedSlowMs(store, project.id, true),
    }),
    around('DELETE', 'managedSlowMs/disable', 'disableGroupManagedSlowMs', {
      handle: async ({ project }) => setManagedSlowMs(store, project.id, false),
    }),
    around('GET', 'users', 'listGroupUsers', {
      versions: ['2023-01-01', '2025-02-19'],
      query: pagingQuery,
      handle: () => NO_ITEMS,
    }),
    around('GET', 'clusters', 'listGroupClusters', {
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
  rest: Pick<Operation<Query, Body>, 'handle'> &
    Partial<Pick<Operation<Query, Body>, 'body' | 'query' | 'versions'>>,
): AnyOperation {
  return operation({
    id,
    method,
    path: `/groups/:groupId/${below}`,
    versions: ['2023-01-01'],
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
