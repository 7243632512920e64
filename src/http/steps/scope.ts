import type { TSchema } from '@sinclair/typebox';
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import type { FastifyRequest } from 'fastify';
import { OBJECT_ID } from '../../kernel/ids.js';
import { CANNOT_FIND, defineCondition, profiles, SOURCE } from '../../profiles/index.js';
import type { Profile, Refusal } from '../../profiles/index.js';
import type { Caller, Gatekeeper, Target } from '../gatekeeper.js';
import type { AtlasOperation } from '../operation.js';
import { pathWithoutQuery } from '../paths.js';

const { atlasErrors, inferred, page, recorded } = SOURCE;

const PATH_PARAMETER_MALFORMED = 'One or more path parameter in the request URI %s is malformed.';

/** An id that no project or organization has, for examples. */
const NOBODY = 'f'.repeat(24);
const USE_PROJECT = 'Use the id of a project that GET /api/atlas/v2/groups lists.';
const USE_ORGANIZATION = 'Use the id of an organization that GET /api/atlas/v2/orgs lists.';

/** The project id in the path is not 24 lower-case hexadecimal digits. */
export const invalidProjectId = defineCondition('invalidProjectId', {
  observed: [404, 'INVALID_GROUP_ID', 'An invalid group ID %s was specified.', atlasErrors],
  documented: { status: 400 },
  rule: [page],
  problem: (id: string) => `The project id ${id} is not 24 lower-case hexadecimal digits.`,
  remedy: USE_PROJECT,
  example: ['nothex'],
});

/** There is no project with this id. */
export const projectNotFound = defineCondition('projectNotFound', {
  observed: [404, 'GROUP_NOT_FOUND', 'No group with ID %s exists.', recorded],
  documented: { detail: CANNOT_FIND },
  problem: (id: string) => `There is no project ${id}.`,
  remedy: USE_PROJECT,
  example: [NOBODY],
});

/** The organization id in the path or the body is not 24 lower-case hexadecimal digits. */
export const invalidOrganizationId = defineCondition('invalidOrganizationId', {
  observed: [404, 'INVALID_ORG_ID', 'An invalid organization ID %s was specified.', inferred],
  settledBy: 'GET /api/atlas/v2/orgs/nothex',
  documented: { status: 400 },
  problem: (id: string) => `The organization id ${id} is not 24 lower-case hexadecimal digits.`,
  remedy: USE_ORGANIZATION,
  example: ['nothex'],
});

/** There is no organization with this id. */
export const organizationNotFound = defineCondition('organizationNotFound', {
  observed: [404, 'ORG_NOT_FOUND', 'No organization with ID %s exists.', SOURCE.errorCodes],
  documented: { detail: CANNOT_FIND },
  problem: (id: string) => `There is no organization ${id}.`,
  remedy: USE_ORGANIZATION,
  example: [NOBODY],
});

export const organizationConditions = [invalidOrganizationId, organizationNotFound];

/** The caller has no role that allows this, or the project is of another organization. */
export const notPermitted = defineCondition('notPermitted', {
  observed: [401, 'USER_UNAUTHORIZED', 'Current user is not authorized to perform this action.', recorded],
  documented: { status: 403 },
  rule: [page],
  problem: (caller: string, action: string, _roles: readonly string[]) =>
    `The ${caller} has no role that permits ${action}.`,
  remedy: (_caller, _action, roles) => `Call it with one of these roles: ${roles.join(', ')}.`,
  example: ['API key reader', `updateGroup in project ${NOBODY}`, ['Project Owner']],
});

/**
 * A parameter of the path, beside the ids of project and organization, does not match its pattern. As documented, such
 * a parameter names something that does not exist: the answer is that of its resource.
 */
export const malformedParameter = defineCondition('malformedParameter', {
  observed: [400, 'PATH_PARAM_PARSE_ERROR', PATH_PARAMETER_MALFORMED, recorded],
  documented: { status: 404, detail: CANNOT_FIND },
  problem: (path: string, name: string, pattern: string) =>
    `The ${name} in ${path} does not match ${pattern}.`,
  remedy: `Send one that does.`,
  example: [`/api/atlas/v2/groups/${NOBODY}/teams/nothex`, 'teamId', '^[a-f0-9]{24}$'],
});

/** The organization has a project of this name. */
export const projectExists = defineCondition('projectExists', {
  // Raised where projects are written, and by fault rules that answer 409.
  observed: [409, 'GROUP_ALREADY_EXISTS', 'A group with name "%s" already exists.', recorded],
  field: 'name',
  problem: (name: string) => `The organization has a project named ${name} already.`,
  remedy: 'Send another name.',
  example: ['orders'],
});

/**
 * Checks that what the path names exists, and that the caller may do there what the operation does.
 *
 * @throws {Refusal} `invalidProjectId`, `projectNotFound`, `invalidOrganizationId`, `organizationNotFound`,
 * `notPermitted`
 */
export function checkScope(
  { exchange: { project, organization }, params }: FastifyRequest,
  operation: AtlasOperation,
  caller: Caller,
  gatekeeper: Gatekeeper,
): void {
  const { groupId, orgId } = params as { readonly groupId?: string; readonly orgId?: string };
  if (groupId !== undefined && !project) {
    const former = operation.repeatable && gatekeeper.projects.deletedFrom(groupId);
    if (former?.id === caller.organizationId && profiles[former.profile].repeatsDeletion) return;
    throw OBJECT_ID.test(groupId) ? projectNotFound(groupId) : invalidProjectId(groupId);
  }
  if (orgId !== undefined && !organization) throw unknownOrganization(orgId);
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
  operation: Pick<AtlasOperation, 'id' | 'access'>,
  target: Target,
): void {
  const { access = '' } = operation;
  if (gatekeeper.permits(caller, access, target)) return;
  const { id, organizationId } = target;
  const place = id === undefined ? `organization ${organizationId}` : `project ${id}`;
  const foreign = caller.organizationId === organizationId ? '' : ', which is not of its own organization';
  const action = `${operation.id} in ${place}${foreign}`;
  throw notPermitted(`${caller.kind} ${caller.id}`, action, gatekeeper.rolesFor(access));
}

/** Returns `organizationNotFound`, or `invalidOrganizationId` for what is not an id. */
export function unknownOrganization(id: string): Refusal {
  return OBJECT_ID.test(id) ? organizationNotFound(id) : invalidOrganizationId(id);
}

/** Compiled when a parameter is first checked. */
const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

function fits(schema: TSchema, value: string): boolean {
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = TypeCompiler.Compile(schema)));
  return check.Check(value);
}

/**
 * Checks the parameters of a path, in profiles that refuse malformed ones.
 *
 * @param schemas by name of the parameter
 * @throws {Refusal} `malformedParameter`
 */
export function checkParameters(
  schemas: Readonly<Record<string, TSchema>> = {},
  sent: Readonly<Record<string, string>>,
  target: string,
  { refusesMalformedParameters }: Profile,
): void {
  if (!refusesMalformedParameters) return;
  for (const [name, schema] of Object.entries(schemas)) {
    if (sent[name] === undefined || fits(schema, sent[name])) continue;
    throw malformedParameter(pathWithoutQuery(target), name, String(schema.pattern));
  }
}
