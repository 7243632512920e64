import type { Caller, Target } from '../http/gatekeeper.js';

/** Roles in an organization that the emulator knows, as Atlas spells them. */
export const ORGANIZATION_ROLES = [
  'ORG_OWNER',
  'ORG_GROUP_CREATOR',
  'ORG_STREAM_PROCESSING_ADMIN',
  'ORG_READ_ONLY',
  'ORG_MEMBER',
] as const;
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number];

/** Roles in a project that the emulator knows, as Atlas spells them. */
export const PROJECT_ROLES = [
  'GROUP_OWNER',
  'GROUP_STREAM_PROCESSING_OWNER',
  'GROUP_STREAM_PROCESSING_MANAGER',
  'GROUP_READ_ONLY',
] as const;
export type ProjectRole = (typeof PROJECT_ROLES)[number];

/** What roles are called in Atlas's documents. */
const TITLES: Readonly<Record<OrganizationRole | ProjectRole, string>> = {
  ORG_OWNER: 'Organization Owner',
  ORG_GROUP_CREATOR: 'Organization Project Creator',
  ORG_STREAM_PROCESSING_ADMIN: 'Organization Stream Processing Admin',
  ORG_READ_ONLY: 'Organization Read Only',
  ORG_MEMBER: 'Organization Member',
  GROUP_OWNER: 'Project Owner',
  GROUP_STREAM_PROCESSING_OWNER: 'Project Stream Processing Owner',
  GROUP_STREAM_PROCESSING_MANAGER: 'Project Stream Processing Manager',
  GROUP_READ_ONLY: 'Project Read Only',
};

interface Allowed {
  readonly organization: readonly OrganizationRole[];
  readonly project: readonly ProjectRole[];
}

/**
 * Who may do what in a project. The page names Project Owner and Project Stream Processing Owner for writes,
 * the newer description Organization Stream Processing Admin and Project Stream Processing Manager: all four
 * may. An Organization Owner is owner of each project (Atlas documentation). How the newer two are spelled is
 * inferred from their titles.
 */
const ACCESS: Readonly<Record<string, Allowed>> = {
  readOrganization: { organization: ORGANIZATION_ROLES, project: [] },
  createProject: { organization: ['ORG_OWNER', 'ORG_GROUP_CREATOR'], project: [] },
  writeProject: { organization: ['ORG_OWNER'], project: ['GROUP_OWNER'] },
  readProject: {
    organization: ['ORG_OWNER', 'ORG_READ_ONLY', 'ORG_STREAM_PROCESSING_ADMIN'],
    project: PROJECT_ROLES,
  },
  writeStreams: {
    organization: ['ORG_OWNER', 'ORG_STREAM_PROCESSING_ADMIN'],
    project: ['GROUP_OWNER', 'GROUP_STREAM_PROCESSING_OWNER', 'GROUP_STREAM_PROCESSING_MANAGER'],
  },
};

/** Whether the caller's roles allow an access to its organization or a project of it; never to another's. */
export function permits(
  caller: Pick<Caller, 'organizationId' | 'organizationRoles' | 'projectRoles'>,
  access: string,
  target: Target,
): boolean {
  const allowed = allowedFor(access);
  if (caller.organizationId !== target.organizationId) return false;
  const has = (roles: readonly string[], held: readonly string[]): boolean =>
    held.some((role) => roles.includes(role));
  return (
    has(allowed.organization, caller.organizationRoles) ||
    (target.id !== undefined && has(allowed.project, caller.projectRoles[target.id] ?? []))
  );
}

/** The titles of the roles that allow an access, project roles first. */
export function rolesFor(access: string): readonly string[] {
  const { project, organization } = allowedFor(access);
  return [...project, ...organization].map((role) => TITLES[role]);
}

/** The roles that allow an access, as Atlas spells them, project roles first. */
export function roleNamesFor(access: string): readonly string[] {
  const { project, organization } = allowedFor(access);
  return [...project, ...organization];
}

function allowedFor(access: string): Allowed {
  const allowed = ACCESS[access];
  if (!allowed) throw new Error(`no roles are declared for the access ${access}`);
  return allowed;
}
