import { Type } from '@sinclair/typebox';
import type { Organization } from '../http/gatekeeper.js';
import { atlasResource, type AtlasOperation } from '../http/operation.js';
import { pageFrom, resource } from '../http/replies/replies.js';
import { API_PREFIX } from '../http/paths.js';
import { object, text } from '../http/schema.js';
import { links, objectId, pageOf } from '../http/shapes.js';
import type { Identity } from './credential-store.js';
import { linksOf, namedQuery } from './project-schema.js';

const organization = atlasResource('/orgs', {
  tag: { name: 'Organizations', description: 'What owns projects and credentials.' },
  versions: ['2023-01-01'],
  javaClass: 'ApiAtlasOrgsResource',
  access: 'readOrganization',
});

const shownOrganization = object(
  'An organization.',
  {
    id: objectId('Id of the organization.'),
    isDeleted: Type.Boolean({ description: 'Always false.' }),
    links,
    name: text('Its name.'),
    skipDefaultAlertsSettings: Type.Boolean({ description: 'Always false.' }),
  },
  { title: 'Organization' },
);

/** The operations on organizations. A caller sees its own, and no other. */
export function organizationOperations({ projects }: Identity): readonly AtlasOperation[] {
  return [
    organization('GET', '', {
      id: 'listOrgs',
      summary: "Lists the caller's organization.",
      javaMethod: 'getOrgs',
      access: undefined,
      query: namedQuery,
      response: pageOf('OrganizationPage', shownOrganization, false),
      handle({ caller, query, baseUrl }) {
        const own = projects.organization(caller.organizationId);
        const visible = own?.name.startsWith(query.name ?? '') ? [own] : [];
        return pageFrom(visible, query, (one) => representation(one, baseUrl));
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
    links: linksOf(`${baseUrl}${API_PREFIX}/orgs/${id}`),
    name,
    skipDefaultAlertsSettings: false,
  };
}
