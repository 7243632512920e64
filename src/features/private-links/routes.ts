import { resource } from '../../http/answer.js';
import type { Project } from '../../http/gatekeeper.js';
import { operation, type AnyOperation } from '../../http/operation.js';
import { flagsQuery, pagingQuery } from '../../http/query.js';
import { refuse, SOURCE } from '../../kernel/conditions.js';
import type { PrivateLinks } from './links.js';
import { privateLinkProfiles } from './profile.js';
import { checkVendor, prepare } from './rules.js';
import { sentFields } from './schema.js';

const COLLECTION = '/groups/:groupId/streams/privateLinkConnections';

/** The operations on private links. */
export function privateLinkOperations(links: PrivateLinks): readonly AnyOperation[] {
  return [
    operation({
      id: 'createGroupStreamPrivateLinkConnection',
      method: 'POST',
      path: COLLECTION,
      versions: ['2023-02-01'],
      javaMethod: 'ApiStreamsResource::createPrivateLinkConnection',
      status: 200,
      access: 'writeStreams',
      query: flagsQuery,
      body: {
        prepare,
        schema: sentFields,
        rules(sent, project) {
          checkVendor(sent, privateLinkProfiles[project.profile].enforced);
        },
      },
      handle: async ({ project, body, baseUrl }) => resource(await links.create(project, body, baseUrl)),
    }),
    operation({
      id: 'listGroupStreamPrivateLinkConnections',
      method: 'GET',
      path: COLLECTION,
      versions: ['2023-02-01'],
      javaMethod: 'ApiStreamsResource::getPrivateLinkConnections',
      status: 200,
      access: 'readProject',
      query: pagingQuery,
      handle({ project, query, baseUrl }) {
        const totalCount = links.store.count(project.id, project.now);
        return {
          kind: 'page',
          items: links.store.page(project.id, query, project.now, baseUrl),
          totalCount,
          hasNext: query.pageNum * query.itemsPerPage < totalCount,
        };
      },
    }),
    operation({
      id: 'getGroupStreamPrivateLinkConnection',
      method: 'GET',
      path: `${COLLECTION}/:connectionId`,
      versions: ['2023-02-01'],
      javaMethod: 'ApiStreamsResource::getPrivateLinkConnection',
      status: 200,
      access: 'readProject',
      query: flagsQuery,
      handle({ project, parameters, baseUrl }) {
        const id = parameters.connectionId ?? '';
        return resource(links.store.get(project.id, id, project.now, baseUrl) ?? unknownLink(project, id));
      },
    }),
  ];
}

function unknownLink(project: Project, id: string): never {
  return refuse('linkNotFound', {
    parameters: [id],
    problem: `Project ${project.id} has no private link ${id}.`,
    remedy: `Use the _id of a link that GET /groups/${project.id}/streams/privateLinkConnections lists.`,
    source: SOURCE.inferred,
  });
}
