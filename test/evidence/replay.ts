import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import type { CheckReport } from '../../src/client/index.js';
import { nonceOf, signed } from '../support/digest.js';
import { SEEDED, seededCaller, TestEmulator, type SeededCaller } from '../support/emulator.js';
import type { ClientFlow, ClientStep } from '../support/evidence.js';
import { basic } from '../support/transport.js';

/** A private link that a flow has created. */
export interface MadeLink {
  readonly id: string;
  /** What the client has sent, including changes. */
  readonly configured: Readonly<Record<string, unknown>>;
  readonly deleted: boolean;
}

/** A step and its response. */
export interface ReplayedStep {
  readonly step: ClientStep;
  /** The link that `{id}` meant, as it was before the step. */
  readonly link: MadeLink | undefined;
  readonly response: LightMyRequestResponse;
}

const UNKNOWN = 'f'.repeat(24);

/** Replays one client's requests against an emulator, with placeholders filled in, and stores tokens, nonces and ids as the client would. */
export class Replay {
  readonly #emulator: TestEmulator;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #links: MadeLink[] = [];
  /** The value of `{id}`: the link that was created last, or, from the next delete on, the one before. */
  #current: string | undefined;
  #token = 'none';
  /** Nonces of challenges that have not been used yet, and the last one used. */
  #fresh: string[] = [];
  #nonce = '';

  private constructor(emulator: TestEmulator, headers: Readonly<Record<string, string>>) {
    this.#emulator = emulator;
    this.#headers = headers;
  }

  static async start({ headersOfEveryRequest = {} }: ClientFlow): Promise<Replay> {
    return new Replay(await TestEmulator.start(), headersOfEveryRequest);
  }

  /** Creates the link that a flow expects from an earlier flow of the same client. */
  async prepare(body: string): Promise<void> {
    const response = await this.#emulator.create('observed', JSON.parse(body) as object);
    this.#addLink(response, body);
  }

  /** What a check finds in the requests so far. */
  async findings(): Promise<CheckReport['findings']> {
    const response = await this.#emulator.inject({ method: 'POST', url: '/_emulator/contract/check' });
    return response.json<CheckReport>().findings;
  }

  /** Whether `{id}` has a value yet. */
  get hasLink(): boolean {
    return this.#current !== undefined;
  }

  async play(step: ClientStep): Promise<ReplayedStep> {
    const link = this.#linkOf(step);
    const filled = (text: string): string =>
      text
        .replace('{groupId}', SEEDED.observed.project)
        .replace('{unknown}', UNKNOWN)
        .replace('{id}', this.#current ?? '{id}');
    const url = filled(step.path);
    expect(url).not.toMatch(/[{}]/);
    const headers = Object.fromEntries(
      Object.entries({ ...this.#headers, ...step.headers }).map(([name, value]) => [name, filled(value)]),
    );
    const body = step.body?.replace('<token>', this.#token);
    const request = {
      method: step.method as 'GET',
      url,
      headers,
      ...(body !== undefined && { payload: body }),
    };

    if (step.challengedFirst !== undefined) await this.#requestChallenge(request, step);
    const response = await this.#emulator.inject(this.#authorized(request, step));
    if (step.status === 401 && !authorizationOf(headers)) this.#storeNonce(response);
    this.#storeResults(step, link, response);
    return { step, link, response };
  }

  /** Sends the request without credentials, as a client without a nonce does. */
  async #requestChallenge(request: InjectOptions, { challengedFirst }: ClientStep): Promise<void> {
    const headers = without(request.headers as Record<string, string>, 'authorization');
    const { payload, ...bodiless } = request;
    const response = await this.#emulator.inject(
      challengedFirst === 'with no body'
        ? { ...bodiless, headers: { ...headers, 'content-length': '0' } }
        : { ...bodiless, headers, ...(payload !== undefined && { payload }) },
    );
    expect(response.statusCode, 'the challenge').toBe(401);
    this.#fresh = [];
    this.#storeNonce(response);
  }

  #storeNonce(response: LightMyRequestResponse): void {
    this.#fresh.push(nonceOf(String(response.headers['www-authenticate'])));
  }

  /** The request with its `Authorization` filled in, in the client's own form. */
  #authorized(request: InjectOptions, step: ClientStep): InjectOptions {
    const headers = request.headers as Record<string, string>;
    const template = authorizationOf(headers);
    if (template === undefined) return request;
    return {
      ...request,
      headers: {
        ...without(headers, 'authorization'),
        authorization: this.#authorization(template, request, step),
      },
    };
  }

  #authorization(template: string, { method }: InjectOptions, step: ClientStep): string {
    const caller: SeededCaller = template.includes('without the role>') ? 'reader' : 'owner';
    const { publicKey, privateKey, clientId, clientSecret } = seededCaller(caller, 'observed');
    const wrong = step.status === 401 && step.errorCode !== 'USER_UNAUTHORIZED' ? 'wrong' : '';
    if (template.startsWith('Basic ')) return basic(clientId, clientSecret + wrong);
    if (template.startsWith('Bearer ')) return template.replace('<token>', this.#token);

    this.#nonce = this.#fresh.shift() ?? this.#nonce;
    const unsigned = template
      .replace(/<publicKey[^>]*>/, publicKey)
      .replace('<nonce>', this.#nonce)
      .replace(/cnonce="<(\d+) [^>]*>"/, (_, length) => `cnonce="${'c'.repeat(Number(length))}"`);
    const part = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(unsigned)?.[1] ?? '';
    const response = signed({
      username: publicKey,
      password: privateKey + wrong,
      method: method ?? 'GET',
      uri: part('uri'),
      nonce: this.#nonce,
      count: parseInt(part('nc'), 16),
      cnonce: part('cnonce'),
    });
    return unsigned.replace('<32 hex>', /response="(\w{32})"/.exec(response)?.[1] ?? '');
  }

  #linkOf({ method, path }: ClientStep): MadeLink | undefined {
    if (!path.includes('{id}')) return undefined;
    const current = this.#find(this.#current);
    if (method !== 'DELETE' || !current?.deleted) return current;
    const left = this.#links.findLast(({ deleted }) => !deleted);
    this.#current = left?.id;
    return left;
  }

  #find(id: string | undefined): MadeLink | undefined {
    return this.#links.find((link) => link.id === id);
  }

  #storeResults(step: ClientStep, link: MadeLink | undefined, response: LightMyRequestResponse): void {
    if (response.statusCode >= 300) return;
    const { method, path, body = '' } = step;
    if (path === '/api/oauth/token') this.#token = response.json<{ access_token: string }>().access_token;
    if (method === 'POST' && path.endsWith('/privateLinkConnections')) this.#addLink(response, body);
    if (!link) return;
    const at = this.#links.indexOf(link);
    if (method === 'DELETE') this.#links[at] = { ...link, deleted: true };
    if (method === 'PATCH') {
      const configured = { ...link.configured, ...(JSON.parse(body) as object) };
      this.#links[at] = { ...link, configured };
    }
  }

  #addLink(response: LightMyRequestResponse, body: string): void {
    const { _id } = response.json<{ _id: string }>();
    this.#links.push({ id: _id, configured: JSON.parse(body) as Record<string, unknown>, deleted: false });
    this.#current = _id;
  }
}

/** The `Authorization` header, in any case. */
function authorizationOf(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

function without(headers: Readonly<Record<string, string>>, lowerCase: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== lowerCase));
}
