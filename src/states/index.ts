import type { Project } from '../http/gatekeeper.js';
import type { AtlasOperation, ControlOperation } from '../http/operation.js';
import type { CoveredTable, Migration } from '../kernel/database.js';
import type { DurationSetting } from '../kernel/pace.js';
import type { DueWork } from '../kernel/scheduler.js';
import type { FixtureSection } from '../world/index.js';
import { ruleControl, stateControl } from './control.js';
import { itemSection, ruleSection } from './fixture.js';
import { Items, type StateServices } from './items.js';
import { namesOf } from './names.js';
import type { StatefulResource } from './resource.js';
import { ItemRules } from './rules.js';

export type { Items, StateServices } from './items.js';
export { createTables } from './names.js';
export type { Lifecycles, RuleMatch, Shown, StatefulResource } from './resource.js';
export type { CurrentItem } from './store.js';
export { BASE_URL_MARK, objectText, Raw, STATE } from './text.js';

/** A feature that follows from the declaration of a resource with states. */
export interface StatefulFeature<Duration extends string> {
  readonly name: string;
  readonly migrations: readonly Migration[];
  readonly tables: readonly CoveredTable[];
  readonly durations: Readonly<Record<Duration, DurationSetting>>;
  readonly start: (services: StateServices) => {
    readonly operations: readonly AtlasOperation[];
    readonly control: readonly ControlOperation[];
    readonly due: DueWork;
    readonly retime: (projectId: string | undefined, now: number) => void;
    readonly sections: readonly FixtureSection[];
    readonly blocksDeletion: (project: Project) => string | undefined;
  };
}

/** The feature of a resource whose items pass through states. */
export function stateful<Sent extends object, Duration extends string>(
  resource: StatefulResource<Sent, Duration>,
): StatefulFeature<Duration> {
  const { name, migrations, durations } = resource;
  const { one, many, path, table, ruleTable } = namesOf(name);
  return {
    name: path,
    migrations,
    durations,
    tables: [table, ruleTable].map((covered) => ({ name: covered, key: 'id', project: 'project_id' })),
    start(services) {
      const rules = new ItemRules(services.database, resource);
      const items = new Items(resource, rules, services);
      return {
        operations: resource.operations(items),
        control: [...stateControl(items), ...(resource.rules ? ruleControl(items, rules) : [])],
        due: items,
        retime: (projectId, now) => {
          items.store.alarms.retime(projectId, now);
        },
        sections: [itemSection(items), ...(resource.rules ? [ruleSection(items, rules)] : [])],
        blocksDeletion(project) {
          const left = items.store.count(project.id, project.now);
          return left === 0 ? undefined : `${left} ${left === 1 ? one : many}`;
        },
      };
    },
  };
}
