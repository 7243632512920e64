import { Type, type Static } from '@sinclair/typebox';
import type { Caller } from '../http/gatekeeper.js';
import { atlasResource, resource, type Answer, type AtlasOperation } from '../http/operation.js';
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
  observed: [404, 'GROUP_NAME_NOT_FOUND', 'No group with name "%s" exists.', SOURCE.errorCodes],
  documented: { detail: CANNOT_FIND },
  describe: (name: string, caller: string) => ({
    problem: `There is no project named ${name} that the ${caller} can see.`,
    remedy: 'Use a name that GET /api/atlas/v2/groups lists.',
  }),
  example: ['orders', 'API key reader'],
});

/** Fields of a project that only the server sets; a request may repeat them (Atlas's public description). */
const READ_ONLY = ['clusterCount', 'created', 'id', 'links'];

const shared = {
  tag: { name: 'Projects', description: 'What stream resources belong to; Atlas calls them groups.' },
  versions: ['2023-01-01'],
  parameters: { groupName: Type.String({ description: 'Name of a project.' }) },
} as const;
const project = atlasResource('/groups', {
  ...shared,
  javaClass: 'ApiAtlasGroupsResource',
  access: { read: 'readProject', write: 'writeProject' },
});
const ofOrganization = atlasResource('/orgs/:orgId/groups', {
  ...shared,
  javaClass: 'ApiAtlasOrgsResource',
  access: 'readOrganization',
});

/** The operations on projects. */
export function projectOperations(services: ProjectServices): readonly AtlasOperation[] {
  const createGroup = { id: 'createGroup', access: 'createProject' };
  return [
    project('GET', '', {
      id: 'listGroups',
      summary: 'Lists the projects that the caller can see.',
      javaMethod: 'getAllGroups',
      access: undefined,
      query: countedQuery,
      response: projectPage,
      handle: ({ caller, query, baseUrl }) =>
        projectsPage(visibleProjects(services, caller, caller.organizationId), query, baseUrl),
    }),
    ofOrganization('GET', '', {
      id: 'getOrgGroups',
      summary: 'Lists the projects of an organization that the caller can see.',
      javaMethod: 'getGroups',
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
    project('POST', '', {
      ...createGroup,
      summary: 'Creates a project; its creator becomes its owner.',
      conditions: [projectExists, invalidOrganizationId, organizationNotFound],
      javaMethod: 'addGroup',
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
    project('GET', '/:groupId', {
      id: 'getGroup',
      summary: 'Gets a project.',
      response: shownProject,
      handle: ({ project, baseUrl }) => shown(existing(services, project.id), baseUrl),
    }),
    project('GET', '/byName/:groupName', {
      id: 'getGroupByName',
      summary: 'Gets a project by its name.',
      access: undefined,
      conditions: [projectNameNotFound],
      response: shownProject,
      handle: ({ caller, parameters: { groupName }, baseUrl }) =>
        shown(namedProject(services, caller, groupName), baseUrl),
    }),
    project('PATCH', '/:groupId', {
      id: 'updateGroup',
      summary: 'Changes a project.',
      conditions: [projectExists],
      response: shownProject,
      body: { prepare: withoutReadOnly, schema: updateBody },
      handle: async ({ project, body, baseUrl }) =>
        shown(await updateProject(services, project.id, body), baseUrl),
    }),
    project('DELETE', '/:groupId', {
      id: 'deleteGroup',
      summary: 'Deletes a project in which nothing is left.',
      status: 202,
      conditions: [projectInUse],
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
