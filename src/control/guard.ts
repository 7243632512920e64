import type { FastifyRequest } from 'fastify';
import { sameSecret } from '../http/credentials/digest.js';
import { ControlError } from '../http/control-error.js';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;
const LOCAL_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Who may use the control API. On loopback anyone; where the emulator listens on any other address, whoever has the
 * token. A web page elsewhere may not: a browser sends its origin, and a name that DNS has rebound is not local.
 *
 * @param token what `Authorization: Bearer` must bring; undefined where the emulator listens on loopback alone
 * @throws {ControlError} 401 or 403
 */
export function checkAccess(request: FastifyRequest, token: string | undefined): void {
  const { origin, host, authorization } = request.headers;
  if (origin !== undefined && origin !== `${request.protocol}://${host ?? ''}`) {
    throw new ControlError(403, 'A web page of another origin cannot use the control API.');
  }
  if (token === undefined) {
    if (host !== undefined && !LOCAL_NAME.test(host)) {
      throw new ControlError(
        403,
        `The control API is open on loopback alone, by the name localhost or its address, and not as ${host}. Set --control-token to open it to others.`,
      );
    }
    return;
  }
  const [, sent] = /^bearer\s+(\S+)\s*$/i.exec(authorization ?? '') ?? [];
  if (sent === undefined || !sameSecret(sent, token)) {
    throw new ControlError(
      401,
      'Send Authorization: Bearer with the control token (--control-token, ATLAS_EMULATOR_CONTROL_TOKEN; one is made and printed where none is given).',
    );
  }
}

/** Whether an address that a server listens on is reached from its own machine alone. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address) || address === 'localhost';
}
