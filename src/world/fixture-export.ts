import { ControlError } from '../http/control-error.js';
import type { Credential } from '../identity/credential-store.js';
import {
  FIXTURE_LIMIT,
  sharedSections,
  type Fixture,
  type FixtureCredential,
  type FixtureSection,
} from './fixture-schema.js';
import type { Identity } from '../identity/gatekeeper.js';
import type { StoredProject } from '../identity/project-store.js';

type FixtureProject = Fixture['organizations'][number]['projects'][number];

/** Lets a part of the export pass, as long as there is room for it. */
type Weigh = <T extends object>(part: T) => T;

/**
 * The world as a fixture that {@link loadFixture} takes: how it is now, secrets of the fixture included.
 *
 * @param limit the largest one, in bytes of JSON
 * @throws {ControlError} 409 if it would be larger, before more than that is in memory
 */
export function exportFixture(
  identity: Identity,
  sections: readonly FixtureSection[],
  limit = FIXTURE_LIMIT,
): Fixture {
  const { projects, credentials } = identity;
  const weigh = scale(limit);
  return {
    ...saved(
      sharedSections(sections).map((section) => [section, Array.from(section.save(undefined), weigh)]),
    ),
    organizations: projects.organizations().map((organization) => {
      const own = projects.ofOrganization(organization.id);
      const ids = new Set(own.map(({ id }) => id));
      return {
        ...organization,
        projects: own.map((project) => ({
          ...weigh(projectOf(identity, project)),
          ...saved(sections.map((section) => [section, Array.from(section.save(project), weigh)])),
        })),
        credentials: credentials.ofOrganization(organization.id).map((one) => weigh(credentialOf(one, ids))),
      };
    }),
  };
}

/** Weighs parts in bytes of JSON, until all of them together are more than the limit. */
function scale(limit: number): Weigh {
  let left = limit;
  return (part) => {
    left -= Buffer.byteLength(JSON.stringify(part)) + 1;
    if (left >= 0) return part;
    throw new ControlError(
      409,
      `As a fixture, the world is larger than ${limit / 1024 / 1024} MiB, the most that can be loaded again: delete resources or projects that it can do without.`,
    );
  };
}

function projectOf({ projects }: Identity, project: StoredProject): FixtureProject {
  const { offsetMs, frozenAt } = projects.clock(project.id) ?? { offsetMs: 0, frozenAt: undefined };
  return {
    id: project.id,
    name: project.name,
    createdAt: new Date(project.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    clock: { offsetMs, ...(frozenAt !== undefined && { frozenAt }) },
    pace: project.pace,
    settings: project.settings as NonNullable<FixtureProject['settings']>,
  };
}

/** Sections with what they hold, by key; those that hold nothing are left out. */
function saved(sections: readonly (readonly [FixtureSection, readonly object[]])[]): object {
  const held = sections.filter(([, items]) => items.length > 0);
  return Object.fromEntries(held.map(([{ key, single }, items]) => [key, single ? items[0] : items]));
}

function credentialOf(
  { caller, secret, projectId }: Credential,
  projects: ReadonlySet<string>,
): FixtureCredential {
  // Roles in projects that are gone are no roles.
  const roles = Object.entries(caller.projectRoles).filter(([project]) => projects.has(project));
  return {
    ...(projectId !== undefined && { project: projectId }),
    organizationRoles: caller.organizationRoles as FixtureCredential['organizationRoles'],
    projectRoles: Object.fromEntries(roles) as FixtureCredential['projectRoles'],
    ...(caller.kind === 'API key'
      ? { apiKey: { publicKey: caller.id, privateKey: secret } }
      : { serviceAccount: { clientId: caller.id, clientSecret: secret } }),
  };
}
