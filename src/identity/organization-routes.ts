import { Type } from '@sinclair/typebox';
import type { Organization } from '../http/gatekeeper.js';
import { atlasResource, resource, type AtlasOperation } from '../http/operation.js';
import { API_PREFIX } from '../http/paths.js';
import { links, objectId, pageOf } from '../http/shapes.js';
import type { Identity } from './gatekeeper.js';
import { countedQuery } from './project-schema.js';

const organization = atlasResource('/orgs', {
  tag: { name: 'Organizations', description: 'What owns projects and credentials.' },
  versions: ['2023-01-01'],
  javaClass: 'ApiAtlasOrgsResource',
  access: 'readOrganization',
});

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
export function organizationOperations({ projects }: Identity): readonly AtlasOperation[] {
  return [
    organization('GET', '', {
      id: 'listOrgs',
      summary: "Lists the caller's organization.",
      javaMethod: 'getOrgs',
      access: undefined,
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
    organization('GET', '/:orgId', {
      id: 'getOrg',
      summary: 'Gets an organization.',
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
