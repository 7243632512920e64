import type { Pending } from './pending.js';
import type { Recent } from './recent.js';

/** A create without a complete answer. */
interface LostCreate {
  readonly path: string;
  /** Whether the client has read something there since. */
  looked: boolean;
}

/** The last request for a token over a connection. */
interface Grant {
  /** How many requests the client had sent before. */
  readonly requests: number;
  /** The time of the clock by which the token expires. */
  readonly now: number;
  /** How many tokens before it were used for one request at most. */
  readonly streak: number;
}

/** A resource that is read again and again. */
interface Poll {
  readonly at: number;
  readonly count: number;
}

/** What the rules need to know of the earlier requests of a caller. Each map is bounded, and made at its first use. */
export class Client {
  /** Requests, without those for tokens. */
  requests = 0;
  /** When a request may be repeated after a 429, by method and path. */
  limited: Recent<string, number> | undefined;
  /** By path and body. */
  lost: Recent<string, LostCreate> | undefined;
  /** Lists that were cut short, by path. */
  pages: Pending | undefined;
  /** Reads of what was not there, by path. */
  looks: Pending | undefined;
  /** By connection and User-Agent. */
  grants: Recent<string, Grant> | undefined;
  /** By path. */
  polls: Recent<string, Poll> | undefined;

  /** Whether nothing of it is remembered that its next read could concern. */
  get isQuiet(): boolean {
    return !this.limited?.size && !this.lost?.size && !this.pages?.size && !this.polls?.size;
  }
}
