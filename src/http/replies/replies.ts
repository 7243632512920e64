import { unescape } from 'node:querystring';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Decision } from '../../kernel/events.js';
import { dress, type Condition, type Profile } from '../../profiles/index.js';
import { unauthenticated } from '../credentials/credentials.js';
import { REALM } from '../credentials/digest.js';
import { reasonLine, SharedHeaders, type Exchange, type ResponseHeaders } from '../observation/exchange.js';
import { pretty } from './pretty.js';
import { respond, type ResponseBody } from './respond.js';
import { contentType } from '../steps/version.js';
import type { AtlasOperation } from '../operation.js';
import { pathOf } from '../paths.js';
import type { Flags, Paging } from '../steps/query.js';

/** A parameter that the links of a page set themselves. */
const PAGING = /^(?:pageNum|itemsPerPage)(?:=|$)/;

/** Errors with `RateLimit-*` headers (recorded). That other statuses lack them is recorded of 401, 405 and 500. */
const COUNTED = new Set([400, 404, 409]);

/** Errors without them all the same: recorded of an unknown project, inferred of the others. */
const UNCOUNTED = new Set(['GROUP_NOT_FOUND', 'INVALID_GROUP_ID', 'ORG_NOT_FOUND', 'INVALID_ORG_ID']);

/** The headers that each answer of an operation to a known caller begins with, by profile. */
const sharedHeaders = new WeakMap<object, Map<Profile, SharedHeaders>>();

/** Stands for the operation of a path that has none. */
const NO_OPERATION = {};

/** Serialized JSON. */
export type JsonText = string;

/** What a handler returns, made by the functions below. One writer turns it into a response. */
export interface Answer {
  /** A JSON object; of a page of a list, its items, joined by commas. */
  readonly text: JsonText;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a page: how many items all pages have, and whether the response says so. */
  readonly page?: { readonly total: number; readonly counted: boolean };
}

/** Answers with one resource; an object is serialized with its keys in the order they have. */
export function resource(value: object | JsonText, headers?: Readonly<Record<string, string>>): Answer {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { text, ...(headers && { headers }) };
}

/** Answers with a page of a list: its items, joined by commas. */
export function page(items: JsonText, total: number, counted = true): Answer {
  return { text: items, page: { total, counted } };
}

/** Answers with a page of a list that is in memory. */
export function pageFrom<Item>(
  list: readonly Item[],
  { pageNum, itemsPerPage, includeCount }: Paging & { readonly includeCount?: boolean },
  represent: (item: Item) => unknown = (item) => item,
): Answer {
  const from = (pageNum - 1) * itemsPerPage;
  const items = list.slice(from, from + itemsPerPage).map((item) => JSON.stringify(represent(item)));
  return page(items.join(','), list.length, includeCount);
}

/** Sends the answer of a handler as the profile, `envelope` and `pretty` want it. */
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  const { exchange } = request;
  const { operation, version, flags } = exchange;
  const status = operation?.status ?? 200;
  exchange.step = 'answer';
  const headers = callerHeaders(exchange);
  if (answer.headers) headers.push(...Object.entries(answer.headers).flat());
  if (version) headers.push('content-type', contentType(version));
  let { text } = answer;
  if (answer.page) text = pageText(request, text, answer.page, status);
  else if (flags.envelope) text = `{"status":${status},"content":${text}}`;
  respond(request, reply, status, headers, flags.pretty ? pretty(JSON.parse(text)) : text);
}

/** The headers that Atlas gives each answer to a known caller, as the profile shows them: shared ones, and these. */
function callerHeaders(exchange: Exchange, isCounted = true): ResponseHeaders {
  const { profile, operation, limitHeaders } = exchange;
  exchange.shared = sharedOf(profile, operation);
  return profile.atlasHeaders && isCounted && limitHeaders ? [...limitHeaders] : [];
}

function sharedOf(profile: Profile, operation: AtlasOperation | undefined): SharedHeaders {
  const key = operation ?? NO_OPERATION;
  const ofProfiles = sharedHeaders.get(key) ?? new Map<Profile, SharedHeaders>();
  const known = ofProfiles.get(profile);
  if (known) return known;
  const java = profile.atlasHeaders && operation ? ['x-java-method', operation.javaMethod] : [];
  const shared = new SharedHeaders([...Object.entries(profile.answerHeaders).flat(), ...java]);
  sharedHeaders.set(key, ofProfiles.set(profile, shared));
  return shared;
}

