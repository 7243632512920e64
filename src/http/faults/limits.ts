import type { FastifyRequest } from 'fastify';
import { defineCondition, SOURCE, type Refusal } from '../../profiles/index.js';
import type { Caller } from '../gatekeeper.js';
import type { Exchange } from '../observation/exchange.js';
import { pathWithoutQuery } from '../paths.js';

/** Requests a minute that Atlas allows a project, as its answers say (recorded). */
export const REQUESTS_A_MINUTE = 1200;

/** Requests a minute that Atlas's token endpoint takes from one address and client (recorded). */
const TOKENS_A_MINUTE = 50;

/** Tokens of a service account that can live at a time (Atlas documentation). */
const LIVE_TOKENS = 100;

const MINUTE_MS = 60_000;

/** What Atlas answers in both profiles, since the source page does not mention limits. */
const RATE_LIMITED = 'Resource %s is limited to %s requests every %s minutes.';

/**
 * A project has had its 1,200 requests of a minute (`--limit-requests`), an address and client its 50 tokens
 * (`--limit-tokens`), or a fault rule says so. `Retry-After`, `RateLimit-Limit` and `RateLimit-Remaining` come with
 * it.
 */
export const rateLimited = defineCondition('rateLimited', {
  observed: [429, 'RATE_LIMITED', RATE_LIMITED, SOURCE.recorded],
  documented: { detail: RATE_LIMITED },
  problem: (_path: string, limit: number, _minutes: number) =>
    `The project has had its ${limit} requests of this minute.`,
  remedy: 'Wait as long as Retry-After says.',
  example: ['/api/atlas/v2/groups', REQUESTS_A_MINUTE, 1],
});

/**
 * A service account has 100 tokens that have not expired, and asks for another (`--limit-tokens`). `Retry-After` says
 * when the first of them expires.
 */
export const tooManyTokens = defineCondition('tooManyTokens', {
  observed: [429, 'RATE_LIMITED', 'A service account can have %s tokens at a time.', SOURCE.inferred],
  settledBy: 'POST /api/oauth/token, 101 times within an hour and none too fast',
  rule: [SOURCE.documentation],
  problem: (_limit: number, clientId: string, count: number) => `${clientId} has ${count} tokens that live.`,
  remedy: 'Revoke some with POST /api/oauth/revoke, or start the emulator without --limit-tokens.',
  example: [LIVE_TOKENS, 'mdb_sa_id_000000000000000000000011', LIVE_TOKENS],
});

/** The tokens that a service account has already. */
export interface LiveTokens {
  readonly count: number;
  /** Until the first of them expires. */
  readonly seconds: number;
}

/** The headers of a limit: see `ResponseHeaders`. */
export type LimitHeaders = readonly (string | number)[];

/** Atlas's own limits. Requests are counted whether or not a limit is enforced, for the `RateLimit-*` headers. */
export class Limits {
  /** The requests of this minute: of a project or organization, by the limit or the client. */
  readonly #counts = new Map<string, Map<string | number, number>>();
  #minute = 0;

  /**
   * @param now milliseconds since the epoch
   * @param settings which limits are enforced: Atlas's, or others. By default none: Terraform soon exceeds them
   */
  constructor(
    private readonly now: () => number,
    private readonly settings: Readonly<Record<'limitTokens' | 'limitRequests', boolean | number>>,
  ) {}

  owners(): readonly string[] {
    return [...this.#counts.keys()];
  }

  /** Drops the counts of a project or organization that was removed. */
  evict(owner: string): void {
    this.#counts.delete(owner);
  }

  /** Requests a minute that an operation takes. */
  of({ operation, operationId }: Exchange): number {
    const { limitRequests, limitTokens } = this.settings;
    const isToken = operationId === 'createToken';
    const limit = isToken ? limitTokens : limitRequests;
    if (typeof limit === 'number') return limit;
    return isToken ? TOKENS_A_MINUTE : (operation?.requestsAMinute ?? REQUESTS_A_MINUTE);
  }

  /**
   * Counts a request on its project; on the caller's organization where it names none of that organization's.
   *
   * @returns the headers of the limit, for the response
   * @throws {Refusal} `rateLimited`
   */
  countRequest(request: FastifyRequest, caller: Caller): LimitHeaders {
    const { project } = request.exchange;
    const own = project?.organizationId === caller.organizationId ? project.id : undefined;
    const limit = this.of(request.exchange);
    // Operations of one limit share a count (inferred).
    const left = limit - this.#count(own ?? caller.organizationId, limit);
    if (left < 0 && this.settings.limitRequests) {
      const who = own === undefined ? `Organization ${caller.organizationId}` : `Project ${own}`;
      throw this.#exceeded(request, limit, 'requests', who);
    }
    return ['ratelimit-limit', limit, 'ratelimit-remaining', Math.max(0, left)];
  }

  /**
   * Counts a request for a token on the address and the client that it comes from.
   *
   * @param owner the client's project, else its organization
   * @throws {Refusal} `rateLimited`; `tooManyTokens`, of which Atlas's answer is not known
   */
  countToken(request: FastifyRequest, owner: string, live: () => LiveTokens): void {
    if (!this.settings.limitTokens) return;
    const clientId = request.exchange.caller?.id ?? '';
    const limit = this.of(request.exchange);
    if (this.#count(owner, `${request.ip} ${clientId}`) > limit) {
      throw this.#exceeded(request, limit, 'tokens', clientId);
    }
    const { count, seconds } = live();
    if (count < LIVE_TOKENS) return;
    request.exchange.addHeaders({ 'retry-after': seconds });
    throw tooManyTokens(LIVE_TOKENS, clientId, count);
  }

  /** Returns how many requests of this minute an owner has of a kind, with this one. */
  #count(owner: string, kind: string | number): number {
    const minute = Math.floor(this.now() / MINUTE_MS);
    if (minute !== this.#minute) this.#counts.clear();
    this.#minute = minute;
    const counts = this.#counts.get(owner) ?? new Map<string | number, number>();
    if (counts.size === 0) this.#counts.set(owner, counts);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count;
  }

  #exceeded({ url, exchange }: FastifyRequest, limit: number, what: string, who: string): Refusal {
    const seconds = Math.ceil((MINUTE_MS - (this.now() % MINUTE_MS)) / 1000);
    exchange.addHeaders(exceededHeaders(limit, seconds));
    const problem = `${who} has had its ${limit} ${what} of this minute.`;
    const remedy = `Wait ${seconds} s, or start the emulator without --limit-${what}.`;
    return rateLimited(pathWithoutQuery(url), limit, 1).because({ problem, remedy });
  }
}

/** The headers of a limit that is exceeded (recorded). */
export function exceededHeaders(limit: number, retryAfterS = 1): Record<string, number> {
  return { 'retry-after': retryAfterS, 'ratelimit-limit': limit, 'ratelimit-remaining': 0 };
}
