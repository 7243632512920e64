import { atlasResource, type AtlasOperation } from '../../http/operation.js';
import { resource } from '../../http/replies/replies.js';
import { nothing, objectId, pageOf } from '../../http/schema.js';
import { refuseFixed } from '../../http/steps/fields.js';
import { pagingQuery } from '../../http/steps/query.js';
import { objectText, stateful, type CurrentItem, type Items } from '../../states/index.js';
import * as conditions from './conditions.js';
import { DURATIONS, privateLinkProfiles, STATES } from './profile.js';
import { represent } from './representation.js';
import { checkVendor, linkChoices, linkLints, linkMatch, prepare, targetOf } from './rules.js';
import * as schema from './schema.js';

/** Stream private links: `/groups/{groupId}/streams/privateLinkConnections`. */
export const privateLinks = stateful<schema.SentFields, keyof typeof DURATIONS>({
  name: { one: 'private link', many: 'private links' },
  event: 'link.changed',
  parameter: 'connectionId',
  states: STATES,
  complete: 'DONE',
  failed: 'FAILED',
  gone: 'DELETED',
  settled: ['IDLE', 'DONE', 'FAILED'],
  durations: DURATIONS,
  profiles: privateLinkProfiles,
  sent: schema.sentFields,
  accept(item, { profile }) {
    const sent = prepare(item) as schema.SentFields;
    checkVendor(sent, privateLinkProfiles[profile].enforced);
    return sent;
  },
  represent,
  created: (sent, id, { profile }) =>
    privateLinkProfiles[profile].createAnswer === 'echo'
      ? objectText(Object.assign({ _id: id }, sent))
      : undefined,
  target: { of: targetOf, duplicate: conditions.duplicateLink },
  notFound: conditions.linkNotFound,
  sample: (id) => ({
    ...{
      provider: 'AWS',
      vendor: 'CONFLUENT',
      region: 'us-east-1',
      dnsDomain: 'pact.example',
      dnsSubDomain: [],
    },
    serviceEndpointId: `com.amazonaws.vpce.us-east-1.vpce-svc-${id}`,
  }),
  rules: linkMatch,
  operations: privateLinkOperations,
});

const link = atlasResource('/groups/:groupId/streams/privateLinkConnections', {
  tag: { name: 'Private links', description: 'Private links of stream processing.' },
  versions: ['2023-02-01'],
  javaClass: 'ApiStreamsResource',
  access: { read: 'readProject', write: 'writeStreams' },
  parameters: { connectionId: objectId('The `_id` of a private link.') },
});

/** The operations on private links. */
function privateLinkOperations(links: Items<schema.SentFields>): readonly AtlasOperation[] {
  return [
    link('createGroupStreamPrivateLinkConnection', 'POST', '', {
      summary: 'Creates a private link.',
      javaMethod: 'createPrivateLinkConnection',
      conflict: conditions.duplicateLink,
      conditions: [conditions.duplicateLink, conditions.unknownProvider, conditions.unknownVendor],
      response: schema.createdPrivateLink,
      body: {
        prepare,
        schema: schema.sentFields,
        shown: schema.lenience.shown(schema.sentFields),
        examples: 'requests',
        lints: linkLints,
        choices: linkChoices,
        rules(sent, { project }) {
          checkVendor(sent, privateLinkProfiles[project.profile].enforced);
        },
      },
      handle: ({ project, body, baseUrl }) => links.create(project, body, baseUrl),
    }),
    link('listGroupStreamPrivateLinkConnections', 'GET', '', {
      summary: 'Lists the private links of a project.',
      javaMethod: 'getPrivateLinkConnections',
      query: pagingQuery,
      response: pageOf('PrivateLinkPage', schema.privateLink),
      handle: ({ project, query, baseUrl }) => links.list(project, query, baseUrl),
    }),
    link('getGroupStreamPrivateLinkConnection', 'GET', '/:connectionId', {
      summary: 'Gets a private link.',
      javaMethod: 'getPrivateLinkConnection',
      conditions: [conditions.linkNotFound],
      response: schema.privateLink,
      handle: ({ project, parameters, baseUrl }) => links.read(project, parameters.connectionId, baseUrl),
    }),
    link('updateGroupStreamPrivateLinkConnection', 'PATCH', '/:connectionId', {
      summary: 'Changes the domain of a private link that has none, or is IDLE.',
      versions: ['2025-03-12'],
      javaMethod: 'updatePrivateLinkConnection',
      conditions: [conditions.linkNotFound, conditions.updateNotAllowed, conditions.duplicateLink],
      response: schema.privateLink,
      body: {
        prepare: (body) => refuseFixed(schema.lenience.strip(body), schema.sentFields, schema.updateBody),
        schema: schema.updateBody,
        shown: schema.lenience.shown(schema.updateBody),
      },
      handle({ project, parameters: { connectionId }, body: { dnsDomain }, baseUrl }) {
        const changed = (link: CurrentItem<schema.SentFields>): schema.SentFields => {
          refuseChange(link, links.isBeingDeleted(link));
          const sent = { ...link.sent, dnsDomain };
          // That the rules of its vendor apply to what it is then, is inferred.
          checkVendor(sent, privateLinkProfiles[project.profile].enforced);
          return sent;
        };
        return links.update(project, connectionId, changed, baseUrl);
      },
    }),
    link('deleteGroupStreamPrivateLinkConnection', 'DELETE', '/:connectionId', {
      summary: 'Deletes a private link.',
      javaMethod: 'deletePrivateLinkConnection',
      status: 202,
      conditions: [conditions.linkNotFound, conditions.linkInUse],
      response: nothing,
      async handle({ project, parameters }) {
        await links.delete(project, parameters.connectionId);
        return resource('{}');
      },
    }),
  ];
}

/**
 * Refuses a change of domain if one is set and the link is not IDLE (Atlas documentation).
 *
 * @throws {Refusal} `updateNotAllowed`
 */
function refuseChange({ id, sent, state }: CurrentItem<schema.SentFields>, leaving: boolean): void {
  const sentence = `The dnsDomain cannot be changed: the private link ${id}`;
  if (leaving) throw conditions.updateNotAllowed(`${sentence} is being deleted`);
  if (sent.dnsDomain === undefined || state === 'IDLE') return;
  throw conditions.updateNotAllowed(`${sentence} has a dnsDomain already and is ${state}`);
}
