import { unescape } from 'node:querystring';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Decision, EventData, Message, RequestDetail, Unredacted } from '../../kernel/events.js';
import type { ProfileName } from '../../profiles/index.js';
import { Connection } from '../replies/connection.js';
import type { ResponseBody } from '../replies/respond.js';
import { NO_HEADERS, reasonLine, type Exchange, type ResponseHeaders } from './exchange.js';
import type { SharedHeaders, Step } from './exchange.js';
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
  const recorded = control
    ? undefined
    : new RecordedRequest(request, status === 0 ? undefined : headers, body);
  const project = control ? undefined : exchange.project?.id;
  exchange.parts.events.emit('request.finished', project, finished, recorded);
  recorded?.forgetJson();
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
  /** A small integer, which takes no memory of its own. */
  readonly #tookUs: number;
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
    this.#tookUs = Math.round((performance.now() - startedAt) * 1000);
    this.#url = url;
    this.#condition = condition;
  }

  get path(): string {
    return redactTarget(this.#url);
  }

  get tookMs(): number {
    return this.#tookUs / 1000;
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
  readonly #url: string;
  readonly #headers: IncomingHttpHeaders;
  readonly #body: Recorded;
  readonly #shared: SharedHeaders;
  readonly #answerHeaders: ResponseHeaders;
  readonly #answer: Recorded;
  readonly #profile: ProfileName;
  readonly #connection: number;
  readonly #condition: Decision | undefined;
  readonly #hasNext: boolean;
  readonly #isForm: boolean;
  readonly #isKnown: boolean;
  #json: unknown;

  /** @param headers undefined if no response is sent */
  constructor(
    { raw, url, exchange }: FastifyRequest,
    headers: ResponseHeaders | undefined,
    answer: ResponseBody,
  ) {
    const { sentForm, sentBody = sentForm, condition } = exchange;
    // Node makes the text anew.
    this.httpVersion = raw.httpVersion === '1.1' ? '1.1' : raw.httpVersion;
    this.faults = exchange.faults;
    this.projectTime = exchange.project?.now;
    this.#baseUrl = exchange.baseUrl;
    this.#url = url;
    this.#headers = Connection.of(raw.socket).sharedHeaders(raw.headers);
    this.#body = recordedBody(sentBody);
    this.#shared = headers ? exchange.shared : NO_HEADERS;
    // A copy has no room for more.
    this.#answerHeaders = headers?.slice() ?? [];
    this.#answer = recordedBody(answer);
    this.#profile = exchange.profile.name;
    this.#connection = sentForm === undefined ? 0 : numberOf(raw.socket);
    this.#condition = condition;
    this.#hasNext = exchange.hasNext;
    this.#isForm = sentForm !== undefined;
    this.#isKnown = exchange.caller !== undefined;
    this.#json = exchange.json;
    const bodies = (this.#body?.length ?? 0) + (this.#answer?.length ?? 0);
    const reason = condition?.problem.length ?? 0;
    const all = sizeOf(raw.rawHeaders) + this.#shared.text.length + sizeOf(this.#answerHeaders);
    this.size = url.length + bodies + all + reason;
  }

  /** Retains the body only as text, which takes less memory, once the event is emitted. */
  forgetJson(): void {
    this.#json = undefined;
  }

  get unredacted(): Unredacted {
    return {
      url: this.#url,
      headers: this.#headers,
      body: this.#body,
      json: this.#json,
      answerHeaders: this.#allHeaders,
      answer: this.#answer,
      profile: this.#profile,
      connection: this.#connection,
      condition: this.#condition,
      hasNext: this.#hasNext,
    };
  }

  get url(): string {
    return this.#baseUrl + pathOf(redactTarget(this.#url));
  }

  get request(): Message {
    const message = messageOf(redactHeaders(this.#headers), this.#body, !this.#isForm);
    const isMissing = message.body === undefined && hasJsonBody(this.#headers);
    return isMissing ? { ...message, truncated: true } : message;
  }

  get response(): Message {
    const headers: Record<string, string | number | undefined> = {};
    this.#allHeaders.forEach((name, index, all) => {
      if (index % 2 === 0) headers[name] = all[index + 1];
    });
    return messageOf(redactHeaders(headers), this.#answer);
  }

  get #allHeaders(): readonly (string | number)[] {
    return [...this.#shared.list, ...this.#answerHeaders];
  }

  get condition(): Decision | undefined {
    const condition = this.#condition;
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
    return /\bnonce\s*=\s*"?([^",\s]+)/i.exec(this.#headers.authorization ?? '')?.[1];
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
