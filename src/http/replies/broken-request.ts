import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { dress, type Profile } from '../../profiles/index.js';
import { reasonLine } from '../observation/exchange.js';
import { malformedRequest } from './failures.js';

/** Answers what is not HTTP, or not yet a request: the connection is all there is. */
export function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
  profile: Profile,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const { condition } = malformedRequest(
    `the connection brought no readable request (${error.code ?? 'unknown'})`,
  );
  const { body } = dress(profile, condition);
  const text = JSON.stringify({ ...body, error: status, reason: STATUS_CODES[status] });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\nX-Emulator-Reason: ${reasonLine('route', condition)}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}
