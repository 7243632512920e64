import { Type } from '@sinclair/typebox';
import type { Project } from '../http/gatekeeper.js';
import type { Context } from '../http/operation.js';
import { permits, type Credential, type Identity } from '../identity/index.js';
import { CLIENTS, environmentFor, type ClientName } from './environment.js';
import { callerNames, credentials, project, shownProject, type CallerName } from './project-schema.js';

/** Whether a credential is that of a caller, by its roles; of several callers the first counts. */
const FITS: Readonly<Record<CallerName, (one: Credential, project: Project) => boolean>> = {
  owner: (one, own) => permits(one.caller, 'writeProject', own),
  streams: (one, own) => permits(one.caller, 'writeStreams', own),
  reader: (one, own) => permits(one.caller, 'readProject', own),
  outsider: () => true,
};

const common = {
  ...project.properties,
  url: Type.String({ description: 'the address of the emulator' }),
};
const environment = Type.Object(
  Object.fromEntries(
    Object.entries(CLIENTS).map(([name, what]) => [
      name,
      Type.Record(Type.String(), Type.String(), { description: `variables for ${what}` }),
    ]),
  ),
  { description: "the owner's variables for each client" },
);

export const madeProject = Type.Object(
  {
    ...common,
    credentials: Type.Object(Object.fromEntries(callerNames.map((name) => [name, credentials])), {
      description: 'an API key and a service account for each role',
    }),
    environment,
  },
  { title: 'MadeProject', description: 'A project that was made, with its secrets.' },
);

export const projectAccess = Type.Object(
  {
    ...common,
    credentials: Type.Record(Type.String(), Type.Partial(credentials, { title: 'SomeCredentials' }), {
      description: 'an API key and a service account for each role, as far as there are any',
    }),
    environment,
  },
  { title: 'ProjectAccess', description: 'What clients of a project need.' },
);

/**
 * What clients of a project need, whether a fixture has it or it was made.
 *
 * @param httpsPort where https is served, if it is
 */
export function accessTo(
  project: Project,
  identity: Identity,
  context: Pick<Context, 'baseUrl' | 'request'>,
  httpsPort: number | undefined,
): object {
  const callers = callersOf(identity, project);
  const { apiKey, serviceAccount } = callers.owner ?? {};
  const access = {
    url: context.baseUrl,
    httpsUrl: httpsAddress(context, httpsPort),
    projectId: project.id,
    organizationId: project.organizationId,
    ...(apiKey ?? { publicKey: '', privateKey: '' }),
    ...(serviceAccount ?? { clientId: '', clientSecret: '' }),
  };
  const variables = (Object.keys(CLIENTS) as ClientName[]).map((client) => {
    const all = Object.entries(environmentFor(client, access));
    // An owner without a key, or without an account, has no variables for it.
    return [client, Object.fromEntries(all.filter(([, value]) => value !== ''))];
  });
  return {
    ...shownProject(project),
    url: context.baseUrl,
    credentials: callers,
    environment: Object.fromEntries(variables) as object,
  };
}

/** The address by which a client reaches the emulator over https; undefined if https is not served. */
function httpsAddress(
  { baseUrl, request }: Pick<Context, 'baseUrl' | 'request'>,
  port: number | undefined,
): string | undefined {
  if (baseUrl.startsWith('https:')) return baseUrl;
  if (request.protocol === 'https') return `https://${request.host}`;
  if (port === undefined) return undefined;
  // The name is whatever the client sent.
  return `${baseUrl.replace(/^http:/, 'https:').replace(/:\d*$/, '')}:${port}`;
}

interface Shown {
  apiKey?: { publicKey: string; privateKey: string };
  serviceAccount?: { clientId: string; clientSecret: string };
}

/** The callers of a project, by role, in the order of the roles: those made for it, or else its organization's. */
function callersOf({ credentials: store }: Identity, own: Project): Partial<Record<CallerName, Shown>> {
  const made = store.ofProject(own.id);
  const all =
    made.length > 0
      ? made
      : store.ofOrganization(own.organizationId).filter((one) => one.projectId === undefined);
  const found: Partial<Record<CallerName, Shown>> = {};
  for (const one of all) {
    const name = callerNames.find((caller) => FITS[caller](one, own));
    if (!name) continue;
    const { id, kind } = one.caller;
    const shown = (found[name] ??= {});
    if (kind === 'API key') shown.apiKey ??= { publicKey: id, privateKey: one.secret };
    else shown.serviceAccount ??= { clientId: id, clientSecret: one.secret };
  }
  return Object.fromEntries(callerNames.flatMap((name) => (found[name] ? [[name, found[name]]] : [])));
}
