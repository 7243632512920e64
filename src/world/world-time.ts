import { advanced, frozen, IN_STEP, LATEST, resumed, shows, type ClockState } from '../kernel/clock.js';
import type { Transaction } from '../kernel/database.js';
import type { Kernel } from '../kernel/kernel.js';
import type { ProjectStore } from '../identity/index.js';
import { ControlError } from '../http/control-error.js';

/** What has rows that change with time. */
export interface Timed {
  readonly retime?: (projectId: string | undefined, now: number) => void;
}

/** A clock as the control API shows it. */
export interface ClockReading {
  readonly now: string;
  readonly frozen: boolean;
}

/** The time of one project, or of the whole server where no project is named. */
export class WorldTime {
  constructor(
    private readonly kernel: Kernel,
    private readonly projects: ProjectStore,
    private readonly timed: readonly Timed[],
  ) {
    const saved = kernel.database.value<string>("SELECT value FROM properties WHERE name = 'clock'");
    if (saved !== undefined) kernel.clock.change(JSON.parse(saved) as ClockState);
  }

  /** What the clock shows. */
  reading(projectId: string | undefined): ClockReading {
    return this.#reading(this.#clockState(projectId), this.#reference(projectId));
  }

  /** Stops the clock, and moves it to `at` (milliseconds since the epoch) if that is given. */
  freeze(projectId: string | undefined, at?: number): Promise<ClockReading> {
    return this.#change('frozen', projectId, (state, now) =>
      frozen(at === undefined ? state : moved(state, now, at), now),
    );
  }

  resume(projectId: string | undefined): Promise<ClockReading> {
    return this.#change('resumed', projectId, resumed);
  }

  /** Moves the clock on; all that falls due is done, in due order, when this resolves. */
  advance(projectId: string | undefined, ms: number): Promise<ClockReading> {
    return this.#change('advanced', projectId, (state) => advanced(state, ms));
  }

  /** Moves the clock to `at`. @throws {ControlError} 400 if that is behind it */
  set(projectId: string | undefined, at: number): Promise<ClockReading> {
    return this.#change('set', projectId, (state, now) => moved(state, now, at));
  }

  /** Writes. Where that fails, the emulator's clock is what it was, too. */
  write<T>(work: (transaction: Transaction) => T): Promise<T> {
    const { database, clock } = this.kernel;
    return database.write((transaction) => {
      const before = clock.state;
      try {
        return work(transaction);
      } catch (error) {
        if (clock.state !== before) clock.change(before);
        throw error;
      }
    });
  }

  /** Runs what falls due after a change of clocks or rows, and sets the alarm anew. */
  settle(transaction: Transaction, projectId: string | undefined): void {
    const { scheduler, clock } = this.kernel;
    for (const one of this.timed) one.retime?.(projectId, clock.now());
    scheduler.catchUp(transaction);
    transaction.afterCommit(() => {
      scheduler.rearm();
    });
  }

  /** Resolves to the time of the change, which the event has too. */
  async #change(
    how: string,
    projectId: string | undefined,
    change: (state: ClockState, now: number) => ClockState,
  ): Promise<ClockReading> {
    return this.write((transaction) => {
      const old = this.#clockState(projectId);
      const now = this.#reference(projectId);
      const state = change(old, now);
      const ahead = shows(state, now) - shows(old, now);
      if (ahead > 0 && shows(state, now) > LATEST) {
        throw new ControlError(400, 'A clock ends with the year 9999.');
      }
      if (projectId === undefined) {
        this.setServerClock(state);
        // Projects that stand still are moved too.
        this.projects.shiftFrozen(ahead);
        const passing = ahead > 0 ? this.#projectBeyond() : undefined;
        if (passing !== undefined) {
          throw new ControlError(
            400,
            `A clock ends with the year 9999, and that of project ${passing} would pass it.`,
          );
        }
      } else {
        this.projects.setClock(projectId, state);
      }
      this.settle(transaction, projectId);
      const reading = this.#reading(state, now);
      transaction.afterCommit(() => {
        this.kernel.events.emit('clock.moved', projectId, { how, ...reading });
      });
      return reading;
    });
  }

  #reading(state: ClockState, now: number): ClockReading {
    // A project's stands still with the server's too.
    const frozenAt = state.frozenAt ?? this.kernel.clock.state.frozenAt;
    return { now: new Date(shows(state, now)).toISOString(), frozen: frozenAt !== undefined };
  }

  /** Sets the emulator's own clock; what follows from it is left to {@link settle}. Belongs inside a write. */
  setServerClock(state: ClockState): void {
    this.kernel.database.run(
      `INSERT INTO properties VALUES ('clock', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      JSON.stringify(state),
    );
    this.kernel.clock.change(state);
  }

  /** Whose clock shows a moment after the last that a clock can be moved to, if any does. */
  beyond(): string | undefined {
    const { clock } = this.kernel;
    if (shows(clock.state, clock.base.now()) > LATEST) return 'the server';
    const project = this.#projectBeyond();
    return project && `project ${project}`;
  }

  #projectBeyond(): string | undefined {
    const furthest = this.projects.furthestAhead();
    return furthest && furthest.now > LATEST ? furthest.id : undefined;
  }

  #clockState(projectId: string | undefined): ClockState {
    if (projectId === undefined) return this.kernel.clock.state;
    return this.projects.project(projectId)?.clock ?? IN_STEP;
  }

  /** What the clock follows: a project's the emulator's, the emulator's the machine's. */
  #reference(projectId: string | undefined): number {
    return projectId === undefined ? this.kernel.clock.base.now() : this.kernel.clock.now();
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
