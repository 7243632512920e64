import { refuse, SOURCE } from '../../kernel/conditions.js';
import type { Feature } from '../feature.js';
import { fixtureItem, type SentFields } from './schema.js';
import { PrivateLinks } from './links.js';
import { privateLinkMigrations } from './migrations.js';
import { privateLinkControl } from './control.js';
import { privateLinkErrors, privateLinkProfiles } from './profile.js';
import { privateLinkOperations } from './routes.js';
import { checkVendor, prepare } from './rules.js';
import { PrivateLinkRules } from './rule-store.js';
import { PrivateLinkStore } from './store.js';
import type { Path, Plan, Stage, State } from './lifecycle.js';

/** Stream private links: `/groups/{groupId}/streams/privateLinkConnections`. */
export const privateLinks: Feature = {
  name: 'private-links',
  migrations: privateLinkMigrations,
  errors: privateLinkErrors,
  tables: ['private_links', 'private_link_rules'].map((name) => ({ name, key: 'id', project: 'project_id' })),
  fixture: { key: 'privateLinks', item: fixtureItem },

  start(services) {
    const store = new PrivateLinkStore(services.database);
    const rules = new PrivateLinkRules(services.database);
    const links = new PrivateLinks(store, rules, services);
    return {
      operations: privateLinkOperations(links),
      control: privateLinkControl(links, rules, services.newId),
      due: links,
      retime: (projectId, now) => {
        store.retime(projectId, now);
      },
      blocksDeletion(project) {
        const left = store.count(project.id, project.now);
        return left === 0 ? undefined : `${left} private ${left === 1 ? 'link' : 'links'}`;
      },
      load(transaction, project, item) {
        const { _id, state, errorMessage, path, rest = [], readsLeft } = item as FixtureLink;
        const profile = privateLinkProfiles[project.profile];
        const sent = prepare(fieldsOf(item)) as SentFields;
        checkVendor(sent, profile.enforced);
        const planned: Plan = path
          ? { path: inOrder(path), rest, readsLeft: rest.length > 0 ? readsLeft : undefined }
          : links.plan(project, state ? [{ state }] : profile.created, 'fixture');
        links.make(transaction, project, { id: _id ?? services.newId(), sent, errorMessage, ...planned });
      },
      save: (project) =>
        store.all(project.id, project.now).map(({ id, sent, path, rest, readsLeft, errorMessage }) => ({
          _id: id,
          ...sent,
          path,
          ...(rest.length > 0 && { rest }),
          ...(readsLeft !== undefined && { readsLeft }),
          ...(errorMessage !== undefined && { errorMessage }),
        })),
    };
  },
};

/** What a fixture says of a link beside what a client would send. */
interface FixtureLink {
  readonly _id?: string;
  readonly state?: State;
  readonly errorMessage?: string;
  readonly path?: Path;
  readonly rest?: readonly Stage[];
  readonly readsLeft?: number;
}

/** What a fixture says of a link that is not its client's. */
const OWN_FIELDS = ['path', 'rest', 'readsLeft'];

function inOrder(path: Path): Path {
  const late = path.find(([, at], index) => at < (path[index - 1]?.[1] ?? at));
  if (late) {
    refuse('invalidAttribute', {
      parameters: ['path'],
      field: 'path',
      problem: `The path enters ${late[0]} before the state that stands in front of it.`,
      remedy: 'Send states in the order of time.',
      source: SOURCE.inferred,
    });
  }
  return path;
}

/** What a client would send of a link in a fixture. */
function fieldsOf(item: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !OWN_FIELDS.includes(name)));
}
