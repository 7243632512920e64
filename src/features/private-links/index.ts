import type { Migration } from '../../kernel/database.js';
import { createTables, objectText, stateful } from '../../states/index.js';
import { duplicateLink, linkNotFound } from './conditions.js';
import { DURATIONS, privateLinkProfiles, STATES } from './profile.js';
import { represent } from './representation.js';
import { privateLinkOperations } from './routes.js';
import { checkVendor, linkMatch, prepare, targetOf } from './rules.js';
import { sentFields, type SentFields } from './schema.js';

const name = { one: 'private link', many: 'private links' };

export const privateLinkMigrations: readonly Migration[] = [
  createTables('0002_private_links', name),
  {
    name: '0006_private_links_removed_directly',
    // In a file of 0.1.0, links of removed projects were only marked, in a table that new files never had.
    sql: `
      CREATE TABLE IF NOT EXISTS private_links_emptied (project_id TEXT PRIMARY KEY, up_to INTEGER NOT NULL);
      DELETE FROM private_links
      WHERE seq <= (SELECT up_to FROM private_links_emptied AS emptied
                    WHERE emptied.project_id = private_links.project_id);
      DROP TRIGGER private_links_of_removed_project;
      DROP TABLE private_links_emptied;
      CREATE TRIGGER private_links_of_removed_project AFTER DELETE ON projects BEGIN
        DELETE FROM private_links WHERE project_id = old.id;
      END;
    `,
  },
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
