import { ControlError } from '../http/control-error.js';
import { TOKEN_LIFE_S, type Identity } from '../identity/index.js';
import { IN_STEP, type ClockState } from '../kernel/clock.js';
import type { Transaction } from '../kernel/database.js';
import type { CoveredTable } from '../kernel/tables.js';
import type { Kernel } from '../kernel/kernel.js';
import type { ProjectCache, RunningFeature } from './feature.js';
import type { Fixture, FixtureSection } from './fixture-schema.js';
import { inFile, readFixtures } from './fixture-files.js';
import { exportFixture, FixtureError, loadFixture } from './fixture.js';
import { Snapshots, type Restored, type Taken } from './snapshots.js';
import { WorldTime } from './world-time.js';

/** The name of the snapshot that a reset restores. Clients cannot use it. */
const INITIAL = '';

/**
 * All state that a fixture, a reset or a snapshot covers, and its time. Methods concern one project, or the whole server
 * if no project is named.
 */
export class World {
  readonly time: WorldTime;
  readonly #snapshots: Snapshots;
  readonly #caches: ProjectCache[] = [];

  /** @param tables those that snapshots cover, parents before children */
  constructor(
    private readonly kernel: Kernel,
    private readonly identity: Identity,
    private readonly sections: readonly FixtureSection[],
    tables: readonly CoveredTable[],
    features: readonly RunningFeature[],
  ) {
    this.#snapshots = new Snapshots(kernel.database, tables);
    this.time = new WorldTime(kernel, identity.projects, features);
  }

