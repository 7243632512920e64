import type { FastifyRequest } from 'fastify';
import { sameSecret } from '../http/credentials/digest.js';
import { ControlError } from '../http/control-error.js';

const LOCAL_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Checks whether a request may use the control API: on loopback every request, elsewhere those that have the token. Web
 * pages of other origins may not: a browser sends `Origin`, and a rebound DNS name is not local.
 *
 * @param token required as `Authorization: Bearer`; undefined if the emulator listens on loopback only
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
