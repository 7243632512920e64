import { defaultConfig } from '../../src/config.js';
import { features, type RunningFeature } from '../../src/features/index.js';
import { stepConditions } from '../../src/http/conditions.js';
import type { AtlasOperation, ControlOperation } from '../../src/http/operation.js';
import { organizationOperations, projectOperations } from '../../src/identity/index.js';
import { Database } from '../../src/kernel/database.js';
import { EventBus } from '../../src/kernel/events.js';
import { Scheduler } from '../../src/kernel/scheduler.js';
import { migrations } from '../../src/kernel/tables.js';
import type { ConditionType } from '../../src/profiles/index.js';
import { ManualClock } from '../support/clock.js';

/** The features, started on a database that is closed again. */
function declared(): readonly RunningFeature[] {
  const database = Database.open(':memory:', migrations);
  const clock = new ManualClock();
  const services = {
    database,
    clock,
    events: new EventBus(() => clock.now()),
    scheduler: new Scheduler(clock, database, () => undefined),
    newId: () => '',
    durations: defaultConfig(),
  };
  try {
    return features.map((feature) => feature.start(services));
  } finally {
    database.close();
  }
}

/** All operations that the emulator declares. They cannot be called. */
export function declaredOperations(): readonly AtlasOperation[] {
  const identity = {} as Parameters<typeof projectOperations>[0];
  return [
    ...organizationOperations(identity),
    ...projectOperations(identity),
    ...declared().flatMap(({ operations }) => operations),
  ];
}

/** All operations of the control API that features declare. They cannot be called. */
export function declaredControl(): readonly ControlOperation[] {
  return declared().flatMap(({ control = [] }) => control);
}

/** All conditions that the emulator declares, by name. */
export function declaredConditions(): ReadonlyMap<string, ConditionType> {
  const own = declaredOperations().flatMap(({ conditions = [] }) => conditions);
  return new Map([...Object.values(stepConditions).flat(), ...own].map((one) => [one.name, one]));
}