  /**
   * Resumes the world of the database file; false if it has none yet. A file without an initial state resets to the
   * present one.
   */
  async resume(): Promise<boolean> {
    if (this.#snapshots.has(undefined, INITIAL)) return true;
    if (this.identity.projects.organizations().length === 0) return false;
    await this.snapshot(undefined, INITIAL);
    return true;
  }

  /** Fills an empty world with the fixtures of files and folders. @throws {FixtureError} */
  async seed(paths: readonly string[]): Promise<void> {
    const { fixture, name } = readFixtures(paths, this.sections);
    await this.kernel.database.write((transaction) => {
      inFile(name, () => this.#fill(fixture, transaction));
    });
  }

  /** Makes the present state the one that a reset restores, or takes another snapshot. Belongs inside a write. */
  saveInitial(projectId: string | undefined, name = INITIAL): void {
    const { clock } = this.kernel;
    this.#snapshots.take(projectId, name, clock.now(), clock.state);
  }

  /** Registers a cache, which evicts removed projects. */
  addCache(cache: ProjectCache): void {
    this.#caches.push(cache);
  }

  /** The number of projects and organizations that each cache holds data of, added up. */
  get retained(): number {
    return this.#caches.flatMap((cache) => cache.owners()).length;
  }

  /** Removes a project, everything in it, and the roles in it. Belongs inside a write. */
  removeProject(transaction: Transaction, id: string): void {
    this.identity.credentials.removeProjectRoles(id);
    this.identity.projects.remove(id);
    transaction.afterCommit(() => this.#caches.forEach((cache) => cache.evict(id)));
  }

  /**
   * Restores the state after the fixture was loaded or, of a project that was created later, after its creation. Tokens
   * stay valid. See {@link Snapshots.deleteLarge} for what is not atomic.
   *
   * @throws {ControlError} 409 if another project has taken the name of this one
   */
  reset(projectId: string | undefined): Promise<void> {
    const own = projectId !== undefined && this.#snapshots.has(projectId, INITIAL);
    const initial = { name: INITIAL, project: projectId, takenOf: own ? projectId : undefined };
    return this.#restore('reset', initial, ({ extra }) => {
      if (projectId === undefined) this.time.setServerClock(extra as ClockState);
    });
  }

  /** Takes a snapshot; one of the same name is replaced. */
  snapshot(projectId: string | undefined, name: string) {
    return this.kernel.database.write(() => {
      this.saveInitial(projectId, name);
      return this.snapshots(projectId).find((one) => one.name === name);
    });
  }

  /**
   * Restores a snapshot and the time at which it was taken. Tokens stay valid. Not atomic where {@link reset} is not.
   *
   * @throws {ControlError} 404; 409 if another project has taken the name of this one
   */
  async restore(projectId: string | undefined, name: string): Promise<void> {
    if (name === INITIAL) throw noSnapshot(name);
    const snapshot = { name, project: projectId, takenOf: projectId };
    await this.#restore(`restored ${name}`, snapshot, ({ takenAt, extra }) => {
      // Running clocks show what they showed then.
      if (projectId === undefined) {
        const { frozenAt } = extra as ClockState;
        this.time.setServerClock({ offsetMs: takenAt - this.kernel.clock.base.now(), frozenAt });
        this.#saveReturned();
      } else {
        this.identity.projects.shiftClock(projectId, takenAt - this.kernel.clock.now());
      }
    });
  }

  /** The snapshots of the scope, oldest first. */
  snapshots(projectId: string | undefined): readonly { readonly name: string; readonly takenAt: string }[] {
    return this.#snapshots
      .list(projectId)
      .filter(({ name }) => name !== INITIAL)
      .map(({ name, takenAt }) => ({ name, takenAt: new Date(takenAt).toISOString() }));
  }

  /** Removes a snapshot. @throws {ControlError} 404 */
  removeSnapshot(projectId: string | undefined, name: string): Promise<void> {
    return this.kernel.database.write(() => {
      if (name === INITIAL || !this.#snapshots.remove(projectId, name)) throw noSnapshot(name);
    });
  }

  /** The world as a fixture. @throws {ControlError} 409 if it could not be loaded again */
  export(): Fixture {
    this.#checkClocks(undefined);
    return exportFixture(this.identity, this.sections, this.kernel.clock.state);
  }

  /**
   * Replaces the world by a fixture, which a reset then restores. Tokens of credentials that the fixture has too stay
   * valid.
   *
   * @throws {ControlError} 400 with the place of the mistake; nothing has changed then
   */
  load(fixture: Fixture): Promise<void> {
    return this.#replace(undefined, 'fixture loaded', (transaction) => {
      this.identity.projects.clear();
      for (const section of this.sections) section.clear?.();
      this.#fill(fixture, transaction);
    });
  }

  /** @throws {ControlError} 409 if a clock shows a time that a fixture cannot have */
  #checkClocks(projectId: string | undefined): void {
    const out = this.time.outOfRange(projectId);
    if (out === undefined) return;
    const problem = `The clock of ${out} is or would be outside of the years 1970 to 9999`;
    throw new ControlError(409, `${problem}: reset the whole server, or load a fixture.`);
  }

  /** Fills an empty world. */
  #fill(fixture: Fixture, transaction: Transaction): void {
    this.time.setServerClock({ ...IN_STEP, ...fixture.clock });
    this.kernel.mixIdSeed(fixture);
    loadFixture(fixture, this.identity, this.sections, transaction, this.kernel.clock.now());
    const out = this.time.outOfRange(undefined);
    if (out !== undefined) throw new FixtureError(`the clock of ${out} is outside of the years 1970 to 9999`);
    this.saveInitial(undefined);
  }

  /** Projects that were removed have lost their initial state. If a restore brings them back, they reset to that. */
  #saveReturned(): void {
    for (const { id } of this.identity.projects.all()) {
      if (!this.#snapshots.has(id, INITIAL) && !this.#snapshots.hasProject(INITIAL, id)) this.saveInitial(id);
    }
  }

  /** @param setClock sets the clock of what was restored */
  async #restore(cause: string, from: Restored, setClock: (taken: Taken) => void): Promise<void> {
    await this.#snapshots.deleteLarge(from);
    await this.#replace(from.project, cause, () => {
      // Both can have been removed meanwhile.
      if (from.project !== undefined && !this.identity.projects.project(from.project)) {
        throw new ControlError(404, `There is no project ${from.project}.`);
      }
      const taken = this.#snapshots.restore(from);
      if (!taken) throw noSnapshot(from.name);
      setClock(taken);
      this.#checkClocks(from.project);
    });
  }

  /** Replaces the state of a project, or of the whole server, atomically. */
  async #replace(projectId: string | undefined, cause: string, work: (transaction: Transaction) => void) {
    const { projects, credentials } = this.identity;
    await this.kernel.database.write((transaction) => {
      try {
        credentials.keepingTokens(projectId, TOKEN_LIFE_S * 1000, () => work(transaction));
      } catch (error) {
        throw asControlError(error);
      }
      this.time.settle(transaction, projectId);
      transaction.afterCommit(() => {
        const isGone = (id: string) => !projects.project(id) && !projects.organization(id);
        for (const cache of this.#caches) for (const id of cache.owners()) if (isGone(id)) cache.evict(id);
        this.kernel.events.emit('world.reset', projectId, { cause });
      });
    });
    await this.kernel.scheduler.finish();
  }
}

function noSnapshot(name: string): ControlError {
  return new ControlError(404, `There is no snapshot ${name} here.`);
}

/** The error of a client that asked for an impossible world; other errors as they are. */
function asControlError(error: unknown): unknown {
  if (error instanceof FixtureError) return new ControlError(400, error.message);
  if ((error as { code?: string }).code !== 'SQLITE_CONSTRAINT_UNIQUE') return error;
  const problem = 'Another project has taken the name that this project had; rename that one first.';
  return new ControlError(409, problem);
}
