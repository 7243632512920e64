import { API_PREFIX, pathWithoutQuery } from '../../http/paths.js';
import type { RequestDetail } from '../../kernel/events.js';
import type { Entry, Journal } from './journal.js';

/** How many challenges and tokens are remembered. */
const REMEMBERED = 50_000;

/** The item that a path names. */
const ITEM = new RegExp(`^${API_PREFIX}/groups/[^/]+/.+/([0-9a-f]{24})$`);

const NONCE = /^\s*digest\b.*\bnonce\s*=\s*"?([^",\s]+)/i;
const BEARER = /^\s*bearer\s+(\S+)/i;

/** What belongs to a request beside its messages. */
export interface Related {
  /** The number of the 401 whose digest challenge it answers. */
  readonly challenge: number | undefined;
  /** The number of the request that issued its token. */
  readonly token: number | undefined;
  /** The id of the item that it names, or has created. */
  readonly item: string | undefined;
  readonly faults: readonly string[] | undefined;
  /** ISO 8601. */
  readonly projectTime: string | undefined;
}

/**
 * Finds what belongs to recorded requests: it reads each entry of the journal once, when it is first asked for a later
 * one. Nothing is read while nobody asks.
 */
export class RelatedRequests {
  /** Numbers of challenges by their nonce. */
  readonly #challenges = new Map<string, number>();
  /** Numbers of the requests that issued a token, by the token. */
  readonly #issues = new Map<string, number>();
  #readTo = 0;

  constructor(private readonly journal: Journal) {}

  of({ event: { seq, data }, detail }: Entry): Related {
    this.#readUntil(seq);
    const { projectTime, faults } = detail;
    const { authorization = '' } = detail.unredacted.headers;
    const [, named] = ITEM.exec(pathWithoutQuery(data.path)) ?? [];
    return {
      challenge: this.#challenges.get(NONCE.exec(authorization)?.[1] ?? ''),
      token: this.#issues.get(BEARER.exec(authorization)?.[1] ?? ''),
      item: named ?? createdBy(data, detail),
      faults,
      projectTime: projectTime === undefined ? undefined : new Date(projectTime).toISOString(),
    };
  }

  #readUntil(seq: number): void {
    if (seq <= this.#readTo) return;
    for (const { event, detail } of this.journal.select(undefined, this.#readTo).entries) {
      this.#readTo = event.seq;
      remember(this.#challenges, challengeOf(detail), event.seq);
      remember(this.#issues, tokenIn(event.data, detail), event.seq);
    }
  }
}

/**
 * The nonce of a challenge that is no mistake of the client: the request had no credentials, as the first one of HTTP
 * digest, or right ones with an old nonce. Undefined for any other refusal.
 */
export function challengeOf(detail: RequestDetail): string | undefined {
  // First: headers and bodies are redacted when they are read.
  if (detail.condition?.name !== 'unauthenticated') return undefined;
  const { request, response } = detail;
  const challenge = response.headers['www-authenticate'] ?? '';
  const isExpected = request.headers.authorization === undefined || challenge.endsWith('stale=true');
  if (!isExpected) return undefined;
  return /nonce="([^"]+)"/.exec(challenge)?.[1];
}

/** The token that a response has. */
function tokenIn({ operation }: Entry['event']['data'], detail: RequestDetail): string | undefined {
  const { answer } = detail.unredacted;
  if (operation !== 'createToken' || typeof answer !== 'string') return undefined;
  return /"access_token"\s*:\s*"([^"]+)"/.exec(answer)?.[1];
}

function remember(numbers: Map<string, number>, key: string | undefined, seq: number): void {
  if (key === undefined) return;
  numbers.set(key, seq);
  const [oldest = ''] = numbers.keys();
  if (numbers.size > REMEMBERED) numbers.delete(oldest);
}

/** The id of the item that a successful create has made. */
function createdBy({ method, status }: Entry['event']['data'], detail: Entry['detail']): string | undefined {
  if (method !== 'POST' || status < 200 || status >= 300) return undefined;
  return /"_id"\s*:\s*"([0-9a-f]{24})"/.exec(detail.response.body ?? '')?.[1];
}
