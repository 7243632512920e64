import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buildApp, type App, type Replacements } from './app.js';
import { defaultConfig, type Config } from './config.js';
import { isLoopback } from './control/index.js';
import { listen as listenToTls } from './tls/server.js';

/** An emulator that listens, with its parts. */
export interface Listening extends App {
  /** Its address as a client on this machine reaches it, without a slash at its end. */
  readonly url: string;
  /** The same over https; undefined without `tls`. */
  readonly tlsUrl: string | undefined;
  /** The bearer token of the control API; undefined if it is open or disabled. */
  readonly controlToken: string | undefined;
  /** Answers what is under way, and closes the database. */
  close(): Promise<void>;
}

/** How long requests under way may take to end once the emulator is told to stop, in milliseconds. */
const DRAIN_MS = 700;

/**
 * Starts to listen, by default on a free port and silent.
 *
 * @param settings those that differ from the defaults
 * @throws if a port is in use (`EADDRINUSE`), the database not usable, the fixture or the files for https wrong
 */
export async function listen(
  settings: Partial<Config> = {},
  replacements: Replacements = {},
): Promise<Listening> {
  const wanted = defaultConfig(settings, { port: 0, tlsPort: 0, logLevel: 'silent' });
  const config = { ...wanted, ...controlTokenFor(wanted) };
  const app = await buildApp(config, replacements);
  const { server, tls } = app;
  const unused = [
    unusedConnections(server.server, 'connection'),
    ...(tls ? [unusedConnections(tls.server, 'secureConnection')] : []),
  ];
  try {
    await server.listen({ host: config.host, port: config.port });
    if (tls) await listenToTls(tls.server, config.host, config.tlsPort);
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    ...app,
    url: urlOf('http', server.server.address() as AddressInfo),
    tlsUrl: tls && urlOf('https', tls.server.address() as AddressInfo),
    controlToken: config.controlToken,
    async close() {
      for (const drop of unused) drop();
      // A client that keeps a request open must not keep the emulator from stopping.
      const cut = setTimeout(() => {
        server.server.closeAllConnections();
        tls?.server.closeAllConnections();
      }, DRAIN_MS);
      await server.close();
      clearTimeout(cut);
    },
  };
}

/**
 * Keeps the connections that no request has come on yet, as some clients open them in advance: the server takes them
 * for busy, and would wait for them at its end. Returns what closes them.
 */
function unusedConnections(server: Server, event: 'connection' | 'secureConnection'): () => void {
  const unused = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return () => {
    for (const socket of unused) socket.destroy();
  };
}

/** The control token of the settings; one is made where the emulator can be reached from elsewhere. */
function controlTokenFor({ host, controlToken, noControl }: Config): Pick<Config, 'controlToken'> {
  if (controlToken !== undefined) return { controlToken };
  return isLoopback(host) || noControl ? {} : { controlToken: randomBytes(24).toString('base64url') };
}

/** An address that a client on this machine can use; "any" addresses become the loopback's. */
function urlOf(scheme: string, { address, port }: AddressInfo): string {
  const host =
    { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address] ?? (address.includes(':') ? `[${address}]` : address);
  return `${scheme}://${host}:${port}`;
}
