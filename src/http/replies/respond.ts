import { pipeline, type Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ResponseHeaders } from '../observation/exchange.js';
import { observe } from '../observation/request-finished.js';
import { readUnread } from '../observation/unread-body.js';
import { Connection } from './connection.js';
import { writeAtOnce } from './direct.js';

/** The type of JSON that is not Atlas's. */
export const JSON_UTF8 = 'application/json; charset=utf-8';

/** The body of a response: text is sent as UTF-8. */
export type ResponseBody = string | Buffer | undefined;

/** What a handler of the control API returns for another status than that of its success. */
export class OtherAnswer {
  constructor(
    readonly status: number,
    readonly headers: ResponseHeaders,
    readonly text?: string,
  ) {}
}

/**
 * Sends the response to a request of either API, and emits `request.finished`. What no step has read of the request's
 * body is read first.
 *
 * It writes to Node's response itself: Fastify's `reply.send`, with the hooks that all responses would need, costs more
 * than the rest of a GET (docs/performance.md).
 *
 * @param headers a list of this response alone, to which others are added
 */
export function respond(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  headers: ResponseHeaders,
  body?: ResponseBody,
): void {
  const unread = readUnread(request);
  if (unread) {
    void unread.then(() => write(request, reply, status, headers, body));
  } else write(request, reply, status, headers, body);
}

function write(
  request: FastifyRequest,
  { raw, server }: FastifyReply,
  status: number,
  own: ResponseHeaders,
  body: ResponseBody,
): void {
  const { method, exchange } = request;
  const headers = exchange.headers || exchange.spoil ? exchange.allHeaders(own) : own;
  if (body !== undefined && status !== 204) headers.push('content-length', Buffer.byteLength(body));
  else if (status !== 204 && status !== 304 && method !== 'HEAD') headers.push('content-length', 0);
  // Over a connection Node drops the body of HEAD itself; `inject` does not.
  const sent = method === 'HEAD' || status === 204 ? undefined : body;
  if (exchange.spoil) {
    exchange.spoil(status, headers, sent);
    return;
  }
  // An error after a response was sent has no response of its own.
  if (raw.headersSent) return;
  const isGone = raw.destroyed || raw.socket?.destroyed === true;
  // Before the client can have read the end of the response: if it then asks for the request, it is there.
  observe(request, isGone ? 0 : status, headers, sent);
  if (isGone) return;
  const text = sent ?? '';
  const { keepAliveTimeout } = server.server;
  const { shared } = exchange;
  // Added headers may be any: a fault rule can send another Date.
  const isPlain = !exchange.headers && typeof text === 'string';
  if (isPlain && writeAtOnce(raw, status, shared, headers, text, keepAliveTimeout)) return;
  raw.writeHead(status, [...shared.list, ...headers]);
  raw.end(sent);
}

/** Sends a stream, until either side ends it. `request.finished` is emitted then. */
export function respondWithStream(
  request: FastifyRequest,
  { raw }: FastifyReply,
  headers: ResponseHeaders,
  stream: Readable,
): void {
  const all = request.exchange.allHeaders(headers);
  raw.writeHead(200, all);
  const connection = raw.socket && Connection.of(raw.socket);
  connection?.endWithStream();
  // Nobody could end it.
  if (connection?.isBroken) stream.push(null);
  pipeline(stream, raw, () => observe(request, 200, all));
}
