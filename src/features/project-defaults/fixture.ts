import type { Static } from '@sinclair/typebox';
import type { ProjectSection } from '../../world/index.js';
import { fixtureDefaults } from './schema.js';
import type { ProjectDefaultsStore } from './store.js';

/** What a fixture says of what surrounds a project: what was written of it, in the API's own forms. */
export function projectDefaultsSection(store: ProjectDefaultsStore): ProjectSection {
  return {
    key: 'projectDefaults',
    item: fixtureDefaults,
    scope: 'project',
    single: true,
    load(_transaction, { id }, item) {
      const old = store.get(id);
      const { settings, limits, teams, managedSlowMs = old.managedSlowMs } = item as FixtureDefaults;
      store.put(id, {
        settings: { ...old.settings, ...settings },
        limits: Object.fromEntries(limits?.map(({ name, value }) => [name, value]) ?? []),
        teams: Object.fromEntries(teams?.map(({ teamId, roleNames }) => [teamId, roleNames]) ?? []),
        managedSlowMs,
      });
    },
    save({ id }) {
      const written = store.written(id);
      if (!written) return [];
      const { settings, limits, teams, managedSlowMs } = written;
      const saved: FixtureDefaults = {
        settings,
        limits: Object.entries(limits).map(([name, value]) => ({ name, value })),
        teams: Object.entries(teams).map(([teamId, names]) => ({ teamId, roleNames: [...names] })),
        managedSlowMs,
      };
      return [saved];
    },
  };
}

type FixtureDefaults = Static<typeof fixtureDefaults>;
