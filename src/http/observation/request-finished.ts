import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EventBus, Message, RequestDetail } from '../../kernel/events.js';
import { reasonLine } from './exchange.js';
import { pathOf } from '../paths.js';
import { hasJsonBody, readUnread } from './unread-body.js';
import { shownHeaders, shownJson, shownTarget, type ShownHeaders } from './redaction.js';

/** How much of a body is kept, in characters. */
export const BODY_KEPT = 16 * 1024;

const CONTROL_PATH = /^\/_emulator(?:[/?]|$)/;

/** Emits `request.finished` for each request once it is answered, or its connection has closed before that. */
export function installRequestEvents(app: FastifyInstance, events: EventBus): void {
  app.addHook('onRequest', (request, reply, done) => {
    // A connection that breaks off finishes no answer.
    reply.raw.once('close', () => {
      emitRequestFinished(events, request, reply);
    });
    done();
  });
  app.addHook('onSend', (request, _reply, payload, done) => {
    request.exchange.sentAnswer = payload;
    const unread = isControl(request) ? undefined : readUnread(request);
    if (!unread) done();
    else
      void unread.then(() => {
        done();
      });
  });
  app.addHook('onResponse', (request, reply, done) => {
    emitRequestFinished(events, request, reply);
    done();
  });
}

/**
 * Emits `request.finished`, once for each request. Secrets are removed here. It comes before the client can have
 * read the answer's end, so what was answered is told of when the client asks.
 */
export function emitRequestFinished(events: EventBus, request: FastifyRequest, reply: FastifyReply): void {
  const { exchange } = request;
  if (exchange.told) return;
  exchange.told = true;
  const control = isControl(request);
  const path = shownTarget(request.url);
  events.emit(
    'request.finished',
    exchange.projectId,
    {
      method: request.method,
      path,
      operation: exchange.operationId,
      caller: exchange.caller?.id,
      version: exchange.version,
      status: reply.raw.headersSent ? reply.statusCode : 0,
      rung: exchange.rung,
      reason: exchange.condition && reasonLine(exchange.rung, exchange.condition),
      tookMs: Math.round(reply.elapsedTime * 1000) / 1000,
      control,
    },
    control ? undefined : detailOf(request, reply, path),
  );
}

function isControl({ url }: FastifyRequest): boolean {
  return CONTROL_PATH.test(pathOf(url));
}

function detailOf(request: FastifyRequest, reply: FastifyReply, path: string): RequestDetail {
  const { exchange, raw } = request;
  return {
    url: exchange.baseUrl + pathOf(path),
    httpVersion: raw.httpVersion,
    request: {
      ...message(shownHeaders(request.headers), exchange.sentBody),
      ...(exchange.sentBody === undefined && hasJsonBody(request) && { truncated: true }),
    },
    response: reply.raw.headersSent
      ? message(shownHeaders(reply.getHeaders()), exchange.sentAnswer)
      : message({}, undefined),
    condition: exchange.condition,
  };
}

function message(headers: ShownHeaders, sent: unknown): Message {
  if (sent === undefined || sent === null) return { headers, body: undefined, truncated: false };
  const text = typeof sent === 'string' ? sent : Buffer.isBuffer(sent) ? sent.toString() : undefined;
  if (text === undefined || text.length <= BODY_KEPT) {
    return { headers, body: text && shownJson(text), truncated: false };
  }
  // A copy: a slice would keep the whole text in memory.
  const start = Buffer.from(text.slice(0, BODY_KEPT)).toString();
  return { headers, body: shownJson(start), truncated: true };
}
