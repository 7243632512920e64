import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import type { CheckOptions, CheckReport } from '../../src/client/index.js';
import type { Config } from '../../src/config.js';
import type { Feature } from '../../src/features/index.js';
import { nonceOf, signed } from '../support/digest.js';
import {
  ACCEPT,
  linksPath,
  SEEDED,
  seededCaller,
  TestEmulator,
  type SeededCaller,
} from '../support/emulator.js';
import { basic } from '../support/transport.js';

/** The private links of the seeded observed project. */
export const LINKS = linksPath('observed');

/** The control API of the seeded observed project. */
export const CONTROL = `/_emulator/projects/${SEEDED.observed.project}`;

export const UNKNOWN = 'f'.repeat(24);

/** A valid body, with a different target for each number. */
export const s3 = (number = 1): Record<string, unknown> => ({
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: `com.amazonaws.us-east-1.s3.${number}`,
});

/** A client of the observed project that the rules watch. */
export class WatchedClient {
  private constructor(readonly emulator: TestEmulator) {}

  static async start(settings?: Partial<Config>, features?: readonly Feature[]): Promise<WatchedClient> {
    return new WatchedClient(await TestEmulator.start(settings, undefined, features));
  }

  /** Sends a request as the owner, with a token. */
  send(request: InjectOptions, caller: SeededCaller = 'owner'): Promise<LightMyRequestResponse> {
    return this.emulator.as(caller, 'observed', request);
  }

  get(path = '', headers: Readonly<Record<string, string>> = {}): Promise<LightMyRequestResponse> {
    return this.send({ url: `${LINKS}${path}`, headers });
  }

  create(payload: object | string = s3(), headers = {}): Promise<LightMyRequestResponse> {
    const type = { 'content-type': 'application/json' };
    return this.send({ method: 'POST', url: LINKS, payload, headers: { ...type, ...headers } });
  }

  /** Creates a link, and returns its id. */
  async made(payload: object = s3()): Promise<string> {
    const response = await this.create(payload);
    expect(response.statusCode, response.body).toBe(200);
    return response.json<{ _id: string }>()._id;
  }

  patch(id: string, payload: object): Promise<LightMyRequestResponse> {
    const headers = { accept: ACCEPT.replace('2024-05-30', '2025-03-12') };
    return this.send({ method: 'PATCH', url: `${LINKS}/${id}`, payload, headers });
  }

  remove(id: string): Promise<LightMyRequestResponse> {
    return this.send({ method: 'DELETE', url: `${LINKS}/${id}` });
  }

  /** Calls the control API of the project, or below `from`. */
  async control(method: string, path: string, payload?: object, from = CONTROL): Promise<void> {
    const request = { method: method as 'POST', url: from + path, ...(payload && { payload }) };
    const response = await this.emulator.inject(request);
    expect(response.statusCode, response.body).toBeLessThan(300);
  }

  /** Sends a request without credentials, and then with a digest for its challenge. */
  async digest(url = LINKS): Promise<LightMyRequestResponse> {
    const headers = { accept: ACCEPT };
    const challenge = await this.emulator.inject({ url, headers });
    return this.answer(url, nonceOf(String(challenge.headers['www-authenticate'])));
  }

  answer(url: string, nonce: string, password?: string, count = 1): Promise<LightMyRequestResponse> {
    const { publicKey: username, privateKey } = seededCaller('owner', 'observed');
    const signature = { username, password: password ?? privateKey, method: 'GET', uri: url, nonce, count };
    return this.emulator.inject({ url, headers: { accept: ACCEPT, authorization: signed(signature) } });
  }

  /** Requests a token. */
  async grant(): Promise<string> {
    const { clientId, clientSecret } = seededCaller('owner', 'observed');
    const headers = {
      authorization: basic(clientId, clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    };
    const payload = 'grant_type=client_credentials';
    const response = await this.emulator.inject({
      method: 'POST',
      url: '/api/oauth/token',
      headers,
      payload,
    });
    return response.json<{ access_token: string }>().access_token;
  }

  async check(options: CheckOptions = {}, from = '/_emulator'): Promise<CheckReport> {
    const response = await this.emulator.inject({
      method: 'POST',
      url: `${from}/contract/check`,
      payload: options,
    });
    expect(response.statusCode, response.body).toBe(200);
    return response.json<CheckReport>();
  }

  /** The rules that were broken, each with the number of requests. */
  async broken(from?: string): Promise<Record<string, number>> {
    const { findings } = await this.check({}, from);
    const counts: Record<string, number> = {};
    for (const { rule, count } of findings) counts[rule] = (counts[rule] ?? 0) + count;
    return counts;
  }
}

/** What a client does. */
export type Act = (client: WatchedClient) => Promise<unknown>;

/** Lets the next request meet a limit. */
export const limit = (client: WatchedClient): Promise<void> =>
  client.control('POST', '/faults', { rateLimit: { retryAfterS: 5 }, times: 1 });

/** Sends a create whose connection is cut, after or before its work. */
export async function lost(client: WatchedClient, drop: string): Promise<void> {
  await client.control('POST', '/faults', { drop, times: 1, match: { method: 'POST' } });
  await expect(client.create()).rejects.toThrow();
}
