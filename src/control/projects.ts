import { hash, randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { list, strict, text } from '../http/schema.js';
import { nameSchema } from '../identity/index.js';
import { hexDigits, OBJECT_ID } from '../kernel/ids.js';
import { durationsSchema, movement, strictness } from '../world/index.js';
import { accessTo, madeProject, perRole, profile, project, projectAccess, shownProject } from './access.js';
import type { Core } from './api.js';
import type { Journal } from './journal/journal.js';

const tag = { name: 'projects', description: 'Projects for tests.' };
const projects = controlGroup('/projects', { scope: 'server', tag });
const ownProject = controlGroup('', { scope: 'project', tag });

const conflict = (detail: string) => new ControlError(409, detail);

/** Projects for tests: a call creates one with everything that a client needs, another deletes it. */
export function projectControl(
  { identity, database, clock, world, newId, sections }: Core,
  journal: Journal,
  httpsPort: () => number | undefined,
): readonly ControlOperation[] {
  const pace = {
    durations: Type.Optional(durationsSchema(sections)),
    movement: Type.Optional(movement),
    strict: Type.Optional(strictness),
  };
  const id = text('24 lower-case hexadecimal digits; generated if omitted', { pattern: OBJECT_ID.source });
  const name = nameSchema('as Atlas accepts it; generated if omitted');
  const newProject = Type.Object(
    { profile: Type.Optional(profile), id: Type.Optional(id), name: Type.Optional(name), ...pace },
    strict,
  );

  return [
    projects('listProjects', 'GET', '', {
      summary: 'Lists all projects of all organizations.',
      response: Type.Object({ projects: list('oldest first', project) }),
      handle: () => ({ projects: identity.projects.all().map(shownProject) }),
    }),
    projects('makeProject', 'POST', '', {
      summary: 'Creates a project with its own credentials for each role.',
      body: { schema: newProject, optional: true },
      response: madeProject,
      status: 201,
      errors: [409],
      async handle(context) {
        const { profile = 'documented', durations = {}, movement = 'time', strict: isStrict } = context.body;
        const { id = newId(), name = `project-${id}` } = context.body;
        const made = await database.write(() => {
          const organization = identity.projects.organizations().find((one) => one.profile === profile);
          if (!organization) {
            throw conflict(`No organization has the profile ${profile}; load a fixture that has one.`);
          }
          const organizationId = organization.id;
          if (id === context.body.id && identity.projects.project(id)) {
            throw conflict(`There is a project ${id} already.`);
          }
          if (identity.projects.named(organizationId, name)) {
            throw conflict(`Organization ${organizationId} has a project named ${name} already.`);
          }
          const pace = { durations, movement, ...(isStrict !== undefined && { strict: isStrict }) };
          identity.projects.add({ id, organizationId, name, createdAt: clock.now(), pace });
          const secrets = perRole((role) => {
            const roles = { organizationRoles: ['ORG_MEMBER'], projectRoles: { [id]: role ? [role] : [] } };
            return identity.credentials.add({ organizationId, projectId: id, ...roles }, newSecrets(newId));
          });
          world.saveInitial(id);
          return accessTo(identity.projects.existing(id), identity, context, httpsPort(), secrets);
        }, [id]);
        // The id can be that of a project that was deleted.
        if (context.body.id !== undefined) journal.forget(id);
        return made;
      },
    }),
    ownProject('getProject', 'GET', '', {
      summary: 'Returns a project and how its states change.',
      response: project,
      handle: ({ project }) => shownProject(project),
    }),
    ownProject('changeProject', 'PATCH', '', {
      summary: 'Changes how the states of a project change, from the next create, update or delete on.',
      body: { schema: Type.Object(pace, strict) },
      response: project,
      handle: ({ project: { id, pace }, body: { durations, ...changes } }) =>
        database.write(() => {
          identity.projects.setPace(id, {
            ...pace,
            ...changes,
            durations: { ...pace.durations, ...durations },
          });
          return shownProject(identity.projects.existing(id));
        }),
    }),
    ownProject('deleteProject', 'DELETE', '', {
      summary: 'Deletes a project with everything in it, including credentials created for it.',
      handle: ({ project }) => database.write((transaction) => world.removeProject(transaction, project.id)),
    }),
    ownProject('getProjectAccess', 'GET', '/access', {
      summary: 'Returns what clients of a project need: credentials of each role and environment variables.',
      response: projectAccess,
      handle: (context) => accessTo(context.project, identity, context, httpsPort()),
    }),
  ];
}

/** An API key and a service account, in the formats of Atlas. */
function newSecrets(newId: () => string) {
  const bytes = Buffer.from(hexDigits(newId(), 16), 'hex');
  const publicKey = Array.from(bytes, (byte) => String.fromCharCode(97 + (byte % 26))).join('');
  // Four times as fast as `randomBytes`.
  const clientSecret = `mdb_sa_sk_${hash('sha256', randomUUID(), 'base64url').slice(0, 40)}`;
  return {
    apiKey: { publicKey, privateKey: randomUUID() },
    serviceAccount: { clientId: `mdb_sa_id_${newId()}`, clientSecret },
  };
}
