import type { Caller, Target } from '../http/gatekeeper.js';

/** The roles that the emulator knows, as Atlas spells them, each with its title in Atlas's documents. */
const TITLES = {
  ORG_OWNER: 'Organization Owner',
  ORG_GROUP_CREATOR: 'Organization Project Creator',
  ORG_STREAM_PROCESSING_ADMIN: 'Organization Stream Processing Admin',
  ORG_READ_ONLY: 'Organization Read Only',
  ORG_MEMBER: 'Organization Member',
  GROUP_OWNER: 'Project Owner',
  GROUP_STREAM_PROCESSING_OWNER: 'Project Stream Processing Owner',
  GROUP_STREAM_PROCESSING_MANAGER: 'Project Stream Processing Manager',
  GROUP_READ_ONLY: 'Project Read Only',
} as const;
type Role = keyof typeof TITLES;

const ROLES = Object.keys(TITLES) as Role[];
/** Roles in an organization. */
export const ORGANIZATION_ROLES = ROLES.filter((role) => role.startsWith('ORG_'));
/** Roles in a project. */
export const PROJECT_ROLES = ROLES.filter((role) => role.startsWith('GROUP_'));

/**
 * The roles that allow each access, project roles first. The page names Project Owner and Project Stream Processing
 * Owner for writes, the newer description Organization Stream Processing Admin and Project Stream Processing Manager:
 * all four are allowed. An Organization Owner is owner of each project (Atlas documentation). How the newer two are
 * spelled is inferred from their titles.
 */
const ACCESS: Readonly<Record<string, readonly Role[]>> = {
  readOrganization: ORGANIZATION_ROLES,
  createProject: ['ORG_OWNER', 'ORG_GROUP_CREATOR'],
  writeProject: ['GROUP_OWNER', 'ORG_OWNER'],
  readProject: [...PROJECT_ROLES, 'ORG_OWNER', 'ORG_READ_ONLY', 'ORG_STREAM_PROCESSING_ADMIN'],
  writeStreams: [
    'GROUP_OWNER',
    'GROUP_STREAM_PROCESSING_OWNER',
    'GROUP_STREAM_PROCESSING_MANAGER',
    'ORG_OWNER',
    'ORG_STREAM_PROCESSING_ADMIN',
  ],
};

/** Whether the caller's roles allow an access to its organization or a project of it; never to another's. */
export function permits(
  caller: Pick<Caller, 'organizationId' | 'organizationRoles' | 'projectRoles'>,
  access: string,
  { organizationId, id }: Target,
): boolean {
  const allowed: readonly string[] = roleNamesFor(access);
  const inProject = id === undefined ? [] : (caller.projectRoles[id] ?? []);
  return (
    caller.organizationId === organizationId &&
    [...caller.organizationRoles, ...inProject].some((role) => allowed.includes(role))
  );
}

/** The titles of the roles that allow an access, project roles first. */
export function rolesFor(access: string): readonly string[] {
  return roleNamesFor(access).map((role) => TITLES[role]);
}

/** The roles that allow an access, as Atlas spells them, project roles first. */
export function roleNamesFor(access: string): readonly Role[] {
  const allowed = ACCESS[access];
  if (!allowed) throw new Error(`no roles are declared for the access ${access}`);
  return allowed;
}
