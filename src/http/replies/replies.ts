import type { FastifyReply, FastifyRequest } from 'fastify';
import { dress, type Condition } from '../../profiles/index.js';
import type { Answer, PageAnswer } from '../operation.js';
import { unauthenticated } from '../credentials/credentials.js';
import { challenge, REALM } from '../credentials/digest.js';
import { reasonLine, type Exchange } from '../observation/exchange.js';
import { pretty } from './pretty.js';
import { mediaType } from '../steps/version.js';
import { pathWithoutQuery } from '../paths.js';
import type { Flags, Paging } from '../steps/query.js';
import { REQUESTS_A_MINUTE } from '../faults/limits.js';

/** Errors with `RateLimit-*` headers (recorded). That other statuses lack them is recorded of 401, 405 and 500. */
const COUNTED = new Set([400, 404, 409]);

/** Errors without them all the same: recorded of an unknown project, inferred of the others. */
const UNCOUNTED = new Set(['GROUP_NOT_FOUND', 'INVALID_GROUP_ID', 'ORG_NOT_FOUND', 'INVALID_ORG_ID']);

/** Writes an answer as the profile, `envelope` and `pretty` want it. */
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  const { exchange } = request;
  const { operation, version, flags } = exchange;
  const status = operation?.status ?? 200;
  exchange.rung = 'answer';
  addHeaders(exchange, reply);
  if (answer.kind === 'resource' && answer.headers) void reply.headers(answer.headers);
  if (version) void reply.header('content-type', `${mediaType(version)};charset=utf-8`);
  const text =
    answer.kind === 'page'
      ? pageText(request, answer, status)
      : resourceText(answer.text, flags.envelope, status);
  return reply.code(status).send(flags.pretty ? pretty(JSON.parse(text)) : text);
}

/** The headers that Atlas gives each answer to a known caller, as the profile shows them. */
function addHeaders(exchange: Exchange, reply: FastifyReply, isCounted = true): void {
  const { profile, operation, requestsLeft } = exchange;
  for (const [name, value] of Object.entries(profile.answerHeaders)) void reply.header(name, value);
  if (profile.javaMethodHeader && operation) void reply.header('x-java-method', operation.javaMethod);
  if (!isCounted || !profile.rateLimitHeaders || requestsLeft === undefined) return;
  void reply.headers({ 'ratelimit-limit': REQUESTS_A_MINUTE, 'ratelimit-remaining': requestsLeft });
}

function resourceText(text: string, envelope: boolean, status: number): string {
  return envelope ? `{"status":${status},"content":${text}}` : text;
}

function pageText(request: FastifyRequest, answer: PageAnswer, status: number): string {
  const { exchange } = request;
  const links = pageLinks(
    `${exchange.baseUrl}${pathWithoutQuery(request.url)}`,
    exchange.query as Paging,
    answer.hasNext,
  );
  const count = answer.totalCount === undefined ? '' : `,"totalCount":${answer.totalCount}`;
  const envelope = exchange.flags.envelope ? `,"status":${status}` : '';
  return `{"links":${JSON.stringify(links)},"results":[${answer.items}]${envelope}${count}}`;
}

/** Links of a page. The orders of the parameters are Atlas's: self and next differ (recorded). */
function pageLinks(
  url: string,
  { itemsPerPage, pageNum }: Paging,
  hasNext: boolean,
): { readonly href: string; readonly rel: string }[] {
  const other = (page: number): string => `${url}?itemsPerPage=${itemsPerPage}&pageNum=${page}`;
  return [
    { href: `${url}?pageNum=${pageNum}&itemsPerPage=${itemsPerPage}`, rel: 'self' },
    ...(pageNum > 1 ? [{ href: other(pageNum - 1), rel: 'previous' }] : []),
    ...(hasNext ? [{ href: other(pageNum + 1), rel: 'next' }] : []),
  ];
}

/**
 * Writes a refusal as the profile shows it.
 *
 * @param nonce a fresh one, for the challenge that every 401 carries which may come from missing credentials
 * @param forced the status, where it is not that of the profile's row
 */
export function sendRefusal(
  exchange: Exchange,
  reply: FastifyReply,
  condition: Condition,
  nonce: () => string,
  forced?: number,
): FastifyReply {
  const { profile, flags, rung } = exchange;
  const { status, errorCode, body, indented } = dress(profile, condition, forced);
  exchange.condition = condition;
  if (condition.name === unauthenticated.name) {
    void reply.header('www-authenticate', challenge(nonce(), exchange.staleNonce));
  } else if (condition.rows[profile.name].oauth) {
    if (status === 401) void reply.header('www-authenticate', `Basic realm="${REALM}"`);
  } else if (profile.errorCodeHeader) {
    void reply.header('x-error-code', errorCode);
  }
  // The challenge has none (recorded). The token endpoints have a limit of their own.
  const counted = exchange.operation !== undefined && COUNTED.has(status) && !UNCOUNTED.has(errorCode);
  if (exchange.caller) addHeaders(exchange, reply, counted);
  return (
    reply
      .code(status)
      .header('content-type', 'application/json')
      .header('x-emulator-reason', reasonLine(rung, condition))
      // As bytes: to a text Fastify would add a charset, which Atlas's errors do not name (recorded).
      .send(Buffer.from(bodyText(body, status, { ...flags, pretty: flags.pretty || indented }) ?? ''))
  );
}

/**
 * Sends a body as it is, for the reason in `exchange.condition`. A 401 has the challenge: clients take one without it for
 * a broken connection (run, Go).
 */
export function sendBytes(
  { rung, condition }: Exchange,
  reply: FastifyReply,
  status: number,
  body: Buffer | undefined,
  nonce: () => string,
): FastifyReply {
  if (status === 401) void reply.header('www-authenticate', challenge(nonce(), false));
  if (!reply.hasHeader('content-type')) void reply.header('content-type', 'application/json');
  if (condition) void reply.header('x-emulator-reason', reasonLine(rung, condition));
  return reply.code(status).send(body);
}

/** A body as `envelope` and `pretty` want it; undefined if there is none and no envelope. */
export function bodyText(body: object | undefined, status: number, flags: Flags): string | undefined {
  const shown = flags.envelope ? { status, ...(body && { content: body }) } : body;
  return shown && (flags.pretty ? pretty(shown) : JSON.stringify(shown));
}
