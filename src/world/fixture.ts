import { ValueErrorType } from '@sinclair/typebox/errors';
import { Value } from '@sinclair/typebox/value';
import { ControlError } from '../http/control-error.js';
import { refuseTooLarge } from '../http/steps/body.js';
import { secretsOf, type Identity, type StoredProject } from '../identity/index.js';
import { parseTime, type ClockState } from '../kernel/clock.js';
import type { Transaction } from '../kernel/database.js';
import { readText } from '../kernel/files.js';
import { describeValue, mainError, namesOf, pathOfPointer } from '../kernel/schema-text.js';
import { Refusal } from '../profiles/index.js';
import { FIXTURE_LIMIT, fixtureSchema, sharedSections } from './fixture-schema.js';
import type { Fixture, FixtureSection } from './fixture-schema.js';

/** A fixture cannot be used; `message` names the place of the mistake in it. */
export class FixtureError extends Error {}

/** Reads the fixture of a file. @throws {FixtureError} if it cannot be read, is not JSON, or does not fit the schema */
export function readFixture(path: string, sections: readonly FixtureSection[]): Fixture {
  let problem = 'it cannot be read';
  let value: unknown;
  try {
    const text = readText(path);
    problem = 'it is not JSON';
    value = JSON.parse(text);
  } catch (error) {
    throw new FixtureError(`${problem}: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
  const error = mainError(Value.Errors(fixtureSchema(sections), value));
  if (error?.type === ValueErrorType.ObjectAdditionalProperties) {
    const keys = namesOf(error.schema).join(', ');
    throw new FixtureError(`${pathOfPointer(error.path)}: there is no such key; there are ${keys}`);
  }
  if (error) {
    const wanted = error.schema.description ?? describeValue(error.schema);
    throw new FixtureError(`${pathOfPointer(error.path) || 'the fixture'}: ${error.message} (${wanted})`);
  }
  return value as Fixture;
}

/**
 * Loads a fixture into an empty world.
 *
 * @param now the emulator's time, for projects whose fixture lacks `createdAt`
 * @throws {FixtureError} at the first entry that cannot be loaded, such as an id that another has
 */
export function loadFixture(
  fixture: Fixture,
  { projects, credentials }: Identity,
  sections: readonly FixtureSection[],
  transaction: Transaction,
  now: number,
): void {
  /** The place of what is being loaded. */
  let place = '';
  /** Loads the sections of a project, or of the whole fixture. */
  const loadSections = (holder: object, of: readonly FixtureSection[], at = '', project?: StoredProject) => {
    for (const section of of) {
      const { [section.key]: value = [] } = holder as Record<string, object>;
      for (const [index, item] of [value].flat().entries()) {
        place = `${at}${section.key}${section.single ? '' : `[${index}]`}`;
        section.load(transaction, project, item as Record<string, unknown>);
      }
    }
  };
  try {
    for (const [index, { id: organizationId, ...organization }] of fixture.organizations.entries()) {
      const at = `organizations[${index}]`;
      place = `${at}.id`;
      projects.addOrganization({ id: organizationId, ...organization });
      for (const [number, project] of organization.projects.entries()) {
        const { id, name, createdAt, clock, settings = {}, pace } = project;
        const projectAt = `${at}.projects[${number}].`;
        place = `${projectAt}createdAt`;
        const created = createdAt === undefined ? now : parseTime(createdAt);
        if (Number.isNaN(created)) throw new ControlError(400, 'there is no such moment');
        place = `${projectAt}settings`;
        refuseTooLarge(settings);
        place = `${projectAt}id`;
        projects.add({ id, name, organizationId, createdAt: created, settings, ...(pace && { pace }) });
        if (clock) projects.setClock(id, { frozenAt: undefined, ...clock });
        loadSections(project, sections, projectAt, projects.existing(id));
      }
      const own = new Set(organization.projects.map(({ id }) => id));
      for (const [number, entry] of organization.credentials.entries()) {
        const { project: projectId = null, apiKey, serviceAccount, ...roles } = entry;
        const entryAt = `${at}.credentials[${number}]`;
        const named = { projectRoles: Object.keys(roles.projectRoles), project: [projectId ?? []].flat() };
        for (const [key, ids] of Object.entries(named)) {
          place = `${entryAt}.${key}`;
          const unknown = ids.find((id) => !own.has(id));
          if (unknown !== undefined)
            throw new ControlError(400, `the organization has no project ${unknown}`);
        }
        const common = { organizationId, projectId, ...roles };
        place = `${entryAt}.apiKey.publicKey`;
        credentials.add(common, { apiKey });
        place = `${entryAt}.serviceAccount.clientId`;
        credentials.add(common, { serviceAccount });
      }
    }
    loadSections(fixture, sharedSections(sections));
  } catch (error) {
    throw fixtureError(error, place);
  }
}

/** The error of an entry that cannot be loaded; other errors as they are. */
function fixtureError(error: unknown, place: string): unknown {
  if (error instanceof Refusal) {
    return new FixtureError(`${place}: ${error.condition.problem} ${error.condition.remedy}`);
  }
  if (error instanceof ControlError) return new FixtureError(`${place}: ${error.message}`);
  if (!/^SQLITE_CONSTRAINT_(?:UNIQUE|PRIMARYKEY)$/.test(String((error as { code?: string }).code)))
    return error;
  // A project's name is unique, too.
  const named = (error as Error).message.endsWith('projects.name');
  return new FixtureError(`${named ? place.replace(/id$/, 'name') : place}: it is there twice`);
}

/**
 * Exports the world as a fixture that {@link loadFixture} accepts, secrets included.
 *
 * @param clock the emulator's own
 * @param limit the size of the largest fixture, in bytes of JSON
 * @throws {ControlError} 409 if it would be larger, before more than that is in memory
 */
export function exportFixture(
  { projects, credentials }: Identity,
  sections: readonly FixtureSection[],
  clock: ClockState,
  limit = FIXTURE_LIMIT,
): Fixture {
  let left = limit;
  const weighed = (part: object): object => {
    left -= Buffer.byteLength(JSON.stringify(part)) + 1;
    if (left >= 0) return part;
    const problem = `As a fixture, the world is larger than ${limit / 1024 / 1024} MiB, the most that can be loaded again`;
    throw new ControlError(409, `${problem}: delete resources or projects that it can do without.`);
  };
  /** The items of each section that has any, by its key. */
  const saved = (of: readonly FixtureSection[], project?: StoredProject): object =>
    Object.fromEntries(
      of.flatMap((section) => {
        const items = Array.from(section.save(project), weighed);
        return items.length === 0 ? [] : [[section.key, section.single ? items[0] : items]];
      }),
    );
  const organizations = projects.organizations().map((organization) => {
    const own = projects.ofOrganization(organization.id);
    const ids = new Set(own.map(({ id }) => id));
    return {
      ...organization,
      projects: own.map((project) => {
        const { id, name, pace, settings } = project;
        const createdAt = new Date(project.createdAt).toISOString().replace(/\.\d+Z$/, 'Z');
        const fields = { id, name, createdAt, clock: project.clock, pace, settings };
        return { ...weighed(fields), ...saved(sections, project) };
      }),
      credentials: credentials.ofOrganization(organization.id).map((credential) => {
        const { id, organizationRoles } = credential.caller;
        // Not the roles in projects that were removed.
        const roles = Object.entries(credentials.projectRoles(id)).filter(([project]) => ids.has(project));
        return weighed({
          project: credential.projectId ?? undefined,
          organizationRoles,
          projectRoles: Object.fromEntries(roles),
          ...secretsOf(credential),
        });
      }),
    };
  });
  const moved = clock.offsetMs !== 0 || clock.frozenAt !== undefined;
  return { ...(moved && { clock }), ...saved(sharedSections(sections)), organizations } as Fixture;
}
