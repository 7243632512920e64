import { beforeAll, describe, expect, it, vi } from 'vitest';
import { buildApp } from '../../src/app.js';
import { defaultConfig } from '../../src/config.js';
import { roleNamesFor } from '../../src/identity/index.js';
import { declaredOperations } from '../evidence/operations.js';
import { successes } from '../evidence/sample-requests.js';
import { ConformanceCheck } from '../evidence/conformance.js';
import { API, linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import { REQUESTS } from '../support/requests.js';
import type { Answer } from '../support/openapi-paths.js';
import { ServedDocument, type OpenApi } from '../support/served-document.js';
import { basic, FORM } from '../support/transport.js';

// Every response is compared with the document: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const CHECKS = PROFILES.flatMap((profile) => [
  {
    profile,
    what: 'requests to every operation',
    run: (check: ConformanceCheck) => check.callEveryOperation(),
  },
  {
    profile,
    what: 'requests that raise each condition',
    run: (check: ConformanceCheck) => check.raiseEveryCondition(),
  },
  { profile, what: 'invalid requests', run: (check: ConformanceCheck) => check.sendInvalidRequests() },
]);

interface Whole extends OpenApi {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly components: OpenApi['components'] & {
    readonly securitySchemes: { readonly oauth2: { readonly flows: unknown } };
  };
}

async function fetchDocument(emulator: TestEmulator, host = 'localhost:27080'): Promise<Whole> {
  const response = await emulator.inject({ url: '/_emulator/openapi.json', headers: { host } });
  expect(response.statusCode, response.body).toBe(200);
  expect(response.headers['content-type']).toMatch(/^application\/json\b/);
  return response.json<Whole>();
}

function answerOf(
  method: string,
  url: string,
  response: { statusCode: number; headers: object; body: string },
): Answer {
  const contentType = String((response.headers as Record<string, unknown>)['content-type']);
  return { method, url, status: response.statusCode, contentType, body: response.body };
}

