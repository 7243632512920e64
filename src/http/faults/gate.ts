import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../kernel/clock.js';
import type { EventBus } from '../../kernel/events.js';
import { challenge, type Nonces } from '../credentials/digest.js';
import { reasonLine } from '../observation/exchange.js';
import { actionOf, type FaultAnswer, type FaultBook, type FaultFacts, type KeptFault } from './rule.js';
import { faultDecision, injectedCondition, limitOf } from './injected.js';
import { limitHeaders } from './limits.js';
import { pathWithoutQuery } from '../paths.js';
import { sendRefusal } from '../replies/replies.js';
import type { ScriptedAnswers } from '../steps/scripted.js';
import { readUnread } from '../observation/unread-body.js';

/** What injecting faults stands on. */
export interface FaultParts {
  readonly book: FaultBook;
  /** The source page's bodies. */
  readonly scripted: ScriptedAnswers | undefined;
  readonly nonces: Nonces;
  readonly events: EventBus;
  readonly clock: Clock;
}

/** How long a client that is told to wait has to, in seconds, where the rule does not say. */
const RETRY_AFTER_S = 1;

/** Lets requests meet the fault rules, and does what those that fire say. */
export class FaultGate {
  readonly #cancelDelays = new Set<() => void>();

  constructor(private readonly parts: FaultParts) {}

  /**
   * Applies the rules of one place of the pipeline to a request, once its operation and caller are established.
   *
   * @returns undefined, at once, if none is about it; else whether the request has ended, answered or cut
   */
  meet(
    request: FastifyRequest,
    reply: FastifyReply,
    place: FaultFacts['place'],
  ): Promise<boolean> | undefined {
    const { exchange } = request;
    const { book } = this.parts;
    if (exchange.fault || !book.concerns(exchange.projectId)) return undefined;
    const met = book.meet({
      place,
      project: exchange.projectId,
      operation: exchange.operationId ?? '',
      aboutTokens: exchange.operation === undefined,
      method: request.method,
      path: pathWithoutQuery(request.url),
      caller: exchange.caller?.id,
    });
    return met && this.#act(request, reply, met);
  }

  /** Ends an answer badly that is ready, and its work committed, if a rule said so. Returns whether one did. */
  spoil(request: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
    const { exchange } = request;
    const { fault } = exchange;
    if (!fault) return false;
    const half = fault.rule.truncate === true;
    const why = exchange.condition ? ` (${exchange.condition.problem})` : '';
    const does = half ? 'sends half of the answer' : 'cuts the connection before the answer';
    exchange.rung = 'faults';
    exchange.condition = faultDecision(fault, `${does}, which is ${reply.statusCode}${why}`);
    if (!half) {
      exchange.sentAnswer = undefined;
      cut(reply);
      this.#tell(request, fault);
      return true;
    }
    const whole = bytesOf(payload);
    void reply
      .header('content-length', whole.length)
      .header('x-emulator-reason', reasonLine('faults', exchange.condition))
      .hijack();
    reply.raw.writeHead(reply.statusCode, reply.getHeaders() as Record<string, string>);
    exchange.sentAnswer = whole.subarray(0, Math.floor(whole.length / 2));
    reply.raw.write(exchange.sentAnswer, () => {
      cut(reply);
      this.#tell(request, fault);
    });
    return true;
  }

  /** Ends all delays under way; what waited goes on no more. */
  stop(): void {
    for (const cancel of this.#cancelDelays) cancel();
    this.#cancelDelays.clear();
  }

  async #act(
    request: FastifyRequest,
    reply: FastifyReply,
    met: Promise<readonly KeptFault[]>,
  ): Promise<boolean> {
    const { exchange } = request;
    for (const fault of await met) {
      const { answer, rateLimit, delayMs, drop, truncate } = fault.rule;
      if (drop === 'after' || truncate) {
        exchange.fault = fault;
        return false;
      }
      if (delayMs === undefined) exchange.rung = 'faults';
      if (delayMs !== undefined) await this.#wait(delayMs);
      else if (answer) this.#answer(request, reply, fault, answer);
      else if (rateLimit) this.#limit(request, reply, fault, rateLimit.retryAfterS);
      else {
        exchange.condition = faultDecision(fault, 'cuts the connection before the work');
        await readUnread(request);
        cut(reply);
      }
      this.#tell(request, fault);
      if (delayMs === undefined) return true;
    }
    return false;
  }

  #answer(
    request: FastifyRequest,
    reply: FastifyReply,
    fault: KeptFault,
    { status, body, headers = {} }: FaultAnswer,
  ): void {
    const { exchange } = request;
    const { nonces, scripted } = this.parts;
    const own = body !== undefined || status < 400;
    // The page's 409 is a copy of its 401: the condition that an operation's 409 means says more.
    const page = exchange.profile.pageBodies && status !== 409 ? scripted?.body(status) : undefined;
    void reply.headers(headers);
    if (!own && !page) {
      this.#refuse(request, reply, fault, status);
      return;
    }
    exchange.condition = faultDecision(fault, `answers ${status}`);
    // Clients take a 401 without a challenge for a broken connection (run, Go).
    if (status === 401) void reply.header('www-authenticate', challenge(nonces.issue(), false));
    if (!reply.hasHeader('content-type')) void reply.header('content-type', 'application/json');
    void reply
      .code(status)
      .header('x-emulator-reason', reasonLine('faults', exchange.condition))
      .send(
        own ? bytesOf(body === undefined || typeof body === 'string' ? body : JSON.stringify(body)) : page,
      );
  }

  #limit(request: FastifyRequest, reply: FastifyReply, fault: KeptFault, retryAfterS = RETRY_AFTER_S): void {
    limitHeaders(reply, limitOf(request), retryAfterS);
    this.#refuse(request, reply, fault, 429);
  }

  #refuse(request: FastifyRequest, reply: FastifyReply, fault: KeptFault, status: number): void {
    const condition = injectedCondition(request, fault, status);
    sendRefusal(request.exchange, reply, condition, () => this.parts.nonces.issue(), status);
  }

  #wait(ms: number): Promise<void> {
    const { clock } = this.parts;
    return new Promise((resolve) => {
      const cancel = clock.setAlarm(clock.now() + ms, () => {
        this.#cancelDelays.delete(cancel);
        resolve();
      });
      this.#cancelDelays.add(cancel);
    });
  }

  #tell({ exchange }: FastifyRequest, { rule, project }: KeptFault): void {
    this.parts.events.emit('fault.fired', exchange.projectId, {
      rule: rule.id,
      scope: project === undefined ? 'server' : 'project',
      operation: exchange.operationId,
      action: actionOf(rule),
    });
  }
}

function cut(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.destroy();
}

function bytesOf(payload: unknown): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  return Buffer.from(typeof payload === 'string' ? payload : '');
}
