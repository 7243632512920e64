import { refuse, SOURCE } from '../../kernel/conditions.js';
import { OBJECT_ID } from '../../kernel/ids.js';
import type { Caller, Gatekeeper, Organization, Project, Target } from '../gatekeeper.js';
import type { AnyOperation } from '../operation.js';

/** Parameters of a path that name what a request is about. */
export interface ScopeParameters {
  readonly groupId?: string;
  readonly orgId?: string;
}

/** What a path names, as far as it exists. */
export interface Scope {
  readonly parameters: ScopeParameters;
  readonly project: Project | undefined;
  readonly organization: Organization | undefined;
}

/** What a path names that no route takes: its first id. */
export function scopeParametersOf(target: string): ScopeParameters {
  const [, collection, id] = /^\/api\/atlas\/v2\/(groups|orgs)\/([^/?]+)/.exec(target) ?? [];
  if (id === undefined) return {};
  return collection === 'groups' ? { groupId: id } : { orgId: id };
}

/** Looks up what a path names. */
export function findScope(parameters: ScopeParameters, gatekeeper: Gatekeeper): Scope {
  const { groupId, orgId } = parameters;
  return {
    parameters,
    project: groupId === undefined ? undefined : gatekeeper.project(groupId),
    organization: orgId === undefined ? undefined : gatekeeper.organization(orgId),
  };
}

/**
 * Checks that what the path names exists, and that the caller may do there what the operation does.
 *
 * @throws {Refusal} `invalidProjectId`, `projectNotFound`, `invalidOrganizationId`, `organizationNotFound`,
 * `notPermitted`
 */
export function checkScope(
  scope: Scope,
  operation: AnyOperation,
  caller: Caller,
  gatekeeper: Gatekeeper,
): void {
  const { parameters, project, organization } = scope;
  if (parameters.groupId !== undefined && !project) refuseUnknownProject(parameters.groupId);
  if (parameters.orgId !== undefined && !organization) refuseUnknownOrganization(parameters.orgId);
  if (operation.access === undefined) return;
  if (project) permit(gatekeeper, caller, operation, project);
  if (organization) permit(gatekeeper, caller, operation, { organizationId: organization.id });
}

/**
 * Checks that a caller's roles permit an operation.
 *
 * @throws {Refusal} `notPermitted`
 */
export function permit(
  gatekeeper: Pick<Gatekeeper, 'permits' | 'rolesFor'>,
  caller: Caller,
  operation: { readonly id: string; readonly access?: string },
  target: Target,
): void {
  const { id, access = '' } = operation;
  if (gatekeeper.permits(caller, access, target)) return;
  const place = target.id === undefined ? `organization ${target.organizationId}` : `project ${target.id}`;
  const elsewhere =
    caller.organizationId === target.organizationId ? '' : ', which is not of its own organization';
  refuse('notPermitted', {
    problem: `The ${caller.kind} ${caller.id} has no role that permits ${id} in ${place}${elsewhere}.`,
    remedy: `Call it with one of these roles: ${gatekeeper.rolesFor(access).join(', ')}.`,
    source: SOURCE.page,
  });
}

function refuseUnknownProject(id: string): never {
  const remedy = 'Use the id of a project that GET /api/atlas/v2/groups lists.';
  if (!OBJECT_ID.test(id)) {
    return refuse('invalidProjectId', {
      parameters: [id],
      problem: `The project id ${id} is not 24 lower-case hexadecimal digits.`,
      remedy,
      source: SOURCE.page,
    });
  }
  return refuse('projectNotFound', {
    parameters: [id],
    problem: `There is no project ${id}.`,
    remedy,
    source: SOURCE.recorded,
  });
}

/** Raises `organizationNotFound`, or `invalidOrganizationId` for what is no id at all. */
export function refuseUnknownOrganization(id: string): never {
  const remedy = 'Use the id of an organization that GET /api/atlas/v2/orgs lists.';
  if (!OBJECT_ID.test(id)) {
    return refuse('invalidOrganizationId', {
      parameters: [id],
      problem: `The organization id ${id} is not 24 lower-case hexadecimal digits.`,
      remedy,
      source: SOURCE.inferred,
    });
  }
  return refuse('organizationNotFound', {
    parameters: [id],
    problem: `There is no organization ${id}.`,
    remedy,
    source: SOURCE.inferred,
  });
}
