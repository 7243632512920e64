import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { EventBus } from './events.js';
import { objectIds } from './ids.js';
import { MovableClock } from './movable-clock.js';
import { Scheduler } from './scheduler.js';

/** What everything that has state builds on. */
export interface Kernel {
  readonly database: Database;
  /** The machine's clock, which no test moves. */
  readonly base: Clock;
  /** The emulator's own clock. */
  readonly clock: MovableClock;
  readonly events: EventBus;
  readonly scheduler: Scheduler;
  /** Makes ids of Atlas's form. */
  readonly newId: () => string;
  /** Cancels the alarm and closes the database. */
  readonly close: () => void;
}

/**
 * Starts the clock, the events and the alarm of a database. Events and ids are stamped by the machine's clock: an id
 * by a clock that was moved far ahead would be longer.
 *
 * @param onError receives errors of work for which nobody waits
 */
export function startKernel(database: Database, base: Clock, onError: (error: unknown) => void): Kernel {
  const clock = new MovableClock(base);
  const events = new EventBus(() => base.now());
  const scheduler = new Scheduler(clock, database, onError);
  return {
    database,
    base,
    clock,
    events,
    scheduler,
    newId: objectIds(() => base.now()),
    close() {
      scheduler.stop();
      // A connection may close after the server has.
      events.end();
      database.close();
    },
  };
}
