import { Type, type Static, type TObject, type TProperties } from '@sinclair/typebox';
import type { Durations, Project } from '../http/gatekeeper.js';
import { MAX_COUNT, object, oneOf, strict, text } from '../http/schema.js';
import type { Transaction } from '../kernel/database.js';
import { LATEST, LONGEST_MS } from '../kernel/clock.js';
import { PROFILE_NAMES } from '../profiles/index.js';
import { nameSchema, ORGANIZATION_ROLES, PROJECT_ROLES } from '../identity/index.js';

/** A section of a fixture, which a feature declares: its key and schema, and how it is loaded and exported. */
export interface FixtureSection {
  readonly key: string;
  /** The schema of each item of the section. */
  readonly item: TObject;
  /** The section is one object, not a list of items. */
  readonly single?: true;
  /** The names of the durations of its items' states. */
  readonly durations?: readonly string[];
  /**
   * Loads an item that fits the schema. The project is undefined only for a section of the whole server.
   *
   * @throws {Refusal} or {@link ControlError} if an API would refuse it too
   */
  load(transaction: Transaction, project: Project | undefined, item: Record<string, unknown>): void;
  /** Exports the present items as `load` accepts them. */
  save(project: Project | undefined): Iterable<object>;
  /** Removes the items of the whole server, if there is a section of it too. */
  readonly clear?: () => void;
}

/** The sections of the whole server. */
export function sharedSections(sections: readonly FixtureSection[]): readonly FixtureSection[] {
  return sections.filter((section) => section.clear !== undefined);
}

/** The largest fixture that the control API reads, in bytes: an export of 100,000 items fits. */
export const FIXTURE_LIMIT = 128 * 1024 * 1024;

const second = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$';
const id = text('24 lower-case hexadecimal digits', { pattern: '^[a-f0-9]{24}$' });
const name = nameSchema("1 to 64 letters, digits and -_.(),:&@+'");
const nonEmpty = Type.String({ minLength: 1 });
const exact = <Properties extends TProperties>(properties: Properties) => Type.Object(properties, strict);

/** A clock: the emulator's own, relative to the machine's, or a project's, relative to the emulator's. */
const clock = exact({
  offsetMs: Type.Integer({ minimum: -LATEST, maximum: LATEST }),
  frozenAt: Type.Optional(Type.Integer({ minimum: 0, maximum: LATEST })),
});

const reads = exact({ reads: Type.Integer({ minimum: 1, maximum: MAX_COUNT }) });

/** What moves the states of a project. */
export const movement = Type.Union(
  [Type.Literal('time'), Type.Literal('at once'), Type.Literal('by hand'), reads],
  {
    description:
      'what moves states: time, reads of the resource, the control API (by hand), or nothing (at once)',
  },
);

/** Whether the requests of a project are strict. */
export const strictness = Type.Boolean({
  description:
    'whether requests are refused for what docs/rules.md warns of; as the server is set where omitted',
});

/** How long the transient states of a project last, where it differs from the settings of the server. */
export function durationsSchema(sections: readonly FixtureSection[]) {
  const ms = Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_MS }));
  const names = sections.flatMap(({ durations = [] }) => durations);
  const properties = Object.fromEntries(names.map((name) => [name, ms]));
  const description = "how long transient states last, in milliseconds; the server's settings where omitted";
  return Type.Unsafe<Durations>(object(description, properties, strict));
}

const settings = exact({
  tags: Type.Optional(Type.Array(exact({ key: Type.String(), value: Type.String() }))),
  withDefaultAlertsSettings: Type.Optional(Type.Boolean()),
  regionUsageRestrictions: Type.Optional(Type.String()),
});

const credential = exact({
  // The project that it is made for, whose clock its tokens follow.
  project: Type.Optional(id),
  name: Type.Optional(Type.String()),
  organizationRoles: Type.Array(oneOf(ORGANIZATION_ROLES)),
  projectRoles: Type.Record(Type.String(), Type.Array(oneOf(PROJECT_ROLES))),
  apiKey: Type.Optional(exact({ publicKey: nonEmpty, privateKey: nonEmpty })),
  serviceAccount: Type.Optional(exact({ clientId: nonEmpty, clientSecret: nonEmpty })),
});

/** The schema of a fixture, with the sections in its projects and beside its organizations. */
export function fixtureSchema(sections: readonly FixtureSection[]) {
  const project = exact({
    id,
    name,
    createdAt: Type.Optional(text('such as 2026-01-31T09:00:00Z', { pattern: second })),
    clock: Type.Optional(clock),
    pace: Type.Optional(
      exact({ durations: durationsSchema(sections), movement, strict: Type.Optional(strictness) }),
    ),
    settings: Type.Optional(settings),
    ...sectionProperties(sections),
  });
  const organization = exact({
    id,
    name,
    profile: oneOf(PROFILE_NAMES),
    projects: Type.Array(project),
    credentials: Type.Array(credential),
  });
  return Type.Object(
    {
      clock: Type.Optional(clock),
      ...sectionProperties(sharedSections(sections)),
      organizations: Type.Array(organization),
    },
    { ...strict, title: 'Fixture' },
  );
}

export type Fixture = Static<ReturnType<typeof fixtureSchema>>;

function sectionProperties(sections: readonly FixtureSection[]) {
  return Object.fromEntries(
    sections.map(({ key, item, single }) => [key, Type.Optional(single ? item : Type.Array(item))]),
  );
}
