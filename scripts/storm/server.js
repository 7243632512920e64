import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The emulator as a process of its own. */
export class Server {
  /** What it has written to its log: errors only. */
  log = '';
  #stdout = '';
  #child;

  constructor(db) {
    const args = [CLI, '--port', '0', '--log-level', 'error', '--db', db];
    this.#child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ATLAS_EMULATOR_QUIET: 'true' },
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text) => (this.#stdout += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
    this.ended = once(this.#child, 'close').then(([status, signal]) => ({ status, signal }));
  }

  static async start(db) {
    const server = new Server(db);
    await server.ready();
    return server;
  }

  /** Waits until it listens. */
  async ready() {
    let ended = false;
    void this.ended.then(() => (ended = true));
    while (!this.#stdout.includes('\n')) {
      await Promise.race([once(this.#child.stdout, 'data'), this.ended]);
      if (ended) throw new Error(`the emulator does not start: ${this.log}`);
    }
    const { url, projects } = JSON.parse(this.#stdout);
    Object.assign(this, { url, projects, host: new URL(url).host });
  }

  signal(name) {
    this.#child.kill(name);
  }

  get isAlive() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Calls the control API, and returns the body of a success. */
  async control(method, path, body) {
    const response = await fetch(`${this.url}/_emulator${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Refused(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Calls the Atlas API with a token, and returns the body of a success. */
  async atlas(token, method, path, body) {
    const response = await fetch(`${this.url}/api/atlas/v2${path}`, {
      method,
      headers: {
        accept: 'application/vnd.atlas.2025-03-12+json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Refused(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** A new token of a service account. */
  async token({ clientId, clientSecret }) {
    const response = await fetch(`${this.url}/api/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    if (!response.ok) throw new Refused(`a token: ${response.status} ${await response.text()}`);
    return (await response.json()).access_token;
  }
}

/** An answer that is not a success, as opposed to none. */
export class Refused extends Error {}
