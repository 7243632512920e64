import { MovableClock, type Clock } from './clock.js';
import type { Database } from './database.js';
import { EventBus } from './events.js';
import { objectIds } from './ids.js';
import { Scheduler } from './scheduler.js';

/** One of each of the services that everything with state builds on. `clock` is the emulator's own. */
export type Kernel = ReturnType<typeof startKernel>;

/**
 * Starts the services over a database.
 *
 * @param base the machine's clock. It stamps events and ids: an id by a clock far ahead would be longer
 * @param onError receives errors of background work
 */
export function startKernel(database: Database, base: Clock, onError: (error: unknown) => void) {
  const now = (): number => base.now();
  const clock = new MovableClock(base);
  const events = new EventBus(now);
  const scheduler = new Scheduler(clock, database, onError);
  return {
    database,
    clock,
    events,
    scheduler,
    /** Generates an id of Atlas's form. */
    newId: objectIds(now),
    /** Stops the scheduler and closes the database. */
    close(): void {
      scheduler.stop();
      // A connection may close after the server has.
      events.end();
      database.close();
    },
  } as const;
}
