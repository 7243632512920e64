import type { IncomingHttpHeaders, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection on which more requests wait is closed: they take memory. */
const MOST_UNANSWERED = 1000;

const connections = new WeakMap<Socket, Connection>();

/** A response that is not sent. */
interface Unanswered {
  readonly response: ServerResponse;
  /** Handles its request. */
  readonly start: () => void;
}

/** A connection, whose requests are handled one after the other: only safe ones may be handled at once (RFC 9112, section 9.3.2). */
export class Connection {
  /** It has brought what is no request, so nothing that it brings later can be read. */
  isBroken = false;
  /** In order; the request of the first is being handled. */
  readonly unanswered: Unanswered[] = [];
  #hasStream = false;
  /** Those of the last request. */
  #headers: IncomingHttpHeaders = {};

  static of(socket: Socket): Connection {
    let connection = connections.get(socket);
    if (!connection) connections.set(socket, (connection = new Connection()));
    return connection;
  }

  /** Handles the request of a response when those before it are answered. */
  add(added: Unanswered, socket: Socket): void {
    const { unanswered } = this;
    unanswered.push(added);
    added.response.once('close', () => {
      unanswered.splice(unanswered.indexOf(added), 1);
      if (socket.writable) unanswered[0]?.start();
    });
    if (unanswered.length === 1) added.start();
    else if (unanswered.length > MOST_UNANSWERED) socket.destroy();
    else if (this.#hasStream) added.response.req.resume();
  }

  /** The headers of a request: where they are those of the one before, its object, so that many are retained once. */
  sharedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    if (!haveSameValues(headers, this.#headers)) this.#headers = headers;
    return this.#headers;
  }

  /**
   * Says that the response that is being sent is a stream, which is the last of the connection. The rest of its request
   * and those behind it are read and discarded: with one left unread, Node would not see that the client ends the
   * connection.
   */
  endWithStream(): void {
    this.#hasStream = true;
    for (const { response } of this.unanswered) response.req.resume();
  }
}

/**
 * Lets each connection of a server handle its requests in order, those with an `Expect` header too, of which Node would
 * refuse some.
 */
export function handleInOrder(server: Server): void {
  const [handle] = server.listeners('request') as [RequestListener];
  const inOrder =
    (listener: RequestListener): RequestListener =>
    (request, response) => {
      const { socket } = request;
      Connection.of(socket).add({ response, start: () => listener(request, response) }, socket);
    };
  server.removeAllListeners('request').on('request', inOrder(handle));
  // Other expectations may be ignored (RFC 9110, section 10.1.1).
  server.on('checkExpectation', inOrder(handle));
  const afterContinue: RequestListener = (request, response) => {
    // Not before its turn: Node would write it into the response to an earlier request.
    response.writeContinue();
    handle(request, response);
  };
  server.on('checkContinue', inOrder(afterContinue));
}

function haveSameValues(one: IncomingHttpHeaders, other: IncomingHttpHeaders): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
