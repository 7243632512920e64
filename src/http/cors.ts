import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from './paths.js';
import { readFixture } from '../version.js';
import { respond } from './replies/respond.js';

/** The Atlas API and the token endpoints; the control API is never open to pages of other origins. */
const OPEN_PATH = /^\/api(?:[/?]|$)/;

/** The headers of a preflight's answer, and of any other: a page cannot read headers that are not named there. */
const { preflight, response } = readFixture('cors.json') as Readonly<
  Record<'preflight' | 'response', Readonly<Record<string, string>>>
>;

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
  exchange.addHeaders({ ...response, 'access-control-allow-origin': allowed });
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  exchange.step = 'answer';
  exchange.addHeaders(preflight);
  respond(request, reply, 204, []);
  return true;
}
