import type { Project } from '../http/gatekeeper.js';
import type { AnyControlOperation } from '../http/control-operation.js';
import type { AnyOperation } from '../http/operation.js';
import type { FixtureSection } from '../world/index.js';
import type { Clock } from '../kernel/clock.js';
import type { CoveredTable, Database, Migration } from '../kernel/database.js';
import type { EventBus } from '../kernel/events.js';
import type { Durations } from '../kernel/pace.js';
import type { DueWork, Scheduler } from '../kernel/scheduler.js';

/** What a feature may use. */
export interface Services {
  readonly database: Database;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly scheduler: Scheduler;
  readonly newId: () => string;
  readonly durations: Durations;
}

/** A resource of Atlas: what it is, before anything runs. */
export interface Feature {
  readonly name: string;
  readonly migrations: readonly Migration[];
  /** Its tables that a snapshot covers. */
  readonly tables?: readonly CoveredTable[];
  readonly start: (services: Services) => RunningFeature;
}

/** A resource at work. */
export interface RunningFeature {
  readonly operations: readonly AnyOperation[];
  /** What of it changes with time. */
  readonly due?: DueWork;
  /** What the control API can do with it. */
  readonly control?: readonly AnyControlOperation[];
  /**
   * Sets anew when its rows have to be woken, after the clock of a project was moved, or those of all; rows that a
   * clock at rest has passed are due at `now`.
   */
  readonly retime?: (projectId: string | undefined, now: number) => void;
  /** What a fixture says of it. */
  readonly sections?: readonly FixtureSection[];
  /** What of it is left in a project that is to be deleted, such as "2 private links"; undefined if nothing is. */
  readonly blocksDeletion?: (project: Project) => string | undefined;
}
