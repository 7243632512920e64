import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { ACCEPT, linksPath, seededCaller, type SeededCaller, type SeededProfile } from './emulator.js';

/** The built program. `npm test` builds it first. */
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The environment of a program that a test starts, without the settings of the caller. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:ATLAS_EMULATOR|NODE)_/.test(name)),
  );
}

/** The arguments, with `--port 0` unless they have a port. */
export function onFreePort(args: readonly string[]): readonly string[] {
  return args.includes('--port') ? args : ['--port', '0', ...args];
}

/** The line that the program prints once it listens. */
export interface Ready {
  readonly url: string;
  readonly controlUrl: string;
  readonly pid: number;
  readonly db: string;
  readonly projects: readonly {
    readonly id: string;
    readonly profile: string;
    readonly callers: Readonly<Record<string, { readonly publicKey?: string; readonly clientId?: string }>>;
  }[];
}

/** How the program ended, and its output. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment and user of a program that a test starts. */
export interface Surroundings {
  /** Its `ATLAS_EMULATOR_…` variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user it runs as, if the test may change the user. */
  readonly uid?: number;
}

/** The program as a process of its own. */
export class Command {
  /** Resolves when the process is gone and its output is read to the end. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], { env = {}, uid }: Surroundings = {}) {
    this.#child = spawn(process.execPath, [CLI, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Otherwise standard error would have the banner.
      env: { ...cleanEnvironment(), ATLAS_EMULATOR_QUIET: 'true', ...env },
      ...(uid !== undefined && { uid, gid: uid }),
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = once(this.#child, 'close').then(([status, signal]) => ({
      status: status as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /** Runs the program to its end. */
  static run(args: readonly string[], surroundings?: Surroundings): Promise<Ending> {
    const command = new Command(args, surroundings);
    onTestFinished(() => {
      command.signal('SIGKILL');
    });
    return command.ended;
  }

  /** Starts the program on a free port, and waits until it says that it listens. */
  static async start(
    args: readonly string[] = [],
    surroundings?: Surroundings,
  ): Promise<{ command: Command; ready: Ready }> {
    const command = new Command(onFreePort(args), surroundings);
    onTestFinished(() => {
      command.signal('SIGKILL');
    });
    return { command, ready: await command.ready() };
  }

  /** Starts the program before the tests of a file or `describe`, and kills it after them. */
  static shared(args: readonly string[] = []): { readonly ready: Ready } {
    let command: Command;
    let ready: Ready;
    beforeAll(async () => {
      command = new Command(onFreePort(args));
      ready = await command.ready();
    });
    afterAll(() => {
      command.signal('SIGKILL');
    });
    return {
      get ready() {
        return ready;
      },
    };
  }

  /** What the program has written to its standard output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** Waits for the first line on standard output. */
  async ready(): Promise<Ready> {
    const ended = this.ended.then(({ stderr }) => {
      throw new Error(`the program ended before it listened: ${stderr}`);
    });
    // Unused once the line has arrived.
    ended.catch(() => undefined);
    while (!this.#stdout.includes('\n')) await Promise.race([once(this.#child.stdout, 'data'), ended]);
    return JSON.parse(this.#stdout.slice(0, this.#stdout.indexOf('\n'))) as Ready;
  }

  /** Sends a signal, at once. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.signal(signal);
    return this.ended;
  }
}

/** A client of a running program, with a token of a seeded caller. */
export class Client {
  private constructor(
    readonly url: string,
    readonly profile: SeededProfile,
    readonly token: string,
  ) {}

  static async of(
    url: string,
    caller: SeededCaller = 'owner',
    profile: SeededProfile = 'documented',
  ): Promise<Client> {
    const { clientId, clientSecret } = seededCaller(caller, profile);
    const response = await fetch(`${url}/api/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return new Client(url, profile, token);
  }

  /** Sends a request for the seeded project's private links. */
  fetch(query = '', init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + linksPath(this.profile) + query, {
      ...init,
      headers: {
        accept: ACCEPT,
        authorization: `Bearer ${this.token}`,
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
    });
  }

  /** Creates a private link of an endpoint. */
  create(serviceEndpointId: string): Promise<Response> {
    const body = { provider: 'AWS', vendor: 'S3', region: 'us-east-1', serviceEndpointId };
    return this.fetch('', { method: 'POST', body: JSON.stringify(body) });
  }
}
