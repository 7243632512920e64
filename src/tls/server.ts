import http, { type Server } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { KeyPair } from './certificates.js';

/** The first byte that a client sends over TLS: the type of the record with its handshake. */
const TLS_HANDSHAKE = 0x16;

/** What Node emits for a request: another event than `request` for one with an `Expect` header. */
export const REQUEST_EVENTS = ['request', 'checkContinue', 'checkExpectation'] as const;

/** A server that passes its requests to the main one, so that several ports and protocols serve one application. */
export function besideMain(main: Server, certificate?: KeyPair): Server {
  const { requestTimeout, headersTimeout, keepAliveTimeout } = main;
  const options = { requestTimeout, headersTimeout, keepAliveTimeout };
  const server = certificate
    ? https.createServer({ ...options, ...certificate })
    : http.createServer(options);
  for (const event of [...REQUEST_EVENTS, 'clientError']) {
    server.on(event, (...about: unknown[]) => main.emit(event, ...about));
  }
  if (certificate) refusePlainText(server);
  return server;
}

/** Looks at the first byte of each connection: what is not TLS is a client error, which is answered in HTTP. */
function refusePlainText(server: Server): void {
  const accept = server.listeners('connection');
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(server.headersTimeout, () => socket.destroy());
    socket.once('data', (data: Buffer) => {
      if (data[0] !== TLS_HANDSHAKE) {
        const error = new Error('HTTP on the port for HTTPS');
        server.emit('clientError', Object.assign(error, { code: 'ERR_SSL_HTTP_REQUEST' }), socket);
        return;
      }
      socket.pause();
      socket.unshift(data);
      socket.setTimeout(0);
      for (const listener of accept) listener.call(server, socket);
    });
  });
  // Node reports a failed handshake as a client error, which would be answered in HTTP.
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
}

/** How many clients that send TLS to a port for HTTP are reported. */
const REPORTED_CLIENTS = 100;

/** Returns a function that describes the first error of each client that sends TLS to a port for HTTP. */
export function tlsNotices(): (error: Error, socket: Pick<Socket, 'remoteAddress'>) => string | undefined {
  const known = new Set<string>();
  return (error, { remoteAddress: client = 'a client' }) => {
    const { rawPacket } = error as { rawPacket?: Buffer };
    const isTls = rawPacket?.[0] === TLS_HANDSHAKE;
    if (!isTls || known.has(client) || known.size >= REPORTED_CLIENTS) return undefined;
    known.add(client);
    return `${client} sent TLS to a port for HTTP: use http:// there, or --tls and its port`;
  };
}
