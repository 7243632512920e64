import type { Credential } from './credential-store.js';
import type { Fixture, FixtureCredential, FixtureSection } from './fixture.js';
import type { Identity } from './gatekeeper.js';
import type { StoredProject } from './project-store.js';

type FixtureProject = Fixture['organizations'][number]['projects'][number];

/** The world as a fixture that {@link loadFixture} takes: how it is now, secrets of the fixture included. */
export function exportFixture(
  identity: Identity,
  sections: readonly Pick<FixtureSection, 'key' | 'save'>[],
): Fixture {
  const { projects, credentials } = identity;
  return {
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
  sections: readonly Pick<FixtureSection, 'key' | 'save'>[],
): FixtureProject {
  const { offsetMs, frozenAt } = projects.clock(project.id) ?? { offsetMs: 0, frozenAt: undefined };
  const lists = sections.flatMap(({ key, save }) => (save ? [[key, save(project)] as const] : []));
  return {
    id: project.id,
    name: project.name,
    createdAt: new Date(project.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    clock: { offsetMs, ...(frozenAt !== undefined && { frozenAt }) },
    pace: project.pace,
    settings: project.settings as NonNullable<FixtureProject['settings']>,
    ...Object.fromEntries(lists.filter(([, items]) => items.length > 0)),
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
