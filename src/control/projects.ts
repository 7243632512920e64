import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Type, type Static } from '@sinclair/typebox';
import { nameSchema } from '../identity/index.js';
import type { Core } from './api.js';
import { accessTo, madeProject, projectAccess } from './access.js';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { CALLERS, paceSchema, profile, project, shownProject } from './project-schema.js';
import type { FixtureSection } from '../world/index.js';

const newProject = (sections: readonly FixtureSection[]) =>
  Type.Object(
    {
      profile: Type.Optional(profile),
      name: Type.Optional(nameSchema('as Atlas takes it; one is made if left out')),
      ...paceSchema(sections),
    },
    { additionalProperties: false },
  );
const tag = { name: 'projects', description: 'Projects for tests.' };
const projects = controlGroup('/projects', { scope: 'server', tag });
const ownProject = controlGroup('', { scope: 'project', tag });

/** Projects for tests: made with all that a client needs, in one call, and gone in another. */
export function projectControl({
  httpsPort,
  ...core
}: Core & { readonly httpsPort: () => number | undefined }): readonly ControlOperation[] {
  const { identity, database, world, sections } = core;
  return [
    projects('GET', '', {
      id: 'listProjects',
      summary: 'Lists all projects of all organizations.',
      response: Type.Object({
        projects: Type.Array(project, { description: 'in the order in which they came' }),
      }),
      handle: () => ({ projects: identity.projects.all().map(shownProject) }),
    }),
    projects('POST', '', {
      id: 'makeProject',
      summary: 'Makes a project with credentials of its own for each role.',
      body: { schema: newProject(sections), optional: true },
      response: madeProject,
      status: 201,
      errors: [409],
      async handle(context) {
        const made = identity.projects.existing(await make(core, context.body));
        return accessTo(made, identity, context, httpsPort());
      },
    }),
    ownProject('GET', '', {
      id: 'getProject',
      summary: 'Returns a project and how its states move.',
      response: project,
      handle: ({ project }) => shownProject(project),
    }),
    ownProject('PATCH', '', {
      id: 'changeProject',
      summary: 'Changes how the states of a project move, from the next create, update or delete on.',
      body: { schema: Type.Object(paceSchema(sections), { additionalProperties: false }) },
      response: project,
      async handle({ project, body }) {
        const { durations, movement } = project.pace;
        await database.write(() => {
          identity.projects.setPace(project.id, {
            durations: { ...durations, ...body.durations },
            movement: body.movement ?? movement,
          });
        });
        return shownProject(identity.projects.existing(project.id));
      },
    }),
    ownProject('DELETE', '', {
      id: 'deleteProject',
      summary: 'Deletes a project with all that is in it, the credentials that were made for it too.',
      status: 204,
      handle: ({ project }) =>
        database.write((transaction) => {
          world.removeProject(transaction, project.id);
        }),
    }),
    ownProject('GET', '/access', {
      id: 'getProjectAccess',
      summary:
        'Returns what clients of a project need: the credentials of each role, and environment variables.',
      response: projectAccess,
      handle: (context) => accessTo(context.project, identity, context, httpsPort()),
    }),
  ];
}

/** Makes a project with credentials of its own, and returns its id. */
async function make(
  { identity, database, clock, world, newId }: Core,
  wish: Static<ReturnType<typeof newProject>>,
): Promise<string> {
  const wanted = wish.profile ?? 'documented';
  const organization = identity.projects.organizations().find((one) => one.profile === wanted);
  if (!organization)
    throw new ControlError(409, `No organization has the profile ${wanted}; load a fixture that has one.`);
  const id = newId();
  const { name = `project-${id}`, durations = {}, movement = 'time' } = wish;
  const organizationId = organization.id;
  await database.write(() => {
    if (identity.projects.named(organizationId, name)) {
      throw new ControlError(409, `Organization ${organizationId} has a project named ${name} already.`);
    }
    identity.projects.add({
      id,
      organizationId,
      name,
      createdAt: clock.now(),
      pace: { durations, movement },
    });
    for (const { organization: roles, project: own } of Object.values(CALLERS)) {
      const common = {
        organizationId,
        projectId: id,
        organizationRoles: roles,
        projectRoles: { [id]: own },
      };
      for (const credential of secrets(newId)) identity.credentials.add({ ...common, ...credential });
    }
    world.remember(id);
  });
  return id;
}

/** An API key and a service account, of Atlas's forms. */
function secrets(newId: () => string) {
  const letters = Array.from({ length: 8 }, () => String.fromCharCode(97 + randomInt(26))).join('');
  const secret = `mdb_sa_sk_${randomBytes(30).toString('base64url')}`;
  return [
    { kind: 'API key', id: letters, secret: randomUUID() },
    { kind: 'service account', id: `mdb_sa_id_${newId()}`, secret },
  ] as const;
}
