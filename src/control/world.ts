import type { Database, Transaction } from '../kernel/database.js';
import { advanced, frozen, IN_STEP, resumed, shows, type ClockState } from '../kernel/clock-state.js';
import type { EventBus } from '../kernel/events.js';
import type { MovableClock } from '../kernel/movable-clock.js';
import type { Scheduler } from '../kernel/scheduler.js';
import type { Snapshots } from '../kernel/snapshots.js';
import type { RunningFeature } from '../features/index.js';
import {
  exportFixture,
  FixtureError,
  loadFixture,
  parseFixture,
  type Fixture,
  type FixtureSection,
  type Identity,
  type PropertyStore,
} from '../identity/index.js';
import { ControlError } from './operation.js';

/** What the world stands on. */
export interface WorldParts {
  readonly database: Database;
  readonly clock: MovableClock;
  readonly events: EventBus;
  readonly scheduler: Scheduler;
  readonly snapshots: Snapshots;
  readonly identity: Identity;
  readonly sections: readonly FixtureSection[];
  readonly properties: PropertyStore;
  readonly running: readonly RunningFeature[];
  /** Called once a restore is committed: what is cached of the database is to be read anew. */
  readonly onRestore: () => void;
}

/** The snapshot that a reset goes back to. No name that a client can give. */
const INITIAL = '';

const CLOCK = 'clock';

/** A clock as the control API shows it. */
export interface ClockReading {
  readonly now: string;
  readonly frozen: boolean;
}

/**
 * All of the state that a fixture, a reset or a snapshot covers, and the time in it: of one project, or of the whole
 * server where no project is named.
 */
