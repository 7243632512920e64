import { defaultConfig } from '../../src/config.js';
import { features } from '../../src/features/index.js';
import { stepConditions } from '../../src/http/conditions.js';
import type { AnyOperation } from '../../src/http/operation.js';
import { identityMigrations, organizationOperations, projectOperations } from '../../src/identity/index.js';
import { Database } from '../../src/kernel/database.js';
import { EventBus } from '../../src/kernel/events.js';
import { Scheduler } from '../../src/kernel/scheduler.js';
import type { ConditionType } from '../../src/profiles/index.js';
import { ManualClock } from '../support/clock.js';

/** All operations that the emulator declares. None of them is called: what they stand on is empty. */
export function declaredOperations(): readonly AnyOperation[] {
  const migrations = features.flatMap((feature) => feature.migrations);
  const database = Database.open(':memory:', [...identityMigrations, ...migrations]);
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
    const identity = {} as Parameters<typeof projectOperations>[0];
    return [
      ...organizationOperations(identity),
      ...projectOperations(identity),
      ...features.flatMap((feature) => feature.start(services).operations),
    ];
  } finally {
    database.close();
  }
}

/** All conditions that the emulator declares, by name. */
export function declaredConditions(): ReadonlyMap<string, ConditionType> {
  const own = declaredOperations().flatMap(({ conditions = [] }) => conditions);
  return new Map([...Object.values(stepConditions).flat(), ...own].map((one) => [one.name, one]));
}
