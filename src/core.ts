import { readFileSync } from 'node:fs';
import type { Config } from './config.js';
import {
  faultMigrations,
  faultSection,
  FaultStore,
  faultTables,
  type ControlledParts,
} from './control/index.js';
import { features as allFeatures, type Feature } from './features/index.js';
import {
  CredentialStore,
  identityMigrations,
  identityTables,
  organizationOperations,
  projectOperations,
  ProjectStore,
  type DeletionBlocker,
  type Identity,
} from './identity/index.js';
import type { Clock } from './kernel/clock.js';
import { Database, type Transaction } from './kernel/database.js';
import { EventBus } from './kernel/events.js';
import { objectIds } from './kernel/ids.js';
import { MovableClock } from './kernel/movable-clock.js';
import { Scheduler } from './kernel/scheduler.js';
import { FixtureError, PropertyStore, snapshotMigrations, Snapshots, World } from './world/index.js';

/** What the package brings for a start. */
export const FIXTURES = new URL('../fixtures/', import.meta.url);

/** The emulator without a way in: its state, its time, and what can be done with them. */
export interface Core extends ControlledParts {
  /** The machine's clock: for what no test moves. */
  readonly base: Clock;
  /** The emulator's own. */
  readonly clock: MovableClock;
  readonly events: EventBus;
  /** Whether the world came from the database, and not from the fixture. */
  readonly restored: boolean;
  /** Ends the alarm and closes the database. */
  close(): void;
}

/**
 * Opens the database, starts the features, and loads the fixture into a new file.
 *
 * @param onError told of what goes wrong where nobody waits for an answer
 * @throws {DatabaseUnusable} if the database cannot be used
 * @throws {FixtureError} if the fixture cannot
 */
export async function buildCore(
  config: Config,
  base: Clock,
  onError: (error: unknown) => void,
  features: readonly Feature[] = allFeatures,
): Promise<Core> {
  const clock = new MovableClock(base);
  const now = (): number => clock.now();
  const database = Database.open(config.db, [
    ...identityMigrations,
    ...features.flatMap((feature) => feature.migrations),
    ...snapshotMigrations,
    ...faultMigrations,
  ]);
  try {
    const events = new EventBus(() => base.now());
    const identity: Identity = {
      projects: new ProjectStore(database, now),
      credentials: new CredentialStore(database, now),
    };
    const scheduler = new Scheduler(clock, database, onError);
    // By the machine's clock: one that was moved far ahead would make them longer.
    const newId = objectIds(() => base.now());
    const running = features.map((feature) =>
      feature.start({ database, clock, events, scheduler, newId, durations: config }),
    );
    const operations = [
      ...organizationOperations(identity),
      ...projectOperations({
        ...identity,
        database,
        newId,
        now,
        blockers: running.flatMap<DeletionBlocker>(({ blocksDeletion }) => blocksDeletion ?? []),
        onCreate: (id: string) => {
          world.remember(id);
        },
        remove: (transaction: Transaction, id: string) => {
          world.removeProject(transaction, id);
        },
      }),
      ...running.flatMap((feature) => feature.operations),
    ];
    const faults = new FaultStore(database);
    const sections = [
      ...running.flatMap((feature) => feature.sections ?? []),
      faultSection(faults, operations),
    ];
    const tables = [
      ...identityTables,
      ...features.flatMap((feature) => feature.tables ?? []),
      ...faultTables,
    ];
    const world = new World({
      database,
      clock,
      events,
      scheduler,
      snapshots: new Snapshots(database, tables),
      identity,
      sections,
      properties: new PropertyStore(database),
      running,
    });
    world.addCache(faults);

    const restored = world.hasBegun;
    if (restored) await world.goOn();
    else await seed(config.fixture, database, world);
    for (const { due } of running) if (due) scheduler.add(due);

    return {
      database,
      base,
      clock,
      events,
      identity,
      world,
      faults,
      sections,
      running,
      operations,
      newId,
      restored,
      close() {
        scheduler.stop();
        // A connection that closes after the server is still told of.
        events.end();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Begins with a fixture. @param path the package's own if undefined */
async function seed(path: string | undefined, database: Database, world: World): Promise<void> {
  try {
    const text = readFixture(path ?? new URL('default.json', FIXTURES));
    await database.write((transaction) => {
      world.begin(text, transaction);
    });
  } catch (error) {
    throw error instanceof FixtureError
      ? new FixtureError(`${path ?? 'default.json'}: ${error.message}`)
      : error;
  }
}

function readFixture(path: string | URL): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new FixtureError(`it cannot be read: ${(error as Error).message}`);
  }
}
