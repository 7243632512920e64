import type { Caller, Target } from '../http/gatekeeper.js';
import { readFixture } from '../version.js';

/**
 * The roles that the emulator knows, as Atlas spells them, each with its title in Atlas's documents, and the roles that
 * allow each access, project roles first. The page names Project Owner and Project Stream Processing Owner for writes,
 * the newer description Organization Stream Processing Admin and Project Stream Processing Manager: all four are
 * allowed. An Organization Owner is owner of each project (Atlas documentation). How the newer two are spelled is
 * inferred from their titles.
 */
const ROLES = readFixture('roles.json') as {
  readonly titles: Readonly<Record<string, string>>;
  readonly access: Readonly<Record<string, readonly string[]>>;
};

const withPrefix = (prefix: string): string[] =>
  Object.keys(ROLES.titles).filter((role) => role.startsWith(prefix));
/** Roles in an organization. */
export const ORGANIZATION_ROLES = withPrefix('ORG_');
/** Roles in a project. */
export const PROJECT_ROLES = withPrefix('GROUP_');

/** Whether the caller's roles allow an access to its organization or a project of it; never to another's. */
export function permits(
  caller: Pick<Caller, 'organizationId' | 'organizationRoles' | 'rolesIn'>,
  access: string,
  { organizationId, id }: Target,
): boolean {
  const allowed = roleNamesFor(access);
  const allow = (roles: readonly string[]): boolean => roles.some((role) => allowed.includes(role));
  return (
    caller.organizationId === organizationId &&
    (allow(caller.organizationRoles) || (id !== undefined && allow(caller.rolesIn(id))))
  );
}

/** The titles of the roles that allow an access, project roles first. */
export function rolesFor(access: string): readonly string[] {
  return roleNamesFor(access).map((role) => ROLES.titles[role] ?? role);
}

/** The roles that allow an access, as Atlas spells them, project roles first. */
export function roleNamesFor(access: string): readonly string[] {
  const allowed = ROLES.access[access];
  if (!allowed) throw new Error(`no roles are declared for the access ${access}`);
  return allowed;
}
