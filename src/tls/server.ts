import http, { type Server } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { KeyPair } from './certificates.js';

/** A server that passes its requests to the main one, so that several ports and protocols serve one application. */
export function besideMain(main: Server, certificate?: KeyPair): Server {
  const { requestTimeout, headersTimeout, keepAliveTimeout } = main;
  const options = { requestTimeout, headersTimeout, keepAliveTimeout };
  const server = certificate
    ? https.createServer({ ...options, ...certificate })
    : http.createServer(options);
  server.on('request', (request, response) => main.emit('request', request, response));
  server.on('clientError', (error, socket) => main.emit('clientError', error, socket));
  // Node reports a failed handshake as a client error, which would be answered in HTTP.
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
  return server;
}
