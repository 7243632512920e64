import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { KeyPair } from './certificates.js';

/** An HTTPS server that passes its requests to an HTTP server, so that both serve one application. */
export function besideHttp(http: HttpServer, { cert, key }: KeyPair): Server {
  const { requestTimeout, headersTimeout, keepAliveTimeout } = http;
  const https = createServer({ cert, key, requestTimeout, headersTimeout, keepAliveTimeout });
  https.on('request', (request, response) => http.emit('request', request, response));
  https.on('clientError', (error, socket) => http.emit('clientError', error, socket));
  // Node reports a failed handshake as a client error, which would be answered in HTTP.
  https.removeAllListeners('tlsClientError');
  https.on('tlsClientError', (_error, socket) => socket.destroy());
  return https;
}
