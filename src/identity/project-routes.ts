import { Type } from '@sinclair/typebox';
import type { Caller } from '../http/gatekeeper.js';
import { atlasResource, type AtlasOperation } from '../http/operation.js';
import { pageFrom, resource, type Answer } from '../http/replies/replies.js';
import { lenient, nothing, objectId, pageOf, text } from '../http/schema.js';
import { refuseTooLarge } from '../http/steps/body.js';
import { refuseFixed } from '../http/steps/fields.js';
import { flagsQuery, type Paging } from '../http/steps/query.js';
import * as scope from '../http/steps/scope.js';
import type { Transaction } from '../kernel/database.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Identity } from './credential-store.js';
import * as conditions from './project-conditions.js';
import * as schema from './project-schema.js';
import type { StoredProject } from './project-store.js';
import { permits, rolesFor } from './roles.js';

/** Dependencies of the operations on projects. */
export interface ProjectServices extends Identity {
  readonly kernel: Pick<Kernel, 'database' | 'clock' | 'newId'>;
  /** The resources that a project still has, such as "2 connections"; undefined if it is empty. */
  readonly leftIn: (project: StoredProject) => string | undefined;
  /** Called with the id of a project that was created, within the write. */
  readonly onCreate: (id: string) => void;
  /** Removes a project and everything in it, within the write. */
  readonly remove: (transaction: Transaction, id: string) => void;
}

/** Fields of a project that only the server sets; a request can repeat them (Atlas's public description). */
const readOnly = Type.Pick(schema.shownProject, ['clusterCount', 'created', 'id', 'links']).properties;
const orgId = objectId('Id of its organization.');
const createBody = { ...schema.createBody, properties: { ...schema.createBody.properties, orgId } };
const lenience = lenient(readOnly, [null]);

const shared = {
  tag: { name: 'Projects', description: 'What stream resources belong to; Atlas calls them groups.' },
  versions: ['2023-01-01'],
  parameters: { groupName: text('Name of a project.') },
} as const;
const project = atlasResource('/groups', {
  ...shared,
  javaClass: 'ApiAtlasGroupsResource',
  access: { read: 'readProject', write: 'writeProject' },
});
const ofOrganization = atlasResource('/orgs/:orgId/groups', {
  ...shared,
  javaClass: 'ApiOrganizationsResource',
  requestsAMinute: 500,
  access: 'readOrganization',
});
const projectPage = pageOf('ProjectPage', schema.shownProject, false);

