import { Type, type TObject } from '@sinclair/typebox';
import type { Project } from '../http/gatekeeper.js';
import type { AtlasOperation } from '../http/operation.js';
import type { JsonText } from '../http/replies/replies.js';
import { MAX_COUNT, oneOf, strict, text, within } from '../http/schema.js';
import { LATEST, LONGEST_MS } from '../kernel/clock.js';
import { readMigration, type Migration } from '../kernel/tables.js';
import type { ChangedEvent } from '../kernel/events.js';
import { OBJECT_ID } from '../kernel/ids.js';
import type { ProfileName, Refusal } from '../profiles/index.js';
import type { DurationSetting, ShownStates } from '../world/index.js';
import type { Items } from './items.js';
import { MAX_STEPS, type Stage } from './lifecycle.js';

/** The longest `errorMessage`, in characters: far less than the rest of an item may have. */
const MESSAGE_MAX = 10_000;

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

/** What the JSON of an item shows in addition to what was sent. */
export interface Shown {
  readonly id: string;
  readonly project: Pick<Project, 'id' | 'profile'>;
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
  /** Migrations beside those of `fixtures/migrations`: see `createTables`. */
  readonly migrations?: readonly Migration[];
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
  /** A valid item for a provider state of Pact; `id` makes its target different from others. */
  sample?(id: string): object;
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

/** What a resource is called, in lower-case words: `tea pot`, `tea pots`. */
export interface ResourceName {
  readonly one: string;
  readonly many: string;
}

/** The names of tables, fixture keys and control operations, which follow from what a resource is called. */
export function namesOf({ one, many }: ResourceName) {
  const join = (text: string, separator: string): string => text.replaceAll(' ', separator);
  const camelCase = (text: string): string =>
    text.replace(/ (.)/g, (_, letter: string) => letter.toUpperCase());
  return {
    one,
    many,
    table: join(many, '_'),
    alarmTable: `${join(one, '_')}_alarms`,
    ruleTable: `${join(one, '_')}_rules`,
    // Of the control API, without a slash.
    path: join(many, '-'),
    rulePath: `${join(one, '-')}-rules`,
    // Of a fixture.
    key: camelCase(many),
    ruleKey: `${camelCase(one)}Rules`,
    // Components and operation ids are named after it.
    title: camelCase(` ${one}`),
  };
}

/**
 * A migration that creates the tables of a resource.
 *
 * @param name that of the migration, such as `0007_gadgets`
 */
export function createTables(name: string, { one, many }: ResourceName): Migration {
  const snakeCase = (words: string): string => words.replaceAll(' ', '_');
  const sql = readMigration('items.sql');
  return { name, sql: sql.replaceAll('{items}', snakeCase(many)).replaceAll('{item}', snakeCase(one)) };
}

/** The states in which items are shown. */
export function shownStates({ states, profiles, complete, failed, gone }: StatefulResource): ShownStates {
  const shownIn = ({ created, updated = [], deleted = [] }: Lifecycles): string[] => {
    const passed = [...created, ...updated, ...deleted].map(({ state }) => state);
    return states.filter((state) => state !== gone && (passed.includes(state) || state === failed));
  };
  return {
    ...{ observed: shownIn(profiles.observed), documented: shownIn(profiles.documented) },
    ...{ final: failed === undefined ? [complete] : [complete, failed], failed },
  };
}

/** An item of a fixture: what a client would send, and optionally its id and its state or path. */
export function itemSchema({ sent, states, settled, durations }: StatefulResource): TObject {
  const state = oneOf(states);
  const names = Object.keys(durations);
  // What is planned before a clock ends may be due after that.
  const last = LATEST + names.length * LONGEST_MS;
  const at = within(0, last, "milliseconds since the epoch, of the project's time");
  const entered = Type.Union([Type.Tuple([state, at]), Type.Tuple([state, at, Type.String()])]);
  const stage = Type.Object({ state, lasts: Type.Optional(oneOf(names)) }, strict);
  return Type.Object(
    {
      ...sent.properties,
      _id: Type.Optional(Type.String({ pattern: OBJECT_ID.source })),
      state: Type.Optional(oneOf(settled)),
      errorMessage: Type.Optional(Type.String({ maxLength: MESSAGE_MAX })),
      // Written by an export: see lifecycle.ts.
      path: Type.Optional(Type.Array(entered, { minItems: 1, maxItems: MAX_STEPS })),
      rest: Type.Optional(Type.Array(stage, { maxItems: MAX_STEPS })),
      readsLeft: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_COUNT })),
    },
    strict,
  );
}
