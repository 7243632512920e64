import type { Credential } from './credential-store.js';
import {
  sharedSections,
  type Fixture,
  type FixtureCredential,
  type FixtureSection,
} from './fixture-schema.js';
import type { Identity } from './gatekeeper.js';
import type { StoredProject } from './project-store.js';

type FixtureProject = Fixture['organizations'][number]['projects'][number];

/** The world as a fixture that {@link loadFixture} takes: how it is now, secrets of the fixture included. */
export function exportFixture(identity: Identity, sections: readonly FixtureSection[]): Fixture {
  const { projects, credentials } = identity;
  return {
    ...saved(sharedSections(sections).map((section) => [section, section.save(undefined)])),
    organizations: projects.organizations().map((organization) => {
      const own = projects.ofOrganization(organization.id);
      const ids = new Set(own.map(({ id }) => id));
      return {
        ...organization,
        projects: own.map((project) => projectOf(identity, project, sections)),
        credentials: credentials.ofOrganization(organization.id).map((one) => credentialOf(one, ids)),
      };
    }),
  };
}

function projectOf(
  { projects }: Identity,
  project: StoredProject,
  sections: readonly FixtureSection[],
): FixtureProject {
  const { offsetMs, frozenAt } = projects.clock(project.id) ?? { offsetMs: 0, frozenAt: undefined };
  return {
    id: project.id,
    name: project.name,
    createdAt: new Date(project.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    clock: { offsetMs, ...(frozenAt !== undefined && { frozenAt }) },
    pace: project.pace,
    settings: project.settings as NonNullable<FixtureProject['settings']>,
    ...saved(sections.map((section) => [section, section.save(project)])),
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