/** The operations on projects. */
export function projectOperations(services: ProjectServices): readonly AtlasOperation[] {
  const { kernel, projects, credentials } = services;
  const createGroup = { id: 'createGroup', access: 'createProject' };
  const ofCreate = [scope.projectExists, conditions.tooManyProjects, conditions.invalidTag];

  /** The projects of an organization that the caller can see, oldest first. */
  const visible = (caller: Caller, organizationId = caller.organizationId): readonly StoredProject[] =>
    projects.ofOrganization(organizationId).filter((one) => permits(caller, 'readProject', one));

  const refuseNameInUse = (organizationId: string, name: string): void => {
    if (projects.named(organizationId, name)) throw scope.projectExists(name);
  };

  return [
    project('listGroups', 'GET', '', {
      summary: 'Lists the projects that the caller can see.',
      javaMethod: 'getAllGroups',
      access: undefined,
      query: schema.countedQuery,
      response: projectPage,
      handle: ({ caller, query, baseUrl }) => listed(visible(caller), query, baseUrl),
    }),
    ofOrganization('getOrgGroups', 'GET', '', {
      summary: 'Lists the projects of an organization that the caller can see.',
      javaMethod: 'getGroups',
      query: schema.namedQuery,
      response: projectPage,
      handle({ caller, organization, query, baseUrl }) {
        const { name = '' } = query;
        const named = visible(caller, organization.id).filter((one) => one.name.startsWith(name));
        return listed(named, query, baseUrl);
      },
    }),
    project(createGroup.id, 'POST', '', {
      access: createGroup.access,
      summary: 'Creates a project; its creator becomes its owner.',
      conditions: [...ofCreate, ...scope.organizationConditions],
      javaMethod: 'addGroup',
      status: 201,
      query: Type.Object({
        ...flagsQuery.properties,
        // An owner who is a user; the emulator has no users.
        projectOwnerId: Type.Optional(text('Accepted, without effect.')),
      }),
      response: schema.shownProject,
      body: {
        prepare: prepared,
        schema: schema.createBody,
        shown: lenience.shown(createBody),
        rules({ orgId }, { caller }) {
          if (!projects.organization(orgId)) throw scope.unknownOrganization(orgId);
          scope.permit({ permits, rolesFor }, caller, createGroup, { organizationId: orgId });
        },
      },
      async handle({ caller, body: { orgId, name, ...settings }, baseUrl }) {
        const created = await kernel.database.write(() => {
          refuseNameInUse(orgId, name);
          if (projects.countOf(orgId) >= conditions.PROJECTS_LIMIT)
            throw conditions.tooManyProjects(String(conditions.PROJECTS_LIMIT), orgId);
          refuseTooLarge(settings);
          const id = kernel.newId();
          projects.add({ id, organizationId: orgId, name, createdAt: kernel.clock.now(), settings });
          // Atlas documentation.
          credentials.addProjectRole(caller.id, id, 'GROUP_OWNER');
          services.onCreate(id);
          return projects.existing(id);
        });
        // Atlas's own slip, slashes and all (recorded).
        return resource(schema.representation(created, baseUrl), { location: `${baseUrl}//api/atlas/v1.0` });
      },
    }),
    project('getGroup', 'GET', '/:groupId', {
      summary: 'Gets a project.',
      response: schema.shownProject,
      handle: ({ project, baseUrl }) => shown(projects.existing(project.id), baseUrl),
    }),
    project('getGroupByName', 'GET', '/byName/:groupName', {
      summary: 'Gets a project by its name.',
      access: undefined,
      conditions: [conditions.projectNameNotFound],
      response: schema.shownProject,
      handle({ caller, parameters: { groupName }, baseUrl }) {
        const found = visible(caller).find(({ name }) => name === groupName);
        if (!found) throw conditions.projectNameNotFound(groupName, `${caller.kind} ${caller.id}`);
        return shown(found, baseUrl);
      },
    }),
    project('updateGroup', 'PATCH', '/:groupId', {
      javaMethod: 'patchGroup',
      summary: 'Changes a project: what is given; the rest stays.',
      conditions: [scope.projectExists, conditions.invalidTag],
      response: schema.shownProject,
      body: {
        prepare: (body) => refuseFixed(prepared(body), schema.createBody, schema.updateBody),
        schema: schema.updateBody,
        shown: lenience.shown(schema.updateBody),
      },
      async handle({ project: { id }, body: { name, ...settings }, baseUrl }) {
        const updated = await kernel.database.write(() => {
          const old = projects.existing(id);
          if (name !== undefined && name !== old.name) refuseNameInUse(old.organizationId, name);
          refuseTooLarge(settings);
          projects.update(id, name ?? old.name, { ...old.settings, ...settings });
          return projects.existing(id);
        });
        return shown(updated, baseUrl);
      },
    }),
    project('deleteGroup', 'DELETE', '/:groupId', {
      summary: 'Deletes a project in which nothing is left.',
      status: 202,
      repeatable: true,
      conditions: [conditions.projectInUse],
      response: nothing,
      async handle({ request: { exchange } }) {
        // Undefined if it was deleted before.
        const id = exchange.project?.id;
        if (id === undefined) return resource('{}');
        await kernel.database.write((transaction) => {
          const left = services.leftIn(projects.existing(id));
          if (left !== undefined) throw conditions.projectInUse(id, left);
          services.remove(transaction, id);
        });
        return resource('{}');
      },
    }),
  ];
}

function shown(project: StoredProject, baseUrl: string): Answer {
  return resource(schema.representation(project, baseUrl, []));
}

/** A page of projects, each with its self link alone (recorded). */
function listed(found: readonly StoredProject[], query: Paging, baseUrl: string): Answer {
  return pageFrom(found, query, (one) => schema.representation(one, baseUrl, [], []));
}

/** The body without what counts as absent. @throws {Refusal} `invalidTag` */
function prepared(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  conditions.checkTags(body.tags);
  return lenience.strip(body);
}
