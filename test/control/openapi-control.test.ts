import { setImmediate } from 'node:timers/promises';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startEmulator } from '../../src/index.js';
import { TestEmulator } from '../support/emulator.js';
import { ServedDocument, type OpenApi } from '../support/served-document.js';
import { openSocket } from '../support/transport.js';
import {
  atlasRequests,
  OF_PROJECT,
  linkRequests,
  projectRequests,
  refusedRequests,
  requestsInBothScopes,
  type ControlRequest,
} from './control-requests.js';

// Every operation is called in both scopes, and every answer is held against the document: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const PREFIX = '/_emulator';

/** Operations whose answer does not end, which are called apart. */
const ENDLESS = ['streamEvents', 'streamEventsOfProject'];

interface Whole extends OpenApi {
  readonly security: readonly object[];
  readonly servers: readonly { readonly url: string }[];
}

interface QueryParameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly type?: string; readonly enum?: unknown };
}

/** Calls the control API, and collects how the responses differ from its document. */
class ControlConformance {
  readonly differences: string[] = [];
  readonly succeeded = new Set<string>();
  /** The statuses of responses, by operation. */
  readonly statuses = new Set<string>();

  private constructor(
    readonly emulator: TestEmulator,
    readonly document: Whole,
    readonly served: ServedDocument,
  ) {}

  static async start(emulator: TestEmulator): Promise<ControlConformance> {
    const response = await emulator.inject({ url: `${PREFIX}/control-openapi.json` });
    expect(response.statusCode, response.body).toBe(200);
    const document = response.json<Whole>();
    return new ControlConformance(emulator, document, new ServedDocument(document));
  }

  async send({ method = 'GET', path, body, headers, status }: ControlRequest) {
    const url = PREFIX + path;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.#answerTo({
      method,
      url,
      headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(payload !== undefined && { payload }),
    });
    const id = this.served.operationOf(method, url);
    const said = `${method} ${path}: ${response.body}`;
    if (status === undefined) expect(response.statusCode, said).toBeLessThan(300);
    else expect(response.statusCode, said).toBe(status);
    const contentType = String(response.headers['content-type']);
    const answer = { method, url, status: response.statusCode, contentType, body: response.body };
    this.differences.push(...this.served.differences(answer));
    if (response.statusCode < 300) this.succeeded.add(id ?? path);
    return response;
  }

  /** Sends a request, and fires timers that are due at once, for waits with a timeout of 0. */
  async #answerTo(request: InjectOptions): Promise<LightMyRequestResponse> {
    let answer: LightMyRequestResponse | undefined;
    const coming = this.emulator.inject(request).then((response) => (answer = response));
    while (!answer) {
      await Promise.race([coming, setImmediate()]);
      this.emulator.clock.advance(0);
    }
    return answer;
  }

  async sendAll(requests: readonly ControlRequest[]): Promise<void> {
    for (const request of requests) await this.send(request);
  }

  /** Sends requests to the Atlas API that fill the journal. Returns the id of a private link of the documented project. */
  async sendAtlasRequests(): Promise<string> {
    const authorization = `Bearer ${await this.emulator.token('owner', 'documented')}`;
    const [created] = await Promise.all(
      atlasRequests('documented', authorization).map((request) => this.emulator.inject(request)),
    );
    return created?.json<{ _id: string }>()._id ?? '';
  }
}

