import { unescape } from 'node:querystring';
import type { FastifyRequest } from 'fastify';
import type { Decision, EventData, Message, RequestDetail, Unredacted } from '../../kernel/events.js';
import type { ResponseBody } from '../replies/respond.js';
import { reasonLine, type Exchange, type ResponseHeaders, type Step } from './exchange.js';
import { pathOf } from '../paths.js';
import { hasJsonBody } from './unread-body.js';
import { redactHeaders, redactJson, redactTarget, redactText } from './redaction.js';

/** How much of a body is recorded, in characters. */
const BODY_LIMIT = 16 * 1024;

const CONTROL_PATH = /^\/_emulator(?:[/?]|$)/;

type Finished = EventData['request.finished'];

/**
 * Emits `request.finished`: the request is about to be answered, or its connection has closed before that.
 *
 * What is emitted keeps what the client sent as it was, in private members; the members that others see redact and shape
 * it when they are read. Most requests are never looked at.
 *
 * @param status 0 if no response is sent
 */
export function observe(
  request: FastifyRequest,
  status: number,
  headers: ResponseHeaders = [],
  body?: ResponseBody,
): void {
  const { exchange } = request;
  const control = exchange.operation === undefined && isControl(request.url);
  const finished = new FinishedRequest(request.method, request.url, exchange, status, control);
  const recorded = control ? undefined : new RecordedRequest(request, status === 0 ? [] : headers, body);
  // Only while it is emitted: parsed, a body takes more memory than as text.
  if (recorded) recorded.unredacted.json = exchange.json;
  const project = control ? undefined : exchange.project?.id;
  exchange.parts.events.emit('request.finished', project, finished, recorded);
  if (recorded) recorded.unredacted.json = undefined;
}

/** The data of the event as a plain object. */
export function plainRequest(finished: Finished): Finished {
  const { method, path, operation, caller, version, status, rung, reason, tookMs, control } = finished;
  return { method, path, operation, caller, version, status, rung, reason, tookMs, control };
}

class FinishedRequest implements Finished {
  readonly operation: string | undefined;
  readonly caller: string | undefined;
  readonly version: string | undefined;
  readonly rung: Step;
  readonly tookMs: number;
  readonly #url: string;
  readonly #condition: Decision | undefined;

  constructor(
    readonly method: string,
    url: string,
    { operationId, caller, version, step, startedAt, condition }: Exchange,
    readonly status: number,
    readonly control: boolean,
  ) {
    this.operation = operationId;
    this.caller = caller?.id;
    this.version = version;
    this.rung = step;
    this.tookMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
    this.#url = url;
    this.#condition = condition;
  }

  get path(): string {
    return redactTarget(this.#url);
  }

  get reason(): string | undefined {
    return this.#condition && reasonLine(this.rung, this.#condition);
  }

  toJSON(): Finished {
    return plainRequest(this);
  }
}

class RecordedRequest implements RequestDetail {
  readonly httpVersion: string;
  /** Approximate bytes in memory. */
  readonly size: number;
  readonly faults: readonly string[] | undefined;
  readonly projectTime: number | undefined;
  readonly #baseUrl: string;
  readonly #raw: Unredacted;
  readonly #isForm: boolean;
  readonly #isKnown: boolean;

  constructor({ raw, url, exchange }: FastifyRequest, headers: ResponseHeaders, answer: ResponseBody) {
    const { sentForm, sentBody = sentForm, baseUrl, condition, caller, profile, hasNext } = exchange;
    const { faults, project } = exchange;
    this.httpVersion = raw.httpVersion;
    this.faults = faults;
    this.projectTime = project?.now;
    this.#baseUrl = baseUrl;
    this.#raw = {
      url,
      headers: raw.headers,
      body: recordedBody(sentBody),
      answerHeaders: headers,
      answer: recordedBody(answer),
      json: undefined,
      profile: profile.name,
      connection: sentForm === undefined ? 0 : numberOf(raw.socket),
      condition,
      hasNext,
    };
    this.#isForm = sentForm !== undefined;
    this.#isKnown = caller !== undefined;
    const bodies = (this.#raw.body?.length ?? 0) + (this.#raw.answer?.length ?? 0);
    const reason = condition?.problem.length ?? 0;
    this.size = url.length + bodies + sizeOf(raw.rawHeaders) + sizeOf(headers) + reason;
  }

  get unredacted(): Unredacted {
    return this.#raw;
  }

  get url(): string {
    return this.#baseUrl + pathOf(redactTarget(this.#raw.url));
  }

  get request(): Message {
    const { headers, body } = this.#raw;
    const message = messageOf(redactHeaders(headers), body, !this.#isForm);
    const isMissing = message.body === undefined && hasJsonBody(headers);
    return isMissing ? { ...message, truncated: true } : message;
  }

  get response(): Message {
    const headers: Record<string, string | number | undefined> = {};
    this.#raw.answerHeaders.forEach((name, index, all) => {
      if (index % 2 === 0) headers[name] = all[index + 1];
    });
    return messageOf(redactHeaders(headers), this.#raw.answer);
  }

  get condition(): Decision | undefined {
    const { condition } = this.#raw;
    return (
      condition && {
        ...condition,
        problem: redactText(condition.problem),
        remedy: redactText(condition.remedy),
      }
    );
  }

  get nonce(): string | undefined {
    if (!this.#isKnown) return undefined;
    return /\bnonce\s*=\s*"?([^",\s]+)/i.exec(this.#raw.headers.authorization ?? '')?.[1];
  }
}

/** Numbers of connections. */
const connections = new WeakMap<object, number>();
let connectionCount = 0;

function numberOf(socket: object): number {
  const known = connections.get(socket) ?? ++connectionCount;
  connections.set(socket, known);
  return known;
}

/** What is recorded of a body: its text; as bytes, the beginning of one that is too long. */
type Recorded = string | Uint8Array | undefined;

function recordedBody(body: ResponseBody): Recorded {
  if (body === undefined) return undefined;
  const text = typeof body === 'string' ? body : body.toString();
  // A copy: a slice would keep the whole text in memory.
  return text.length <= BODY_LIMIT ? text : Buffer.from(text.slice(0, BODY_LIMIT));
}

function messageOf(headers: Message['headers'], sent: Recorded, isJson = true): Message {
  if (sent === undefined) return { headers, body: undefined, truncated: false };
  const text = typeof sent === 'string' ? sent : Buffer.from(sent).toString();
  return { headers, body: isJson ? redactJson(text) : text, truncated: typeof sent !== 'string' };
}

function sizeOf(texts: readonly (string | number)[]): number {
  let size = 0;
  for (const text of texts) size += typeof text === 'string' ? text.length : 8;
  return size;
}

function isControl(url: string): boolean {
  // The router decodes escapes.
  return CONTROL_PATH.test(unescape(pathOf(url)));
}
