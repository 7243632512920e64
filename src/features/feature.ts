import type { Project } from '../http/gatekeeper.js';
import type { AtlasOperation, ControlOperation } from '../http/operation.js';
import type { FixtureSection } from '../world/index.js';
import type { CoveredTable, Migration } from '../kernel/database.js';
import type { DurationSetting } from '../kernel/pace.js';
import type { DueWork } from '../kernel/scheduler.js';
import type { StateServices } from '../states/index.js';

/** What a feature may use. */
export type Services = StateServices;

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
