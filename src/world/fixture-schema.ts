import { Type, type Static, type TArray, type TObject, type TOptional } from '@sinclair/typebox';
import type { Durations, Project } from '../http/gatekeeper.js';
import { MAX_COUNT, object, oneOf, strict, text } from '../http/schema.js';
import type { Transaction } from '../kernel/database.js';
import { LATEST, LONGEST_MS } from '../kernel/clock.js';
import { PROFILE_NAMES } from '../profiles/index.js';
import { nameSchema, ORGANIZATION_ROLES, PROJECT_ROLES } from '../identity/index.js';

/** A part of a fixture that a feature declares: what is under its key, and how it is loaded and exported. */
export type FixtureSection = ProjectSection | SharedSection;

/** A part of the projects in `Scope`. */
interface Section<Scope> {
  readonly key: string;
  /** What an item of the list under the key looks like, or the object. */
  readonly item: TObject;
  /** There is one object under the key, and no list. */
  readonly single?: true;
  /** Durations of its items' states, which a project's pace can set. */
  readonly durations?: readonly string[];
  /**
   * Loads an item, which fits its schema.
   *
   * @throws {Refusal} or {@link ControlError} if an API would refuse it too
   */
  readonly load: (transaction: Transaction, project: Scope, item: Record<string, unknown>) => void;
  /** The items that describe a project as it is now, one at a time: they may be many; what `load` takes. */
  readonly save: (project: Scope) => Iterable<object>;
}

/** A part of each project. */
export interface ProjectSection extends Section<Project> {
  readonly scope: 'project';
}

/** A part of each project, and of the whole server, where no project is named. */
export interface SharedSection extends Section<Project | undefined> {
  readonly scope: 'both';
  /** Removes what the whole server has. */
  readonly clear: () => void;
}

/** The sections that stand beside the organizations, for the whole server. */
export function sharedSections(sections: readonly FixtureSection[]): readonly SharedSection[] {
  return sections.filter((section) => section.scope === 'both');
}

/** The largest fixture that the control API reads, in bytes: an export of 100,000 items fits. */
export const FIXTURE_LIMIT = 128 * 1024 * 1024;

const id = text('24 lower-case hexadecimal digits', { pattern: '^[a-f0-9]{24}$' });
const name = nameSchema("1 to 64 letters, digits and -_.(),:&@+'");
const nonEmpty = Type.String({ minLength: 1 });

/** A clock: the emulator's own, relative to the machine's, or a project's, relative to the emulator's. */
const clock = Type.Object(
  {
    // As far back as the machine's time stays behind 1970.
    offsetMs: Type.Integer({ minimum: -1_000_000_000_000, maximum: LATEST }),
    frozenAt: Type.Optional(Type.Integer({ minimum: 0, maximum: LATEST })),
  },
  strict,
);

/** How a project's states move. */
export const movement = Type.Union(
  [
    Type.Literal('time'),
    Type.Literal('at once'),
    Type.Literal('by hand'),
    Type.Object({ reads: Type.Integer({ minimum: 1, maximum: MAX_COUNT }) }, strict),
  ],
  {
    description:
      'what moves states: time, reads of the resource, the control API (by hand), or nothing (at once)',
  },
);

/** How long passing states last in a project, as far as it says. */
export function durationsSchema(sections: readonly FixtureSection[]) {
  const ms = Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_MS }));
  const names = sections.flatMap(({ durations = [] }) => durations);
  const description = "how long transient states last, in milliseconds; the server's settings where omitted";
  return Type.Unsafe<Durations>(
    object(description, Object.fromEntries(names.map((name) => [name, ms])), strict),
  );
}

const settings = Type.Object(
  {
    tags: Type.Optional(Type.Array(Type.Object({ key: Type.String(), value: Type.String() }, strict))),
    withDefaultAlertsSettings: Type.Optional(Type.Boolean()),
    regionUsageRestrictions: Type.Optional(Type.String()),
  },
  strict,
);

const credential = Type.Object(
  {
    // The project that it is made for, and in whose time its tokens live.
    project: Type.Optional(id),
    name: Type.Optional(Type.String()),
    organizationRoles: Type.Array(oneOf(ORGANIZATION_ROLES)),
    projectRoles: Type.Record(Type.String(), Type.Array(oneOf(PROJECT_ROLES))),
    apiKey: Type.Optional(Type.Object({ publicKey: nonEmpty, privateKey: nonEmpty }, strict)),
    serviceAccount: Type.Optional(Type.Object({ clientId: nonEmpty, clientSecret: nonEmpty }, strict)),
  },
  strict,
);

/** What a fixture looks like, with the sections in its projects and beside its organizations. */
export function fixtureSchema(sections: readonly FixtureSection[]) {
  const project = Type.Object(
    {
      id,
      name,
      createdAt: Type.Optional(
        text('such as 2026-01-31T09:00:00Z', { pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$' }),
      ),
      clock: Type.Optional(clock),
      pace: Type.Optional(Type.Object({ durations: durationsSchema(sections), movement }, strict)),
      settings: Type.Optional(settings),
      ...formsOf(sections),
    },
    strict,
  );
  const organization = Type.Object(
    {
      id,
      name,
      profile: oneOf(PROFILE_NAMES),
      projects: Type.Array(project),
      credentials: Type.Array(credential),
    },
    strict,
  );
  return Type.Object(
    {
      clock: Type.Optional(clock),
      ...formsOf(sharedSections(sections)),
      organizations: Type.Array(organization),
    },
    { ...strict, title: 'Fixture' },
  );
}

export type Fixture = Static<ReturnType<typeof fixtureSchema>>;
export type FixtureCredential = Static<typeof credential>;

function formsOf(sections: readonly FixtureSection[]): Record<string, TOptional<TArray | TObject>> {
  return Object.fromEntries(
    sections.map(({ key, item, single }) => [key, Type.Optional(single ? item : Type.Array(item))]),
  );
}
