import { Type } from '@sinclair/typebox';
import type { Project } from '../http/gatekeeper.js';
import { permits, type Credential, type Identity } from '../identity/index.js';
import { httpsAddress } from './https-address.js';
import { CLIENTS, environmentFor, type ClientName } from './environment.js';
import type { ControlOperation } from '../http/operation.js';
import { credentials, environment, project, shownProject, type CallerName } from './project-schema.js';
import { ownProject } from './projects.js';

/** Who a caller of a project is, by its roles; the first that fits. */
const FITS: Readonly<Record<CallerName, (one: Credential, project: Project) => boolean>> = {
  owner: (one, own) => permits(one.caller, 'writeProject', own),
  streams: (one, own) => permits(one.caller, 'writeStreams', own),
  reader: (one, own) => permits(one.caller, 'readProject', own),
  outsider: () => true,
};

/** `GET /projects/{groupId}/access`: what clients of a project need, whether a fixture has it or it was made. */
export function projectAccess(identity: Identity, httpsPort: () => number | undefined): ControlOperation {
  return ownProject('GET', '/access', {
    id: 'getProjectAccess',
    summary:
      'Tells what clients of a project need: credentials of each role that it has, and their variables.',
    response: Type.Object(
      {
        ...project.properties,
        url: Type.String({ description: 'the address of the emulator' }),
        credentials: Type.Record(Type.String(), Type.Partial(credentials, { title: 'SomeCredentials' }), {
          description: 'an API key and a service account for each role, as far as there are any',
        }),
        environment,
      },
      { title: 'ProjectAccess', description: 'What clients of a project need.' },
    ),
    handle(context) {
      const own = context.project;
      const byName = callersOf(identity, own);
      const { owner } = byName;
      const access = {
        url: context.baseUrl,
        httpsUrl: httpsAddress(context, httpsPort()),
        projectId: own.id,
        organizationId: own.organizationId,
        publicKey: owner?.apiKey?.publicKey ?? '',
        privateKey: owner?.apiKey?.privateKey ?? '',
        clientId: owner?.serviceAccount?.clientId ?? '',
        clientSecret: owner?.serviceAccount?.clientSecret ?? '',
      };
      const variables = (Object.keys(CLIENTS) as ClientName[]).map((client) => [
        client,
        // An owner without a key, or without an account, has no variables for it.
        Object.fromEntries(
          Object.entries(environmentFor(client, access)).filter(([, value]) => value !== ''),
        ),
      ]);
      return {
        ...shownProject(own),
        url: context.baseUrl,
        credentials: byName,
        environment: Object.fromEntries(variables) as object,
      };
    },
  });
}

interface Shown {
  apiKey?: { publicKey: string; privateKey: string };
  serviceAccount?: { clientId: string; clientSecret: string };
}

/** The callers of a project, by role: those made for it, and where there are none those of its organization. */
function callersOf({ credentials: store }: Identity, own: Project): Partial<Record<CallerName, Shown>> {
  const made = store.ofProject(own.id);
  const all =
    made.length > 0
      ? made
      : store.ofOrganization(own.organizationId).filter((one) => one.projectId === undefined);
  const found: Partial<Record<CallerName, Shown>> = {};
  for (const one of all) {
    const name = (Object.keys(FITS) as CallerName[]).find((caller) => FITS[caller](one, own));
    if (!name) continue;
    const { id, kind } = one.caller;
    const shown = (found[name] ??= {});
    if (kind === 'API key') shown.apiKey ??= { publicKey: id, privateKey: one.secret };
    else shown.serviceAccount ??= { clientId: id, clientSecret: one.secret };
  }
  return found;
}