/**
 * A page of a list. Its links repeat the other parameters of the request as they were sent (recorded of the link to
 * itself; inferred of other pages, and of `envelope` and `pretty`, so that the next page has the same form). The numbers
 * in the link to itself and in other links are in different order (recorded).
 */
function pageText(
  { url, exchange }: FastifyRequest,
  items: string,
  { total, counted }: NonNullable<Answer['page']>,
  status: number,
): string {
  const { itemsPerPage, pageNum } = exchange.query as Paging;
  const [path = '', query = ''] = pathOf(url).split('?');
  const others = query.split('&').filter((part) => part !== '' && !PAGING.test(unescape(part)));
  const base = `${exchange.baseUrl}${path.replace(/\/$/, '')}?${others.map((part) => `${part}&`).join('')}`;
  const other = (page: number): string => `${base}itemsPerPage=${itemsPerPage}&pageNum=${page}`;
  exchange.hasNext = pageNum * itemsPerPage < total;
  const links = [
    { href: `${base}pageNum=${pageNum}&itemsPerPage=${itemsPerPage}`, rel: 'self' },
    ...(pageNum > 1 ? [{ href: other(pageNum - 1), rel: 'previous' }] : []),
    ...(exchange.hasNext ? [{ href: other(pageNum + 1), rel: 'next' }] : []),
  ];
  const count = counted ? `,"totalCount":${total}` : '';
  const envelope = exchange.flags.envelope ? `,"status":${status}` : '';
  return `{"links":${JSON.stringify(links)},"results":[${items}]${envelope}${count}}`;
}

/**
 * Sends a refusal as the profile shows it.
 *
 * @param forced the status, if it is not that of the profile's row
 */
export function sendRefusal(reply: FastifyReply, condition: Condition, forced?: number): void {
  const { exchange } = reply.request;
  const { profile, flags } = exchange;
  const { status, errorCode, body, indented } = dress(profile, condition, forced);
  // The challenge has no count (recorded). The token endpoints have a limit of their own.
  const counted = exchange.operation !== undefined && COUNTED.has(status) && !UNCOUNTED.has(errorCode);
  const headers = exchange.caller ? callerHeaders(exchange, counted) : [];
  if (condition.name === unauthenticated.name) {
    headers.push('www-authenticate', exchange.challenge());
  } else if (condition.rows[profile.name].oauth) {
    if (status === 401) headers.push('www-authenticate', `Basic realm="${REALM}"`);
  } else if (profile.atlasHeaders && body) {
    headers.push('x-error-code', errorCode);
  }
  const text = body && bodyText(body, status, { ...flags, pretty: flags.pretty || indented });
  sendError(reply, condition, status, headers, text);
}

/**
 * Sends a body as it is. A 401 has the challenge: clients take one without it for a broken connection (run, Go).
 *
 * @param why the reason of the answer
 */
export function sendBytes(reply: FastifyReply, why: Decision, status: number, body?: ResponseBody): void {
  const headers = status === 401 ? ['www-authenticate', reply.request.exchange.challenge()] : [];
  sendError(reply, why, status, headers, body);
}

function sendError(
  reply: FastifyReply,
  condition: Decision,
  status: number,
  headers: ResponseHeaders,
  body: ResponseBody,
): void {
  const { exchange } = reply.request;
  exchange.condition = condition;
  // Without a charset, which Atlas's errors lack (recorded).
  if (body !== undefined && status !== 204) headers.push('content-type', 'application/json');
  headers.push('x-emulator-reason', reasonLine(exchange.step, condition));
  respond(reply.request, reply, status, headers, body);
}

/** A body as `envelope` and `pretty` want it; undefined if there is none and no envelope. */
export function bodyText(body: object | undefined, status: number, flags: Flags): string | undefined {
  const shown = flags.envelope ? { status, ...(body && { content: body }) } : body;
  return shown && (flags.pretty ? pretty(shown) : JSON.stringify(shown));
}
