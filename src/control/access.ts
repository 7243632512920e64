import { Type, type TObject, type TSchema } from '@sinclair/typebox';
import type { Project } from '../http/gatekeeper.js';
import type { Context } from '../http/operation.js';
import { component, object, oneOf, record, text } from '../http/schema.js';
import { permits, secretsOf, type Identity, type Secrets } from '../identity/index.js';
import { PROFILE_NAMES } from '../profiles/index.js';
import { movement, strictness } from '../world/index.js';
import { readFixture } from '../version.js';

/** The callers that a new project gets: the role of each in the project, and the access that distinguishes it. */
const CALLERS = readFixture('callers.json') as Record<string, { role?: string; access?: string }>;

/** An object with the same keys. */
function mapValues<From, To>(from: Readonly<Record<string, From>>, to: (value: From) => To) {
  const mapped: Record<string, To> = {};
  for (const [key, value] of Object.entries(from)) mapped[key] = to(value);
  return mapped;
}

/** An object with a value for each caller of a new project. @param of receives the role in the project, if any */
export const perRole = <Value>(of: (role?: string) => Value): Record<string, Value> =>
  mapValues(CALLERS, ({ role }) => of(role));

export const profile = oneOf(PROFILE_NAMES, 'which behavior it has: documented or observed');

export const project: TObject = component('Project', 'A project and how its states change.', {
  id: text('the groupId of the Atlas API'),
  name: text('its name'),
  organizationId: text('the organization that it is in'),
  profile,
  durations: record('its own durations, in milliseconds', Type.Integer()),
  movement,
  strict: Type.Optional(strictness),
});

const credentials = component('Credentials', 'An API key and a service account.', {
  apiKey: Type.Object({
    publicKey: text('the user of HTTP digest'),
    privateKey: text('its password'),
  }),
  serviceAccount: Type.Object({
    clientId: text('for POST /api/oauth/token'),
    clientSecret: text('its secret'),
  }),
});

/**
 * The variables by which each client finds the emulator and its credentials (each run with the client). The Atlas CLI
 * requires the slash at the end of the address. An MCP server that gets no https address reports the problem itself;
 * without an address it would call Atlas.
 */
const CLIENTS = readFixture('environment.json') as Readonly<
  Record<string, { readonly description: string; readonly variables: Readonly<Record<string, string>> }>
>;

const url = text('the address of the emulator');
const environment = object(
  "the owner's variables for each client",
  mapValues(CLIENTS, ({ description }) => record(`variables for ${description}`, Type.String())),
);

/** What clients of a project need, with its secrets. */
const accessSchema = (title: string, description: string, credentials: TSchema) =>
  object(description, { ...project.properties, url, credentials, environment }, { title });

const credentialsOfCallers = perRole(() => credentials);

export const madeProject = accessSchema(
  'MadeProject',
  'A project that was created, with its secrets.',
  object('an API key and a service account for each role', credentialsOfCallers),
);

const someCredentials = Type.Partial(credentials, { title: 'SomeCredentials' });

export const projectAccess = accessSchema(
  'ProjectAccess',
  'What clients of a project need.',
  record('an API key and a service account for each role, where they exist', someCredentials),
);

/** A project as the control API shows it. */
export function shownProject({ id, name, organizationId, profile, pace }: Project): object {
  return { id, name, organizationId, profile, ...pace };
}

/**
 * What clients of a project need, whether a fixture or the control API created it. JSON drops the variables that have no
 * value.
 *
 * @param httpsPort where https is served, if it is
 * @param credentials those of each role, as far as they are known
 */
export function accessTo(
  project: Project,
  identity: Identity,
  context: Context,
  httpsPort?: number,
  credentials = callersOf(identity, project),
): object {
  const { id: projectId, organizationId } = project;
  const { baseUrl: url } = context;
  const values: Readonly<Record<string, string>> = {
    ...{ url, httpsUrl: httpsAddress(context, httpsPort), projectId, organizationId },
    ...credentials.owner?.apiKey,
    ...credentials.owner?.serviceAccount,
  };
  const value = (template: string): string | undefined =>
    template.replace(/\{(\w+)\}/, (_, name: string) => values[name] ?? '') || undefined;
  const environment = mapValues(CLIENTS, ({ variables }) => mapValues(variables, value));
  return { ...shownProject(project), url, credentials, environment };
}

/** The address by which a client reaches the emulator: over https, if that is served. */
function httpsAddress({ baseUrl, request }: Context, port: number | undefined): string {
  if (request.protocol === 'https' && !baseUrl.startsWith('https:')) return `https://${request.host}`;
  if (port === undefined) return baseUrl;
  // The name is the one that the client sent.
  return baseUrl.replace(/^http:(\/\/.*?)(?::\d*)?(?=\/|$)/, `https:$1:${port}`);
}

/** The first caller of each role, in the order of the roles: those created for the project, else its organization's. */
export function callersOf({ credentials: store }: Identity, own: Project): Record<string, Secrets> {
  const made = store.ofProject(own.id);
  // An organization has the credentials of all its projects, too: they are read only where they are needed.
  const shared = () => store.ofOrganization(own.organizationId).filter((one) => one.projectId === null);
  const found = perRole((): Secrets => ({ apiKey: undefined, serviceAccount: undefined }));
  // Backwards: the first one stays.
  for (const credential of (made.length > 0 ? made : shared()).toReversed()) {
    const fits = Object.entries(CALLERS).find(
      ([, { access }]) => access === undefined || permits(credential.caller, access, own),
    );
    if (fits) Object.assign(found[fits[0]] ?? {}, secretsOf(credential));
  }
  return Object.fromEntries(Object.entries(found).filter(([, one]) => one.apiKey ?? one.serviceAccount));
}
