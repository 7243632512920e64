import { finished } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { BODY_LIMIT } from '../steps/body.js';
import { BODY_TYPE } from '../steps/version.js';

/** Whether a request has a body whose type is JSON. */
export function hasJsonBody({ headers }: FastifyRequest): boolean {
  const length = headers['content-length'];
  const isSent = length === undefined ? headers['transfer-encoding'] !== undefined : Number(length) > 0;
  return isSent && BODY_TYPE.test(headers['content-type'] ?? '');
}

/**
 * Reads the body of a request that was refused before a step read it, so that the journal has it. A compressed or too
 * large body is not read.
 *
 * @returns undefined if there is nothing to read
 */
export function readUnread(request: FastifyRequest): Promise<void> | undefined {
  const { raw, headers, exchange } = request;
  // Null until a read begins.
  if (raw.readableFlowing !== null || !hasJsonBody(request)) return undefined;
  if (headers['content-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > BODY_LIMIT) {
    return undefined;
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    raw.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
      else resolve();
    });
    finished(raw, (error) => {
      if (!error && size <= BODY_LIMIT) exchange.sentBody = new TextDecoder().decode(Buffer.concat(chunks));
      resolve();
    });
  });
}
