import { hash } from 'node:crypto';
import type { Decision, EventOf, Unredacted } from '../../kernel/events.js';
import { pathWithoutQuery } from '../../http/paths.js';
import type { Client } from './client.js';
import type { Handle } from './findings.js';
import type { Surface } from './surface.js';

/** A request for the Atlas API, as the rules see it. */
export class Seen {
  readonly condition: Decision | undefined;
  /** The state that the answer shows. */
  readonly state: string | undefined;

  constructor(
    readonly event: EventOf<'request.finished'>,
    /** With secrets. */
    readonly raw: Unredacted,
    readonly client: Client,
    readonly surface: Surface | undefined,
    private readonly judge: { find(seen: Seen, found: Found): Handle | undefined },
  ) {
    const { status } = event.data;
    this.condition = raw.condition;
    this.state = surface?.states && status === 200 ? stateIn(raw.answer) : undefined;
  }

  /** The path without the query and a slash at its end. */
  get path(): string {
    const path = pathWithoutQuery(this.raw.url);
    return path.endsWith('/') ? path.slice(0, -1) : path;
  }

  /** Adds a finding. Returns undefined if it is not stored. */
  find(found: Found): Handle | undefined {
    return this.judge.find(this, found);
  }
}

/** What a rule has found. What is left out follows from the rule and the request. */
export interface Found {
  readonly rule: string;
  readonly subject: string;
  readonly problem: string;
  readonly mend?: string;
  readonly source?: string;
}

export const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** The User-Agent of a request. */
export function agentOf({ raw }: Seen): string {
  return (raw.headers['user-agent'] ?? '').slice(0, 200);
}

/** What a client repeats when it answers a challenge. */
export function requestKey(seen: Seen): string {
  return `${agentOf(seen)} ${seen.event.data.method} ${seen.raw.url.slice(0, 500)}`;
}

/** What identifies a body. */
export function bodyKey(body: Unredacted['body']): string {
  return body === undefined ? '' : hash('sha1', body);
}

/** The value of a header of the answer. */
export function answerHeader({ answerHeaders }: Unredacted, name: string): string | undefined {
  const index = answerHeaders.findIndex((one, at) => at % 2 === 0 && one === name);
  return index < 0 ? undefined : String(answerHeaders[index + 1]);
}

/** The state in an answer with one resource. Texts in JSON have no quotes that are not escaped. */
function stateIn(answer: Unredacted['answer']): string | undefined {
  return typeof answer === 'string' ? /"state"\s*:\s*"(\w+)"/.exec(answer)?.[1] : undefined;
}
