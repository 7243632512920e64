import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection on which more requests wait is closed: they take memory. */
const MOST_UNANSWERED = 1000;

const connections = new WeakMap<Socket, Connection>();

/** A connection, whose requests are handled one after the other: only safe ones may be handled at once (RFC 9112, section 9.3.2). */
export class Connection {
  /** It has brought what is no request, so nothing that it brings later can be read. */
  isBroken = false;
  /** The responses that are not sent, in order. The request of the first is being handled. */
  readonly unanswered: ServerResponse[] = [];
  #hasStream = false;

  static of(socket: Socket): Connection {
    let connection = connections.get(socket);
    if (!connection) connections.set(socket, (connection = new Connection()));
    return connection;
  }

  /** Handles the request of a response when those before it are answered. */
  add(response: ServerResponse, socket: Socket, handle: RequestListener): void {
    const { unanswered } = this;
    unanswered.push(response);
    response.once('close', () => {
      unanswered.splice(unanswered.indexOf(response), 1);
      const [next] = unanswered;
      if (next && socket.writable) handle(next.req, next);
    });
    if (unanswered.length === 1) handle(response.req, response);
    else if (unanswered.length > MOST_UNANSWERED) socket.destroy();
    else if (this.#hasStream) response.req.resume();
  }

  /**
   * Says that the response that is being sent is a stream, which is the last of the connection. The rest of its request
   * and those behind it are read and discarded: with one left unread, Node would not see that the client ends the
   * connection.
   */
  endWithStream(): void {
    this.#hasStream = true;
    for (const { req } of this.unanswered) req.resume();
  }
}

/** Lets each connection of a server handle its requests in order. */
export function handleInOrder(server: Server): void {
  const [handle] = server.listeners('request') as [RequestListener];
  server.removeAllListeners('request');
  server.on('request', ({ socket }, response) => {
    Connection.of(socket).add(response, socket, handle);
  });
}