export class World {
  readonly #parts: WorldParts;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    const kept = parts.properties.get(CLOCK) as ClockState | undefined;
    if (kept) parts.clock.change(kept);
  }

  /** Remembers the world as it is: a reset comes back to it. */
  remember(projectId?: string): void {
    this.#parts.snapshots.take(projectId, INITIAL, this.#parts.clock.now());
  }

  /** What the clock shows. */
  clock(projectId?: string): ClockReading {
    const state = this.#clockState(projectId);
    const now = shows(state, this.#reference(projectId));
    return { now: new Date(now).toISOString(), frozen: state.frozenAt !== undefined };
  }

  /** Stops the clock, and moves it to `at` (milliseconds since the epoch) if that is given. */
  async freeze(projectId: string | undefined, at?: number): Promise<void> {
    await this.#change('frozen', projectId, (state, now) =>
      frozen(at === undefined ? state : moved(state, now, at), now),
    );
  }

  async resume(projectId: string | undefined): Promise<void> {
    await this.#change('resumed', projectId, resumed);
  }

  /** Moves the clock on; all that falls due is done, in due order, when this resolves. */
  async advance(projectId: string | undefined, ms: number): Promise<void> {
    await this.#change('advanced', projectId, (state) => advanced(state, ms));
  }

  /** Moves the clock to `at`. @throws {ControlError} 400 if that is behind it */
  async set(projectId: string | undefined, at: number): Promise<void> {
    await this.#change('set', projectId, (state, now) => moved(state, now, at));
  }

  /** Goes back to the fixture; a project that was made, to its making. Signs nobody out. */
  reset(projectId: string | undefined): Promise<void> {
    const { database, snapshots } = this.#parts;
    return database.write((transaction) => {
      const own = projectId !== undefined && snapshots.has(projectId, INITIAL);
      snapshots.restore(projectId, INITIAL, own ? projectId : undefined);
      if (projectId === undefined) this.#setServerClock(IN_STEP);
      this.#settle(transaction, projectId, 'reset');
    });
  }

  /** Takes a snapshot; one of the same name is replaced. */
  snapshot(projectId: string | undefined, name: string): Promise<void> {
    const { database, snapshots, clock } = this.#parts;
    return database.write(() => {
      snapshots.take(projectId, name, clock.now(), clock.state);
    });
  }

  /** Restores a snapshot, the time it was taken at included. @throws {ControlError} 404 */
  restore(projectId: string | undefined, name: string): Promise<void> {
    const { database, snapshots, clock } = this.#parts;
    const { projects } = this.#parts.identity;
    return database.write((transaction) => {
      const taken = snapshots.restore(projectId, name);
      if (!taken) throw new ControlError(404, `There is no snapshot ${name} here.`);
      if (projectId === undefined) {
        const { frozenAt } = taken.extra as ClockState;
        const running = { offsetMs: taken.takenAt - clock.baseNow(), frozenAt: undefined };
        this.#setServerClock(frozenAt === undefined ? running : { ...running, frozenAt });
      }
      // A clock that runs shows what it showed then.
      projects.shiftClocks(projectId, taken.takenAt - clock.now());
      this.#settle(transaction, projectId, `restored ${name}`);
    });
  }

  /** The snapshots of the scope, oldest first. */
  snapshots(projectId: string | undefined): readonly { readonly name: string; readonly takenAt: string }[] {
    return this.#parts.snapshots
      .list(projectId)
      .filter(({ name }) => name !== INITIAL)
      .map(({ name, takenAt }) => ({ name, takenAt: new Date(takenAt).toISOString() }));
  }

  /** Returns whether there was one. */
  removeSnapshot(projectId: string | undefined, name: string): Promise<boolean> {
    const { database, snapshots } = this.#parts;
    return database.write(() => name !== INITIAL && snapshots.remove(projectId, name));
  }

  /** The world as a fixture. */
  export(): Fixture {
    return exportFixture(this.#parts.identity, this.#parts.sections);
  }

  /**
   * Puts a fixture in the place of the world, and remembers it as what a reset comes back to.
   *
   * @throws {ControlError} 400 that names the place of what is wrong; nothing has changed then
   */
  async load(text: string): Promise<void> {
    const { database, identity, sections, clock } = this.#parts;
    try {
      const fixture = parseFixture(text, sections);
      await database.write((transaction) => {
        identity.credentials.keepingTokens(() => {
          identity.projects.clear();
          loadFixture(fixture, identity, sections, transaction, clock.now());
        });
        this.remember();
        this.#settle(transaction, undefined, 'fixture loaded');
      });
    } catch (error) {
      throw error instanceof FixtureError ? new ControlError(400, error.message) : error;
    }
  }

  /** Runs what falls due after a change of clocks or rows, and sets the alarm anew. */
  #settle(transaction: Transaction, projectId: string | undefined, cause?: string): void {
    const { running, scheduler, clock, events, onRestore } = this.#parts;
    const retime = (): void => {
      for (const feature of running) feature.retime?.(projectId, clock.now());
    };
    retime();
    scheduler.catchUp(transaction);
    // What is due in a project whose clock stands still was woken once; nothing else of it is to be.
    retime();
    transaction.afterCommit(() => {
      scheduler.rearm();
      if (cause === undefined) return;
      onRestore();
      events.emit('world.reset', projectId, { cause });
    });
  }

  #change(
    how: string,
    projectId: string | undefined,
    change: (state: ClockState, now: number) => ClockState,
  ): Promise<void> {
    const { database, clock, events } = this.#parts;
    const { projects } = this.#parts.identity;
    return database.write((transaction) => {
      const before = shows(this.#clockState(projectId), this.#reference(projectId));
      const state = change(this.#clockState(projectId), this.#reference(projectId));
      if (projectId === undefined) {
        this.#setServerClock(state);
        // Projects that stand still are moved too.
        projects.shiftFrozen(shows(state, clock.baseNow()) - before);
      } else {
        projects.setClock(projectId, state);
      }
      this.#settle(transaction, projectId);
      transaction.afterCommit(() => {
        events.emit('clock.moved', projectId, { how, ...this.clock(projectId) });
      });
    });
  }

  #setServerClock(state: ClockState): void {
    this.#parts.properties.set(CLOCK, state);
    this.#parts.clock.change(state);
  }

  #clockState(projectId: string | undefined): ClockState {
    if (projectId === undefined) return this.#parts.clock.state;
    return this.#parts.identity.projects.clock(projectId) ?? IN_STEP;
  }

  /** What the clock follows: a project's the emulator's, the emulator's the machine's. */
  #reference(projectId: string | undefined): number {
    return projectId === undefined ? this.#parts.clock.baseNow() : this.#parts.clock.now();
  }
}

function moved(state: ClockState, now: number, at: number): ClockState {
  const shown = shows(state, now);
  if (at < shown) {
    throw new ControlError(
      400,
      `A clock is not set back: it shows ${new Date(shown).toISOString()}. Reset or restore goes back in time.`,
    );
  }
  return advanced(state, at - shown);
}
