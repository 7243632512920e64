import { STATUS_CODES, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { systemClock } from '../../kernel/clock.js';
import type { ResponseHeaders, SharedHeaders } from '../observation/exchange.js';

/** What makes Node take the head of a response as written. Where it has other names for it, Node writes all responses. */
interface Head {
  _header: string | null;
  _headerSent?: boolean;
}

/** What the value of a header has in no response of ours; Node refuses some of it, and encodes the rest. */
const NOT_VISIBLE_ASCII = /[^\t\x20-\x7e]/;

/**
 * Writes a response to its connection as one text: a get takes a fifth less CPU time than with `writeHead` and `end`, which
 * check and join each header and write two pieces (docs/performance.md).
 *
 * Only those that are like nearly all: text, over a connection that stays open. The rest is for Node.
 *
 * @param headers the response's own, after the shared ones
 * @param idleMs how long the connection may stay idle
 * @returns whether it was written
 */
export function writeAtOnce(
  response: ServerResponse,
  status: number,
  shared: SharedHeaders,
  headers: ResponseHeaders,
  body: string,
  idleMs: number,
): boolean {
  const { socket } = response;
  const state = response as unknown as Head;
  // Without a connection (`inject`), and with headers that Fastify has set, such as while it closes.
  if (!(socket instanceof Socket) || response.getHeaderNames().length > 0) return false;
  if (!response.shouldKeepAlive || state._headerSent !== false) return false;
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n${shared.text}`;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    const value = headers[index + 1] ?? '';
    if (typeof value === 'string' && NOT_VISIBLE_ASCII.test(value)) return false;
    head += `${name}: ${value}\r\n`;
  }
  const idle = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(idleMs / 1000)}`;
  socket.write(`${head}Date: ${httpDate()}\r\n${idle}\r\n\r\n${body}`);
  response.statusCode = status;
  state._header = head;
  state._headerSent = true;
  response.end();
  return true;
}

let second = 0;
let date = '';

/** The time as HTTP writes it. */
function httpDate(): string {
  const now = Math.floor(systemClock.now() / 1000);
  if (now !== second) {
    second = now;
    date = new Date(now * 1000).toUTCString();
  }
  return date;
}
