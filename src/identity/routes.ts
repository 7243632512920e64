import { Type } from '@sinclair/typebox';
import { resource } from '../http/answer.js';
import type { Caller } from '../http/gatekeeper.js';
import { API_PREFIX } from '../http/ladder.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { flagsQuery, pagingQuery } from '../http/query.js';
import { permits } from './roles.js';
import type { IdentityStore, StoredProject } from './store.js';

/** What Atlas links from a project, beside itself (recorded). */
const PROJECT_LINKS = ['containers', 'clusters', 'databaseUsers', 'peers', 'processes', 'whitelist'];

/** Lists of projects may leave out their count (Atlas's public description). */
const projectsQuery = Type.Object({
  ...pagingQuery.properties,
  includeCount: Type.Boolean({ default: true }),
});

/** The operations on projects. */
export function projectOperations(store: IdentityStore): readonly AnyOperation[] {
  return [
    operation({
      id: 'listGroups',
      method: 'GET',
      path: '/groups',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasGroupsResource::getGroups',
      status: 200,
      query: projectsQuery,
      handle({ caller, query, baseUrl }) {
        const visible = visibleProjects(store, caller);
        const from = (query.pageNum - 1) * query.itemsPerPage;
        const page = visible.slice(from, from + query.itemsPerPage);
        return {
          kind: 'page',
          items: page.map((project) => JSON.stringify(representation(project, baseUrl))).join(','),
          totalCount: query.includeCount ? visible.length : undefined,
          hasNext: from + page.length < visible.length && page.length > 0,
        };
      },
    }),
    operation({
      id: 'getGroup',
      method: 'GET',
      path: '/groups/:groupId',
      versions: ['2023-01-01'],
      javaMethod: 'ApiAtlasGroupsResource::getGroup',
      status: 200,
      access: 'readProject',
      query: flagsQuery,
      handle({ project, baseUrl }) {
        const stored = store.project(project.id);
        // The ladder has just found it, and nothing runs between.
        if (!stored) throw new Error(`project ${project.id} is gone within one request`);
        const { withDefaultAlertsSettings, ...rest } = representation(stored, baseUrl);
        return resource({ ...rest, tags: [], withDefaultAlertsSettings });
      },
    }),
  ];
}

/** The projects in which the caller has a role that lets it look, oldest first. */
function visibleProjects(store: IdentityStore, caller: Caller): readonly StoredProject[] {
  return store.projectsOf(caller.organizationId).filter((project) => permits(caller, 'readProject', project));
}

/** A project as Atlas shows it, keys in alphabetical order (recorded). */
function representation(
  project: StoredProject,
  baseUrl: string,
): Record<string, unknown> & { withDefaultAlertsSettings: boolean } {
  const self = `${baseUrl}${API_PREFIX}/groups/${project.id}`;
  return {
    clusterCount: 0,
    created: new Date(project.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    id: project.id,
    links: [
      { href: self, rel: 'self' },
      ...PROJECT_LINKS.map((name) => ({ href: `${self}/${name}`, rel: `https://cloud.mongodb.com/${name}` })),
    ],
    name: project.name,
    orgId: project.organizationId,
    withDefaultAlertsSettings: true,
  };
}