describe('GET /_emulator/control-openapi.json', () => {
  it('the control document describes the responses of every operation, for the server and for a project', async () => {
    const check = await ControlConformance.start(await TestEmulator.start());
    const known = check.served.operations.map(({ operationId }) => operationId);

    await check.sendAll(
      Object.entries(check.document.paths)
        .filter(([path, { get }]) => get && !path.includes('{') && !ENDLESS.includes(get.operationId))
        .map(([path]) => ({ path: path.slice(PREFIX.length) })),
    );
    const fixture = (await check.send({ path: '/fixture' })).json<object>();
    const made = (
      await check.send({ method: 'POST', path: '/projects', body: { profile: 'observed' } })
    ).json<{
      id: string;
    }>();
    await check.sendAll(projectRequests(made.id));
    const link = await check.sendAtlasRequests();
    for (const scope of ['', OF_PROJECT]) {
      await check.sendAtlasRequests();
      for (const request of requestsInBothScopes(scope)) {
        const response = await check.send(request);
        if (request.path.includes('/requests/lines')) {
          const [first] = response.json<{ requests: { seq: number }[] }>().requests;
          await check.send({ path: `${scope}/requests/${first?.seq}` });
        }
        if (request.path.endsWith('/private-link-rules') && request.method === 'POST') {
          const { id } = response.json<{ id: string }>();
          if (request.body !== undefined && 'fail' in (request.body as object)) continue;
          await check.send({ method: 'DELETE', path: `${request.path}/${id}` });
        }
      }
    }
    expect(link).not.toBe('');
    const next = await check.sendAtlasRequests();
    await check.sendAll(linkRequests(next));
    const held = await check.sendAtlasRequests();
    await check.sendAll([
      { method: 'POST', path: `${OF_PROJECT}/private-links/${held}/hold` },
      { method: 'POST', path: `${OF_PROJECT}/private-links/${held}/release` },
      { method: 'PUT', path: '/fixture', body: fixture },
    ]);

    expect(check.differences).toEqual([]);
    expect([...check.succeeded, ...ENDLESS].sort()).toEqual([...known].sort());
  });

  it('the control document describes refusals', async () => {
    const check = await ControlConformance.start(await TestEmulator.start({ pendingMs: 0 }));
    const link = await check.sendAtlasRequests();
    await check.sendAll(refusedRequests(link));
    expect(check.differences).toEqual([]);
  });

  it('the control document describes the 401 of a request without the token, and requires the token', async () => {
    const emulator = await TestEmulator.start({ controlToken: 'open-sesame' });
    const headers = { authorization: 'Bearer open-sesame' };
    const guarded = (await emulator.inject({ url: `${PREFIX}/control-openapi.json`, headers })).json<Whole>();
    expect(guarded.security).toEqual([{ controlToken: [] }]);
    const response = await emulator.inject({ url: `${PREFIX}/clock` });
    expect(response.statusCode).toBe(401);
    const contentType = String(response.headers['content-type']);
    const answer = { method: 'GET', url: `${PREFIX}/clock`, status: 401, contentType, body: response.body };
    expect(new ServedDocument(guarded).differences(answer)).toEqual([]);

    const open = await ControlConformance.start(await TestEmulator.start());
    expect(open.document.security).toEqual([{}, { controlToken: [] }]);
  });

  it('the control document sets a minimum and maximum for every number that can be sent', async () => {
    const { document } = await ControlConformance.start(await TestEmulator.start());
    const numbers: string[] = [];
    const endless: string[] = [];
    const walk = (part: unknown, at: string): void => {
      if (typeof part !== 'object' || part === null) return;
      const { $ref, type, minimum, maximum } = part as Record<string, unknown>;
      if (typeof $ref === 'string') {
        const [, , section = '', name = ''] = $ref.split('/');
        walk(document.components[section]?.[name], `${at}/${name}`);
      }
      if (type === 'integer' || type === 'number') {
        numbers.push(at);
        if (typeof minimum !== 'number' || typeof maximum !== 'number') endless.push(at);
      }
      for (const [key, one] of Object.entries(part)) walk(one, `${at}/${key}`);
    };
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const { requestBody, parameters } of Object.values(
        operations as Record<string, { requestBody?: object; parameters?: object }>,
      )) {
        walk(requestBody, path);
        walk(parameters, path);
      }
    }
    expect(numbers.length).toBeGreaterThan(50);
    expect(endless).toEqual([]);
  });

  it('the control document has a variant for each action of a rule, and formats for times and durations', async () => {
    const { document } = await ControlConformance.start(await TestEmulator.start());
    const schemas = document.components.schemas as Record<string, Record<string, unknown>>;
    const variants = (name: string): unknown[] =>
      (schemas[name]?.oneOf as { $ref: string }[]).map(({ $ref }) => {
        const { required, properties } = schemas[$ref.split('/').at(-1) ?? ''] as {
          required: string[];
          properties: object;
        };
        return [required, Object.keys(properties)];
      });
    const common = ['id', 'match', 'times', 'share', 'skip', 'before', 'parameters'];
    expect(variants('NewFault')).toEqual(
      ['answer', 'error', 'rateLimit', 'delayMs', 'drop', 'truncate'].map((action) => [
        [action],
        [...common, action],
      ]),
    );
    expect(variants('PrivateLinkRule')).toEqual(
      ['fail', 'staysIn'].map((end) => [[end], ['match', 'times', end]]),
    );
    expect(schemas.SetClockBody?.properties).toMatchObject({ now: { type: 'string', format: 'date-time' } });
    expect(schemas.Clock?.properties).toMatchObject({ now: { type: 'string', format: 'date-time' } });
    const { by } = schemas.AdvanceClockBody?.properties as { by: { anyOf: { pattern?: string }[] } };
    const pattern = new RegExp(by.anyOf.find((one) => one.pattern !== undefined)?.pattern ?? '');
    expect(['500ms', '90s', '1.5 h', '2d'].every((text) => pattern.test(text))).toBe(true);
    expect(['', '90', '2w', '-1s', 'PT1H'].some((text) => pattern.test(text))).toBe(false);
  });

  it('the control document has no query parameter that can be empty, but of operations without a token', async () => {
    const { document, emulator } = await ControlConformance.start(await TestEmulator.start());
    const texts = Object.entries(document.paths).flatMap(([path, { get }]) =>
      ((get as { parameters?: QueryParameter[] } | undefined)?.parameters ?? [])
        .filter(({ in: place, schema }) => place === 'query' && schema.type === 'string' && !schema.enum)
        .map(({ name, schema }) => ({ path, name, schema, isOpen: get?.security !== undefined })),
    );
    expect(texts.length).toBeGreaterThan(3);
    for (const { path, name, schema, isOpen } of texts) {
      expect('minLength' in schema && schema.minLength, name).toBe(isOpen ? false : 1);
      if (path.includes('{')) continue;
      expect((await emulator.inject({ url: `${path}?${name}=` })).statusCode, name).toBe(isOpen ? 200 : 400);
    }
  });

  it('the control document lists each operation of both scopes under two paths and two names', async () => {
    const { document, served } = await ControlConformance.start(await TestEmulator.start());
    const names = served.operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(document.paths['/_emulator/clock/advance']?.post?.operationId).toBe('advanceClock');
    expect(document.paths['/_emulator/projects/{groupId}/clock/advance']?.post?.operationId).toBe(
      'advanceClockOfProject',
    );
  });

  it('the control document has the operation of the certificate authority only if HTTPS is served', async () => {
    const emulator = await startEmulator({ tls: true });
    onTestFinished(() => emulator.close());
    const response = await fetch(`${emulator.url}${PREFIX}/control-openapi.json`);
    const served = new ServedDocument((await response.json()) as Whole);
    const url = `${PREFIX}/ca.pem`;
    const ca = await fetch(emulator.url + url);
    const contentType = ca.headers.get('content-type') ?? '';
    // A PEM is no JSON: what a schema says of it is said of a text.
    const body = JSON.stringify(await ca.text());
    expect(served.differences({ method: 'GET', url, status: ca.status, contentType, body })).toEqual([]);

    const plain = await ControlConformance.start(await TestEmulator.start());
    expect(plain.served.operationOf('GET', url)).toBeUndefined();
  });

  it('the control document describes the event stream', async () => {
    const { url } = await openSocket();
    const response = await fetch(`${url}${PREFIX}/control-openapi.json`);
    const document = (await response.json()) as Whole;
    expect(document.servers.map((server) => server.url)).toEqual([url]);
    for (const path of ['/events', `${OF_PROJECT}/events`]) {
      const ended = new AbortController();
      const stream = await fetch(`${url}${PREFIX}${path}`, { signal: ended.signal });
      const template = path.replace(/projects\/[^/]+/, 'projects/{groupId}');
      const described = document.paths[`${PREFIX}${template}`]?.get?.responses[stream.status]?.content;
      expect(Object.keys(described ?? {})).toEqual([stream.headers.get('content-type')?.split(';')[0]]);
      ended.abort();
    }
  });
});
