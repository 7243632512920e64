import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';
import type { EventOf, EventType } from '../../src/kernel/events.js';
import { listen, type Listening } from '../../src/listener.js';
import { ManualClock } from '../support/clock.js';
import {
  ACCEPT,
  API,
  SEEDED,
  seededCaller,
  type SeededCaller,
  type SeededProfile,
} from '../support/emulator.js';
import type { Link, LinkPage } from '../support/links.js';
import { basic, FORM, Incoming } from '../support/transport.js';

/** When the clocks of these tests begin. */
export const START = Date.parse('2026-01-01T00:00:00Z');

/** The moment `ms` after {@link START}, as the control API writes it. */
export const after = (ms: number): string => new Date(START + ms).toISOString();

/** Credentials as the control API shows them. */
export interface Pair {
  readonly apiKey: { readonly publicKey: string; readonly privateKey: string };
  readonly serviceAccount: { readonly clientId: string; readonly clientSecret: string };
}

/** A created project. */
export interface Made {
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly profile: SeededProfile;
  readonly durations: Readonly<Record<string, number>>;
  readonly movement: unknown;
  readonly url: string;
  readonly credentials: Readonly<Record<SeededCaller, Pair>>;
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A private link as the control API shows it. */
export interface LinkState {
  readonly id: string;
  readonly state: string;
  readonly held: boolean;
  readonly history: readonly { readonly state: string; readonly at: string; readonly why: string }[];
}

/**
 * An emulator on a clock that the test moves. It listens, but requests are injected,
 * as that takes half the time.
 */
export class ControlledEmulator {
  private constructor(
    readonly listening: Listening,
    readonly clock: ManualClock,
  ) {}

  /** Starts an emulator for one test. */
  static async start(
    settings: Partial<Config> = {},
    clock = new ManualClock(START),
  ): Promise<ControlledEmulator> {
    const listening = await listen(settings, { clock });
    onTestFinished(() => listening.close());
    return new ControlledEmulator(listening, clock);
  }

  /** Starts an emulator before the tests of a file or `describe`, and closes it after them. */
  static shared(settings: Partial<Config> = {}): { readonly emulator: ControlledEmulator } {
    const clock = new ManualClock(START);
    let emulator: ControlledEmulator;
    beforeAll(async () => {
      emulator = new ControlledEmulator(await listen(settings, { clock }), clock);
    });
    afterAll(() => emulator.listening.close());
    return {
      get emulator() {
        return emulator;
      },
    };
  }

  async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<Incoming> {
    const response = await this.listening.server.inject({
      // Inject knows the common methods by name, and sends any other as well.
      method: method as 'GET',
      url: path,
      headers: { host: new URL(this.listening.url).host, ...headers },
      ...(body !== undefined && { payload: body }),
    });
    return new Incoming(response.statusCode, response.payload, response.headers);
  }

  /** Calls the control API. A string is sent unchanged. */
  control(method: string, path: string, body?: unknown): Promise<Incoming> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const headers = text === undefined ? {} : { 'content-type': 'application/json' };
    return this.send(method, `/_emulator${path}`, headers, text);
  }

  /** Calls the control API, which must succeed. */

  async done<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.control(method, path, body);
    expect(response.status, response.text).toBeLessThan(300);
    return (response.text === '' ? undefined : response.json()) as T;
  }

  /** Makes a project. */
  async make(wish?: object): Promise<TestProject> {
    const made = await this.done<Made>('POST', '/projects', wish);
    return new TestProject(this, made.id, made.credentials, made);
  }

  /** A project of the fixture, with its organization's credentials. */
  seeded(profile: SeededProfile): TestProject {
    const pair = (caller: SeededCaller): Pair => {
      const { publicKey, privateKey, clientId, clientSecret } = seededCaller(caller, profile);
      return { apiKey: { publicKey, privateKey }, serviceAccount: { clientId, clientSecret } };
    };
    const credentials = {
      owner: pair('owner'),
      streams: pair('streams'),
      reader: pair('reader'),
      outsider: pair('outsider'),
    };
    return new TestProject(this, SEEDED[profile].project, credentials);
  }

  /** A new token of a service account. */
  async token({ serviceAccount: { clientId, clientSecret } }: Pair): Promise<string> {
    const headers = { authorization: basic(clientId, clientSecret), 'content-type': FORM };
    const response = await this.send('POST', '/api/oauth/token', headers, 'grant_type=client_credentials');
    expect(response.status, response.text).toBe(200);
    return response.json<{ access_token: string }>().access_token;
  }

  /** The events of a type so far, oldest first. */
  events<T extends EventType>(type: T): EventOf<T>[] {
    return this.listening.events
      .since(0)
      .filter((event) => event.type === type) as EventOf<EventType>[] as EventOf<T>[];
  }

  /** The state of the world as the control API shows it. */
  async dump(...projects: readonly TestProject[]): Promise<unknown> {
    const scopes = ['', ...projects.map(({ id }) => `/projects/${id}`)];
    const paths = ['/snapshots', '/private-link-rules', '/clock'];
    return Promise.all(
      ['/fixture', '/projects', ...scopes.flatMap((scope) => paths.map((path) => scope + path))].map((path) =>
        this.done('GET', path),
      ),
    );
  }
}

