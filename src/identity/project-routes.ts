import { Type, type Static } from '@sinclair/typebox';
import { resource, type Answer } from '../http/answer.js';
import type { Caller } from '../http/gatekeeper.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { flagsQuery, pagingQuery } from '../http/query.js';
import { permit, refuseUnknownOrganization } from '../http/scope.js';
import { refuse, SOURCE } from '../kernel/conditions.js';
import {
  createProject,
  deleteProject,
  existing,
  representation,
  taggedRepresentation,
  updateProject,
  visibleProjects,
  type ProjectServices,
} from './projects.js';
import type { StoredProject } from './project-store.js';
import { permits, rolesFor } from './roles.js';

/** What a name may be (Atlas's public description). */
const NAME = "^[\\p{L}\\p{N}\\-_.(),:&@+']{1,64}$";

/** Lists may leave out their count (Atlas's public description). */
export const countedQuery = Type.Object({
  ...pagingQuery.properties,
  includeCount: Type.Boolean({ default: true }),
});

const settable = {
  tags: Type.Optional(
    Type.Array(
      Type.Object(
        {
          key: Type.String({ minLength: 1, maxLength: 255 }),
          value: Type.String({ minLength: 1, maxLength: 255 }),
        },
        { additionalProperties: false },
      ),
    ),
  ),
  withDefaultAlertsSettings: Type.Optional(Type.Boolean()),
};

const createBody = Type.Object(
  {
    ...settable,
    name: Type.RegExp(new RegExp(NAME, 'u')),
    orgId: Type.String(),
    regionUsageRestrictions: Type.Optional(
      Type.Union([Type.Literal('COMMERCIAL_FEDRAMP_REGIONS_ONLY'), Type.Literal('GOV_REGIONS_ONLY')]),
    ),
  },
  { additionalProperties: false },
);

const updateBody = Type.Object(
  { ...settable, name: Type.Optional(Type.RegExp(new RegExp(NAME, 'u'))) },
  { additionalProperties: false },
);

/** Fields of a project that only the server sets; a request may repeat them (Atlas's public description). */
const READ_ONLY = ['clusterCount', 'created', 'id', 'links'];

/** The operations on projects. */
export function projectOperations(services: ProjectServices): readonly AnyOperation[] {
  const createGroup = { id: 'createGroup', access: 'createProject' };
  return [
    operation({
      id: 'listGroups',
      method: 'GET',
      path: '/groups',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasGroupsResource::getAllGroups',
      status: 200,
      query: countedQuery,
      handle: ({ caller, query, baseUrl }) =>
        projectsPage(visibleProjects(services, caller, caller.organizationId), query, baseUrl),
    }),
    operation({
      id: 'getOrgGroups',
      method: 'GET',
      path: '/orgs/:orgId/groups',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasOrgsResource::getGroups',
      status: 200,
      access: 'readOrganization',
      query: Type.Object({ ...countedQuery.properties, name: Type.Optional(Type.String()) }),
      handle({ caller, organization, query, baseUrl }) {
        const wanted = visibleProjects(services, caller, organization.id).filter(({ name }) =>
          name.startsWith(query.name ?? ''),
        );
        return projectsPage(wanted, query, baseUrl);
      },
    }),
    operation({
      ...createGroup,
      method: 'POST',
      path: '/groups',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasGroupsResource::addGroup',
      status: 201,
      query: Type.Object({
        ...flagsQuery.properties,
        // An owner who is a user: the emulator has none, so it is taken and has no effect.
        projectOwnerId: Type.Optional(Type.String()),
      }),
      body: {
        prepare: withoutReadOnly,
        schema: createBody,
        rules({ orgId }, { caller }) {
          if (!services.projects.organization(orgId)) refuseUnknownOrganization(orgId);
          permit({ permits, rolesFor }, caller, createGroup, { organizationId: orgId });
        },
      },
      async handle({ caller, body: { orgId, ...fields }, baseUrl }) {
        const project = await createProject(services, caller, orgId, fields);
        // Atlas's own slip, slashes and all (recorded).
        return resource(representation(project, baseUrl), { location: `${baseUrl}//api/atlas/v1.0` });
      },
    }),
    operation({
      id: 'getGroup',
      method: 'GET',
      path: '/groups/:groupId',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasGroupsResource::getGroup',
      status: 200,
      access: 'readProject',
      query: flagsQuery,
      handle: ({ project, baseUrl }) => shown(existing(services, project.id), baseUrl),
    }),
    operation({
      id: 'getGroupByName',
      method: 'GET',
      path: '/groups/byName/:groupName',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasGroupsResource::getGroupByName',
      status: 200,
      query: flagsQuery,
      handle({ caller, parameters, baseUrl }) {
        const name = parameters.groupName ?? '';
        return shown(namedProject(services, caller, name), baseUrl);
      },
    }),
    operation({
      id: 'updateGroup',
      method: 'PATCH',
      path: '/groups/:groupId',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasGroupsResource::updateGroup',
      status: 200,
      access: 'writeProject',
      query: flagsQuery,
      body: { prepare: withoutReadOnly, schema: updateBody },
      handle: async ({ project, body, baseUrl }) =>
        shown(await updateProject(services, project.id, body), baseUrl),
    }),
    operation({
      id: 'deleteGroup',
      method: 'DELETE',
      path: '/groups/:groupId',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasGroupsResource::deleteGroup',
      status: 202,
      access: 'writeProject',
      query: flagsQuery,
      async handle({ project }) {
        await deleteProject(services, project.id);
        return resource('{}');
      },
    }),
  ];
}

function shown(project: StoredProject, baseUrl: string): Answer {
  return resource(taggedRepresentation(project, baseUrl));
}

function projectsPage(
  projects: readonly StoredProject[],
  query: Static<typeof countedQuery>,
  baseUrl: string,
): Answer {
  const from = (query.pageNum - 1) * query.itemsPerPage;
  const page = projects.slice(from, from + query.itemsPerPage);
  return {
    kind: 'page',
    items: page.map((project) => JSON.stringify(taggedRepresentation(project, baseUrl))).join(','),
    totalCount: query.includeCount ? projects.length : undefined,
    hasNext: from + query.itemsPerPage < projects.length,
  };
}

function namedProject(services: ProjectServices, caller: Caller, name: string): StoredProject {
  const project = visibleProjects(services, caller, caller.organizationId).find((one) => one.name === name);
  return (
    project ??
    refuse('projectNameNotFound', {
      parameters: [name],
      problem: `There is no project named ${name} that the ${caller.kind} ${caller.id} can see.`,
      remedy: 'Use a name that GET /api/atlas/v2/groups lists.',
      source: SOURCE.inferred,
    })
  );
}

function withoutReadOnly(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => value !== null && !READ_ONLY.includes(name)),
  );
}
