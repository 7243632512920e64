import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { addressesOf, isBlockedPort, isLoopback, urlHost } from './addresses.js';
import { buildApp, type App, type Replacements } from './app.js';
import { defaultConfig, type Config } from './config.js';
import { UsageError } from './exit.js';
import { besideMain, REQUEST_EVENTS } from './tls/server.js';

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
  const { port, tlsPort, noControl } = config;
  const addresses = addressesOf(config.host);
  const blocked = [port, ...(config.tls ? [tlsPort] : [])].find(isBlockedPort);
  // Clients with `fetch`, such as the commands and the library, could not connect.
  if (blocked !== undefined) {
    const why =
      'fetch and browsers refuse to connect to this port (https://fetch.spec.whatwg.org/#port-blocking)';
    throw new UsageError(`${blocked === port ? '--port' : '--tls-port'} must not be ${blocked}: ${why}`);
  }
  // Other machines can reach the emulator.
  if (!addresses.every(isLoopback) && !noControl) {
    config.controlToken ??= randomBytes(24).toString('base64url');
  }
  const app = await buildApp(config, replacements);
  const { server, log, others, tls } = app;
  const first = server.server;
  const plain = addresses.map((_, index) => (index === 0 ? first : besideMain(first)));
  const secure = tls ? addresses.map(() => besideMain(first, tls)) : [];
  others.push(...plain.slice(1), ...secure);
  const destroyUnused = [...plain, ...secure].map(unusedConnections);
  const skip = (address: string, code: string): boolean => {
    const isImplied = address === '::1' && ![config.host].flat().some((one) => one.includes('::1'));
    if (!isImplied || !['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(code)) return false;
    log.warn(`localhost is only 127.0.0.1: this machine has no IPv6 (${code})`);
    return true;
  };
  try {
    await listenOn(plain, addresses, port, '--port', skip);
    await listenOn(secure, addresses, tlsPort, '--tls-port', skip);
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    ...app,
    url: urlOf('http', first),
    tlsUrl: secure[0] && urlOf('https', secure[0]),
    controlToken: config.controlToken,
    async close() {
      for (const destroy of destroyUnused) destroy();
      // A client that keeps a request open must not keep the emulator from stopping.
      const timer = setTimeout(() => {
        for (const one of [first, ...others]) one.closeAllConnections();
      }, DRAIN_MS);
      await server.close();
      clearTimeout(timer);
    },
  };
}

/**
 * Listens on one port of all addresses.
 *
 * @param setting sets the port; added to an error
 * @param skip whether an address may be missing
 */
async function listenOn(
  servers: readonly Server[],
  addresses: readonly string[],
  wanted: number,
  setting: string,
  skip: (address: string, code: string) => boolean,
  attempts = 10,
): Promise<void> {
  let port = wanted;
  let isTaken = false;
  for (const [index, server] of servers.entries()) {
    const host = addresses[index] ?? '';
    try {
      // Otherwise :: would include IPv4, where another of the servers may listen.
      await once(server.listen({ host, port, ipv6Only: addresses.length > 1 }), 'listening');
      port = (server.address() as AddressInfo).port;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (skip(host, code)) continue;
      // A free port of the first address can be in use on another.
      isTaken = wanted === 0 && index > 0 && code === 'EADDRINUSE' && attempts > 1;
      if (!isTaken) throw Object.assign(error as Error, { setting });
      break;
    }
  }
  if (!isTaken && (wanted !== 0 || !isBlockedPort(port))) return;
  const open = servers.filter((one) => one.listening);
  await Promise.all(open.map((one) => once(one.close(), 'close')));
  await listenOn(servers, addresses, wanted, setting, skip, attempts - 1);
}

function urlOf(scheme: string, server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `${scheme}://${urlHost(address)}:${port}`;
}

/**
 * Collects connections without a request, which some clients open in advance: Node considers them active, and would
 * wait for them to end. Returns a function that destroys them.
 */
function unusedConnections(server: Server): () => void {
  // By the address of the client, which the socket of a connection and that of TLS over it have in common.
  const unused = new Map<string, Socket>();
  const keyOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string => `${remoteAddress} ${remotePort}`;
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    unused.set(key, socket);
    socket.once('close', () => unused.delete(key));
  });
  for (const event of REQUEST_EVENTS) {
    server.on(event, ({ socket }: IncomingMessage) => unused.delete(keyOf(socket)));
  }
  return () => {
    for (const socket of unused.values()) socket.destroy();
  };
}
