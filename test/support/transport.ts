import { request as httpRequest } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';
import type { EventBus } from '../../src/kernel/events.js';
import { listen } from '../../src/listener.js';
import { ManualClock } from './clock.js';
import { ACCEPT, seededCaller, TestEmulator, type SeededCaller, type SeededProfile } from './emulator.js';

/** The two ways to an emulator: without a socket, and over one. */
export const TRANSPORTS = ['inject', 'socket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface Outgoing {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer as it came, whichever way. */
export class Incoming {
  constructor(
    readonly status: number,
    readonly text: string,
    readonly headers: Readonly<Record<string, string | string[] | number | undefined>>,
  ) {}

  /** Every line of a header: a client that gets two challenges takes the wrong one. */
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

/** An emulator at the end of one transport, on a clock that the test moves; closed when the test is finished. */
export interface Line {
  readonly clock: ManualClock;
  readonly send: (request: Outgoing) => Promise<Incoming>;
  /** Sends with a seeded caller's token and the source page's `Accept`. */
  as(caller: SeededCaller, profile: SeededProfile, request: Outgoing): Promise<Incoming>;
}

/** Starts an emulator and returns the line to it. */
export async function openLine(
  transport: Transport,
  settings: Partial<Config> = {},
  clock = new ManualClock(),
): Promise<Line> {
  const send =
    transport === 'inject' ? await injector(settings, clock) : (await openSocket(settings, clock)).send;
  return {
    clock,
    send,
    async as(caller, profile, request) {
      const token = await tokenOf(send, caller, profile);
      const headers = { accept: ACCEPT, authorization: `Bearer ${token}`, ...request.headers };
      return send({ ...request, headers });
    },
  };
}

/** Starts an emulator on a free port; `send` speaks HTTP/1.1 to it, one connection for each request. */
export async function openSocket(
  settings: Partial<Config> = {},
  clock = new ManualClock(),
): Promise<{ readonly url: string; readonly events: EventBus; readonly send: Line['send'] }> {
  const emulator = await listen(settings, { clock });
  onTestFinished(() => emulator.close());
  const { hostname, port } = new URL(emulator.url);
  const send: Line['send'] = ({ method = 'GET', path, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      // Node sends a length of its own accord only for methods that usually have a body.
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
  return { url: emulator.url, events: emulator.events, send };
}

/** A token of a seeded caller. */
export async function tokenOf(
  send: Line['send'],
  caller: SeededCaller,
  profile: SeededProfile,
): Promise<string> {
  const { clientId, clientSecret } = seededCaller(caller, profile);
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

/** HTTP Basic, as most clients write it: nothing escaped. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

async function injector(settings: Partial<Config>, clock: ManualClock): Promise<Line['send']> {
  const emulator = await TestEmulator.start(settings, clock);
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
