import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConditionType } from '../../profiles/index.js';
import type { PipelineParts } from '../pipeline.js';
import { reasonLine, type ResponseHeaders } from '../observation/exchange.js';
import { observe } from '../observation/request-finished.js';
import { hasPlainJsonBody, readUnread } from '../observation/unread-body.js';
import { sendFailure, unexpected } from '../replies/failures.js';
import { sendBytes, sendRefusal } from '../replies/replies.js';
import type { ResponseBody } from '../replies/respond.js';
import { BODY_LIMIT, bodyTooLarge } from '../steps/body.js';
import { faultDecision, injectedCondition, namedCondition } from './injected.js';
import { exceededHeaders } from './limits.js';
import { actionOf, type FaultStep, type ScopedFault } from './rule.js';
import type { FaultStore } from './store.js';

/** Applies the fault rules to requests. */
export class FaultGate {
  readonly #cancelDelays = new Set<() => void>();

  /** @param errors those that a rule can name, by code */
  constructor(
    private readonly parts: Pick<PipelineParts, 'scripted' | 'events' | 'clock' | 'limits'>,
    private readonly store: FaultStore,
    private readonly errors: ReadonlyMap<string, ConditionType>,
  ) {}

  /**
   * Applies the rules of one step to a request, once its operation and caller are known.
   *
   * @returns undefined, at once, if none matches; else whether the request has ended, answered or cut
   */
  meet(request: FastifyRequest, reply: FastifyReply, step: FaultStep): Promise<boolean> | undefined {
    const { exchange } = request;
    if (exchange.spoil || this.store.isEmpty()) return undefined;
    const matchesBodies = this.store.actingOn(request).some(({ rule }) => rule.match?.body !== undefined);
    const unread = matchesBodies && hasPlainJsonBody(request) ? readUnread(request) : undefined;
    const firing = unread
      ? unread.then(() => {
          if (exchange.sentBody === undefined) throw bodyTooLarge(BODY_LIMIT);
          return this.store.meet(step, request);
        })
      : this.store.meet(step, request);
    return firing?.then((rules) => this.#apply(reply, rules));
  }

  /** Truncates or drops an answer that is ready, and its work committed. */
  #spoil(
    { request, raw }: FastifyReply,
    fault: ScopedFault,
    status: number,
    headers: ResponseHeaders,
    body: ResponseBody = '',
  ): void {
    const { exchange } = request;
    const whole = Buffer.from(body);
    const half = fault.rule.truncate && whole.subarray(0, Math.floor(whole.length / 2));
    const does = half ? 'sends half of the answer' : 'cuts the connection before the answer';
    const why = exchange.condition ? ` (${exchange.condition.problem})` : '';
    exchange.step = 'faults';
    exchange.condition = faultDecision(fault, `${does}, which is ${status}${why}`);
    this.#emit(request, fault);
    if (half) {
      const reason = reasonLine('faults', exchange.condition);
      const all = exchange.allHeaders(headers, { 'x-emulator-reason': reason });
      observe(request, status, all, half);
      raw.writeHead(status, all);
      raw.write(half, () => raw.destroy());
    } else {
      observe(request, 0);
      raw.destroy();
    }
  }

  /** Cancels all delays; the delayed requests are not resumed. */
  stop(): void {
    for (const cancel of this.#cancelDelays) cancel();
    this.#cancelDelays.clear();
  }

  /** Applies the rules that fire. Returns whether the request has ended. */
  async #apply(reply: FastifyReply, firing: readonly ScopedFault[] = []): Promise<boolean> {
    const { request } = reply;
    const { exchange } = request;
    for (const fault of firing) {
      const { id, delayMs, drop, truncate } = fault.rule;
      (exchange.faults ??= []).push(id);
      if (drop === 'after' || truncate) {
        exchange.spoil = (...response) => this.#spoil(reply, fault, ...response);
        return false;
      }
      const isCancelled = delayMs !== undefined && !(await this.#wait(reply, fault, delayMs));
      if (delayMs !== undefined && !isCancelled) {
        this.#emit(request, fault);
        continue;
      }
      exchange.step = 'faults';
      if (drop || isCancelled) {
        const does = isCancelled
          ? 'was removed, or the client left, during the delay'
          : 'cuts the connection before the work';
        exchange.condition = faultDecision(fault, does);
        await readUnread(request);
        observe(request, 0);
        reply.raw.destroy();
      } else this.#answer(reply, fault);
      this.#emit(request, fault);
      return true;
    }
    return false;
  }

  #answer(reply: FastifyReply, fault: ScopedFault): void {
    const { exchange } = reply.request;
    const { scripted, limits } = this.parts;
    const { answer, error, rateLimit } = fault.rule;
    const named = error === undefined ? undefined : (this.errors.get(error) ?? unexpected);
    const usual = named?.rows[exchange.profile.name].status ?? 429;
    const { status, body, headers = {} } = answer ?? { status: usual };
    const limit = limits.of(exchange);
    if (status === 429 && body === undefined) {
      exchange.addHeaders(exceededHeaders(limit, rateLimit?.retryAfterS));
    }
    exchange.addHeaders(
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    );
    // The page does not show the token endpoints. Its 409 is a copy of its 401: what an operation's 409 means says more.
    const shown = exchange.operation && exchange.profile.pageBodies && status !== 409;
    const page = shown ? scripted?.bodies.get(status) : undefined;
    const own = body !== undefined || status < 400;
    if (named) {
      sendRefusal(reply, namedCondition(fault, named));
    } else if (own || page) {
      const text = typeof body === 'string' ? body : JSON.stringify(body ?? null);
      const decision = faultDecision(fault, `answers ${status}`);
      sendBytes(reply, decision, status, own ? (body === undefined ? '' : text) : page);
    } else {
      sendRefusal(reply, injectedCondition(reply.request, fault, status, limit), status);
    }
  }

  /** Resolves to true after a delay; to false at once when the rule is removed or the connection closes. */
  #wait({ raw }: FastifyReply, { rule, project }: ScopedFault, ms: number): Promise<boolean> {
    const { clock, events } = this.parts;
    return new Promise((resolve) => {
      const end = (passed: boolean): void => {
        cancel();
        unsubscribe();
        this.#cancelDelays.delete(cancel);
        resolve(passed);
      };
      const cancel = clock.setAlarm(clock.now() + ms, () => end(true));
      // An event follows each change of the rules: the request that made it, or a reset.
      const unsubscribe = events.subscribe(() => {
        if (!this.store.list(project ?? undefined).some((one) => one.rule.id === rule.id)) end(false);
      });
      this.#cancelDelays.add(cancel);
      raw.once('close', () => end(false));
    });
  }

  #emit({ exchange }: FastifyRequest, { rule, project }: ScopedFault): void {
    this.parts.events.emit('fault.fired', exchange.project?.id, {
      rule: rule.id,
      scope: project === null ? 'server' : 'project',
      operation: exchange.operationId,
      action: actionOf(rule),
    });
  }
}

/** Runs further steps, once the fault rules that a request has met are applied and unless one of them has ended it. */
export function unlessEnded(
  request: FastifyRequest,
  reply: FastifyReply,
  met: Promise<boolean> | undefined,
  next: () => void,
): void {
  if (!met) next();
  else {
    met
      .then((ended) => {
        if (!ended) next();
      })
      .catch((error: unknown) => sendFailure(error, request, reply));
  }
}
