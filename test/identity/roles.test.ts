import { describe, expect, it } from 'vitest';
import { ORGANIZATION_ROLES, permits, PROJECT_ROLES, rolesFor } from '../../src/identity/roles.js';

const project = { id: 'a'.repeat(24), organizationId: 'b'.repeat(24) };

/** What each role opens, written out: y where it does. */
const TABLE: readonly (readonly [role: string, readProject: 'y' | '-', writeStreams: 'y' | '-'])[] = [
  ['ORG_OWNER', 'y', 'y'],
  ['ORG_GROUP_CREATOR', '-', '-'],
  ['ORG_STREAM_PROCESSING_ADMIN', 'y', 'y'],
  ['ORG_READ_ONLY', 'y', '-'],
  ['ORG_MEMBER', '-', '-'],
  ['GROUP_OWNER', 'y', 'y'],
  ['GROUP_STREAM_PROCESSING_OWNER', 'y', 'y'],
  ['GROUP_STREAM_PROCESSING_MANAGER', 'y', 'y'],
  ['GROUP_READ_ONLY', 'y', '-'],
];

const ROWS = TABLE.flatMap(([role, read, write]) => [
  { role, access: 'readProject', allowed: read === 'y' },
  { role, access: 'writeStreams', allowed: write === 'y' },
]);

/** Looks roles up by project, as a caller does. */
const rolesIn =
  (roles: Readonly<Record<string, readonly string[]>>) =>
  (projectId: string): readonly string[] =>
    roles[projectId] ?? [];

/** A caller with one role, in the project's organization unless another is named. */
function holder(role: string, organizationId = project.organizationId, projectId = project.id) {
  const inOrganization = role.startsWith('ORG_');
  return {
    organizationId,
    organizationRoles: inOrganization ? [role] : [],
    rolesIn: rolesIn(inOrganization ? {} : { [projectId]: [role] }),
  };
}

describe('roles', () => {
  it('the table of these tests has all roles', () => {
    expect(TABLE.map(([role]) => role)).toEqual([...ORGANIZATION_ROLES, ...PROJECT_ROLES]);
  });

  it.each(ROWS)('the role $role permits $access: $allowed', ({ role, access, allowed }) => {
    expect(permits(holder(role), access, project)).toBe(allowed);
  });

  it.each(ROWS)('the role $role of another organization does not permit $access', ({ role, access }) => {
    expect(permits(holder(role, 'c'.repeat(24)), access, project)).toBe(false);
  });

  it.each(ROWS.filter(({ role }) => role.startsWith('GROUP_')))(
    'the role $role in another project of the organization does not permit $access',
    ({ role, access }) => {
      expect(permits(holder(role, project.organizationId, 'd'.repeat(24)), access, project)).toBe(false);
    },
  );

  it.each(['readProject', 'writeStreams'])('a caller without roles is not permitted %s', (access) => {
    const nobody = { organizationId: project.organizationId, organizationRoles: [], rolesIn: rolesIn({}) };
    expect(permits(nobody, access, project)).toBe(false);
  });

  it('a caller with several roles has the permissions of each', () => {
    const caller = {
      organizationId: project.organizationId,
      organizationRoles: ['ORG_MEMBER', 'ORG_READ_ONLY'],
      rolesIn: rolesIn({ [project.id]: ['GROUP_READ_ONLY', 'GROUP_STREAM_PROCESSING_MANAGER'] }),
    };
    expect(permits(caller, 'writeStreams', project)).toBe(true);
  });

  it('rolesFor() returns the titles of roles, project roles first', () => {
    expect(rolesFor('writeStreams')).toEqual([
      'Project Owner',
      'Project Stream Processing Owner',
      'Project Stream Processing Manager',
      'Organization Owner',
      'Organization Stream Processing Admin',
    ]);
  });

  it('permits() and rolesFor() throw for an undeclared access', () => {
    expect(() => permits(holder('ORG_OWNER'), 'everything', project)).toThrow(/everything/);
    expect(() => rolesFor('everything')).toThrow(/everything/);
  });
});
