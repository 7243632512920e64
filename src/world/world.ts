import { IN_STEP, type ClockState } from '../kernel/clock.js';
import type { CoveredTable, Transaction } from '../kernel/database.js';
import type { Kernel } from '../kernel/kernel.js';
import { Snapshots } from './snapshots.js';
import { ControlError } from '../http/control-error.js';
import { TOKEN_LIFE_S, type Identity } from '../identity/index.js';
import { exportFixture } from './fixture-export.js';
import { FixtureError, loadFixture, parseFixture } from './fixture.js';
import { sharedSections, type Fixture, type FixtureSection } from './fixture-schema.js';
import type { ProjectCache } from './project-cache.js';
import { WorldTime, type Timed } from './world-time.js';

/** The snapshot that a reset goes back to. No name that a client can give. */
const INITIAL = '';

/**
 * All of the state that a fixture, a reset or a snapshot covers, and the time in it: of one project, or of the whole
 * server where no project is named.
 */
export class World {
  readonly time: WorldTime;
  readonly #snapshots: Snapshots;
  readonly #caches: ProjectCache[] = [];

  /**
   * @param tables those that snapshots cover, parents before children
   * @param timed what has rows that change with time
   */
  constructor(
    private readonly kernel: Kernel,
    private readonly identity: Identity,
    private readonly sections: readonly FixtureSection[],
    tables: readonly CoveredTable[],
    timed: readonly Timed[],
  ) {
    this.#snapshots = new Snapshots(kernel.database, tables);
    this.time = new WorldTime(kernel, this.identity.projects, timed);
  }

  /**
   * Fills an empty world, and remembers it as what a reset comes back to. Belongs inside a write.
   *
   * @throws {FixtureError} if the fixture cannot be used
   */
  begin(text: string, transaction: Transaction): void {
    this.#fill(parseFixture(text, this.sections), transaction);
    transaction.afterCommit(() => {
      this.#reload();
    });
  }

  /** Whether there is a world to go on with: a fixture without organizations is one too. */
  get hasBegun(): boolean {
    return this.#snapshots.has(undefined, INITIAL) || this.identity.projects.organizations().length > 0;
  }

