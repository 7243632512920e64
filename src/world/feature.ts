import type { Project } from '../http/gatekeeper.js';
import type { AtlasOperation, ControlOperation } from '../http/operation.js';
import type { Clock } from '../kernel/clock.js';
import type { Transaction } from '../kernel/database.js';
import type { CoveredTable, Migration } from '../kernel/tables.js';
import type { Kernel } from '../kernel/kernel.js';
import type { DueWork } from '../kernel/scheduler.js';
import type { ProfileName } from '../profiles/index.js';
import type { FixtureSection } from './fixture-schema.js';

/** What a feature can use. */
export interface Services extends Pick<Kernel, 'database' | 'events' | 'scheduler' | 'newId'> {
  readonly clock: Clock;
  /** The settings of how long states last, as far as they were set. */
  readonly durations: Readonly<Record<string, unknown>>;
}

/** A setting for how long a state lasts. `default` is in milliseconds. */
export interface DurationSetting {
  readonly default: number;
  readonly description: string;
}

/** The declaration of an Atlas resource. */
export interface Feature {
  /** Migrations beside those of `fixtures/migrations`. */
  readonly migrations?: readonly Migration[];
  /** Its tables that snapshots cover. */
  readonly tables?: readonly CoveredTable[];
  /** The settings for how long its transient states last, by name. */
  readonly durations?: Readonly<Record<string, DurationSetting>>;
  readonly start: (services: Services) => RunningFeature;
}

/** A resource of a running emulator. */
export interface RunningFeature {
  readonly operations: readonly AtlasOperation[];
  /** Its rows that change with time. */
  readonly due?: DueWork;
  /** Its operations in the control API. */
  readonly control?: readonly ControlOperation[];
  /**
   * Sets its alarms again after the clock of a project, or all clocks, were moved. Rows that a frozen clock has passed
   * are due at `now`.
   */
  readonly retime?: (projectId: string | undefined, now: number) => void;
  /** Its sections of a fixture. */
  readonly sections?: readonly FixtureSection[];
  readonly states?: ShownStates;
  readonly providerStates?: readonly ProviderState[];
  /** What a project still has of it and must not be deleted with, such as "2 connections". */
  readonly blocksDeletion?: (project: Project) => string | undefined;
}

/** Something that a consumer's contract of Pact presupposes. */
export interface ProviderState {
  /** All names that it takes. */
  readonly examples: readonly string[];
  /**
   * Brings a state about. Belongs inside a write.
   *
   * @returns values for the contract; undefined if it does not take the name
   * @throws {Refusal} or {@link ControlError} if the parameters are wrong
   */
  setUp(
    transaction: Transaction,
    project: Project,
    name: string,
    params: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, string>> | undefined;
}

/** The states that the items of a resource show. */
export interface ShownStates extends Readonly<Record<ProfileName, readonly string[]>> {
  /** Those that an item does not leave by itself. */
  readonly final: readonly string[];
  /** The state of items that have failed, which only the control API makes them do. */
  readonly failed: string | undefined;
}

/** A component that holds data of projects in memory. */
export interface ProjectCache {
  /** The ids of the projects, and perhaps organizations, that it holds data of. */
  owners(): readonly string[];
  /** Drops the data of one that was removed. Called after the commit. */
  evict(owner: string): void;
}
