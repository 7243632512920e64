import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Type, type Static } from '@sinclair/typebox';
import type { Database } from '../kernel/database.js';
import type { Project } from '../http/gatekeeper.js';
import type { Pace } from '../kernel/pace.js';
import { nameSchema, type Identity } from '../identity/index.js';
import { CLIENTS, environmentFor, type Access, type ClientName } from './environment.js';
import { httpsAddress } from './https-address.js';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import {
  CALLERS,
  callerNames,
  credentials,
  environment,
  paceSchema,
  profile,
  project,
  shownProject,
  type CallerName,
} from './project-schema.js';
import type { FixtureSection } from '../world/index.js';
import type { World } from '../world/world.js';

const newProject = (sections: readonly FixtureSection[]) =>
  Type.Object(
    {
      profile: Type.Optional(profile),
      name: Type.Optional(nameSchema('as Atlas takes it; one is made if left out')),
      ...paceSchema(sections),
    },
    { additionalProperties: false },
  );
const madeProject = Type.Object(
  {
    ...project.properties,
    url: Type.String({ description: 'the address of the emulator' }),
    credentials: Type.Object(Object.fromEntries(callerNames.map((name) => [name, credentials])), {
      description: 'an API key and a service account for each role',
    }),
    environment,
  },
  { title: 'MadeProject', description: 'A project that was made, with its secrets.' },
);

const tag = { name: 'projects', description: 'Projects for tests.' };
const projects = controlGroup('/projects', { scope: 'server', tag });
/** Operations on one project. */
export const ownProject = controlGroup('', { scope: 'project', tag });

/** Dependencies of making projects. */
export interface ProjectParts {
  readonly identity: Identity;
  readonly database: Database;
  readonly world: World;
  readonly sections: readonly FixtureSection[];
  readonly newId: () => string;
  readonly now: () => number;
  /** Where https is served, once it is; undefined where it is not. */
  readonly httpsPort: () => number | undefined;
}

/** Projects for tests: made with all that a client needs, in one call, and gone in another. */
export function projectControl(parts: ProjectParts): readonly ControlOperation[] {
  const { identity, database, world, sections } = parts;
  const existing = ({ id }: Project): object => shownProject(identity.projects.project(id));
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
      handle: (context) =>
        make(parts, context.body, {
          url: context.baseUrl,
          httpsUrl: httpsAddress(context, parts.httpsPort()),
        }),
    }),
    ownProject('GET', '', {
      id: 'getProject',
      summary: 'Tells what a project is and how its states move.',
      response: project,
      handle: ({ project }) => existing(project),
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
        return existing(project);
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
  ];
}

/** A project as it is made: with secrets, which are told this once. */
async function make(
  parts: ProjectParts,
  wish: Static<ReturnType<typeof newProject>>,
  address: Pick<Access, 'url' | 'httpsUrl'>,
): Promise<object> {
  const { identity, database, world, newId, now } = parts;
  const wanted = wish.profile ?? 'documented';
  const organization = identity.projects.organizations().find((one) => one.profile === wanted);
  if (!organization)
    throw new ControlError(409, `No organization has the profile ${wanted}; load a fixture that has one.`);
  const id = newId();
  const name = wish.name ?? `project-${id}`;
  const own: Pace = { durations: wish.durations ?? {}, movement: wish.movement ?? 'time' };
  const made = callerNames.map((caller) => [caller, secrets(newId)] as const);

  await database.write(() => {
    if (identity.projects.named(organization.id, name)) {
      throw new ControlError(409, `Organization ${organization.id} has a project named ${name} already.`);
    }
    identity.projects.add({ id, organizationId: organization.id, name, createdAt: now(), pace: own });
    for (const [caller, { apiKey, serviceAccount }] of made) {
      const { organization: roles, project: own } = CALLERS[caller];
      const common = {
        organizationId: organization.id,
        projectId: id,
        roles: { organization: roles, projects: { [id]: own } },
      };
      const { publicKey, privateKey } = apiKey;
      const { clientId, clientSecret } = serviceAccount;
      identity.credentials.add({ ...common, id: publicKey, kind: 'API key', secret: privateKey });
      identity.credentials.add({ ...common, id: clientId, kind: 'service account', secret: clientSecret });
    }
    world.remember(id);
  });

  const byName = Object.fromEntries(made) as Record<CallerName, ReturnType<typeof secrets>>;
  const access: Access = {
    ...address,
    projectId: id,
    organizationId: organization.id,
    ...byName.owner.apiKey,
    ...byName.owner.serviceAccount,
  };
  return {
    ...shownProject(identity.projects.project(id)),
    url: address.url,
    credentials: byName,
    environment: Object.fromEntries(
      (Object.keys(CLIENTS) as ClientName[]).map((client) => [client, environmentFor(client, access)]),
    ),
  };
}

/** Secrets of Atlas's forms. */
function secrets(newId: () => string) {
  const letters = Array.from({ length: 8 }, () => String.fromCharCode(97 + randomInt(26))).join('');
  return {
    apiKey: { publicKey: letters, privateKey: randomUUID() },
    serviceAccount: {
      clientId: `mdb_sa_id_${newId()}`,
      clientSecret: `mdb_sa_sk_${randomBytes(30).toString('base64url')}`,
    },
  };
}
