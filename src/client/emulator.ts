import { ASYNC_DISPOSE } from './disposal.js';
import { streamEvents, type EventOptions } from './events.js';
import { projectOver, type Project } from './project.js';
import { addressOf, EmulatorError, sendByFetch, transportOver, type Transport } from './transport.js';
import type {
  ClockReading,
  EmulatorEvent,
  Fixture,
  Health,
  ProfileName,
  ProjectAccess,
  ProjectInfo,
  ProjectOptions,
} from './types.js';
import { verbs, type Verbs } from './verbs.js';

/** An emulator, in this process or elsewhere. Its verbs act on the whole server: keep to a project in parallel tests. */
export interface Emulator extends Verbs {
  /** Its address, without a slash at its end. */
  readonly url: string;
  /** Makes a project, with credentials of its own for each role. */
  project(options?: ProjectOptions): Promise<Project>;
  /** A project that is there, with its credentials. @throws {EmulatorError} 404 */
  projectById(id: string): Promise<Project>;
  /** The oldest project of a profile: the fixture's. @throws {EmulatorError} 404 if there is none */
  seededProject(profile: ProfileName): Promise<Project>;
  /** All projects, in the order in which they came. */
  projects(): Promise<readonly ProjectInfo[]>;
  readonly fixture: {
    /** The world as it is now; a bug report is made with it. */
    export(): Promise<Fixture>;
    /** Puts a fixture in the place of the world; a reset comes back to it. */
    load(fixture: Fixture): Promise<void>;
  };
  health(): Promise<Health>;
  /**
   * What happens from this call on: `for await (const event of emulator.events())`. Ends when the emulator is closed.
   */
  events(options?: EventOptions): AsyncGenerator<EmulatorEvent, void, undefined>;
  /** Stops an emulator of this process; lets go of a remote one, which goes on. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What can stand in a header: the token must not be repeated by the error of one that cannot. */
const HEADER_TEXT = /^[\x21-\x7e]*$/;

/** Calls that may put clocks back. */
const TURNS_BACK = /^(?:POST .*\/(?:reset|restore)|PUT \/fixture)$/;

/** An emulator over a way to it. @param close what its end takes beside */
export function emulatorOver(
  way: Transport,
  url: string,
  token: string | undefined,
  close: () => Promise<void> = async () => undefined,
): Emulator {
  const over = new AbortController();
  // What is called behind `events()` happens behind where its stream begins.
  let begun: Promise<unknown> = Promise.resolve();
  let turned = 0;
  const transport: Transport = async (method, path, body) => {
    await begun;
    try {
      return await way(method, path, body);
    } finally {
      if (TURNS_BACK.test(`${method} ${path}`)) turned += 1;
    }
  };
  const project = (access: unknown): Project =>
    projectOver(transport, url, access as ProjectAccess, () => turned);
  const lastEvent = (): Promise<number> => {
    const last = way('GET', '/requests?limit=1').then((answer) => (answer as { last: number }).last);
    begun = Promise.allSettled([begun, last]);
    return last;
  };
  const projects = async (): Promise<readonly ProjectInfo[]> =>
    ((await transport('GET', '/projects')) as { projects: ProjectInfo[] }).projects;
  const projectById = async (id: string): Promise<Project> =>
    project(await transport('GET', `/projects/${encodeURIComponent(id)}/access`));
  const end = async (): Promise<void> => {
    over.abort();
    await close();
  };
  return {
    ...verbs(transport, ''),
    url,
    projects,
    projectById,
    project: async (options = {}) => project(await transport('POST', '/projects', options)),
    async seededProject(profile) {
      const found = (await projects()).find((one) => one.profile === profile);
      if (!found)
        throw new EmulatorError(404, `There is no project of the profile ${profile}.`, 'GET /projects');
      return projectById(found.id);
    },
    fixture: {
      export: async () => (await transport('GET', '/fixture')) as Fixture,
      load: async (fixture) => {
        await transport('PUT', '/fixture', fixture);
      },
    },
    health: async () => (await transport('GET', '/health')) as Health,
    events: (options = {}) =>
      streamEvents(url, token, options.since ?? lastEvent(), {
        ...options,
        signal: options.signal ? AbortSignal.any([over.signal, options.signal]) : over.signal,
      }),
    close: end,
    [ASYNC_DISPOSE]: end,
  };
}

/**
 * Connects to an emulator that runs elsewhere, such as in a container. Its verbs are those of one in this process.
 *
 * @param url such as `http://127.0.0.1:27080`
 * @param token its control token, where it has one
 * @throws {EmulatorError} if no emulator answers there, it has no control API, or it does not take the token
 */
export async function connectEmulator(url: string | URL, token?: string): Promise<Emulator> {
  const address = addressOf(url);
  if (address === undefined) {
    throw new EmulatorError(
      0,
      `${JSON.stringify(String(url))} is no address such as http://127.0.0.1:27080`,
      'connectEmulator',
    );
  }
  if (token !== undefined && !HEADER_TEXT.test(token)) {
    throw new EmulatorError(0, 'the control token has characters that no header can have', 'connectEmulator');
  }
  const emulator = emulatorOver(transportOver(sendByFetch(address), token), address, token);
  try {
    const reading = (await emulator.clock.read()) as Partial<ClockReading> | null | undefined;
    if (reading?.now === undefined) {
      throw new EmulatorError(200, `what answers at ${address} is no emulator`, 'GET /clock');
    }
  } catch (error) {
    if (!(error instanceof EmulatorError && error.status === 404)) throw error;
    const why = `there is no control API at ${address}: it is no emulator, or runs with --no-control`;
    throw new EmulatorError(404, why, error.call, error.body);
  }
  return emulator;
}
