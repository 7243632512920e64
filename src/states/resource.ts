import type { TObject } from '@sinclair/typebox';
import type { Project } from '../http/gatekeeper.js';
import type { AtlasOperation } from '../http/operation.js';
import type { JsonText } from '../http/replies/replies.js';
import { text } from '../http/schema.js';
import type { Migration } from '../kernel/database.js';
import type { ChangedEvent } from '../kernel/events.js';
import type { ProfileName, Refusal } from '../profiles/index.js';
import type { DurationSetting } from '../world/index.js';
import type { Items } from './items.js';
import type { Stage } from './lifecycle.js';
import type { ResourceName } from './tables.js';

/** The longest `errorMessage`, in characters: far less than the rest of an item may have. */
export const MESSAGE_MAX = 10_000;

/** An `errorMessage` of a request. */
export const messageText = (description: string) =>
  text(description, { minLength: 1, maxLength: MESSAGE_MAX });

/** The states that an item enters after each operation, in a profile. */
export interface Lifecycles {
  readonly created: readonly Stage[];
  /** Without it, an update leaves the state as it is. */
  readonly updated?: readonly Stage[];
  /** Without it, a delete removes the item at once. */
  readonly deleted?: readonly Stage[];
}

/** What an item is represented with, beside what was sent. */
export interface Shown {
  readonly id: string;
  readonly project: Project;
  /** Whether it has reached its complete state. */
  readonly complete: boolean;
  /** Why it failed; undefined in other states, or without a message. */
  readonly errorMessage: string | undefined;
}

/**
 * A resource whose items pass through states. Everything else follows from this declaration: timer, control
 * operations, events, settings, fixture sections and snapshots.
 *
 * Its functions are declared as methods, so that a resource of any kind of item is one of `object`.
 */
export interface StatefulResource<Sent extends object = object, Duration extends string = string> {
  readonly name: ResourceName;
  /** Its migrations: see `createTables`. */
  readonly migrations: readonly Migration[];
  /** Emitted when an item enters a state. */
  readonly event: ChangedEvent;
  /** The path parameter of an item in the control API, such as `connectionId`. */
  readonly parameter: string;
  /** All states, in their usual order. */
  readonly states: readonly string[];
  /** The state in which an item shows its computed fields. */
  readonly complete: string;
  /** The state in which an item shows an `errorMessage`. */
  readonly failed?: string;
  /** The state that removes an item. */
  readonly gone: string;
  /** States that a fixture can start an item in. */
  readonly settled: readonly string[];
  /** How long passing states last; each is a setting and can be set per project. */
  readonly durations: Readonly<Record<Duration, DurationSetting>>;
  readonly profiles: Readonly<Record<ProfileName, Lifecycles>>;
  /** What a client may send. */
  readonly sent: TObject;
  /** Checks an item of a fixture or of the control API, which fits `sent`. @throws {Refusal} */
  accept?(item: Record<string, unknown>, project: Project): Sent;
  /** The JSON of an item, with marks: see text.ts. */
  represent(sent: Sent, shown: Shown): JsonText;
  /** What a create answers, if not the representation. */
  created?(sent: Sent, id: string, project: Project): JsonText | undefined;
  /** What no two items of a project may have in common. */
  readonly target?: { of(sent: Sent): string; duplicate(id: string): Refusal };
  notFound(id: string, projectId: string): Refusal;
  /** Which items a rule for items to come applies to; without it, there are no rules. */
  readonly rules?: RuleMatch<Sent>;
  /** The control API can add items: the Atlas API has no create. */
  readonly addedByControl?: true;
  operations(items: Items<Sent>): readonly AtlasOperation[];
}

/** Which items a rule for items to come applies to. */
export interface RuleMatch<Sent extends object> {
  /** The filter as a client sends it. */
  readonly schema: TObject;
  /** Refuses a filter that no item can match. @throws {ControlError} 400 */
  check?(match: object): void;
  matches(match: object, sent: Sent): boolean;
}
