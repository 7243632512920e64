import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from './paths.js';
import { respond } from './replies/respond.js';

/** The Atlas API and the token endpoints; the control API is never open to pages of other origins. */
const OPEN_PATH = /^\/api(?:[/?]|$)/;

/** Headers of responses that a page cannot read unless they are named here. */
const EXPOSED = [
  ...['Allow', 'Location', 'Preference-Applied', 'RateLimit-Limit', 'RateLimit-Remaining', 'Retry-After'],
  ...['WWW-Authenticate', 'X-Emulator-Reason', 'X-Error-Code', 'X-Java-Method'],
].join(', ');

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'Authorization, Accept, Content-Type, Prefer',
  'access-control-max-age': 600,
};

/**
 * Lets a page of one of these origins read the response (CORS, https://fetch.spec.whatwg.org), and answers a browser that
 * asks first whether the page may send its request.
 *
 * @param origins as browsers send them; `*` is any
 * @returns whether the request is answered
 */
export function allowOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  origins: readonly string[],
): boolean {
  const { url, method, headers, exchange } = request;
  if (origins.length === 0 || !OPEN_PATH.test(pathOf(url))) return false;
  const allowed = origins.find((one) => one === '*' || one === headers.origin);
  if (allowed !== '*') exchange.addHeaders({ vary: 'Origin' });
  if (allowed === undefined) return false;
  exchange.addHeaders({ 'access-control-allow-origin': allowed, 'access-control-expose-headers': EXPOSED });
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  exchange.step = 'answer';
  exchange.addHeaders(PREFLIGHT);
  respond(request, reply, 204, []);
  return true;
}