/** A project of an emulator, with its credentials. */
export class TestProject {
  readonly #tokens = new Map<SeededCaller, string>();

  constructor(
    readonly emulator: ControlledEmulator,
    readonly id: string,
    readonly credentials: Readonly<Record<SeededCaller, Pair>>,
    readonly made?: Made,
  ) {}

  control(method: string, path: string, body?: unknown): Promise<Incoming> {
    return this.emulator.control(method, `/projects/${this.id}${path}`, body);
  }

  done<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    return this.emulator.done<T>(method, `/projects/${this.id}${path}`, body);
  }

  /** A token of a caller, requested once. */
  async token(caller: SeededCaller = 'owner'): Promise<string> {
    const token = this.#tokens.get(caller) ?? (await this.emulator.token(this.credentials[caller]));
    this.#tokens.set(caller, token);
    return token;
  }

  /** Forgets the tokens, so that new ones are requested. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  /** Calls the project's private links with a bearer token. */
  async links(method = 'GET', path = '', body?: object, caller: SeededCaller = 'owner'): Promise<Incoming> {
    const accept = method === 'PATCH' ? 'application/vnd.atlas.2025-03-12+json' : ACCEPT;
    const headers = { accept, authorization: `Bearer ${await this.token(caller)}` };
    const url = `${API}/groups/${this.id}/streams/privateLinkConnections${path}`;
    return body
      ? this.emulator.send(
          method,
          url,
          { ...headers, 'content-type': 'application/json' },
          JSON.stringify(body),
        )
      : this.emulator.send(method, url, headers);
  }

  /** Creates a link of a region, which must succeed; returns its id. */
  async create(region = 'us-east-1', vendor?: string): Promise<string> {
    const known = vendor === 'MSK' ? { arn: `arn:aws:kafka:${region}` } : {};
    const response = await this.links('POST', '', {
      provider: 'AWS',
      region,
      ...(vendor && { vendor }),
      ...known,
    });
    expect(response.status, response.text).toBe(200);
    return response.json<Link>()._id;
  }

  /** The state that a client sees, or the status of an error. */
  async state(id: string): Promise<string | number> {
    const response = await this.links('GET', `/${id}`);
    return response.status === 200 ? String(response.json<Link>().state) : response.status;
  }

  /** The project's links as a list shows them. */
  async list(): Promise<readonly Link[]> {
    const response = await this.links('GET', '?itemsPerPage=500');
    expect(response.status, response.text).toBe(200);
    return response.json<LinkPage>().results;
  }

  /** The states that a list shows. */
  async states(): Promise<unknown[]> {
    return (await this.list()).map(({ state }) => state);
  }

  /** Creates a link with a body that is sent in two parts, and calls `meanwhile` in between. */
  async createSlowly(meanwhile: () => Promise<unknown>): Promise<Incoming> {
    const authorization = `Bearer ${await this.token()}`;
    const { url, server } = this.emulator.listening;
    const body = new TransformStream<Uint8Array, Uint8Array>();
    const writer = body.writable.getWriter();
    const write = (text: string): Promise<void> => writer.write(new TextEncoder().encode(text));
    const arrived = new Promise((resolve) => server.server.once('request', resolve));
    const answer = fetch(`${url}${API}/groups/${this.id}/streams/privateLinkConnections`, {
      method: 'POST',
      headers: { accept: ACCEPT, authorization, 'content-type': 'application/json' },
      body: body.readable,
      duplex: 'half',
    });
    await Promise.all([write('{"provider":'), arrived]);
    await meanwhile();
    await Promise.all([write('"AWS"}'), writer.close()]);
    const response = await answer;
    return new Incoming(response.status, await response.text(), {});
  }
}
