import type { Project } from '../http/gatekeeper.js';
import type { AtlasOperation, ControlOperation } from '../http/operation.js';
import type { FixtureSection } from './fixture-schema.js';
import type { Clock } from '../kernel/clock.js';
import type { CoveredTable, Migration } from '../kernel/database.js';
import type { Kernel } from '../kernel/kernel.js';
import type { DueWork } from '../kernel/scheduler.js';

/** What a feature may use. */
export interface Services extends Pick<Kernel, 'database' | 'events' | 'scheduler' | 'newId'> {
  readonly clock: Clock;
  /** Settings: how long states last, where it is not as declared. */
  readonly durations: Readonly<Record<string, unknown>>;
}

/** A setting for how long a state lasts. `default` is in milliseconds. */
export interface DurationSetting {
  readonly default: number;
  readonly description: string;
}

/** A resource of Atlas: what it is, before anything runs. */
export interface Feature {
  readonly name: string;
  readonly migrations: readonly Migration[];
  /** Its tables that a snapshot covers. */
  readonly tables?: readonly CoveredTable[];
  /** How long its passing states last: settings of the command line, by name. */
  readonly durations?: Readonly<Record<string, DurationSetting>>;
  readonly start: (services: Services) => RunningFeature;
}

/** A resource at work. */
export interface RunningFeature {
  readonly operations: readonly AtlasOperation[];
  /** What of it changes with time. */
  readonly due?: DueWork;
  /** What the control API can do with it. */
  readonly control?: readonly ControlOperation[];
  /**
   * Sets its alarms again, after the clock of a project was moved, or those of all; rows that a stopped clock has
   * passed are due at `now`.
   */
  readonly retime?: (projectId: string | undefined, now: number) => void;
  /** What a fixture says of it. */
  readonly sections?: readonly FixtureSection[];
  /** What of it is left in a project that is to be deleted, such as "2 connections"; undefined if nothing is. */
  readonly blocksDeletion?: (project: Project) => string | undefined;
}