  /** Goes on with a world that a file holds. One without a memory of how it began remembers how it is now. */
  async goOn(): Promise<void> {
    if (this.#snapshots.has(undefined, INITIAL)) return;
    await this.kernel.database.write(() => {
      this.remember(undefined);
    });
  }

  /** Remembers a project, or all, as it is: a reset comes back to it. Belongs inside a write. */
  remember(projectId: string | undefined): void {
    this.#snapshots.take(projectId, INITIAL, this.kernel.clock.now(), this.kernel.clock.state);
  }

  /** Keeps a cache in step with the projects that exist. */
  addCache(cache: ProjectCache): void {
    this.#caches.push(cache);
  }

  /** Number of projects, or the like, of which the caches hold something, added up. */
  get retained(): number {
    return this.#caches.reduce((sum, { retained }) => sum + retained, 0);
  }

  /** Removes a project and all that is in it, the roles in it too. Belongs inside a write. */
  removeProject(transaction: Transaction, id: string): void {
    const { projects, credentials } = this.identity;
    credentials.removeProjectRoles(id);
    projects.remove(id);
    transaction.afterCommit(() => {
      this.#evict((one) => one === id);
    });
  }

  /**
   * Goes back to the fixture; a project that was made, to its making. Signs nobody out.
   *
   * @throws {ControlError} 409 if another project has the name that this one had
   */
  reset(projectId: string | undefined): Promise<void> {
    return this.#replace(projectId, 'reset', () => {
      const takenOf =
        projectId !== undefined && this.#snapshots.has(projectId, INITIAL) ? projectId : undefined;
      const taken = this.#snapshots.restore({ name: INITIAL, project: projectId, takenOf });
      if (projectId === undefined) this.time.setServerClock(taken?.extra as ClockState);
    });
  }

  /** Takes a snapshot; one of the same name is replaced. */
  snapshot(projectId: string | undefined, name: string): Promise<void> {
    return this.kernel.database.write(() => {
      this.#snapshots.take(projectId, name, this.kernel.clock.now(), this.kernel.clock.state);
    });
  }

  /**
   * Restores a snapshot, the time it was taken at included. Signs nobody out.
   *
   * @throws {ControlError} 404; 409 if another project has the name that this one had
   */
  restore(projectId: string | undefined, name: string): Promise<void> {
    return this.#replace(projectId, `restored ${name}`, () => {
      const taken =
        name === INITIAL
          ? undefined
          : this.#snapshots.restore({ name, project: projectId, takenOf: projectId });
      if (!taken) throw new ControlError(404, `There is no snapshot ${name} here.`);
      // Clocks that run show what they showed then.
      if (projectId === undefined) {
        const { frozenAt } = taken.extra as ClockState;
        this.time.setServerClock({ offsetMs: taken.takenAt - this.kernel.clock.base.now(), frozenAt });
        this.#rememberReturned();
      } else {
        this.identity.projects.shiftClock(projectId, taken.takenAt - this.kernel.clock.now());
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

  /** Returns whether there was one. */
  removeSnapshot(projectId: string | undefined, name: string): Promise<boolean> {
    return this.kernel.database.write(() => name !== INITIAL && this.#snapshots.remove(projectId, name));
  }

  /**
   * The world as a fixture.
   *
   * @throws {ControlError} 409 if it is too large to be loaded again
   */
  export(): Fixture {
    const fixture = exportFixture(this.identity, this.sections);
    const { offsetMs, frozenAt } = this.kernel.clock.state;
    if (offsetMs === 0 && frozenAt === undefined) return fixture;
    return { clock: { offsetMs, ...(frozenAt !== undefined && { frozenAt }) }, ...fixture };
  }

  /**
   * Puts a fixture in the place of the world, and remembers it as what a reset comes back to. Signs nobody out who has
   * a place in it.
   *
   * @throws {ControlError} 400 that names the place of what is wrong; nothing has changed then
   */
  load(fixture: Fixture): Promise<void> {
    return this.#replace(undefined, 'fixture loaded', (transaction) => {
      this.identity.projects.clear();
      for (const section of sharedSections(this.sections)) section.clear();
      this.#fill(fixture, transaction);
    });
  }

  /** Fills an empty world. */
  #fill(fixture: Fixture, transaction: Transaction): void {
    this.time.setServerClock({ ...IN_STEP, ...fixture.clock });
    loadFixture(fixture, this.identity, this.sections, transaction, this.kernel.clock.now());
    const late = this.time.beyond();
    if (late !== undefined) throw new FixtureError(`the clock of ${late} would pass the year 9999`);
    this.remember(undefined);
  }

  #reload(): void {
    for (const cache of this.#caches) cache.reload?.();
  }

  #evict(isGone: (id: string) => boolean): void {
    for (const cache of this.#caches) cache.evict(isGone);
  }

  /** Projects that a snapshot has brought back have lost the memory of their making: they remember how they are now. */
  #rememberReturned(): void {
    for (const { id } of this.identity.projects.all()) {
      if (!this.#snapshots.has(id, INITIAL) && !this.#snapshots.holds(INITIAL, 'projects', id))
        this.remember(id);
    }
  }

  /** Puts a project, or the whole world, into another state, whole or not at all. */
  #replace(
    projectId: string | undefined,
    cause: string,
    work: (transaction: Transaction) => void,
  ): Promise<void> {
    const { projects } = this.identity;
    return this.time.write((transaction) => {
      try {
        this.identity.credentials.keepingTokens(projectId, TOKEN_LIFE_S * 1000, () => {
          work(transaction);
        });
      } catch (error) {
        throw asControlError(error);
      }
      this.time.settle(transaction, projectId);
      transaction.afterCommit(() => {
        this.#reload();
        this.#evict((id) => !projects.project(id) && !projects.organization(id));
        this.kernel.events.emit('world.reset', projectId, { cause });
      });
    });
  }
}

/** What a client is told of what makes a world impossible. */
function asControlError(error: unknown): unknown {
  if (error instanceof FixtureError) return new ControlError(400, error.message);
  if ((error as { code?: string }).code !== 'SQLITE_CONSTRAINT_UNIQUE') return error;
  return new ControlError(
    409,
    'Another project has taken the name that this project had; rename that one first.',
  );
}
