import type { Project } from '../http/gatekeeper.js';
import type { FixtureSection, Services } from '../world/index.js';
import { stateControl } from './control.js';
import { Items } from './items.js';
import { providerStates } from './provider-states.js';
import { itemSchema, namesOf, shownStates, type StatefulResource } from './resource.js';
import { ruleControl, ruleSection } from './rules.js';

export type { Items } from './items.js';
export { createTables } from './resource.js';
export type { Lifecycles, RuleMatch, Shown, StatefulResource } from './resource.js';
export type { Stage } from './lifecycle.js';
export type { CurrentItem } from './store.js';
export { BASE_URL_MARK, objectText, Raw, STATE } from './text.js';

/** The feature of a resource whose items pass through states. */
export function stateful<Sent extends object, Duration extends string>(
  resource: StatefulResource<Sent, Duration>,
) {
  const { name, migrations = [], durations } = resource;
  const { one, many, table, ruleTable, key } = namesOf(name);
  return {
    migrations,
    durations,
    tables: [table, ruleTable].map((covered) => ({ name: covered, key: 'id', project: 'project_id' })),
    start(services: Services) {
      const items = new Items(resource, services);
      const section: FixtureSection = {
        key,
        item: itemSchema(resource),
        durations: Object.keys(durations),
        load(transaction, project: Project, item) {
          items.load(transaction, project, item, 'fixture');
        },
        save: (project: Project) => items.saved(project),
      };
      return {
        operations: resource.operations(items),
        control: [...stateControl(items), ...(resource.rules ? ruleControl(items) : [])],
        due: items,
        retime(projectId: string | undefined, now: number) {
          items.store.alarms.set(projectId, now);
        },
        states: shownStates(resource),
        providerStates: providerStates(items),
        sections: [section, ...(resource.rules ? [ruleSection(items)] : [])],
        blocksDeletion(project: Project) {
          const left = items.store.count(project.id, project.now);
          return left === 0 ? undefined : `${left} ${left === 1 ? one : many}`;
        },
      };
    },
  };
}
