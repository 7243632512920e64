import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConditionType } from '../profiles/index.js';
import { REQUESTS_A_MINUTE } from './faults/limits.js';
import type { Caller, Organization, Project } from './gatekeeper.js';
import type { Lint } from './lints.js';
import type { Answer } from './replies/replies.js';
import { flagsQuery } from './steps/query.js';

/** A group of operations, as the documents describe it. */
export interface Tag {
  readonly name: string;
  readonly description: string;
}

/** An operation of an API, as data: it is served, checked and described from this. */
export interface Operation {
  /** Its `operationId`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the prefix of its API, with Fastify's `:parameters`; `:groupId` names a project, `:orgId` an organization. */
  readonly path: string;
  /** What it does, in a sentence. */
  readonly summary: string;
  readonly tag: Tag;
  /** Schemas of path parameters, beside `:groupId` and `:orgId`. */
  readonly parameters?: Readonly<Record<string, TSchema>>;
  readonly query?: TObject;
  readonly body?: BodyRules;
  /** What a success answers, without the envelope; undefined where it has no body, or none of JSON. */
  readonly response?: TSchema;
  /** Media type of a success that is not JSON, such as `text/event-stream`. */
  readonly mediaType?: string;
  /** Status of a success, by default 200. */
  readonly status?: number;
  /** The conditions that it may raise beside those of the pipeline's steps. */
  readonly conditions?: readonly ConditionType[];
  /** Security schemes that replace those of its API; none if empty. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** An operation of the Atlas API. */
export interface AtlasOperation extends Operation {
  /** Dates of its versions, oldest first. */
  readonly versions: readonly [string, ...string[]];
  /** Value of the header `X-Java-Method`. */
  readonly javaMethod: string;
  /** Which roles may call it: a name that the gatekeeper knows, or undefined for every caller. */
  readonly access: string | undefined;
  /** Requests that Atlas allows in a minute. */
  readonly requestsAMinute: number;
  /** It succeeds again, without a project, for one that was deleted, in profiles that repeat deletions. */
  readonly repeatable?: true;
  /** The condition that its 409 means. */
  readonly conflict?: ConditionType<[id: string]>;
  readonly query: TObject;
  readonly response: TSchema;
  readonly status: number;
  readonly handle: (context: never) => Answer | Promise<Answer>;
}

/** Where the paths of the control API begin, by the scope of an operation: the whole server, one project, or both. */
export const PREFIXES = {
  server: ['/_emulator'],
  project: ['/_emulator/projects/:groupId'],
  both: ['/_emulator', '/_emulator/projects/:groupId'],
} as const;
type Scope = keyof typeof PREFIXES;

/** An operation of the control API. */
export interface ControlOperation extends Operation {
  readonly scope: Scope;
  /** Statuses of its errors, beside 400, 401, 403, 404 of what a path names, and those of bodies. */
  readonly errors?: readonly number[];
  /** Whether a request needs no token, because its response is no secret. */
  readonly isOpenTo?: (request: FastifyRequest) => boolean;
  readonly handle: (context: never) => unknown;
}

/** How a body is read and checked, in order. */
export interface BodyRules<Schema extends TSchema = TSchema, Body = never, Given = never> {
  /** The media type, if it is not JSON. */
  readonly mediaType?: string;
  /** The largest body, in bytes, if it differs from the server's limit. */
  readonly limit?: number;
  /** An empty body counts as `{}`. */
  readonly optional?: true;
  /** Drops what counts as absent, and raises what is checked before the types. */
  readonly prepare?: (body: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** The schema for the documents, if `prepare` drops something: see `lenient`. */
  readonly shown?: TSchema;
  readonly schema: Schema;
  /** The folder of `fixtures` that holds valid bodies. */
  readonly examples?: string;
  /** Checks beyond the schema, of a body that fits it. */
  readonly rules?: (body: Body, context: Given) => void;
  /** What a body has that is accepted, and that the client can hardly mean; read-only fields are found without it. */
  readonly lints?: (sent: Readonly<Record<string, unknown>>) => readonly Lint[];
  /** The values that fields take beside those of the schema, for the coverage. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

/** The parameter of a part of a path, without the verb or the suffix after it. */
type ParameterOf<Part extends string> = Part extends `:${infer Name}.${string}`
  ? Name
  : Part extends `:${infer Name}:${string}`
    ? Name
    : Part extends `:${infer Name}`
      ? Name
      : never;

type ParametersOf<Path extends string> = Path extends `${infer Part}/${infer Rest}`
  ? ParameterOf<Part> | ParametersOf<Rest>
  : ParameterOf<Path>;

/** The parameters of a path: `{ tenantName: string }` of `/groups/:groupId/streams/:tenantName`. */
export type Parameters<Path extends string> = Readonly<
  Record<Exclude<ParametersOf<Path>, 'groupId' | 'orgId'>, string>
>;

/** What a handler gets: everything that the steps before it have established. An operation can have several paths. */
export interface Context<Path extends string = string, Query = unknown, Body = unknown> {
  /** Who sent the request; undefined in the control API. */
  readonly caller: Path extends `/_emulator${string}` ? undefined : Caller;
  /** The project that the path names. */
  readonly project: Path extends `${string}/:groupId${string}` ? Project : undefined;
  /** The organization that the path names. */
  readonly organization: Path extends `${string}/:orgId${string}` ? Organization : undefined;
  readonly parameters: Parameters<Path>;
  readonly query: Query;
  readonly body: Body;
  /** The address that clients use, without a slash at its end. */
  readonly baseUrl: string;
  readonly request: FastifyRequest;
  /** For answers that are not JSON, such as a stream: a handler of the control API that uses it returns it. */
  readonly reply: FastifyReply;
}

/** The context of a request, which the types of its operation's handler promise. */
export function contextOf(request: FastifyRequest, reply: FastifyReply): never {
  const { caller, project, organization, query, baseUrl } = request.exchange;
  const { params: parameters, body } = request;
  const context = { caller, project, organization, parameters, query, body, baseUrl, request, reply };
  return context satisfies Record<keyof Context, unknown> as never;
}

/** What an operation declares beside what its group shares; the handler's context follows from path and schemas. */
type Declaration<
  Kind extends AtlasOperation | ControlOperation,
  Optional extends keyof Kind,
  Path extends string,
  Query extends TObject,
  Body extends TSchema,
> = Omit<Kind, 'id' | 'method' | 'path' | 'query' | 'body' | 'handle' | Optional> &
  Partial<Pick<Kind, Optional>> & {
    readonly query?: Query;
    readonly body?: BodyRules<Body, Static<Body>, Pick<Context<Path>, 'caller' | 'project'>>;
    readonly handle: (context: Context<Path, Static<Query>, Static<Body>>) => ReturnType<Kind['handle']>;
  };

/** What an operation of the Atlas API declares only where it differs. */
type Defaulted = 'tag' | 'versions' | 'access' | 'javaMethod' | 'status' | 'requestsAMinute';

/** What the operations of a resource of the Atlas API share. */
export interface ResourceShared extends Pick<AtlasOperation, 'tag' | 'versions' | 'parameters'> {
  /** The class before the method in `X-Java-Method`. */
  readonly javaClass: string;
  /** Requests a minute, if they differ from those of a project. */
  readonly requestsAMinute?: number;
  /** Access of all operations, or that of a GET and that of everything else. */
  readonly access: string | { readonly read: string; readonly write: string };
}

/**
 * Declares the operations of a resource of the Atlas API: the returned function takes an `operationId`, a method, the path
 * below that of the resource, and what one operation does not share. `javaMethod` is by default its id.
 *
 * @example
 * const link = atlasResource('/groups/:groupId/links', shared);
 * link('getLink', 'GET', '/:linkId', { handle: ({ project, parameters: { linkId } }) => … });
 */
export function atlasResource<Base extends string>(base: Base, shared: ResourceShared) {
  const { javaClass, access, ...common } = shared;
  return <
    const Below extends string,
    Query extends TObject = typeof flagsQuery,
    Body extends TSchema = TSchema,
  >(
    id: string,
    method: AtlasOperation['method'],
    below: Below,
    own: Declaration<AtlasOperation, Defaulted, `${Base}${Below}`, Query, Body>,
  ): AtlasOperation => ({
    status: 200,
    query: flagsQuery,
    requestsAMinute: REQUESTS_A_MINUTE,
    access: typeof access === 'string' ? access : method === 'GET' ? access.read : access.write,
    ...common,
    ...own,
    id,
    method,
    path: base + below,
    javaMethod: `${javaClass}::${own.javaMethod ?? id}`,
  });
}

/**
 * Declares a group of operations of the control API, as {@link atlasResource} does. `response` is that of the operations
 * which declare none, and `tag` the description of one that is named as the path. An operation without a response answers
 * 204.
 */
export function controlGroup<Base extends string, const Where extends Scope>(
  base: Base,
  {
    tag: about,
    ...shared
  }: Pick<ControlOperation, 'parameters' | 'response'> & {
    readonly scope: Where;
    readonly tag: Tag | string;
  },
) {
  const tag = typeof about === 'string' ? { name: base.slice(1), description: about } : about;
  return <const Below extends string, Query extends TObject = TObject, Body extends TSchema = TSchema>(
    id: string,
    method: ControlOperation['method'],
    below: Below,
    own: Declaration<
      ControlOperation,
      'tag' | 'scope' | 'status',
      `${(typeof PREFIXES)[Where][number]}${Base}${Below}`,
      Query,
      Body
    >,
  ): ControlOperation => {
    const { response = shared.response, mediaType } = own;
    const status = response || mediaType !== undefined ? 200 : 204;
    return { tag, status, ...shared, ...own, id, method, path: base + below };
  };
}
