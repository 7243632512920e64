import { ControlError } from '../http/control-error.js';
import {
  FIXTURE_LIMIT,
  sharedSections,
  type Fixture,
  type FixtureCredential,
  type FixtureSection,
  type SharedSection,
} from './fixture-schema.js';
import type { Credential, Identity, StoredProject } from '../identity/index.js';

type FixtureProject = Fixture['organizations'][number]['projects'][number];

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
  /** Sections with what they hold, by key; those that hold nothing are left out. */
  const saved = (project: StoredProject | undefined): object =>
    Object.fromEntries(
      (project ? sections : sharedSections(sections)).flatMap((section) => {
        const items = Array.from((section as SharedSection).save(project), weigh);
        return items.length === 0 ? [] : [[section.key, section.single ? items[0] : items]];
      }),
    );
  return {
    ...saved(undefined),
    organizations: projects.organizations().map((organization) => {
      const own = projects.ofOrganization(organization.id);
      const ids = new Set(own.map(({ id }) => id));
      return {
        ...organization,
        projects: own.map((project) => ({
          ...weigh(projectOf(project)),
          ...saved(project),
        })),
        credentials: credentials.ofOrganization(organization.id).map((one) => weigh(credentialOf(one, ids))),
      };
    }),
  };
}

/** Returns each part as it is, until all together are more than the limit in bytes of JSON. */
function scale(limit: number) {
  let left = limit;
  return <T extends object>(part: T): T => {
    left -= Buffer.byteLength(JSON.stringify(part)) + 1;
    if (left >= 0) return part;
    throw new ControlError(
      409,
      `As a fixture, the world is larger than ${limit / 1024 / 1024} MiB, the most that can be loaded again: delete resources or projects that it can do without.`,
    );
  };
}

function projectOf(project: StoredProject): FixtureProject {
  const { offsetMs, frozenAt } = project.clock;
  return {
    id: project.id,
    name: project.name,
    createdAt: new Date(project.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    clock: { offsetMs, ...(frozenAt !== undefined && { frozenAt }) },
    pace: project.pace,
    settings: project.settings as NonNullable<FixtureProject['settings']>,
  };
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
