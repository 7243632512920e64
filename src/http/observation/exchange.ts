import type { FastifyRequest } from 'fastify';
import type { Decision } from '../../kernel/events.js';
import { profiles, type Profile } from '../../profiles/index.js';
import { challenge } from '../credentials/digest.js';
import type { PipelineParts } from '../every-request.js';
import type { ScopedFault } from '../faults/rule.js';
import type { Caller, Organization, Project } from '../gatekeeper.js';
import type { AtlasOperation } from '../operation.js';
import { lenientFlags, type Flags } from '../steps/query.js';
import { redactText } from './redaction.js';

/** The steps of a request, in order: every answer comes from one of them. */
export const RUNGS = [
  'route',
  'scripted answer',
  'credentials',
  'faults',
  'media type',
  'query',
  'project',
  'body',
  'fields',
  'state',
  'answer',
] as const;
export type Rung = (typeof RUNGS)[number];

/** One request: what the steps have established so far. */
export class Exchange {
  rung: Rung = 'route';
  operation: AtlasOperation | undefined;
  /** The operation's name; the token endpoints have one too. */
  operationId: string | undefined;
  flags: Flags;
  caller: Caller | undefined;
  project: Project | undefined;
  /** The id of the project that the path names, if there is one: the caller may have no access to it. */
  projectId: string | undefined;
  organization: Organization | undefined;
  /** The version of the operation that answers. */
  version: string | undefined;
  query: Record<string, unknown> = {};
  /** The caller signed with a nonce that can be used no more. */
  staleNonce = false;
  /** A fault rule that spoils the answer once it is ready. */
  fault: ScopedFault | undefined;
  /** How many more requests Atlas would accept in this minute, once this one is counted. */
  requestsLeft: number | undefined;
  /** Why the request was refused. */
  condition: Decision | undefined;
  /** The body as text, where it was read; forms without their secrets. */
  sentBody: string | undefined;
  /** The body of the answer, as it was handed to Fastify. */
  sentAnswer: unknown;
  profile: Profile;
  readonly baseUrl: string;

  constructor(
    { query, protocol, host }: FastifyRequest,
    private readonly parts: Pick<PipelineParts, 'defaultProfile' | 'publicUrl' | 'nonces'>,
  ) {
    this.profile = profiles[parts.defaultProfile];
    // Fastify has no query for a path that it cannot decode.
    this.flags = lenientFlags((query as Record<string, unknown> | null) ?? {});
    this.baseUrl = parts.publicUrl ?? `${protocol}://${host || 'localhost'}`;
  }

  /** The digest challenge of this request's 401, with a fresh nonce. */
  challenge(): string {
    return challenge(this.parts.nonces.issue(), this.staleNonce);
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange;
  }
}

/** The line of `X-Emulator-Reason`: which step refused, by which rule, where that is from, what would pass. */
export function reasonLine(rung: Rung, decision: Decision): string {
  const { problem, source, remedy } = decision;
  const line = `step ${RUNGS.indexOf(rung) + 1} (${rung}): ${problem} | source: ${source} | to pass: ${remedy}`;
  // A header holds visible ASCII only, and what a client sent may be in the line.
  return redactText(line.replace(/[^\x20-\x7e]/g, '?')).slice(0, 1000);
}
