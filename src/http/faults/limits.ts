import type { FastifyReply, FastifyRequest } from 'fastify';
import { defineCondition, SOURCE, type Refusal } from '../../profiles/index.js';
import type { Caller, Project } from '../gatekeeper.js';
import { pathWithoutQuery } from '../paths.js';
import { REQUESTS_A_MINUTE, RequestQuota } from './request-quota.js';

/** Requests a minute that Atlas's token endpoint takes from one address and client (recorded). */
export const TOKENS_A_MINUTE = 50;

/** Tokens of a service account that can live at a time (Atlas documentation). */
export const LIVE_TOKENS = 100;

/** What Atlas answers in both profiles, since the source page does not mention limits. */
const RATE_LIMITED = 'Resource %s is limited to %s requests every %s minutes.';

export const rateLimited = defineCondition('rateLimited', {
  when: 'A project has had its 1,200 requests of a minute (`--limit-requests`), an address and client its 50 tokens (`--limit-tokens`), or a fault rule says so. `Retry-After`, `RateLimit-Limit` and `RateLimit-Remaining` come with it.',
  observed: [429, 'RATE_LIMITED', RATE_LIMITED, SOURCE.recorded],
  documented: { detail: RATE_LIMITED },
  describe: (_path: string, _limit: number, _minutes: number, problem: string, remedy: string) => ({
    problem,
    remedy,
  }),
  example: [
    '/api/atlas/v2/groups',
    REQUESTS_A_MINUTE,
    1,
    `The project has had its ${REQUESTS_A_MINUTE} requests of this minute.`,
    'Wait as long as Retry-After says.',
  ],
});

export const tooManyTokens = defineCondition('tooManyTokens', {
  when: 'A service account has 100 tokens that have not expired, and asks for another (`--limit-tokens`). `Retry-After` says when the first of them expires.',
  observed: [429, 'RATE_LIMITED', 'A service account can have %s tokens at a time.', SOURCE.inferred],
  settledBy: 'POST /api/oauth/token, 101 times within an hour and none too fast',
  describe: (_limit: number, clientId: string, count: number) => ({
    problem: `${clientId} has ${count} tokens that live.`,
    remedy: 'Revoke some with POST /api/oauth/revoke, or start the emulator without --limit-tokens.',
    source: SOURCE.documentation,
  }),
  example: [LIVE_TOKENS, 'mdb_sa_id_000000000000000000000011', LIVE_TOKENS],
});

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
  readonly #requests: RequestQuota;
  readonly #tokens: RequestQuota;

  /** @param now milliseconds since the epoch */
  constructor(
    now: () => number,
    private readonly settings: LimitSettings,
  ) {
    this.#requests = new RequestQuota(now, REQUESTS_A_MINUTE);
    this.#tokens = new RequestQuota(now, TOKENS_A_MINUTE);
  }

  /** Number of projects and organizations that have a count. */
  get retained(): number {
    return this.#requests.retained + this.#tokens.retained;
  }

  /** Drops the counts of projects and organizations that were removed. */
  evict(isGone: (owner: string) => boolean): void {
    this.#requests.evict(isGone);
    this.#tokens.evict(isGone);
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
    if (left >= 0 || !this.settings.limitRequests) return Math.max(0, left);
    const who = own === undefined ? `Organization ${caller.organizationId}` : `Project ${own}`;
    const problem = `${who} has had its ${REQUESTS_A_MINUTE} requests of this minute.`;
    throw usedUp(request, reply, this.#requests, problem, '--limit-requests');
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
    if (!this.settings.limitTokens) return;
    if (this.#tokens.take(projectId ?? organizationId, `${request.ip} ${clientId}`) < 0) {
      const problem = `${clientId} has asked for ${TOKENS_A_MINUTE} tokens in this minute.`;
      throw usedUp(request, reply, this.#tokens, problem, '--limit-tokens');
    }
    const { count, seconds } = live();
    if (count < LIVE_TOKENS) return;
    void reply.header('retry-after', seconds);
    throw tooManyTokens(LIVE_TOKENS, clientId, count);
  }
}

/** The refusal of a request for which a quota has no room left; sets the headers that come with it. */
function usedUp(
  request: FastifyRequest,
  reply: FastifyReply,
  quota: RequestQuota,
  problem: string,
  setting: string,
): Refusal {
  const seconds = quota.secondsLeft();
  limitHeaders(reply, quota.limit, seconds);
  const remedy = `Wait ${seconds} s, or start the emulator without ${setting}.`;
  return rateLimited(pathWithoutQuery(request.url), quota.limit, 1, problem, remedy);
}

/** Sets the headers of a limit that is used up (recorded). */
export function limitHeaders(reply: FastifyReply, limit: number, retryAfterS: number): void {
  void reply
    .header('retry-after', retryAfterS)
    .header('ratelimit-limit', limit)
    .header('ratelimit-remaining', 0);
}
