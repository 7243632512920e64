import { unescape } from 'node:querystring';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventBus, Message, RequestDetail } from '../../kernel/events.js';
import { reasonLine } from './exchange.js';
import { pathOf } from '../paths.js';
import { hasJsonBody } from './unread-body.js';
import { redactHeaders, redactJson, redactTarget, redactText, type RedactedHeaders } from './redaction.js';

/** How much of a body is recorded, in characters. */
const BODY_LIMIT = 16 * 1024;

const CONTROL_PATH = /^\/_emulator(?:[/?]|$)/;

/**
 * Emits `request.finished`, with secrets redacted, once the request is answered or its connection has closed before that.
 * It is emitted before the client can have read the end of the answer, so a client that then asks finds the request.
 */
export function observeRequest(events: EventBus, request: FastifyRequest, reply: FastifyReply): void {
  const { exchange } = request;
  let emitted = false;
  const emit = (): void => {
    if (emitted) return;
    emitted = true;
    const control = isControl(request);
    const path = redactTarget(request.url);
    events.emit(
      'request.finished',
      control ? undefined : exchange.project?.id,
      {
        method: request.method,
        path,
        operation: exchange.operationId,
        caller: exchange.caller?.id,
        version: exchange.version,
        status: reply.raw.headersSent ? reply.statusCode : 0,
        rung: exchange.step,
        reason: exchange.condition && reasonLine(exchange.step, exchange.condition),
        tookMs: Math.round(reply.elapsedTime * 1000) / 1000,
        control,
      },
      control ? undefined : detailOf(request, reply, path),
    );
  };
  // A connection that breaks off finishes no answer.
  reply.raw.once('finish', emit).once('close', emit);
}

function isControl({ url }: FastifyRequest): boolean {
  // The router decodes escapes.
  return CONTROL_PATH.test(unescape(pathOf(url)));
}

function detailOf(request: FastifyRequest, reply: FastifyReply, path: string): RequestDetail {
  const { exchange, raw } = request;
  const { condition, sentForm, sentBody } = exchange;
  return {
    url: exchange.baseUrl + pathOf(path),
    httpVersion: raw.httpVersion,
    request: {
      ...message(redactHeaders(request.headers), sentForm ?? sentBody, sentForm === undefined),
      ...(sentBody === undefined && hasJsonBody(request) && { truncated: true }),
    },
    response: reply.raw.headersSent
      ? message(redactHeaders(reply.getHeaders()), exchange.sentAnswer)
      : message({}, undefined),
    condition: condition && {
      ...condition,
      problem: redactText(condition.problem),
      remedy: redactText(condition.remedy),
    },
    nonce: exchange.caller && /\bnonce\s*=\s*"?([^",\s]+)/i.exec(request.headers.authorization ?? '')?.[1],
  };
}

function message(headers: RedactedHeaders, sent: unknown, isJson = true): Message {
  const text = Buffer.isBuffer(sent) ? sent.toString() : sent;
  if (typeof text !== 'string') return { headers, body: undefined, truncated: false };
  const truncated = text.length > BODY_LIMIT;
  // A copy: a slice would retain the whole text in memory.
  const body = truncated ? Buffer.from(text.slice(0, BODY_LIMIT)).toString() : text;
  return { headers, body: isJson ? redactJson(body) : body, truncated };
}
