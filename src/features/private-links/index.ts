import { migration } from '../../kernel/tables.js';
import { objectText, stateful } from '../../states/index.js';
import { duplicateLink, linkNotFound } from './conditions.js';
import { DURATIONS, privateLinkProfiles, STATES } from './profile.js';
import { represent } from './representation.js';
import { privateLinkOperations } from './routes.js';
import { checkVendor, linkMatch, prepare, targetOf } from './rules.js';
import { sentFields, type SentFields } from './schema.js';

const name = { one: 'private link', many: 'private links' };

export const privateLinkMigrations = [
  migration('0002_private_links'),
  migration('0006_private_links_removed_directly'),
  migration('0010_private_links_one_text'),
];

/** Stream private links: `/groups/{groupId}/streams/privateLinkConnections`. */
export const privateLinks = stateful<SentFields, keyof typeof DURATIONS>({
  name,
  migrations: privateLinkMigrations,
  event: 'link.changed',
  parameter: 'connectionId',
  states: STATES,
  complete: 'DONE',
  failed: 'FAILED',
  gone: 'DELETED',
  settled: ['IDLE', 'DONE', 'FAILED'],
  durations: DURATIONS,
  profiles: privateLinkProfiles,
  sent: sentFields,
  accept(item, { profile }) {
    const sent = prepare(item) as SentFields;
    checkVendor(sent, privateLinkProfiles[profile].enforced);
    return sent;
  },
  represent,
  created: (sent, id, { profile }) =>
    privateLinkProfiles[profile].createAnswer === 'echo' ? objectText({ ...sent, _id: id }) : undefined,
  target: { of: targetOf, duplicate: duplicateLink },
  notFound: linkNotFound,
  rules: linkMatch,
  operations: privateLinkOperations,
});
