import type { Caller, Target } from '../http/gatekeeper.js';

/** Roles in an organization that the emulator knows, as Atlas spells them, each with its title in Atlas's documents. */
const ORGANIZATION_TITLES = {
  ORG_OWNER: 'Organization Owner',
  ORG_GROUP_CREATOR: 'Organization Project Creator',
  ORG_STREAM_PROCESSING_ADMIN: 'Organization Stream Processing Admin',
  ORG_READ_ONLY: 'Organization Read Only',
  ORG_MEMBER: 'Organization Member',
} as const;
type OrganizationRole = keyof typeof ORGANIZATION_TITLES;
export const ORGANIZATION_ROLES = Object.keys(ORGANIZATION_TITLES) as OrganizationRole[];

/** Roles in a project, likewise. */
const PROJECT_TITLES = {
  GROUP_OWNER: 'Project Owner',
  GROUP_STREAM_PROCESSING_OWNER: 'Project Stream Processing Owner',
  GROUP_STREAM_PROCESSING_MANAGER: 'Project Stream Processing Manager',
  GROUP_READ_ONLY: 'Project Read Only',
} as const;
type ProjectRole = keyof typeof PROJECT_TITLES;
export const PROJECT_ROLES = Object.keys(PROJECT_TITLES) as ProjectRole[];

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
  const titles = { ...PROJECT_TITLES, ...ORGANIZATION_TITLES };
  return roleNamesFor(access).map((role) => titles[role]);
}

/** The roles that allow an access, as Atlas spells them, project roles first. */
export function roleNamesFor(access: string): readonly (ProjectRole | OrganizationRole)[] {
  const { project, organization } = allowedFor(access);
  return [...project, ...organization];
}

function allowedFor(access: string): Allowed {
  const allowed = ACCESS[access];
  if (!allowed) throw new Error(`no roles are declared for the access ${access}`);
  return allowed;
}
