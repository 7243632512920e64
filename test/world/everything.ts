import type { InjectOptions, LightMyRequestResponse } from 'fastify';

/** Sends a request in process. */
export type Inject = (request: InjectOptions) => Promise<LightMyRequestResponse>;

const API = '/api/atlas/v2';

interface ProjectAccess {
  readonly id: string;
  readonly name: string;
  readonly credentials: {
    readonly owner: { readonly serviceAccount: { readonly clientId: string; readonly clientSecret: string } };
  };
}

/** Calls the control API, which must answer with a success. */
export async function control(inject: Inject, method: string, path: string, body?: object): Promise<unknown> {
  const response = await inject({
    method: method as 'GET',
    url: `/_emulator${path}`,
    ...(body && { payload: body }),
  });
  if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${response.payload}`);
  return response.payload === '' ? undefined : response.json<unknown>();
}

/** A new token of a project's owner. */
export async function ownerToken(inject: Inject, projectId: string): Promise<string> {
  const access = (await control(inject, 'GET', `/projects/${projectId}/access`)) as ProjectAccess;
  const { clientId, clientSecret } = access.credentials.owner.serviceAccount;
  const response = await inject({
    method: 'POST',
    url: '/api/oauth/token',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: 'grant_type=client_credentials',
  });
  return response.json<{ access_token: string }>().access_token;
}

/** Calls the Atlas API of a project with a bearer token. */
export function atlas(
  inject: Inject,
  token: string,
  method: string,
  projectId: string,
  path = '',
  payload?: object,
): Promise<LightMyRequestResponse> {
  return inject({
    method: method as 'GET',
    url: `${API}/groups/${projectId}/streams/privateLinkConnections${path}`,
    headers: {
      accept: 'application/vnd.atlas.2024-05-30+json',
      authorization: `Bearer ${token}`,
    },
    ...(payload && { payload }),
  });
}

/** Everything that can be read of an emulator's state, over the Atlas API and the control API. */
export async function everything(inject: Inject): Promise<Record<string, unknown>> {
  const read = (path: string) => control(inject, 'GET', path);
  const scope = async (path: string) => ({
    clock: await read(`${path}/clock`),
    faults: await read(`${path}/faults`),
    rules: await read(`${path}/private-link-rules`),
    snapshots: await read(`${path}/snapshots`),
  });
  const { projects } = (await read('/projects')) as { projects: ProjectAccess[] };
  const byName: Record<string, unknown> = {};
  for (const { id, name, ...project } of projects) {
    const list = await atlas(inject, await ownerToken(inject, id), 'GET', id);
    const page = list.json<{ results: { _id: string }[] }>();
    const links = await Promise.all(
      page.results.map(({ _id }) => read(`/projects/${id}/private-links/${_id}`)),
    );
    byName[name] = { id, ...project, ...(await scope(`/projects/${id}`)), page, links };
  }
  return { server: await scope(''), projects: byName };
}
