import type { Feature } from '../feature.js';
import { fixtureItem, type SentFields } from './schema.js';
import { PrivateLinks } from './links.js';
import { privateLinkErrors, privateLinkProfiles } from './profile.js';
import { privateLinkOperations } from './routes.js';
import { checkVendor, prepare } from './rules.js';
import { PrivateLinkStore, privateLinkMigrations } from './store.js';
import { planPath, type Path, type State } from './lifecycle.js';

/** Stream private links: `/groups/{groupId}/streams/privateLinkConnections`. */
export const privateLinks: Feature = {
  name: 'private-links',
  migrations: privateLinkMigrations,
  errors: privateLinkErrors,
  fixture: { key: 'privateLinks', item: fixtureItem },

  start(services) {
    const links = new PrivateLinks(new PrivateLinkStore(services.database), services);
    return {
      operations: privateLinkOperations(links),
      due: links,
      blocksDeletion(project) {
        const left = links.store.count(project.id, project.now);
        return left === 0 ? undefined : `${left} private ${left === 1 ? 'link' : 'links'}`;
      },
      load(transaction, project, item) {
        const { _id, state, errorMessage } = item as { _id?: string; state?: State; errorMessage?: string };
        const profile = privateLinkProfiles[project.profile];
        const sent = prepare(item) as SentFields;
        checkVendor(sent, profile.enforced);
        const path: Path = state
          ? [[state, project.now]]
          : planPath(profile.created, services.durations, project.now);
        links.make(
          transaction,
          project,
          { id: _id ?? services.newId(), sent, path, errorMessage },
          'fixture',
        );
      },
    };
  },
};
