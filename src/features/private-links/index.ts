import type { Feature } from '../feature.js';
import { privateLinkControl } from './control.js';
import { privateLinkSections } from './fixture.js';
import { PrivateLinks } from './links.js';
import { privateLinkMigrations } from './migrations.js';
import { privateLinkOperations } from './routes.js';
import { PrivateLinkRules } from './rule-store.js';
import { PrivateLinkStore } from './store.js';

/** Stream private links: `/groups/{groupId}/streams/privateLinkConnections`. */
export const privateLinks: Feature = {
  name: 'private-links',
  migrations: privateLinkMigrations,
  tables: [
    { name: 'private_links', key: 'id', project: 'project_id' },
    { name: 'private_link_rules', key: 'id', project: 'project_id' },
  ],

  start(services) {
    const store = new PrivateLinkStore(services.database);
    const rules = new PrivateLinkRules(services.database);
    const links = new PrivateLinks(store, rules, services);
    return {
      operations: privateLinkOperations(links),
      control: privateLinkControl(links, rules, services.newId),
      due: links,
      retime: (projectId, now) => {
        store.alarms.retime(projectId, now);
      },
      blocksDeletion(project) {
        const left = store.count(project.id, project.now);
        return left === 0 ? undefined : `${left} private ${left === 1 ? 'link' : 'links'}`;
      },
      sections: privateLinkSections(links, rules, services.newId),
    };
  },
};
