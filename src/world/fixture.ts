import { Value } from '@sinclair/typebox/value';
import { refuseTooLarge } from '../http/steps/body.js';
import { ControlError } from '../http/control-error.js';
import { Refusal } from '../profiles/index.js';
import type { Transaction } from '../kernel/database.js';
import { parseTime } from '../kernel/clock.js';
import { pathOfPointer } from '../kernel/schema-text.js';
import {
  fixtureSchema,
  sharedSections,
  type Fixture,
  type FixtureCredential,
  type FixtureSection,
} from './fixture-schema.js';
import type { Identity } from '../identity/index.js';

/** A fixture cannot be used; `message` names the place in it and what is wrong there. */
export class FixtureError extends Error {}

/**
 * Reads a fixture.
 *
 * @throws {FixtureError} if it is not JSON or does not fit the schema
 */
export function parseFixture(text: string, sections: readonly FixtureSection[]): Fixture {
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
      anyOf?: readonly { const?: string | number }[];
    };
    const choices = rule.anyOf?.flatMap(({ const: value }) => value ?? []).join(', ');
    const wanted = choices ? `one of ${choices}` : (rule.description ?? rule.pattern);
    throw new FixtureError(
      `${pathOfPointer(error.path) || 'the fixture'}: ${error.message}${wanted === undefined ? '' : ` (${wanted})`}`,
    );
  }
  return value as Fixture;
}

/**
 * Loads a fixture into an empty world.
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
      const createdAt = project.createdAt === undefined ? now : parseTime(project.createdAt);
      if (Number.isNaN(createdAt)) throw new FixtureError(`${projectAt}.createdAt: there is no such moment`);
      within(`${projectAt}.settings`, () => {
        refuseTooLarge(project.settings ?? {});
      });
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
      if (stored) {
        for (const section of sections) {
          loadItems(section, project, `${projectAt}.`, (item) => {
            section.load(transaction, stored, item);
          });
        }
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
      const { organizationRoles, projectRoles, project: projectId } = entry;
      const owner = { organizationId: organization.id, ...(projectId && { projectId }) };
      for (const { field, ...credential } of credentialsIn(entry)) {
        within(`${entryAt}.${field}`, () => {
          credentials.add({ ...credential, ...owner, organizationRoles, projectRoles });
        });
      }
    });
  });
  for (const section of sharedSections(sections)) {
    loadItems(section, fixture, '', (item) => {
      section.load(transaction, undefined, item);
    });
  }
}

/** Loads what stands under the key of a section. @param at the place of what holds the key */
function loadItems(
  { key, single }: FixtureSection,
  holder: object,
  at: string,
  load: (item: Record<string, unknown>) => void,
): void {
  const value = (holder as Record<string, unknown>)[key];
  if (value === undefined) return;
  const items = (single ? [value] : value) as Record<string, unknown>[];
  items.forEach((item, index) => {
    within(`${at}${key}${single ? '' : `[${index}]`}`, () => {
      load(item);
    });
  });
}

/** The key and the account of an entry, each with the field that identifies it. */
function credentialsIn({ apiKey, serviceAccount }: FixtureCredential) {
  const key = apiKey && {
    field: 'apiKey.publicKey',
    kind: 'API key' as const,
    id: apiKey.publicKey,
    secret: apiKey.privateKey,
  };
  const account = serviceAccount && {
    field: 'serviceAccount.clientId',
    kind: 'service account' as const,
    id: serviceAccount.clientId,
    secret: serviceAccount.clientSecret,
  };
  return [key, account].filter((one) => one !== undefined);
}

function within(at: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) {
      throw new FixtureError(`${at}: ${error.condition.problem} ${error.condition.remedy}`);
    }
    if (error instanceof ControlError) throw new FixtureError(`${at}: ${error.message}`);
    if (/^SQLITE_CONSTRAINT_(?:UNIQUE|PRIMARYKEY)$/.test(String((error as { code?: string }).code))) {
      // A project's name is as unique as its id.
      const place = (error as Error).message.endsWith('projects.name') ? at.replace(/id$/, 'name') : at;
      throw new FixtureError(`${place}: it is there twice`);
    }
    throw error;
  }
}
