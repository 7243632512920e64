import { Type } from '@sinclair/typebox';
import { resource } from '../http/replies/answer.js';
import type { Organization } from '../http/gatekeeper.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { API_PREFIX } from '../http/paths.js';
import { flagsQuery } from '../http/steps/query.js';
import { links, objectId, pageOf } from '../http/shapes.js';
import type { Identity } from './gatekeeper.js';
import { countedQuery } from './project-schema.js';

const tag = { name: 'Organizations', description: 'What owns projects and credentials.' };

const shownOrganization = Type.Object(
  {
    id: objectId('Id of the organization.'),
    isDeleted: Type.Boolean({ description: 'Always false.' }),
    links,
    name: Type.String({ description: 'Its name.' }),
    skipDefaultAlertsSettings: Type.Boolean({ description: 'Always false.' }),
  },
  { title: 'Organization', description: 'An organization.' },
);

/** The operations on organizations. A caller sees its own, and no other. */
export function organizationOperations({ projects }: Identity): readonly AnyOperation[] {
  return [
    operation({
      id: 'listOrgs',
      method: 'GET',
      path: '/orgs',
      versions: ['2023-01-01'],
      summary: "Lists the caller's organization.",
      tag,
      javaMethod: 'ApiAtlasOrgsResource::getOrgs',
      status: 200,
      query: Type.Object({
        ...countedQuery.properties,
        name: Type.Optional(Type.String({ description: 'How its name begins.' })),
      }),
      response: pageOf('OrganizationPage', shownOrganization, false),
      handle({ caller, query, baseUrl }) {
        const own = projects.organization(caller.organizationId);
        const visible = own?.name.startsWith(query.name ?? '') ? [own] : [];
        const page = query.pageNum === 1 ? visible : [];
        return {
          kind: 'page',
          items: page.map((one) => JSON.stringify(representation(one, baseUrl))).join(','),
          totalCount: query.includeCount ? visible.length : undefined,
          hasNext: false,
        };
      },
    }),
    operation({
      id: 'getOrg',
      method: 'GET',
      path: '/orgs/:orgId',
      versions: ['2023-01-01'],
      summary: 'Gets an organization.',
      tag,
      javaMethod: 'ApiAtlasOrgsResource::getOrg',
      status: 200,
      access: 'readOrganization',
      query: flagsQuery,
      response: shownOrganization,
      handle: ({ organization, baseUrl }) => resource(representation(organization, baseUrl)),
    }),
  ];
}

/** An organization as Atlas shows it, keys in alphabetical order (recorded). */
function representation({ id, name }: Organization, baseUrl: string): object {
  return {
    id,
    isDeleted: false,
    links: [{ href: `${baseUrl}${API_PREFIX}/orgs/${id}`, rel: 'self' }],
    name,
    skipDefaultAlertsSettings: false,
  };
}
