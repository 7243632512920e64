import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';
import type { EventBus } from '../../src/kernel/events.js';
import { listen, type Listening } from '../../src/listener.js';
import { ManualClock } from './clock.js';
import {
  ACCEPT,
  linksPathOf,
  seededCaller,
  seededProject,
  TestEmulator,
  type ProjectAccess,
  type SeededCaller,
  type SeededProfile,
  type ServiceAccount,
} from './emulator.js';
import { Links } from './links.js';

/** How requests are sent: in process, or over a socket. */
export const TRANSPORTS = ['inject', 'socket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface Outgoing {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response over either transport. */
export class Incoming {
  constructor(
    readonly status: number,
    readonly text: string,
    readonly headers: Readonly<Record<string, string | string[] | number | undefined>>,
  ) {}

  /** All lines of a header: with two challenges, a client uses the wrong one. */
  lines(name: string): string[] {
    const value = this.headers[name];
    return value === undefined ? [] : Array.isArray(value) ? value : [String(value)];
  }

  header(name: string): string | undefined {
    return this.lines(name)[0];
  }

  /** The body, of the type that the test expects. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  json<T = Record<string, unknown>>(): T {
    return JSON.parse(this.text) as T;
  }
}

/** One transport to an emulator, and a project of each profile in it. */
export interface Line {
  readonly clock: ManualClock;
  readonly send: (request: Outgoing) => Promise<Incoming>;
  /** Sends with the token of a caller of the profile's project and the source page's `Accept`. */
  as(caller: SeededCaller, profile: SeededProfile, request: Outgoing): Promise<Incoming>;
  /** The project of a profile. */
  readonly projects: Readonly<Record<SeededProfile, ProjectAccess>>;
  /** The path of its private links. */
  linksPath(profile: SeededProfile): string;
}

const SEEDED_PROJECTS = { documented: seededProject('documented'), observed: seededProject('observed') };

/** Starts an emulator for one test and returns the line to it and its seeded projects. */
export async function openLine(
  transport: Transport,
  settings: Partial<Config> = {},
  clock = new ManualClock(),
): Promise<Line> {
  if (transport === 'socket') return openSocket(settings, clock);
  return lineTo(await TestEmulator.start(settings, clock));
}

/** The line to an emulator without a socket and its seeded projects. */
export function lineTo(emulator: TestEmulator): Line {
  return lineOf(injectInto(emulator), emulator.clock);
}

/** An emulator that the tests of a file share, on a clock that only goes forward. */
export interface SharedEmulator {
  readonly emulator: TestEmulator;
  readonly url: string;
  /** The private links of a new project. @param pace its `durations` and `movement` */
  links(profile: SeededProfile, pace?: object): Promise<Links>;
  /** A line with new projects, for a test that changes them. */
  line(transport: Transport): Promise<Line>;
  /** A line to the seeded projects, for tests that leave them as they are. */
  seeded(transport: Transport): Line;
}

/** Starts an emulator before the tests of a file or `describe`, and closes it after them. */
export function shareEmulator(settings: Partial<Config> = {}): SharedEmulator {
  let emulator: TestEmulator;
  let listening: Listening;
  const clock = new ManualClock();
  beforeAll(async () => {
    listening = await listen(settings, { clock });
    emulator = new TestEmulator(listening, clock);
  });
  afterAll(() => listening.close());
  const senderOf = (transport: Transport): Line['send'] =>
    transport === 'inject' ? injectInto(emulator) : sendTo(listening.url);
  return {
    get emulator() {
      return emulator;
    },
    get url() {
      return listening.url;
    },
    links: (profile, pace) => Links.ofNewProject(emulator, profile, pace),
    async line(transport) {
      const documented = await emulator.makeProject({ profile: 'documented' });
      const observed = await emulator.makeProject({ profile: 'observed' });
      return lineOf(senderOf(transport), clock, { documented, observed });
    },
    seeded: (transport) => lineOf(senderOf(transport), clock),
  };
}

function lineOf(send: Line['send'], clock: ManualClock, projects: Line['projects'] = SEEDED_PROJECTS): Line {
  return {
    clock,
    send,
    projects,
    linksPath: (profile) => linksPathOf(projects[profile].id),
    async as(caller, profile, request) {
      const token = await tokenOfAccount(send, projects[profile].accounts[caller]);
      const headers = { accept: ACCEPT, authorization: `Bearer ${token}`, ...request.headers };
      return send({ ...request, headers });
    },
  };
}

/** Starts an emulator on a free port; `send` speaks HTTP/1.1 to it, one connection for each request. */
export async function openSocket(
  settings: Partial<Config> = {},
  clock = new ManualClock(),
): Promise<Line & { readonly url: string; readonly events: EventBus }> {
  const listening = await listen(settings, { clock });
  onTestFinished(() => listening.close());
  const { url, events } = listening;
  return { ...lineOf(sendTo(url), clock), url, events };
}

function sendTo(url: string): Line['send'] {
  const { hostname, port } = new URL(url);
  return ({ method = 'GET', path, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      // Node adds a length only for methods that usually have a body.
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const options = { hostname, port, path, method, headers: { ...length, ...headers }, agent: false };
      const outgoing = httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const all = Object.entries(response.headersDistinct).map(([name, lines = []]) => [
            name,
            lines.length > 1 ? lines : lines[0],
          ]);
          const text = Buffer.concat(chunks).toString();
          resolve(
            new Incoming(
              response.statusCode ?? 0,
              text,
              Object.fromEntries(all) as Record<string, string | string[]>,
            ),
          );
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}

/** A token of a seeded caller. */
export function tokenOf(send: Line['send'], caller: SeededCaller, profile: SeededProfile): Promise<string> {
  return tokenOfAccount(send, seededCaller(caller, profile));
}

async function tokenOfAccount(
  send: Line['send'],
  { clientId, clientSecret }: ServiceAccount,
): Promise<string> {
  const response = await send({
    method: 'POST',
    path: '/api/oauth/token',
    headers: { authorization: basic(clientId, clientSecret), 'content-type': FORM },
    body: 'grant_type=client_credentials',
  });
  return response.json<{ access_token: string }>().access_token;
}

/** The media type of a form. */
export const FORM = 'application/x-www-form-urlencoded';

/** HTTP Basic without escaping, as most clients write it. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

function injectInto(emulator: TestEmulator): Line['send'] {
  return async ({ method = 'GET', path, headers = {}, body }) => {
    const response = await emulator.inject({
      // Inject knows the common methods by name, and sends any other as well.
      method: method as 'GET',
      url: path,
      headers,
      ...(body !== undefined && { payload: body }),
    });
    return new Incoming(response.statusCode, response.payload, response.headers);
  };
}
