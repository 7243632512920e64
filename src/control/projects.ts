import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import type { Database } from '../kernel/database.js';
import type { Durations, Movement, Pace } from '../kernel/pace.js';
import { nameSchema, type Identity } from '../identity/index.js';
import type { ProfileName } from '../profiles/index.js';
import { CLIENTS, environmentFor, type Access, type ClientName } from './environment.js';
import { httpsAddress } from './https-address.js';
import { ControlError, controlOperation, type AnyControlOperation } from './operation.js';
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

/** What making projects stands on. */
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
export function projectControl(parts: ProjectParts): readonly AnyControlOperation[] {
  const { identity, database, world, sections } = parts;
  const pace = paceSchema(sections);
  const existing = (id: string | undefined): object => shownProject(identity.projects.project(id ?? ''));
  return [
    controlOperation({
      id: 'listProjects',
      method: 'GET',
      path: '/projects',
      scope: 'server',
      summary: 'Lists all projects of all organizations.',
      response: Type.Object({
        projects: Type.Array(project, { description: 'in the order in which they came' }),
      }),
      handle: () => ({ projects: identity.projects.all().map(shownProject) }),
    }),
    controlOperation({
      id: 'makeProject',
      method: 'POST',
      path: '/projects',
      scope: 'server',
      summary: 'Makes a project with credentials of its own for each role.',
      body: Type.Object(
        {
          profile: Type.Optional(profile),
          name: Type.Optional(nameSchema('as Atlas takes it; one is made if left out')),
          ...pace,
        },
        { additionalProperties: false },
      ),
      bodyOptional: true,
      response: madeProject,
      status: 201,
      errors: [409],
      handle: (context) =>
        make(parts, (context.body as Wish | undefined) ?? {}, {
          url: context.baseUrl,
          httpsUrl: httpsAddress(context, parts.httpsPort()),
        }),
    }),
    controlOperation({
      id: 'getProject',
      method: 'GET',
      path: '',
      scope: 'project',
      summary: 'Tells what a project is and how its states move.',
      response: project,
      handle: (context) => existing(context.project?.id),
    }),
    controlOperation({
      id: 'changeProject',
      method: 'PATCH',
      path: '',
      scope: 'project',
      summary: 'Changes how the states of a project move, from the next create, update or delete on.',
      body: Type.Object(pace, { additionalProperties: false }),
      response: project,
      async handle(context) {
        const own = context.project;
        if (!own) return undefined;
        const wish = context.body as Wish;
        await database.write(() => {
          identity.projects.setPace(own.id, {
            durations: { ...own.pace.durations, ...wish.durations },
            movement: wish.movement ?? own.pace.movement,
          });
        });
        return existing(own.id);
      },
    }),
    controlOperation({
      id: 'deleteProject',
      method: 'DELETE',
      path: '',
      scope: 'project',
      summary: 'Deletes a project with all that is in it, the credentials that were made for it too.',
      status: 204,
      handle: (context) =>
        database.write((transaction) => {
          world.removeProject(transaction, context.project?.id ?? '');
        }),
    }),
  ];
}

interface Wish {
  readonly profile?: ProfileName;
  readonly name?: string;
  readonly durations?: Durations;
  readonly movement?: Movement;
}

/** A project as it is made: with secrets, which are told this once. */
async function make(
  parts: ProjectParts,
  wish: Wish,
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
      const roles = {
        organization: CALLERS[caller].organization,
        projects: { [id]: CALLERS[caller].project },
      };
      const common = { organizationId: organization.id, projectId: id, roles };
      identity.credentials.add({
        ...common,
        id: apiKey.publicKey,
        kind: 'API key',
        secret: apiKey.privateKey,
      });
      identity.credentials.add({
        ...common,
        id: serviceAccount.clientId,
        kind: 'service account',
        secret: serviceAccount.clientSecret,
      });
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
