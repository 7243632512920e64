import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from './paths.js';

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
 * Adds the headers that let a page of one of these origins read the response (CORS, https://fetch.spec.whatwg.org).
 *
 * @param origins as browsers send them; `*` is any
 */
export function allowOrigin(
  { url, headers }: FastifyRequest,
  reply: FastifyReply,
  origins: readonly string[],
): void {
  if (origins.length === 0 || !OPEN_PATH.test(pathOf(url))) return;
  const { origin = '' } = headers;
  const allowed = origins.find((one) => one === '*' || one === origin);
  if (allowed !== '*') void reply.header('vary', 'Origin');
  if (allowed === undefined) return;
  void reply.headers({ 'access-control-allow-origin': allowed, 'access-control-expose-headers': EXPOSED });
}

/** Answers the question of a browser whether a page may send a request. Returns whether it was one. */
export function answerPreflight({ method, headers, exchange }: FastifyRequest, reply: FastifyReply): boolean {
  const isAllowed = reply.hasHeader('access-control-allow-origin');
  if (!isAllowed || method !== 'OPTIONS' || !headers['access-control-request-method']) return false;
  exchange.step = 'answer';
  void reply.code(204).headers(PREFLIGHT).send();
  return true;
}
