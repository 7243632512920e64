import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import type { Organization } from '../http/gatekeeper.js';
import { atlasResource, type AtlasOperation } from '../http/operation.js';
import { pageFrom, resource } from '../http/replies/replies.js';
import { API_PREFIX } from '../http/paths.js';
import { component, flag, links, list, object, objectId, pageOf, text } from '../http/schema.js';
import type { Paging } from '../http/steps/query.js';
import { hexDigits } from '../kernel/ids.js';
import type { Identity } from './credential-store.js';
import { countedQuery, linksOf, namedQuery } from './project-schema.js';

const organization = atlasResource('/orgs', {
  tag: { name: 'Organizations', description: 'What owns projects and credentials.' },
  versions: ['2023-01-01'],
  javaClass: 'ApiOrganizationsResource',
  requestsAMinute: 500,
  access: 'readOrganization',
});

const shownOrganization = component('Organization', 'An organization.', {
  id: objectId('Id of the organization.'),
  isDeleted: flag('Always false.'),
  links,
  name: text('Its name.'),
  skipDefaultAlertsSettings: flag('Always false.'),
});

const projectRoles = { groupId: objectId('Id of the project.'), groupRoles: list('Roles.', Type.String()) };
const userRoles = object('Roles in the organization and its projects.', {
  groupRoleAssignments: list('Roles in projects.', object('Roles in a project.', projectRoles)),
  orgRoles: list('Roles in the organization.', Type.String()),
});

/** The schema of a user, in the newer version of the lists. */
export const userSchema = (description: string, title: string, roles: TSchema) =>
  component(title, description, {
    createdAt: text('When the account was created.', { format: 'date-time' }),
    firstName: text('First name.'),
    id: objectId('Id of the user.'),
    lastName: text('Last name.'),
    orgMembershipStatus: text('Always ACTIVE.'),
    roles,
    username: text('Email address.'),
  });

const user = userSchema('A user of an organization.', 'OrganizationUser', userRoles);

/** The operations on organizations. A caller sees its own, and no other. Limits and methods: recorded. */
export function organizationOperations({ projects }: Identity): readonly AtlasOperation[] {
  return [
    organization('listOrgs', 'GET', '', {
      summary: "Lists the caller's organization.",
      javaMethod: 'getAllOrgs',
      requestsAMinute: 300,
      access: undefined,
      query: namedQuery,
      response: pageOf('OrganizationPage', shownOrganization, false),
      handle({ caller, query, baseUrl }) {
        const own = projects.organization(caller.organizationId);
        const visible = own?.name.startsWith(query.name ?? '') ? [own] : [];
        return pageFrom(visible, query, (one) => representation(one, baseUrl));
      },
    }),
    organization('getOrg', 'GET', '/:orgId', {
      summary: 'Gets an organization.',
      response: shownOrganization,
      handle: ({ organization, baseUrl }) =>
        resource(representation(organization, baseUrl, ['groups', 'teams', 'users'])),
    }),
    organization('listOrgUsers', 'GET', '/:orgId/users', {
      summary: 'Lists the users of an organization: its owner.',
      versions: ['2023-01-01', '2025-02-19'],
      query: countedQuery,
      response: pageOf('OrganizationUserPage', user, false),
      handle({ organization: { id }, query, request }) {
        const own = projects.ofOrganization(id);
        const groupRoles = ['GROUP_OWNER'];
        const groupRoleAssignments = own.map((project) => ({ groupId: project.id, groupRoles }));
        return usersPage(request, query, id, { groupRoleAssignments, orgRoles: ['ORG_OWNER'] });
      },
    }),
  ];
}

/** An organization as Atlas shows it, keys in alphabetical order (recorded). */
function representation({ id, name }: Organization, baseUrl: string, below?: readonly string[]): object {
  return {
    id,
    isDeleted: false,
    links: linksOf(`${baseUrl}${API_PREFIX}/orgs/${id}`, below),
    name,
    skipDefaultAlertsSettings: false,
  };
}

/**
 * A page of the users of an organization or a project: the one who owns the organization and has created its projects
 * (inferred: Atlas shows the owner whom a create names, or that of the API key), keys in alphabetical order. The first
 * version of the lists shows users with other fields, and to its clients none.
 *
 * @param owned id of the organization
 * @param roles as the list shows them
 */
export function usersPage({ exchange }: FastifyRequest, query: Paging, owned: string, roles: object) {
  const owner = {
    createdAt: '2020-01-01T00:00:00Z',
    firstName: 'Organization',
    id: hexDigits(`${owned}:owner`, 24),
    lastName: 'Owner',
    orgMembershipStatus: 'ACTIVE',
    roles,
    username: `owner@${owned}.example`,
  };
  return pageFrom(exchange.version === '2023-01-01' ? [] : [owner], query);
}
