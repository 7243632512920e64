import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse, SOURCE } from '../../kernel/conditions.js';
import type { Caller, Project } from '../gatekeeper.js';
import { pathWithoutQuery } from '../paths.js';
import { REQUESTS_A_MINUTE, RequestQuota } from './request-quota.js';

/** Requests a minute that Atlas's token endpoint takes from one address and client (recorded). */
export const TOKENS_A_MINUTE = 50;

/** Tokens of a service account that can live at a time (Atlas documentation). */
export const LIVE_TOKENS = 100;

/** Which of Atlas's limits hold. None does unless it is asked for: Terraform is soon over them. */
export interface LimitSettings {
  readonly limitTokens: boolean;
  readonly limitRequests: boolean;
}

/** The tokens that a service account has already. */
export interface LiveTokens {
  readonly count: number;
  /** Until the first of them expires. */
  readonly seconds: number;
}

/** Who asks for a token. */
export interface TokenHolder {
  readonly caller: Pick<Caller, 'id' | 'organizationId'>;
  /** The project that it was made for, if it was for one. */
  readonly projectId: string | undefined;
}

/** Atlas's own limits. Requests are counted whether or not a limit holds, for the `RateLimit-*` headers. */
export class Limits {
  readonly #settings: LimitSettings;
  readonly #requests: RequestQuota;
  readonly #tokens: RequestQuota;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number, settings: LimitSettings) {
    this.#settings = settings;
    this.#requests = new RequestQuota(now, REQUESTS_A_MINUTE);
    this.#tokens = new RequestQuota(now, TOKENS_A_MINUTE);
  }

  /** For how many projects and organizations it counts something. */
  get size(): number {
    return this.#requests.size + this.#tokens.size;
  }

  /** Forgets what it has counted for projects, and organizations, of whom `isGone` holds. */
  letGo(isGone: (owner: string) => boolean): void {
    this.#requests.letGo(isGone);
    this.#tokens.letGo(isGone);
  }

  /**
   * Counts a request on its project; on the caller's organization where it names none of that organization's.
   *
   * @returns how many are left in this minute
   * @throws {Refusal} `rateLimited`
   */
  countRequest(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    project: Project | undefined,
  ): number {
    const own = project?.organizationId === caller.organizationId ? project.id : undefined;
    const left = this.#requests.take(own ?? caller.organizationId);
    if (left >= 0 || !this.#settings.limitRequests) return Math.max(0, left);
    const seconds = this.#requests.secondsLeft();
    limitHeaders(reply, REQUESTS_A_MINUTE, seconds);
    return refuse('rateLimited', {
      parameters: [pathWithoutQuery(request.url), REQUESTS_A_MINUTE, 1],
      problem: `${own === undefined ? `Organization ${caller.organizationId}` : `Project ${own}`} has had its ${REQUESTS_A_MINUTE} requests of this minute.`,
      remedy: `Wait ${seconds} s, or start the emulator without --limit-requests.`,
      source: SOURCE.recorded,
    });
  }

  /**
   * Counts a request for a token on the address and the client that it comes from.
   *
   * @throws {Refusal} `rateLimited`; `tooManyTokens`, of which Atlas's answer is not known
   */
  countToken(
    request: FastifyRequest,
    reply: FastifyReply,
    { caller: { id: clientId, organizationId }, projectId }: TokenHolder,
    live: () => LiveTokens,
  ): void {
    if (!this.#settings.limitTokens) return;
    if (this.#tokens.take(projectId ?? organizationId, `${request.ip} ${clientId}`) < 0) {
      const seconds = this.#tokens.secondsLeft();
      limitHeaders(reply, TOKENS_A_MINUTE, seconds);
      refuse('rateLimited', {
        parameters: [pathWithoutQuery(request.url), TOKENS_A_MINUTE, 1],
        problem: `${clientId} has asked for ${TOKENS_A_MINUTE} tokens in this minute.`,
        remedy: `Wait ${seconds} s, or start the emulator without --limit-tokens.`,
        source: SOURCE.recorded,
      });
    }
    const { count, seconds } = live();
    if (count < LIVE_TOKENS) return;
    void reply.header('retry-after', seconds);
    refuse('tooManyTokens', {
      parameters: [LIVE_TOKENS],
      problem: `${clientId} has ${count} tokens that live.`,
      remedy: 'Revoke some with POST /api/oauth/revoke, or start the emulator without --limit-tokens.',
      source: SOURCE.documentation,
    });
  }
}

/** Tells of a limit that is used up, as Atlas does (recorded). */
export function limitHeaders(reply: FastifyReply, limit: number, retryAfterS: number): void {
  void reply
    .header('retry-after', retryAfterS)
    .header('ratelimit-limit', limit)
    .header('ratelimit-remaining', 0);
}
