import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { KeyPair } from './certificates.js';

/**
 * An https server beside an http server: what arrives here is handled there, so that both serve one application.
 * It listens nowhere yet.
 */
export function besideHttp(http: HttpServer, { cert, key }: KeyPair): Server {
  const { requestTimeout, headersTimeout, keepAliveTimeout } = http;
  const https = createServer({ cert, key, requestTimeout, headersTimeout, keepAliveTimeout });
  https.on('request', (request, response) => http.emit('request', request, response));
  https.on('clientError', (error, socket) => http.emit('clientError', error, socket));
  // A handshake that fails leaves nobody to answer; Node would call it a client error, to be answered in HTTP.
  https.removeAllListeners('tlsClientError');
  https.on('tlsClientError', (_error, socket) => socket.destroy());
  return https;
}

/** Listens; the error of a port in use says by which setting it was given. */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error): void => {
      reject(Object.assign(error, { setting: '--tls-port' }));
    };
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

/** Takes no more connections, and resolves once those that are under way have ended. */
export async function finish(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
