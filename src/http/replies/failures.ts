import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StorageError } from '../../kernel/storage-error.js';
import { defineCondition, dress, Refusal, SOURCE, type Profile } from '../../profiles/index.js';
import { reasonLine } from '../observation/exchange.js';
import { redactTarget } from '../observation/redaction.js';
import { BODY_LIMIT, bodyTooLarge, unsupportedMediaType } from '../steps/body.js';
import { Connection } from './connection.js';
import { sendRefusal } from './replies.js';

const VALIDATION_ERROR = 'The request content produced the validation error: %s.';

/**
 * The path has a broken escape, `Host` is neither a name nor an address, or the request is not well-formed HTTP. A
 * request that cannot be read at all gets this code with 400, 408 (it never ended) or 431 (its headers are too long).
 */
export const malformedRequest = defineCondition('malformedRequest', {
  observed: [400, 'VALIDATION_ERROR', VALIDATION_ERROR, SOURCE.standard],
  settledBy: 'GET /api/atlas/v2/groups/%zz',
  problem: (sentence: string, _remedy?: string) => `The request cannot be read: ${sentence}.`,
  remedy: (_sentence, remedy = 'Send well-formed HTTP.') => remedy,
  example: ['the path has a broken escape'],
});

/**
 * The database file cannot be written or read, such as on a full disk. Nothing has changed; `GET /_emulator/health`
 * answers 503 with the reason until a write succeeds. No restart is needed.
 */
export const storageUnavailable = defineCondition('storageUnavailable', {
  observed: [503, 'STORAGE_UNAVAILABLE', '%s', SOURCE.emulator],
  problem: (problem: string) => problem,
  remedy: 'Then send the request again.',
  example: ['The database /data/emulator.db cannot be written, because the disk is full: make room on it.'],
});

/** An error in the emulator. No request is known to cause one; please report it. */
export const unexpected = defineCondition('unexpected', {
  observed: [500, 'UNEXPECTED_ERROR', 'Unexpected error.', SOURCE.recorded],
  rule: [SOURCE.emulator],
  problem: 'The emulator met an error of its own.',
  remedy: 'Report it, with the log.',
  example: [],
});

/** Sends the refusal that an error means: one that a step threw, or one of Fastify's own. */
export function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { condition } = error instanceof Refusal ? error : refusalOf(error as FastifyError, request);
  if (condition.name === unexpected.name) request.exchange.parts.log.error(error);
  sendRefusal(reply, condition);
}

function refusalOf(error: FastifyError, { url, headers }: FastifyRequest): Refusal {
  const { code, statusCode = 500, message } = error;
  if (error instanceof StorageError) return storageUnavailable(message);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(BODY_LIMIT);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return unsupportedMediaType(headers['content-type'] ?? 'none');
  if (statusCode < 400 || statusCode >= 500) return unexpected();
  return malformedRequest(message.replace(url, () => redactTarget(url)).replace(/\.$/, ''));
}

/** The code of a request that never ended. */
const REQUEST_TIMEOUT = 'ERR_HTTP_REQUEST_TIMEOUT';

/** What is wrong with a connection in another protocol, and the remedy, by the code of the error. */
const OTHER_PROTOCOLS: Readonly<Record<string, readonly [problem: string, remedy?: string]>> = {
  ERR_SSL_HTTP_REQUEST: [
    'this port is for HTTPS, and the request is plain HTTP',
    'Use https:// with this port, or http:// with the port for HTTP.',
  ],
  HPE_PAUSED_H2_UPGRADE: ['it is HTTP/2, and the server has HTTP/1.1', 'Use HTTP/1.1.'],
};

/** How long a client that was answered can send what is discarded, without a pause that is longer. */
const LINGER_MS = 2000;

/**
 * Answers what is not HTTP, or not yet a request: there is nothing but the connection. Requests that were sent before it
 * are answered first. What the client still sends is discarded: if it were left unread, the end of the connection would
 * be a reset, in which answers get lost.
 */
export function answerBrokenRequest(code: string, socket: Socket, profile: Profile): void {
  const connection = Connection.of(socket);
  const { isBroken, unanswered } = connection;
  connection.isBroken = true;
  const now = unanswered[0]?.response;
  // The client has closed its side, or it gets an event stream, which nothing can follow.
  const isOver = now && (code === 'HPE_INVALID_EOF_STATE' || (now.headersSent && !now.writableEnded));
  if (code === 'ECONNRESET' || isOver || (isBroken && code === REQUEST_TIMEOUT)) socket.destroy();
  if (isBroken || socket.destroyed) return;
  // The broken one itself may have begun well: then its body is broken, and it gets no other answer.
  const before = unanswered.findLast(({ response }) => response.req.complete);
  if (before) before.response.once('close', () => sendBroken(code, socket, profile));
  else sendBroken(code, socket, profile);
}

function sendBroken(code: string, socket: Socket, profile: Profile): void {
  if (!socket.writable) return;
  const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : code === REQUEST_TIMEOUT ? 408 : 400;
  const reason = STATUS_CODES[status] ?? '';
  const unread = `the connection brought no readable request (${code})`;
  const { condition } = malformedRequest(...(OTHER_PROTOCOLS[code] ?? [unread]));
  const text = JSON.stringify({ ...dress(profile, condition).body, error: status, reason });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: application/json',
    `X-Emulator-Reason: ${reasonLine('route', condition)}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  socket.setTimeout(LINGER_MS, () => socket.destroy());
}
