import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { buildApp, type Replacements } from './app.js';
import { defaultConfig, type Config } from './config.js';
import { isLoopback } from './control/index.js';
import type { Identity } from './identity/index.js';
import type { EventBus } from './kernel/events.js';

export type { Config } from './config.js';

/** An emulator that listens. */
export interface Emulator {
  /** Its address as a client on this machine reaches it, without a slash at its end. */
  readonly url: string;
  /** Whether its organizations, projects and links came from the database, and not from the fixture. */
  readonly restored: boolean;
  /** What the control API wants as bearer token; undefined where it is open, or turned off. */
  readonly controlToken: string | undefined;
  readonly events: EventBus;
  readonly identity: Identity;
  /** Answers what is under way, and closes the database. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long requests under way may take to end once the emulator is told to stop, in milliseconds. */
const DRAIN_MS = 700;

/**
 * Starts an emulator in this process, by default on a free port and silent.
 *
 * @param settings those that differ from the defaults
 * @throws if the port is in use (`EADDRINUSE`), the database not usable, or the fixture wrong
 */
export async function startEmulator(
  settings: Partial<Config> = {},
  replacements: Replacements = {},
): Promise<Emulator> {
  const wanted = defaultConfig({ port: 0, logLevel: 'silent', ...settings });
  const config = { ...wanted, ...controlTokenFor(wanted) };
  const { server, events, identity, restored } = await buildApp(config, replacements);
  try {
    await server.listen({ host: config.host, port: config.port });
  } catch (error) {
    await server.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    // A client that keeps a request open must not keep the emulator from stopping.
    const cut = setTimeout(() => {
      server.server.closeAllConnections();
    }, DRAIN_MS);
    await server.close();
    clearTimeout(cut);
  };
  return {
    url: urlOf(server.server.address() as AddressInfo),
    restored,
    controlToken: config.controlToken,
    events,
    identity,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The control token of the settings; one is made where the emulator can be reached from elsewhere. */
function controlTokenFor({ host, controlToken, noControl }: Config): Pick<Config, 'controlToken'> {
  if (controlToken !== undefined) return { controlToken };
  return isLoopback(host) || noControl ? {} : { controlToken: randomBytes(24).toString('base64url') };
}

/** An address that a client on this machine can use; "any" addresses become the loopback's. */
function urlOf({ address, port }: AddressInfo): string {
  const host =
    { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address] ?? (address.includes(':') ? `[${address}]` : address);
  return `http://${host}:${port}`;
}
