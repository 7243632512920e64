import { ControlError } from '../http/control-error.js';
import type { ProjectStore } from '../identity/index.js';
import { advanced, IN_STEP, LATEST, shows, type ClockState } from '../kernel/clock.js';
import type { Transaction } from '../kernel/database.js';
import type { Kernel } from '../kernel/kernel.js';
import type { RunningFeature } from './feature.js';

/** The clocks: a project's, which follows the emulator's, or the emulator's if no project is named. */
export class WorldTime {
  constructor(
    private readonly kernel: Kernel,
    private readonly projects: ProjectStore,
    private readonly features: readonly RunningFeature[],
  ) {}

  /** What the clock shows, as the control API returns it. */
  reading(projectId: string | undefined, { state, now } = this.#clock(projectId)) {
    // A project's clock stops with the emulator's.
    const frozenAt = state.frozenAt ?? this.kernel.clock.state.frozenAt;
    return { now: new Date(shows(state, now)).toISOString(), frozen: frozenAt !== undefined };
  }

  /**
   * Changes the clock. Everything that becomes due is done, in due order, when this resolves: to the reading at the time
   * of the change.
   *
   * @param how what is done, for the event, which has the reading too
   * @param change returns the new state, from the present one and the time of the clock that this one follows
   * @throws {ControlError} 400 if a clock would pass {@link LATEST}
   */
  async change(
    projectId: string | undefined,
    how: string,
    change: (state: ClockState, now: number) => ClockState,
  ) {
    const changed = projectId === undefined ? undefined : [projectId, 'items'];
    const moved = await this.kernel.database.write((transaction) => {
      const { state: old, now } = this.#clock(projectId);
      const state = change(old, now);
      const ahead = shows(state, now) - shows(old, now);
      if (projectId === undefined) {
        this.setServerClock(state);
        // Frozen projects move too.
        this.projects.shiftFrozen(ahead);
      } else {
        this.projects.setClock(projectId, state);
      }
      const late = this.outOfRange(projectId);
      if (ahead > 0 && late !== undefined) {
        throw new ControlError(400, `A clock ends with the year 9999, and that of ${late} would pass it.`);
      }
      this.settle(transaction, projectId);
      const reading = this.reading(projectId, { state, now });
      transaction.afterCommit(() => this.kernel.events.emit('clock.moved', projectId, { how, ...reading }));
      return reading;
    }, changed);
    await this.kernel.scheduler.finish();
    return moved;
  }

  /**
   * Processes what is due after a change of clocks or rows, and sets the alarms again. Of very many rows, it leaves those
   * to `scheduler.finish()` that would make the commit long.
   */
  settle(transaction: Transaction, projectId: string | undefined): void {
    const { scheduler, clock } = this.kernel;
    for (const feature of this.features) feature.retime?.(projectId, clock.now());
    transaction.afterCommit(() => {
      clock.rearm();
    });
    scheduler.catchUp(transaction);
  }

  /** Sets the emulator's clock; {@link settle} is left to the caller. Belongs inside a write. */
  setServerClock(state: ClockState): void {
    this.kernel.setProperty('clock', JSON.stringify(state));
  }

  /** What in the scope has a clock before 1970 or after {@link LATEST}, if anything: `the server`, `project …`. */
  outOfRange(projectId: string | undefined): string | undefined {
    const isOut = (time: number): boolean => time < 0 || time > LATEST;
    const { state, now } = this.#clock(projectId);
    if (isOut(shows(state, now))) return projectId === undefined ? 'the server' : `project ${projectId}`;
    if (projectId !== undefined) return undefined;
    const furthest = this.projects.furthestFrom(LATEST / 2);
    return furthest && isOut(furthest.now) ? `project ${furthest.id}` : undefined;
  }

  /** The state of a clock, and the time of the one that it follows: the emulator's, or the machine's. */
  #clock(projectId: string | undefined): { readonly state: ClockState; readonly now: number } {
    const { clock } = this.kernel;
    return projectId === undefined
      ? { state: clock.state, now: clock.base.now() }
      : { state: this.projects.project(projectId)?.clock ?? IN_STEP, now: clock.now() };
  }
}

/** The clock, moved to `at`. @throws {ControlError} 400 if it shows a later time */
export function movedTo(at: number, state: ClockState, now: number): ClockState {
  const shown = shows(state, now);
  if (at >= shown) return advanced(state, at - shown);
  const problem = `A clock is not set back: it shows ${new Date(shown).toISOString()}.`;
  throw new ControlError(400, `${problem} Reset or restore goes back in time.`);
}
