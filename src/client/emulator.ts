import { ASYNC_DISPOSE } from './disposal.js';
import { streamEvents, type EventOptions } from './events.js';
import { projectOver, type Project } from './project.js';
import { addressOf, EmulatorError, sendByFetch, transportOver, type Method, type Send } from './transport.js';
import type * as api from './types.js';
import { verbs, type Verbs } from './verbs.js';

/** An emulator, in this process or elsewhere. Its clock, faults, … are those of the server: tests in parallel use a project. */
export interface Emulator extends ReturnType<typeof emulatorOver> {}

/** The characters of a header: the error of an invalid header would contain the token. */
const HEADER_TEXT = /^[\x21-\x7e]*$/;

/** Calls that may put clocks back. */
const REWINDS = /^(?:POST .*\/(?:reset|restore)|PUT \/fixture)$/;

/** An emulator. @param close stops it, if it runs in this process */
export function emulatorOver(send: Send, url: string, token?: string, close?: () => Promise<void>) {
  const transport = transportOver(send, token);
  const closed = new AbortController();
  // Calls wait until the start of an event stream is known, so that the stream has their events.
  let started: Promise<unknown> = Promise.resolve();
  let rewinds = 0;
  const call = async <T = void>(method: Method, path: string, body?: unknown): Promise<T> => {
    await started;
    try {
      return await transport<T>(method, path, body);
    } finally {
      if (REWINDS.test(`${method} ${path}`)) rewinds += 1;
    }
  };
  const lastEvent = (): Promise<number> => {
    const last = transport<{ last: number }>('GET', '/requests?limit=1').then((answer) => answer.last);
    started = Promise.allSettled([started, last]);
    return last;
  };
  const project = (access: api.ProjectAccess): Project => projectOver(call, url, access, () => rewinds);
  const projects = async () =>
    (await call<{ projects: readonly api.ProjectInfo[] }>('GET', '/projects')).projects;
  const projectById = async (id: string) =>
    project(await call('GET', `/projects/${encodeURIComponent(id)}/access`));
  const end = async (): Promise<void> => {
    closed.abort();
    await close?.();
  };
  const server: Verbs = verbs(call);
  return Object.assign(server, {
    /** Its address, without a slash at the end. */
    url,
    /** All projects, oldest first. */
    projects,
    /** An existing project, with its credentials. @throws {EmulatorError} 404 */
    projectById,
    /** Creates a project, with its own credentials for each role. */
    project: async (options: api.ProjectOptions = {}) => project(await call('POST', '/projects', options)),
    /** The oldest project of a profile, which is the fixture's. @throws {EmulatorError} 404 if there is none */
    async seededProject(profile: api.ProfileName) {
      const found = (await projects()).find((one) => one.profile === profile);
      if (found) return projectById(found.id);
      throw new EmulatorError(404, `There is no project of the profile ${profile}.`, 'GET /projects');
    },
    fixture: {
      /** The current world, for example for a bug report. */
      export: () => call<api.Fixture>('GET', '/fixture'),
      /** Replaces the world with a fixture, which resets then restore. */
      load: (fixture: api.Fixture) => call('PUT', '/fixture', fixture),
    },
    health: () => call<api.Health>('GET', '/health'),
    /** The events from this call on, until the emulator is closed: `for await (const event of emulator.events())`. */
    events: (options: EventOptions = {}) =>
      streamEvents(url, token, options.since ?? lastEvent(), {
        ...options,
        signal: AbortSignal.any([closed.signal, options.signal ?? closed.signal]),
      }),
    /** Stops an emulator of this process; disconnects from a remote one. */
    close: end,
    [ASYNC_DISPOSE]: end,
  });
}

/**
 * Connects to an emulator that runs elsewhere, such as in a container.
 *
 * @param url such as `http://127.0.0.1:27080`
 * @param token its control token, if it has one; a blank one counts as none
 * @throws {EmulatorError} if no emulator responds, it has no control API, or it rejects the token
 */
export async function connectEmulator(url: string | URL, token?: string): Promise<Emulator> {
  const address = addressOf(url);
  if (address === undefined) {
    const why = `${JSON.stringify(String(url))} is no address such as http://127.0.0.1:27080`;
    throw new EmulatorError(0, why, 'connectEmulator');
  }
  const secret = token?.trim() === '' ? undefined : token;
  if (secret !== undefined && !HEADER_TEXT.test(secret)) {
    throw new EmulatorError(0, 'the control token has characters that no header can have', 'connectEmulator');
  }
  const emulator = emulatorOver(sendByFetch(address), address, secret);
  try {
    const reading = (await emulator.clock.read()) as Partial<api.ClockReading> | null | undefined;
    if (reading?.now !== undefined) return emulator;
  } catch (error) {
    if (!(error instanceof EmulatorError && error.status === 404)) throw error;
    const why = `there is no control API at ${address}: it is no emulator, or runs with --no-control`;
    throw new EmulatorError(404, why, error.call, error.body);
  }
  throw new EmulatorError(200, `what answers at ${address} is no emulator`, 'GET /clock');
}
