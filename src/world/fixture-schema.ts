import { Type, type Static, type TArray, type TObject, type TOptional } from '@sinclair/typebox';
import type { Project } from '../http/gatekeeper.js';
import type { Transaction } from '../kernel/database.js';
import { LATEST, LONGEST_MS, MOST, type Durations } from '../kernel/pace.js';
import { PROFILE_NAMES } from '../profiles/index.js';
import { nameSchema } from '../identity/names.js';
import { ORGANIZATION_ROLES, PROJECT_ROLES } from '../identity/roles.js';

/** A part of a fixture that others know: what stands under its key, and how it is loaded and exported. */
export type FixtureSection = ProjectSection | SharedSection;

/** What stands under a key: a list, or one object. */
interface SectionForm {
  readonly key: string;
  /** What an item of the list looks like, or the object. */
  readonly item: TObject;
  /** One object stands there, and no list. */
  readonly single?: true;
  /** Durations of its items' states, which a project's pace can set. */
  readonly durations?: readonly string[];
}

/** A part of each project. */
export interface ProjectSection extends SectionForm {
  readonly scope: 'project';
  /**
   * Loads an item, which fits its schema.
   *
   * @throws {Refusal} or {@link ControlError} if an API would refuse it too
   */
  readonly load: (transaction: Transaction, project: Project, item: Record<string, unknown>) => void;
  /** The items that describe a project as it is now, one at a time: they may be many; what `load` takes. */
  readonly save: (project: Project) => Iterable<object>;
}

/** A part of each project, and of the whole server, where no project is named. */
export interface SharedSection extends SectionForm {
  readonly scope: 'both';
  readonly load: (
    transaction: Transaction,
    project: Project | undefined,
    item: Record<string, unknown>,
  ) => void;
  readonly save: (project: Project | undefined) => Iterable<object>;
  /** Removes what the whole server has. */
  readonly clear: () => void;
}

/** The sections that stand beside the organizations, for the whole server. */
export function sharedSections(sections: readonly FixtureSection[]): readonly SharedSection[] {
  return sections.filter((section) => section.scope === 'both');
}

/** The largest fixture that the control API reads, in bytes: an export of 100,000 items fits. */
export const FIXTURE_LIMIT = 128 * 1024 * 1024;

const id = Type.String({ pattern: '^[a-f0-9]{24}$', description: '24 lower-case hexadecimal digits' });
const name = nameSchema("1 to 64 letters, digits and -_.(),:&@+'");
const strict = { additionalProperties: false };

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
export const movement = Type.Union([
  Type.Literal('time'),
  Type.Literal('at once'),
  Type.Literal('by hand'),
  Type.Object({ reads: Type.Integer({ minimum: 1, maximum: MOST }) }, strict),
]);

/** How long passing states last in a project, as far as it says. */
export function durationsSchema(sections: readonly FixtureSection[]) {
  const ms = Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_MS }));
  const names = sections.flatMap(({ durations = [] }) => durations);
  return Type.Unsafe<Durations>(Type.Object(Object.fromEntries(names.map((name) => [name, ms])), strict));
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
    organizationRoles: Type.Array(Type.Union(ORGANIZATION_ROLES.map((role) => Type.Literal(role)))),
    projectRoles: Type.Record(
      Type.String(),
      Type.Array(Type.Union(PROJECT_ROLES.map((role) => Type.Literal(role)))),
    ),
    apiKey: Type.Optional(
      Type.Object(
        { publicKey: Type.String({ minLength: 1 }), privateKey: Type.String({ minLength: 1 }) },
        strict,
      ),
    ),
    serviceAccount: Type.Optional(
      Type.Object(
        { clientId: Type.String({ minLength: 1 }), clientSecret: Type.String({ minLength: 1 }) },
        strict,
      ),
    ),
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
        Type.String({
          pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$',
          description: 'such as 2026-01-31T09:00:00Z',
        }),
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
      profile: Type.Union(PROFILE_NAMES.map((profile) => Type.Literal(profile))),
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
