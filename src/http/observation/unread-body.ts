import type { IncomingHttpHeaders } from 'node:http';
import { finished } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { headerOf } from '../header.js';
import { BODY_LIMIT } from '../steps/body.js';
import { BODY_TYPE } from '../steps/version.js';

/** How much of an unread body is read before the answer is sent nevertheless, in bytes. */
const READ_LIMIT = 16 * 1024 * 1024;

/** Whether a request has a body whose type is JSON. */
export function hasJsonBody(headers: IncomingHttpHeaders): boolean {
  return hasBody(headers) && BODY_TYPE.test(headerOf(headers, 'content-type') ?? '');
}

/** Whether a request has a body whose type is JSON, and which is not compressed. */
export function hasPlainJsonBody({ headers }: FastifyRequest): boolean {
  return hasJsonBody(headers) && headers['content-encoding'] === undefined;
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headerOf(headers, 'content-length');
  return length === undefined ? headerOf(headers, 'transfer-encoding') !== undefined : Number(length) > 0;
}

/**
 * Reads what no step has read of a request's body, up to a limit; the request timeout of the server ends the wait for the
 * rest. If the connection were closed while the client sends, many clients would never read the answer. If no step has
 * read any of it, a JSON body is recorded for the journal, unless it is compressed or too large.
 *
 * @returns undefined if there is nothing to read
 */
export function readUnread(request: FastifyRequest): Promise<void> | undefined {
  const { raw, exchange } = request;
  if (!hasBody(raw.headers) || raw.readableEnded || raw.destroyed) return undefined;
  // Null until a read begins.
  const isRecorded = raw.readableFlowing === null && hasPlainJsonBody(request);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    raw.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (isRecorded && size <= BODY_LIMIT) chunks.push(chunk);
      if (size <= READ_LIMIT) return;
      exchange.addHeaders({ connection: 'close' });
      resolve();
    });
    finished(raw, (error) => {
      if (!error && isRecorded && size <= BODY_LIMIT) {
        exchange.sentBody = new TextDecoder().decode(Buffer.concat(chunks));
      }
      resolve();
    });
  });
}