describe('GET /_emulator/openapi.json', () => {
  let document: Whole;
  let served: ServedDocument;
  beforeAll(async () => {
    const { server } = await buildApp(defaultConfig({ logLevel: 'silent' }));
    document = (await server.inject({ url: '/_emulator/openapi.json' })).json();
    served = new ServedDocument(document);
    await server.close();
  });

  it('the OpenAPI document has every served operation by method and path, and the token endpoints', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
    );
    const declared = declaredOperations().map(
      ({ id, method, path }) => `${method.toLowerCase()} ${API}${path.replace(/:(\w+)/g, '{$1}')} ${id}`,
    );
    const tokens = ['post /api/oauth/token createToken', 'post /api/oauth/revoke revokeToken'];
    expect(described.sort()).toEqual([...declared, ...tokens].sort());
  });

  it('the OpenAPI document has the versions of each operation as media types, in order of date', () => {
    for (const { id, versions, status, body } of declaredOperations()) {
      const operation = served.operations.find(({ operationId }) => operationId === id);
      const types = versions.map((version) => `application/vnd.atlas.${version}+json`);
      const { content } = operation?.responses[String(status)] ?? {};
      expect(Object.keys(content ?? {}), id).toEqual(types);
      expect(Object.keys(operation?.requestBody?.content ?? {}), id).toEqual(
        body ? [...types, 'application/json'] : [],
      );
    }
  });

  it('the OpenAPI document has the roles that may call each operation', () => {
    for (const { id, access } of declaredOperations()) {
      const operation = served.operations.find(({ operationId }) => operationId === id);
      expect(operation?.['x-roles'], id).toEqual(access === undefined ? undefined : roleNamesFor(access));
    }
  });

  it('the OpenAPI document has valid bodies of each provider and vendor as examples of a create', () => {
    const create = served.operations.find(({ operationId }) => operationId.startsWith('createGroupStream'));
    const { examples } = create?.requestBody?.content?.['application/json'] ?? {};
    expect(Object.keys(examples ?? {})).toEqual([...REQUESTS.keys()]);
    expect(served.exampleFaults()).toEqual([]);
  });

  it('the OpenAPI document has the address that it was requested at, for requests and for tokens', async () => {
    const emulator = await TestEmulator.start();
    const local = await fetchDocument(emulator, '127.0.0.1:4711');
    expect(local.servers.map(({ url }) => url)).toEqual(['http://127.0.0.1:4711']);
    expect(local.components.securitySchemes.oauth2.flows).toEqual({
      clientCredentials: { tokenUrl: 'http://127.0.0.1:4711/api/oauth/token', scopes: {} },
    });
    const behind = await TestEmulator.start({ publicUrl: 'https://atlas.test' });
    expect((await fetchDocument(behind)).servers.map(({ url }) => url)).toEqual(['https://atlas.test']);
  });

  it('the OpenAPI document describes read-only, null and empty fields of bodies as they are accepted', () => {
    const { PrivateLinkRequest: link, ProjectRequest: project } = document.components.schemas as Record<
      string,
      { required: string[]; properties: Record<string, object> }
    >;
    expect(link?.properties.state).toMatchObject({ readOnly: true });
    expect(link?.properties.region).toMatchObject({ type: ['string', 'null'] });
    expect(link?.properties.arn).toMatchObject({ type: ['string', 'null'], pattern: '^$|^arn:aws:kafka' });
    expect(link?.properties.authenticationScheme).toMatchObject({
      enum: ['TLS', 'SASL_SCRAM', 'IAM', null, ''],
    });
    expect(link?.properties.provider).toMatchObject({ type: 'string', minLength: 1 });
    expect(project?.required).toEqual(['name', 'orgId']);
    expect(project?.properties.tags).toMatchObject({ type: ['array', 'null'] });
    expect(project?.properties.created).toMatchObject({ format: 'date-time', readOnly: true });
  });

  it('the OpenAPI document sets a maximum for the numbers of a query, and names each body once', () => {
    const { parameters, schemas } = document.components as Record<string, Record<string, object>>;
    expect(parameters?.pageNum).toMatchObject({ schema: { minimum: 1, maximum: 1_000_000_000 } });
    expect(parameters?.itemsPerPage).toMatchObject({ schema: { minimum: 1, maximum: 500 } });
    const inline = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}))
      .map((content) => (content as { schema: object }).schema)
      .filter((schema) => !('$ref' in schema));
    expect(inline).toEqual([]);
    expect(schemas).toHaveProperty('ProjectSettingsUpdate');
  });

  it('the OpenAPI document is a 404 with noControl', async () => {
    const emulator = await TestEmulator.start({ noControl: true });
    expect((await emulator.inject({ url: '/_emulator/openapi.json' })).statusCode).toBe(404);
  });

  it('the comparison with the OpenAPI document detects a response that does not conform', () => {
    const url = `${linksPath('observed')}/${SEEDED.observed.project}`;
    const contentType = 'application/vnd.atlas.2023-02-01+json';
    const good = { _id: SEEDED.observed.project, provider: 'AWS', state: 'DONE', vendor: 'GENERIC' };
    const fault = (status: number, body: object, type = contentType) =>
      served.differences({ method: 'GET', url, status, contentType: type, body: JSON.stringify(body) });
    expect(fault(200, good)).toEqual([]);
    const faults = fault(200, { ...good, state: 'READY', surplus: 1 });
    expect(faults.filter((one) => one.includes(': /state must be equal to one of'))).toHaveLength(1);
    expect(faults.filter((one) => one.includes('"additionalProperty":"surplus"'))).not.toEqual([]);
    expect(fault(200, good, 'application/json')).toHaveLength(1);
    expect(fault(418, good)).toHaveLength(1);
    const error = { detail: '', error: 404, errorCode: 'NOT_HERE', parameters: [], reason: 'Not Found' };
    expect(fault(404, error, 'application/json')).toHaveLength(1);
  });

  it.each(CHECKS)(
    'the OpenAPI document describes responses of the $profile profile to $what',
    async (row) => {
      const check = await ConformanceCheck.start(row.profile, served);
      await row.run(check);
      expect([...check.differences]).toEqual([]);
    },
  );

  it.each(PROFILES)(
    'the OpenAPI document describes enveloped responses of the %s profile',
    async (profile) => {
      const emulator = await TestEmulator.start({ profile });
      let [link, project] = ['', ''];
      for (const request of successes(profile)) {
        const { method = 'GET', url, payload } = request({ link, project });
        const response = await emulator.as('owner', profile, {
          method,
          url: `${url}${url.includes('?') ? '&' : '?'}envelope=true&pretty=true`,
          headers: { accept: 'application/vnd.atlas.2025-03-12+json' },
          ...(payload !== undefined && { payload }),
        });
        const { status, content } = response.json<{
          status: number;
          content?: { _id: string; id: string };
        }>();
        expect(status, url).toBe(response.statusCode);
        expect(served.differences(answerOf(method, url, response))).toEqual([]);
        if (method === 'POST' && url === linksPath(profile)) link = content?._id ?? '';
        if (method === 'POST' && url === `${API}/groups`) project = content?.id ?? '';
      }
    },
  );

  it.each(PROFILES)(
    'the OpenAPI document describes the errors of the page and links in every state in the %s profile',
    async (profile) => {
      const emulator = await TestEmulator.start({ profile, idleMs: 1000, workingMs: 1000, deletingMs: 1000 });
      const url = linksPath(profile);
      const found: string[] = [];
      for (const code of [400, 401, 403, 404, 500]) {
        const response = await emulator.inject({ url, headers: { prefer: `code=${code}` } });
        expect(response.statusCode).toBe(code);
        found.push(...served.differences(answerOf('GET', url, response)));
      }
      const states = new Set<unknown>();
      for (const body of REQUESTS.values()) {
        const { _id } = (await emulator.create(profile, body)).json<{ _id: string }>();
        for (const state of [
          'PENDING',
          'IDLE',
          'WORKING',
          'DONE',
          'FAILED',
          'DELETE_REQUESTED',
          'DELETING',
        ]) {
          await emulator.inject({
            method: 'PUT',
            url: `/_emulator/projects/${SEEDED[profile].project}/private-links/${_id}/state`,
            payload: { state, ...(state === 'FAILED' && { errorMessage: 'No endpoint.' }) },
          });
          const response = await emulator.as('owner', profile, { url: `${url}/${_id}` });
          states.add(response.json<{ state: string }>().state);
          found.push(...served.differences(answerOf('GET', `${url}/${_id}`, response)));
        }
      }
      expect(states.size).toBe(7);
      expect(found).toEqual([]);
    },
  );

  it('the OpenAPI document describes the token endpoints', async () => {
    const emulator = await TestEmulator.start({ limitTokens: true });
    const good = basic('mdb_sa_id_000000000000000000000011', 'mdb_sa_sk_owner1');
    const send = async (to: string, authorization: string, payload: string): Promise<number> => {
      const url = `/api/oauth/${to}`;
      const headers = { authorization, 'content-type': FORM };
      const response = await emulator.inject({ method: 'POST', url, headers, payload });
      expect(served.differences(answerOf('POST', url, response)), response.body).toEqual([]);
      return response.statusCode;
    };
    expect(await send('token', good, 'grant_type=client_credentials')).toBe(200);
    expect(await send('token', good, 'grant_type=password')).toBe(400);
    expect(await send('token', basic('nobody', ''), 'grant_type=client_credentials')).toBe(401);
    expect(await send('revoke', good, 'token=unknown')).toBe(200);
    expect(await send('revoke', good, '')).toBe(400);
    expect(await send('revoke', good, 'x'.repeat(2 ** 20 + 1))).toBe(413);
    let status = 200;
    for (let count = 0; count < 60 && status !== 429; count += 1)
      status = await send('token', good, 'grant_type=client_credentials');
    expect(status).toBe(429);
  });
});
