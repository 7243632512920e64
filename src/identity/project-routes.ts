import { Type, type Static } from '@sinclair/typebox';
import { resource, type Answer } from '../http/replies/answer.js';
import type { Caller } from '../http/gatekeeper.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { flagsQuery } from '../http/steps/query.js';
import {
  invalidOrganizationId,
  organizationNotFound,
  permit,
  projectExists,
  unknownOrganization,
} from '../http/steps/scope.js';
import { nothing } from '../http/shapes.js';
import { CANNOT_FIND, defineCondition, SOURCE } from '../profiles/index.js';
import {
  createProject,
  deleteProject,
  existing,
  projectInUse,
  representation,
  taggedRepresentation,
  updateProject,
  visibleProjects,
  type ProjectServices,
} from './projects.js';
import { countedQuery, createBody, projectPage, shownProject, updateBody } from './project-schema.js';
import type { StoredProject } from './project-store.js';
import { permits, rolesFor } from './roles.js';

const projectNameNotFound = defineCondition('projectNameNotFound', {
  when: 'The caller sees no project of this name.',
  observed: [404, 'GROUP_NAME_NOT_FOUND', 'No group with name "%s" exists.', SOURCE.inferred],
  settledBy: 'GET /api/atlas/v2/groups/byName/nothing',
  documented: { detail: CANNOT_FIND },
  describe: (name: string, caller: string) => ({
    problem: `There is no project named ${name} that the ${caller} can see.`,
    remedy: 'Use a name that GET /api/atlas/v2/groups lists.',
  }),
  example: ['orders', 'API key reader'],
});

/** Fields of a project that only the server sets; a request may repeat them (Atlas's public description). */
const READ_ONLY = ['clusterCount', 'created', 'id', 'links'];

const tag = { name: 'Projects', description: 'What private links belong to; Atlas calls them groups.' };

/** The operations on projects. */
export function projectOperations(services: ProjectServices): readonly AnyOperation[] {
  const createGroup = { id: 'createGroup', access: 'createProject' };
  return [
    operation({
      id: 'listGroups',
      method: 'GET',
      path: '/groups',
      versions: ['2023-01-01'],
      summary: 'Lists the projects that the caller can see.',
      tag,
      javaMethod: 'ApiAtlasGroupsResource::getAllGroups',
      status: 200,
      query: countedQuery,
      response: projectPage,
      handle: ({ caller, query, baseUrl }) =>
        projectsPage(visibleProjects(services, caller, caller.organizationId), query, baseUrl),
    }),
    operation({
      id: 'getOrgGroups',
      method: 'GET',
      path: '/orgs/:orgId/groups',
      versions: ['2023-01-01'],
      summary: 'Lists the projects of an organization that the caller can see.',
      tag,
      javaMethod: 'ApiAtlasOrgsResource::getGroups',
      status: 200,
      access: 'readOrganization',
      query: Type.Object({
        ...countedQuery.properties,
        name: Type.Optional(Type.String({ description: 'How their names begin.' })),
      }),
      response: projectPage,
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
      summary: 'Creates a project; its creator becomes its owner.',
      tag,
      conditions: [projectExists, invalidOrganizationId, organizationNotFound],
      javaMethod: 'ApiAtlasGroupsResource::addGroup',
      status: 201,
      query: Type.Object({
        ...flagsQuery.properties,
        // An owner who is a user: the emulator has none, so it is taken and has no effect.
        projectOwnerId: Type.Optional(Type.String({ description: 'Taken, and of no effect.' })),
      }),
      response: shownProject,
      body: {
        prepare: withoutReadOnly,
        schema: createBody,
        rules({ orgId }, { caller }) {
          if (!services.projects.organization(orgId)) throw unknownOrganization(orgId);
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
      summary: 'Gets a project.',
      tag,
      javaMethod: 'ApiAtlasGroupsResource::getGroup',
      status: 200,
      access: 'readProject',
      query: flagsQuery,
      response: shownProject,
      handle: ({ project, baseUrl }) => shown(existing(services, project.id), baseUrl),
    }),
    operation({
      id: 'getGroupByName',
      method: 'GET',
      path: '/groups/byName/:groupName',
      versions: ['2023-01-01'],
      summary: 'Gets a project by its name.',
      tag,
      parameters: { groupName: Type.String({ description: 'Name of a project.' }) },
      javaMethod: 'ApiAtlasGroupsResource::getGroupByName',
      status: 200,
      conditions: [projectNameNotFound],
      query: flagsQuery,
      response: shownProject,
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
      summary: 'Changes a project.',
      tag,
      javaMethod: 'ApiAtlasGroupsResource::updateGroup',
      status: 200,
      access: 'writeProject',
      conditions: [projectExists],
      query: flagsQuery,
      response: shownProject,
      body: { prepare: withoutReadOnly, schema: updateBody },
      handle: async ({ project, body, baseUrl }) =>
        shown(await updateProject(services, project.id, body), baseUrl),
    }),
    operation({
      id: 'deleteGroup',
      method: 'DELETE',
      path: '/groups/:groupId',
      versions: ['2023-01-01'],
      summary: 'Deletes a project in which nothing is left.',
      tag,
      javaMethod: 'ApiAtlasGroupsResource::deleteGroup',
      status: 202,
      access: 'writeProject',
      conditions: [projectInUse],
      query: flagsQuery,
      response: nothing,
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
  if (!project) throw projectNameNotFound(name, `${caller.kind} ${caller.id}`);
  return project;
}

function withoutReadOnly(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => value !== null && !READ_ONLY.includes(name)),
  );
}
