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

/** A caller with one role, in the project's organization unless another is named. */
function holder(role: string, organizationId = project.organizationId, projectId = project.id) {
  const inOrganization = role.startsWith('ORG_');
  return {
    organizationId,
    organizationRoles: inOrganization ? [role] : [],
    projectRoles: inOrganization ? {} : { [projectId]: [role] },
  };
}

describe('roles', () => {
  it('are all in the table', () => {
    expect(TABLE.map(([role]) => role)).toEqual([...ORGANIZATION_ROLES, ...PROJECT_ROLES]);
  });

  it.each(ROWS)('$role permits $access: $allowed', ({ role, access, allowed }) => {
    expect(permits(holder(role), access, project)).toBe(allowed);
  });

  it.each(ROWS)('$role of another organization never permits $access', ({ role, access }) => {
    expect(permits(holder(role, 'c'.repeat(24)), access, project)).toBe(false);
  });

  it.each(ROWS.filter(({ role }) => role.startsWith('GROUP_')))(
    '$role in another project of the organization does not permit $access',
    ({ role, access }) => {
      expect(permits(holder(role, project.organizationId, 'd'.repeat(24)), access, project)).toBe(false);
    },
  );

  it.each(['readProject', 'writeStreams'])('are needed for %s', (access) => {
    const nobody = { organizationId: project.organizationId, organizationRoles: [], projectRoles: {} };
    expect(permits(nobody, access, project)).toBe(false);
  });

  it('of several the one that permits counts', () => {
    const caller = {
      organizationId: project.organizationId,
      organizationRoles: ['ORG_MEMBER', 'ORG_READ_ONLY'],
      projectRoles: { [project.id]: ['GROUP_READ_ONLY', 'GROUP_STREAM_PROCESSING_MANAGER'] },
    };
    expect(permits(caller, 'writeStreams', project)).toBe(true);
  });

  it('are named by their titles, project roles first', () => {
    expect(rolesFor('writeStreams')).toEqual([
      'Project Owner',
      'Project Stream Processing Owner',
      'Project Stream Processing Manager',
      'Organization Owner',
      'Organization Stream Processing Admin',
    ]);
  });

  it('cannot be asked for an access that nobody declared', () => {
    expect(() => permits(holder('ORG_OWNER'), 'everything', project)).toThrow(/everything/);
    expect(() => rolesFor('everything')).toThrow(/everything/);
  });
});
