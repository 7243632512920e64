import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buildApp, type App, type Replacements } from './app.js';
import { defaultConfig, type Config } from './config.js';
import { isLoopback } from './control/index.js';

/** A listening emulator. */
export interface Listening extends App {
  /** Its address for a client on this machine, without a slash at the end. */
  readonly url: string;
  /** Its address over HTTPS; undefined without `tls`. */
  readonly tlsUrl: string | undefined;
  /** The bearer token of the control API; undefined if it is open or disabled. */
  readonly controlToken: string | undefined;
  /** Finishes the requests in progress, and closes the database. */
  close(): Promise<void>;
}

/** How long requests in progress may take after the emulator is stopped, in milliseconds. */
const DRAIN_MS = 700;

/**
 * Starts an emulator, by default on a free port and without a log.
 *
 * @param settings those that differ from the defaults
 * @throws if a port is in use (`EADDRINUSE`), or if the database, the fixture or the files for HTTPS cannot be used
 */
export async function listen(
  settings: Partial<Config> = {},
  replacements: Replacements = {},
): Promise<Listening> {
  const config = defaultConfig(settings, { port: 0, tlsPort: 0, logLevel: 'silent' });
  const { host, port, tlsPort, noControl } = config;
  // Other machines can reach the emulator.
  if (!isLoopback(host) && !noControl) config.controlToken ??= randomBytes(24).toString('base64url');
  const app = await buildApp(config, replacements);
  const { server, tls } = app;
  const servers = [server.server, ...(tls ? [tls.server] : [])];
  const destroyUnused = [
    unusedConnections(server.server, 'connection'),
    ...(tls ? [unusedConnections(tls.server, 'secureConnection')] : []),
  ];
  try {
    const url = await listenOn(server.server, 'http', host, port, '--port');
    const tlsUrl = tls && (await listenOn(tls.server, 'https', host, tlsPort, '--tls-port'));
    return {
      ...app,
      url,
      tlsUrl,
      controlToken: config.controlToken,
      async close() {
        for (const destroy of destroyUnused) destroy();
        // A client that keeps a request open must not keep the emulator from stopping.
        const timer = setTimeout(() => {
          for (const one of servers) one.closeAllConnections();
        }, DRAIN_MS);
        await server.close();
        clearTimeout(timer);
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/**
 * Listens on an address.
 *
 * @param setting sets the port; added to an error
 * @returns the URL for a client on this machine: an address that stands for all becomes loopback
 */
async function listenOn(
  server: Server,
  scheme: string,
  host: string,
  port: number,
  setting: string,
): Promise<string> {
  try {
    await once(server.listen({ host, port }), 'listening');
  } catch (error) {
    throw Object.assign(error as Error, { setting });
  }
  const bound = server.address() as AddressInfo;
  const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[bound.address] ?? bound.address;
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${bound.port}`;
}

/**
 * Collects connections without a request, which some clients open in advance: Node considers them active, and would
 * wait for them to end. Returns a function that destroys them.
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
