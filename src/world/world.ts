import { IN_STEP, type ClockState } from '../kernel/clock-state.js';
import type { Transaction } from '../kernel/database.js';
import type { Snapshots } from './snapshots.js';
import { ControlError } from '../http/control-error.js';
import { TOKEN_LIFE_S } from '../identity/index.js';
import { exportFixture } from './fixture-export.js';
import { FixtureError, loadFixture, parseFixture } from './fixture.js';
import { sharedSections, type Fixture, type FixtureSection } from './fixture-schema.js';
import type { ProjectCache } from './project-cache.js';
import { WorldTime, type TimeParts } from './world-time.js';

/** What the world stands on. */
export interface WorldParts extends TimeParts {
  readonly snapshots: Snapshots;
  readonly sections: readonly FixtureSection[];
}

/** The snapshot that a reset goes back to. No name that a client can give. */
const INITIAL = '';

/**
 * All of the state that a fixture, a reset or a snapshot covers, and the time in it: of one project, or of the whole
 * server where no project is named.
 */
export class World {
  readonly time: WorldTime;
  readonly #parts: WorldParts;
  readonly #caches: ProjectCache[] = [];

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.time = new WorldTime(parts);
  }

  /**
   * Fills an empty world, and remembers it as what a reset comes back to. Belongs inside a write.
   *
   * @throws {FixtureError} if the fixture cannot be used
   */
  begin(text: string, transaction: Transaction): void {
    this.#fill(parseFixture(text, this.#parts.sections), transaction);
    transaction.afterCommit(() => {
      this.#reload();
    });
  }

  /** Whether there is a world to go on with: a fixture without organizations is one too. */
  get hasBegun(): boolean {
    const { snapshots, identity } = this.#parts;
    return snapshots.has(undefined, INITIAL) || !identity.projects.isEmpty();
  }

  /** Goes on with a world that a file holds. One without a memory of how it began remembers how it is now. */
  async goOn(): Promise<void> {
    const { database, snapshots } = this.#parts;
    if (snapshots.has(undefined, INITIAL)) return;
    await database.write(() => {
      this.remember(undefined);
    });
  }

  /** Remembers a project, or all, as it is: a reset comes back to it. Belongs inside a write. */
  remember(projectId: string | undefined): void {
    const { snapshots, clock } = this.#parts;
    snapshots.take(projectId, INITIAL, clock.now(), clock.state);
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
    const { projects, credentials } = this.#parts.identity;
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
    const { snapshots } = this.#parts;
    return this.#replace(projectId, 'reset', () => {
      const takenOf = projectId !== undefined && snapshots.has(projectId, INITIAL) ? projectId : undefined;
      const taken = snapshots.restore({ name: INITIAL, project: projectId, takenOf });
      if (projectId === undefined) this.time.setServerClock(taken?.extra as ClockState);
    });
  }

  /** Takes a snapshot; one of the same name is replaced. */
  snapshot(projectId: string | undefined, name: string): Promise<void> {
    const { database, snapshots, clock } = this.#parts;
    return database.write(() => {
      snapshots.take(projectId, name, clock.now(), clock.state);
    });
  }

  /**
   * Restores a snapshot, the time it was taken at included. Signs nobody out.
   *
   * @throws {ControlError} 404; 409 if another project has the name that this one had
   */
  restore(projectId: string | undefined, name: string): Promise<void> {
    const { snapshots, clock, identity } = this.#parts;
    return this.#replace(projectId, `restored ${name}`, () => {
      const taken =
        name === INITIAL ? undefined : snapshots.restore({ name, project: projectId, takenOf: projectId });
      if (!taken) throw new ControlError(404, `There is no snapshot ${name} here.`);
      // Clocks that run show what they showed then.
      if (projectId === undefined) {
        const { frozenAt } = taken.extra as ClockState;
        this.time.setServerClock({ offsetMs: taken.takenAt - clock.baseNow(), frozenAt });
        this.#rememberReturned();
      } else {
        identity.projects.shiftClock(projectId, taken.takenAt - clock.now());
      }
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

  /**
   * The world as a fixture.
   *
   * @throws {ControlError} 409 if it is too large to be loaded again
   */
  export(): Fixture {
    const { identity, sections, clock } = this.#parts;
    const fixture = exportFixture(identity, sections);
    const { offsetMs, frozenAt } = clock.state;
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
      this.#parts.identity.projects.clear();
      for (const section of sharedSections(this.#parts.sections)) section.clear();
      this.#fill(fixture, transaction);
    });
  }

  /** Fills an empty world. */
  #fill(fixture: Fixture, transaction: Transaction): void {
    const { identity, sections, clock } = this.#parts;
    this.time.setServerClock({ ...IN_STEP, ...fixture.clock });
    loadFixture(fixture, identity, sections, transaction, clock.now());
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
    const { snapshots, identity } = this.#parts;
    for (const { id } of identity.projects.all()) {
      if (!snapshots.has(id, INITIAL) && !snapshots.holds(INITIAL, 'projects', id)) this.remember(id);
    }
  }

  /** Puts a project, or the whole world, into another state, whole or not at all. */
  #replace(
    projectId: string | undefined,
    cause: string,
    work: (transaction: Transaction) => void,
  ): Promise<void> {
    const { events, identity } = this.#parts;
    const { projects } = identity;
    return this.time.write((transaction) => {
      try {
        identity.credentials.keepingTokens(projectId, TOKEN_LIFE_S * 1000, () => {
          work(transaction);
        });
      } catch (error) {
        throw asControlError(error);
      }
      this.time.settle(transaction, projectId);
      transaction.afterCommit(() => {
        this.#reload();
        this.#evict((id) => !projects.project(id) && !projects.organization(id));
        events.emit('world.reset', projectId, { cause });
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
