import { Type, type Static, type TInteger, type TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Project } from '../http/gatekeeper.js';
import { Refusal } from '../kernel/conditions.js';
import type { Transaction } from '../kernel/database.js';
import { DURATIONS, LATEST, LONGEST_MS } from '../kernel/pace.js';
import { PROFILE_NAMES } from '../profiles/index.js';
import { ORGANIZATION_ROLES, PROJECT_ROLES } from './roles.js';
import type { Roles } from './credential-store.js';
import type { Identity } from './gatekeeper.js';

/** A fixture cannot be used; `message` names the place in it and what is wrong there. */
export class FixtureError extends Error {}

/** A list that a feature keeps within a project of a fixture. */
export interface FixtureSection {
  readonly key: string;
  readonly item: TObject;
  readonly load: (transaction: Transaction, project: Project, item: Record<string, unknown>) => void;
  /** The list that describes a project as it is now; what `load` takes. */
  readonly save?: (project: Project) => readonly object[];
}

const id = Type.String({ pattern: '^[a-f0-9]{24}$', description: '24 lower-case hexadecimal digits' });
const name = Type.String({ minLength: 1, maxLength: 64 });
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
  Type.Object({ reads: Type.Integer({ minimum: 1 }) }, strict),
]);
export const durations = Type.Partial(
  Type.Object(
    Object.fromEntries(
      DURATIONS.map((key) => [key, Type.Integer({ minimum: 0, maximum: LONGEST_MS })]),
    ) as Record<(typeof DURATIONS)[number], TInteger>,
    strict,
  ),
);
const pace = Type.Object({ durations, movement }, strict);

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

/** What a fixture looks like, with the features' lists in its projects. */
export function fixtureSchema(sections: readonly Pick<FixtureSection, 'key' | 'item'>[]) {
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
      pace: Type.Optional(pace),
      settings: Type.Optional(settings),
      ...Object.fromEntries(sections.map(({ key, item }) => [key, Type.Optional(Type.Array(item))])),
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
    { clock: Type.Optional(clock), organizations: Type.Array(organization) },
    { ...strict, title: 'Fixture' },
  );
}

export type Fixture = Static<ReturnType<typeof fixtureSchema>>;
export type FixtureCredential = Static<typeof credential>;

/**
 * Reads a fixture.
 *
 * @throws {FixtureError} if it is not JSON or does not fit the schema
 */
export function parseFixture(
  text: string,
  sections: readonly Pick<FixtureSection, 'key' | 'item'>[],
): Fixture {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FixtureError(`it is not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
  const schema = fixtureSchema(sections);
  const error = Value.Errors(schema, value).First();
  if (error) {
    const rule = error.schema as {
      description?: string;
      pattern?: string;
      anyOf?: readonly { const?: unknown }[];
    };
    const choices = rule.anyOf?.map((choice) => String(choice.const)).join(', ');
    const wanted = choices ? `one of ${choices}` : (rule.description ?? rule.pattern);
    throw new FixtureError(
      `${place(error.path)}: ${error.message}${wanted === undefined ? '' : ` (${wanted})`}`,
    );
  }
  return value as Fixture;
}

/**
 * Loads a fixture into an empty store.
 *
 * @param now real time, for projects that do not say when they were created
 * @throws {FixtureError} at the first entry that does not stand, such as an id that is there twice
 */
export function loadFixture(
  fixture: Fixture,
  { projects, credentials }: Identity,
  sections: readonly FixtureSection[],
  transaction: Transaction,
  now: number,
): void {
  fixture.organizations.forEach((organization, index) => {
    const at = `organizations[${index}]`;
    const own = new Set(organization.projects.map((project) => project.id));
    within(`${at}.id`, () => {
      projects.addOrganization(organization);
    });
    organization.projects.forEach((project, projectIndex) => {
      const projectAt = `${at}.projects[${projectIndex}]`;
      const createdAt = project.createdAt === undefined ? now : Date.parse(project.createdAt);
      if (Number.isNaN(createdAt)) throw new FixtureError(`${projectAt}.createdAt: there is no such moment`);
      within(`${projectAt}.id`, () => {
        projects.add({
          id: project.id,
          name: project.name,
          organizationId: organization.id,
          createdAt,
          ...(project.settings && { settings: project.settings }),
          ...(project.pace && { pace: project.pace }),
        });
      });
      if (project.clock) {
        projects.setClock(project.id, { ...project.clock, frozenAt: project.clock.frozenAt });
      }
      const stored = projects.project(project.id);
      for (const { key, load } of sections) {
        const items = (project as Record<string, unknown>)[key] as Record<string, unknown>[] | undefined;
        items?.forEach((item, itemIndex) => {
          within(`${projectAt}.${key}[${itemIndex}]`, () => {
            if (stored) load(transaction, stored, item);
          });
        });
      }
    });
    organization.credentials.forEach((entry, entryIndex) => {
      const entryAt = `${at}.credentials[${entryIndex}]`;
      const named = [
        ...Object.keys(entry.projectRoles),
        ...(entry.project === undefined ? [] : [entry.project]),
      ];
      const stranger = named.find((project) => !own.has(project));
      if (stranger !== undefined) {
        const where = Object.hasOwn(entry.projectRoles, stranger) ? 'projectRoles' : 'project';
        throw new FixtureError(`${entryAt}.${where}: the organization has no project ${stranger}`);
      }
      addCredential(credentials, organization.id, entry, entryAt);
    });
  });
}

function addCredential(
  credentials: Identity['credentials'],
  organizationId: string,
  entry: FixtureCredential,
  at: string,
): void {
  const roles: Roles = { organization: entry.organizationRoles, projects: entry.projectRoles };
  const { apiKey, serviceAccount, project } = entry;
  const common = { organizationId, roles, ...(project !== undefined && { projectId: project }) };
  if (apiKey) {
    within(`${at}.apiKey.publicKey`, () => {
      credentials.add({
        id: apiKey.publicKey,
        kind: 'API key',
        secret: apiKey.privateKey,
        ...common,
      });
    });
  }
  if (serviceAccount) {
    within(`${at}.serviceAccount.clientId`, () => {
      credentials.add({
        id: serviceAccount.clientId,
        kind: 'service account',
        secret: serviceAccount.clientSecret,
        ...common,
      });
    });
  }
}

function within(at: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) {
      throw new FixtureError(`${at}: ${error.condition.problem} ${error.condition.remedy}`);
    }
    if ((error as { code?: string }).code?.startsWith('SQLITE_CONSTRAINT')) {
      // A project's name is as unique as its id.
      const place = (error as Error).message.endsWith('projects.name') ? at.replace(/id$/, 'name') : at;
      throw new FixtureError(`${place}: it is there twice`);
    }
    throw error;
  }
}

/** A JSON pointer as a person writes it: `organizations[0].projects[1].id`. */
function place(pointer: string): string {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part.replace(/~1/g, '/').replace(/~0/g, '~')}`))
    .join('')
    .replace(/^\./, '');
  return path || 'the fixture';
}
