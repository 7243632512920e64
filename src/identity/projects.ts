import { refuseTooLarge } from '../http/steps/body.js';
import { projectExists } from '../http/steps/scope.js';
import { API_PREFIX } from '../http/paths.js';
import type { Caller } from '../http/gatekeeper.js';
import type { Transaction } from '../kernel/database.js';
import type { Kernel } from '../kernel/kernel.js';
import { defineCondition, SOURCE } from '../profiles/index.js';
import type { Identity } from './gatekeeper.js';
import type { ProjectSettings, StoredProject } from './project-store.js';
import { permits } from './roles.js';

export const projectInUse = defineCondition('projectInUse', {
  when: 'The project to be deleted still has resources in it.',
  observed: [
    409,
    'CANNOT_CLOSE_GROUP_ACTIVE_STREAMS_RESOURCE',
    'Cannot close group while it has active stream processing resources.',
    SOURCE.client,
  ],
  settledBy: 'DELETE /api/atlas/v2/groups/{groupId} of a project with a stream resource (status and text)',
  describe: (id: string, left: string) => ({
    problem: `Project ${id} still has ${left}.`,
    remedy: 'Delete them first.',
  }),
  example: ['f'.repeat(24), '2 stream resources'],
});

/** What Atlas links from a project, beside itself (recorded). */
const LINKS = ['containers', 'clusters', 'databaseUsers', 'peers', 'processes', 'whitelist'];

/** What the operations on projects need beside the stores. */
export interface ProjectServices extends Identity {
  readonly kernel: Pick<Kernel, 'database' | 'clock' | 'newId'>;
  /** What resources a project still has, such as "2 connections"; undefined if it is empty. */
  readonly leftIn: (project: StoredProject) => string | undefined;
  /** Called with the id of a project that was created, within the write. */
  readonly onCreate: (id: string) => void;
  /** Removes a project and all that is in it, within the write. */
  readonly remove: (transaction: Transaction, id: string) => void;
}

/** What a client sets of a project. */
export interface ProjectFields extends ProjectSettings {
  readonly name: string;
}

/** The organization's projects in which the caller has a role that lets it look, oldest first. */
export function visibleProjects(
  { projects }: Identity,
  caller: Caller,
  organizationId: string,
): readonly StoredProject[] {
  return projects.ofOrganization(organizationId).filter((project) => permits(caller, 'readProject', project));
}

/**
 * Creates a project; its creator becomes its owner (Atlas documentation).
 *
 * @throws {Refusal} `projectExists`, `bodyTooLarge`
 */
export function createProject(
  services: ProjectServices,
  caller: Caller,
  organizationId: string,
  { name, ...settings }: ProjectFields,
): Promise<StoredProject> {
  const { kernel, projects, credentials } = services;
  return kernel.database.write(() => {
    refuseNameInUse(services, organizationId, name);
    refuseTooLarge(settings);
    const id = kernel.newId();
    projects.add({ id, organizationId, name, createdAt: kernel.clock.now(), settings });
    credentials.addProjectRole(caller.id, id, 'GROUP_OWNER');
    services.onCreate(id);
    return existing(services, id);
  });
}

/**
 * Changes what is given, and leaves the rest.
 *
 * @throws {Refusal} `projectExists`, `bodyTooLarge`
 */
export function updateProject(
  services: ProjectServices,
  id: string,
  { name, ...settings }: Partial<ProjectFields>,
): Promise<StoredProject> {
  return services.kernel.database.write(() => {
    const project = existing(services, id);
    if (name !== undefined && name !== project.name) {
      refuseNameInUse(services, project.organizationId, name);
    }
    refuseTooLarge(settings);
    services.projects.update(id, name ?? project.name, { ...project.settings, ...settings });
    return existing(services, id);
  });
}

/**
 * Deletes a project in which no resource is left.
 *
 * @throws {Refusal} `projectInUse`
 */
export function deleteProject(services: ProjectServices, id: string): Promise<void> {
  return services.kernel.database.write((transaction) => {
    const left = services.leftIn(existing(services, id));
    if (left !== undefined) throw projectInUse(id, left);
    services.remove(transaction, id);
  });
}

/** The project, which the pipeline found in the same turn. */
export function existing({ projects }: Identity, id: string): StoredProject {
  const project = projects.project(id);
  if (!project) throw new Error(`project ${id} is gone within one request`);
  return project;
}

/** A project as a create shows it, keys in alphabetical order (recorded). */
export function representation(project: StoredProject, baseUrl: string): Record<string, unknown> {
  const self = `${baseUrl}${API_PREFIX}/groups/${project.id}`;
  const { regionUsageRestrictions, withDefaultAlertsSettings = true } = project.settings;
  return {
    clusterCount: 0,
    created: new Date(project.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    id: project.id,
    links: [
      { href: self, rel: 'self' },
      ...LINKS.map((name) => ({ href: `${self}/${name}`, rel: `https://cloud.mongodb.com/${name}` })),
    ],
    name: project.name,
    orgId: project.organizationId,
    ...(regionUsageRestrictions !== undefined && { regionUsageRestrictions }),
    withDefaultAlertsSettings,
  };
}

/** A project as every answer but a create's shows it: with its tags (recorded). */
export function taggedRepresentation(project: StoredProject, baseUrl: string): Record<string, unknown> {
  const { withDefaultAlertsSettings, ...rest } = representation(project, baseUrl);
  return { ...rest, tags: project.settings.tags ?? [], withDefaultAlertsSettings };
}

function refuseNameInUse({ projects }: Identity, organizationId: string, name: string): void {
  if (projects.named(organizationId, name)) throw projectExists(name);
}
