import { unescape } from 'node:querystring';
import type { FastifyRequest } from 'fastify';
import type { Decision } from '../../kernel/events.js';
import { profiles, type Profile } from '../../profiles/index.js';
import { challenge } from '../credentials/digest.js';
import type { PipelineParts } from '../pipeline.js';
import type { LimitHeaders } from '../faults/limits.js';
import type { Caller, Organization, Project } from '../gatekeeper.js';
import type { AtlasOperation } from '../operation.js';
import { headerOf } from '../header.js';
import { pathOf } from '../paths.js';
import type { ResponseBody } from '../replies/respond.js';
import { lenientFlags, type Flags } from '../steps/query.js';
import { redactText } from './redaction.js';

/** The steps of a request, in order. One of them decides the response. */
export const STEPS = [
  ...(['route', 'scripted answer', 'credentials', 'faults', 'media type', 'query'] as const),
  ...(['project', 'body', 'fields', 'state', 'answer'] as const),
] as const;
export type Step = (typeof STEPS)[number];

/** The id of a project or of an organization in a path. */
const NAMES = /^\/api\/atlas\/v2\/(?:groups\/([^/?]+)|orgs\/([^/?]+))/;

/** A name or an address, and a port; or nothing, which RFC 9112, section 3.2, allows. */
const HOST = /^(?:(?:[\w.-]+|\[[\w.:%]+\])(?::\d*)?)?$/;

const NO_FLAGS: Flags = { envelope: false, pretty: false };

/** Headers of a response: each name, in lower case, followed by its value. Node writes a list faster than an object. */
export type ResponseHeaders = (string | number)[];

/** Headers that many responses begin with, in visible ASCII: they are joined once, and recorded as a reference. */
export class SharedHeaders {
  /** As they stand in a response. */
  readonly text: string;

  constructor(readonly list: readonly string[]) {
    this.text = list.map((part, index) => part + (index % 2 === 0 ? ': ' : '\r\n')).join('');
  }
}

export const NO_HEADERS = new SharedHeaders([]);

/** The state of one request, as far as the steps have established it. */
export class Exchange {
  step: Step = 'route';
  operation: AtlasOperation | undefined = undefined;
  /** The name of the operation; the token endpoints have one too. */
  operationId: string | undefined = undefined;
  flags: Flags;
  caller: Caller | undefined = undefined;
  /** The project that the path names, if it exists. Until step 7 the caller may have no access to it. */
  project: Project | undefined = undefined;
  /** The organization that the path names, likewise. */
  organization: Organization | undefined = undefined;
  /** The version of the operation. */
  version: string | undefined = undefined;
  query: Readonly<Record<string, unknown>> = {};
  /** The nonce of the caller's digest has expired. */
  staleNonce = false;
  /** Cuts the response off, as a fault rule wants, instead of sending it. */
  spoil: ((status: number, headers: ResponseHeaders, body: ResponseBody) => void) | undefined = undefined;
  /** Ids of the fault rules that act on the request. */
  faults: string[] | undefined = undefined;
  /** The headers of the limit of requests, once this one is counted. */
  limitHeaders: LimitHeaders | undefined = undefined;
  /** Why the request was refused. */
  condition: Decision | undefined = undefined;
  /** A JSON body as text, if it was read. */
  sentBody: string | undefined = undefined;
  /** The body as it was parsed, without anything dropped. */
  json: unknown = undefined;
  /** The form of a token endpoint, redacted. */
  sentForm: string | undefined = undefined;
  /** The response is a page of a list that has a next one. */
  hasNext = false;
  /** What the headers of the response begin with. */
  shared = NO_HEADERS;
  /** Headers that steps have added to the response, whatever it will be. They replace those of the same name. */
  headers: Record<string, string | number> | undefined = undefined;
  profile: Profile;
  /** Whether the `Host` header can be part of an address: links are built from it. */
  readonly hasValidHost: boolean;
  readonly baseUrl: string;
  /** When the request arrived, in milliseconds of the process. */
  readonly startedAt = performance.now();

  constructor(
    private readonly request: FastifyRequest,
    readonly parts: Pick<
      PipelineParts,
      'defaultProfile' | 'publicUrl' | 'nonces' | 'gatekeeper' | 'events' | 'log'
    >,
  ) {
    const { url } = request;
    this.profile = profiles[parts.defaultProfile];
    this.flags = url.includes('?')
      ? // Fastify has no query for a path that it cannot decode.
        lenientFlags((request.query as Record<string, unknown> | null) ?? {})
      : NO_FLAGS;
    const { isValid, baseUrl } = addressOf(request);
    this.hasValidHost = isValid;
    this.baseUrl = parts.publicUrl ?? baseUrl;
    this.lookUp();
  }

  /** Looks up the project or the organization that the path names, and takes its profile. */
  lookUp(): void {
    const names = NAMES.exec(pathOf(this.request.url));
    if (!names) return;
    const [, groupId, orgId] = names;
    const { projects } = this.parts.gatekeeper;
    this.project = groupId === undefined ? undefined : projects.project(unescaped(groupId));
    this.organization = orgId === undefined ? undefined : projects.organization(unescaped(orgId));
    const named = this.project ?? this.organization;
    if (named) this.profile = profiles[named.profile];
  }

  /** Adds headers to the response, by name in lower case. */
  addHeaders(headers: Readonly<Record<string, string | number>>): void {
    this.headers = { ...this.headers, ...headers };
  }

  /** The headers of the response with its own, and with what steps have added: from now on none are shared. */
  allHeaders(own: ResponseHeaders, added = this.headers): ResponseHeaders {
    const all = [...this.shared.list, ...own];
    this.shared = NO_HEADERS;
    if (!added) return all;
    const others = all.flatMap((name, index) =>
      index % 2 === 0 && !(name in added) ? [name, all[index + 1] ?? ''] : [],
    );
    return [...others, ...Object.entries(added).flat()];
  }

  /** The digest challenge of this request's 401, with a fresh nonce. */
  challenge(): string {
    return challenge(this.parts.nonces.issue(), this.staleNonce);
  }
}

/** The address of the last request: nearly all have the same, and texts that are made again are retained again. */
let last = { protocol: '', host: '', isValid: true, baseUrl: '' };

function addressOf({ protocol, headers }: FastifyRequest) {
  const host = headerOf(headers, 'host') ?? '';
  if (last.host !== host || last.protocol !== protocol) {
    const isValid = HOST.test(host);
    last = { protocol, host, isValid, baseUrl: `${protocol}://${(isValid && host) || 'localhost'}` };
  }
  return last;
}

const unescaped = (part: string): string => (part.includes('%') ? unescape(part) : part);

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
