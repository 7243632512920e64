import { fileURLToPath } from 'node:url';
import type { Config } from './config.js';
import { faultSection, type Core } from './control/index.js';
import { features as allFeatures, type Feature } from './features/index.js';
import { FaultStore, faultTables } from './http/faults/store.js';
import {
  CredentialStore,
  identityTables,
  organizationOperations,
  projectOperations,
  ProjectStore,
  type Identity,
} from './identity/index.js';
import type { Clock } from './kernel/clock.js';
import { Database } from './kernel/database.js';
import { startKernel } from './kernel/kernel.js';
import { migrations } from './kernel/tables.js';
import { FIXTURES } from './version.js';
import { World } from './world/index.js';

/**
 * Opens the database, starts the features, and loads the fixture into a new file.
 *
 * @param base the machine's clock
 * @param onError receives errors of work for which nobody waits
 * @throws {DatabaseUnusable} if the database cannot be used
 * @throws {FixtureError} if the fixture cannot
 */
export async function buildCore(
  config: Config,
  base: Clock,
  onError: (error: unknown) => void,
  features: readonly Feature[] = allFeatures,
): Promise<Core> {
  const database = Database.open(config.db, [
    ...migrations,
    ...features.flatMap((feature) => feature.migrations ?? []),
  ]);
  try {
    const kernel = startKernel(database, base, onError, config.idSeed);
    const now = (): number => kernel.clock.now();
    const projects = new ProjectStore(database, now);
    const identity: Identity = { projects, credentials: new CredentialStore(database, projects, now) };
    const running = features.map((feature) => feature.start({ ...kernel, durations: config }));
    const operations = [
      ...organizationOperations(identity),
      ...projectOperations({
        ...identity,
        kernel,
        leftIn: (project) =>
          running.map(({ blocksDeletion }) => blocksDeletion?.(project)).find((left) => left !== undefined),
        onCreate: (id) => world.saveInitial(id),
        remove: (transaction, id) => world.removeProject(transaction, id),
      }),
      ...running.flatMap((feature) => feature.operations),
    ];
    const faults = new FaultStore(database, kernel.newId);
    const sections = [...running.flatMap(({ sections = [] }) => sections), faultSection(faults, operations)];
    const tables = [...identityTables, ...features.flatMap(({ tables = [] }) => tables), ...faultTables];
    const world = new World(kernel, identity, sections, tables, running);

    const restored = await world.resume();
    const fixtures = config.fixture ?? fileURLToPath(new URL('default.json', FIXTURES));
    if (!restored) await world.seed([fixtures].flat());
    for (const { due } of running) if (due) kernel.scheduler.add(due);
    return { ...kernel, identity, world, faults, sections, running, operations, restored };
  } catch (error) {
    database.close();
    throw error;
  }
}
