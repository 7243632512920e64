import { unescape } from 'node:querystring';
import type { FastifyRequest } from 'fastify';
import type { Decision } from '../../kernel/events.js';
import { profiles, type Profile } from '../../profiles/index.js';
import { challenge } from '../credentials/digest.js';
import type { PipelineParts } from '../pipeline.js';
import type { LimitHeaders } from '../faults/limits.js';
import type { ScopedFault } from '../faults/rule.js';
import type { Caller, Organization, Project } from '../gatekeeper.js';
import type { AtlasOperation } from '../operation.js';
import { pathOf } from '../paths.js';
import { lenientFlags, type Flags } from '../steps/query.js';
import { redactText } from './redaction.js';

/** The steps of a request, in order. One of them decides the response. */
export const STEPS = [
  ...(['route', 'scripted answer', 'credentials', 'faults', 'media type', 'query'] as const),
  ...(['project', 'body', 'fields', 'state', 'answer'] as const),
] as const;
export type Step = (typeof STEPS)[number];

/** The ids of a project and of an organization in a path. */
const NAMES = /^\/api\/atlas\/v2\/(?:groups\/(?<groupId>[^/?]+)|orgs\/(?<orgId>[^/?]+))/;

/** A name or an address, and a port; or nothing, which RFC 9112, section 3.2, allows. */
const HOST = /^(?:(?:[\w.-]+|\[[\w.:%]+\])(?::\d*)?)?$/;

/** The state of one request, as far as the steps have established it. */
export class Exchange {
  step: Step = 'route';
  operation: AtlasOperation | undefined;
  /** The name of the operation; the token endpoints have one too. */
  operationId: string | undefined;
  flags: Flags;
  caller: Caller | undefined;
  /** The project that the path names, if it exists. Until step 7 the caller may have no access to it. */
  project: Project | undefined;
  /** The organization that the path names, likewise. */
  organization: Organization | undefined;
  /** The version of the operation. */
  version: string | undefined;
  query: Record<string, unknown> = {};
  /** The nonce of the caller's digest has expired. */
  staleNonce = false;
  /** A fault rule that cuts the response off. */
  fault: ScopedFault | undefined;
  /** The headers of the limit of requests, once this one is counted. */
  limitHeaders: LimitHeaders | undefined;
  /** Why the request was refused. */
  condition: Decision | undefined;
  /** A JSON body as text, if it was read. */
  sentBody: string | undefined;
  /** The form of a token endpoint, redacted. */
  sentForm: string | undefined;
  /** The body of the response, as passed to Fastify. */
  sentAnswer: unknown;
  profile: Profile;
  /** Whether the `Host` header can be part of an address: links are built from it. */
  readonly hasValidHost: boolean;
  readonly baseUrl: string;
  readonly #names: { readonly groupId?: string; readonly orgId?: string };

  constructor(
    { url, query, protocol, host }: FastifyRequest,
    private readonly parts: Pick<PipelineParts, 'defaultProfile' | 'publicUrl' | 'nonces' | 'gatekeeper'>,
  ) {
    this.profile = profiles[parts.defaultProfile];
    // Fastify has no query for a path that it cannot decode.
    this.flags = lenientFlags((query as Record<string, unknown> | null) ?? {});
    this.hasValidHost = HOST.test(host);
    this.baseUrl = parts.publicUrl ?? `${protocol}://${(this.hasValidHost && host) || 'localhost'}`;
    this.#names = NAMES.exec(pathOf(url))?.groups ?? {};
  }

  /** Looks up the project or the organization that the path names, and takes its profile. */
  lookUp(): void {
    const { groupId, orgId } = this.#names;
    const { projects } = this.parts.gatekeeper;
    this.project = groupId === undefined ? undefined : projects.project(unescape(groupId));
    this.organization = orgId === undefined ? undefined : projects.organization(unescape(orgId));
    const named = this.project ?? this.organization;
    if (named) this.profile = profiles[named.profile];
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

/** The line of `X-Emulator-Reason`: the step that refused, the rule, its source, and what would pass. */
export function reasonLine(step: Step, decision: Decision): string {
  const { problem, source, remedy } = decision;
  const line = `step ${STEPS.indexOf(step) + 1} (${step}): ${problem} | source: ${source} | to pass: ${remedy}`;
  // A header is visible ASCII, and the line may contain what a client sent.
  return redactText(line.replace(/[^\x20-\x7e]/g, '?')).slice(0, 1000);
}
