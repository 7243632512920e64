import { IN_STEP, MovableClock, type Clock, type ClockState } from './clock.js';
import type { Database } from './database.js';
import { StorageError } from './storage-error.js';
import { EventBus } from './events.js';
import { hexDigits, objectIds, seededIds } from './ids.js';
import { Scheduler } from './scheduler.js';
import { storedJson } from './tables.js';

/** One of each of the services that everything with state builds on. `clock` is the emulator's own. */
export type Kernel = ReturnType<typeof startKernel>;

/**
 * Starts the services over a database.
 *
 * @param base the machine's clock. It stamps events and ids: an id by a clock far ahead would be longer
 * @param onError receives errors of background work
 * @param idSeed makes the generated ids repeatable
 */
export function startKernel(
  database: Database,
  base: Clock,
  onError: (error: unknown) => void,
  idSeed?: string,
) {
  const now = (): number => base.now();
  const property = database.memo((name: string) =>
    database.value<string>('SELECT value FROM properties WHERE name = ?', name),
  );
  const setProperty = (name: string, value: string): void => {
    database.run('INSERT OR REPLACE INTO properties VALUES (?, ?)', name, value);
  };
  const clockState = database.memo((name: string) => {
    const saved = property(name);
    const state = (saved === undefined ? IN_STEP : (storedJson(saved) ?? {})) as ClockState;
    if (![state.offsetMs, state.frozenAt ?? 0].every(Number.isSafeInteger))
      throw new StorageError(`the property ${name} is ${saved}`);
    return state;
  });
  const clock = new MovableClock(base, () => clockState('clock'));
  // A damaged state is an error of the start, not of a later request.
  clock.now();
  const events = new EventBus(now);
  const scheduler = new Scheduler(clock, database, onError);
  const mixIdSeed = (value: unknown, seed = property('idSeed')): void => {
    if (idSeed !== undefined) setProperty('idSeed', hexDigits(`${seed}${JSON.stringify(value)}`, 64));
  };
  // An earlier process of the same file has used the ids of its seeds.
  mixIdSeed(property('idSeed'), idSeed);
  return {
    database,
    clock,
    events,
    scheduler,
    /** Generates an id of Atlas's form. */
    newId: idSeed === undefined ? objectIds(now) : seededIds(() => property('idSeed') ?? ''),
    /**
     * Makes the following ids depend on a value too: a fixture, which can contain ids of the present seed. Belongs inside
     * a write.
     */
    mixIdSeed,
    /** A value of which there is one, such as the emulator's clock; snapshots do not cover it. */
    property,
    /** Belongs inside a write. */
    setProperty,
    /** Stops the scheduler and closes the database. */
    close(): void {
      scheduler.stop();
      // A connection may close after the server has.
      events.end();
      database.close();
    },
  } as const;
}
