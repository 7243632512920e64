import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { ConditionType } from '../profiles/index.js';
import type { Answer } from './replies/answer.js';
import type { Caller, Organization, Project } from './gatekeeper.js';

/** What a handler gets: everything that the ladder has established. */
export interface OperationContext<Query = Record<string, unknown>, Body = Record<string, unknown>> {
  readonly caller: Caller;
  /** The project which the path names; refused before the handler if there is none. */
  readonly project: Project;
  /** The organization which the path names, likewise. */
  readonly organization: Organization;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The address that clients use, without a slash at its end: what links begin with. */
  readonly baseUrl: string;
}

/** One operation of the Atlas API, as data that the ladder walks. */
export interface Operation<Query extends TObject = TObject, Body extends TSchema = TObject> {
  /** Its `operationId` in Atlas's public description. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/atlas/v2`, with Fastify's `:parameters`; `:groupId` names the project, `:orgId` the organization. */
  readonly path: string;
  /** What it does, in a sentence. */
  readonly summary: string;
  /** The group of operations that it belongs to. */
  readonly tag: Tag;
  /** Parameters of the path, beside `:groupId` and `:orgId`. */
  readonly parameters?: Readonly<Record<string, TSchema>>;
  /** Dates of its versions, oldest first. */
  readonly versions: readonly [string, ...string[]];
  /** What Atlas says in `X-Java-Method`. */
  readonly javaMethod: string;
  /** Status of a success. */
  readonly status: number;
  /** Which roles may call it: a name that the gatekeeper knows, or undefined for every caller. */
  readonly access?: string;
  /** The condition that its 409 stands for, whose one parameter is an id. */
  readonly conflict?: ConditionType<[id: string]>;
  /** The conditions that it may raise beside those of the pipeline's steps. */
  readonly conditions?: readonly ConditionType[];
  readonly query: Query;
  readonly body?: BodyRules<Body>;
  /** What a success answers, without the envelope. */
  readonly response: TSchema;
  readonly handle: (context: OperationContext<Static<Query>, Static<Body>>) => Answer | Promise<Answer>;
}

/** A group of operations, as the description of the API has it. */
export interface Tag {
  readonly name: string;
  readonly description: string;
}

/** What is asked of a body, in order. */
export interface BodyRules<Body extends TSchema> {
  /** Drops what counts as absent and raises what is looked at before types are. */
  readonly prepare?: (body: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  readonly schema: Body;
  /** The folder of `fixtures` that holds bodies which are taken. */
  readonly examples?: string;
  /** What is asked beyond the schema, of a body that fits it. */
  readonly rules?: (body: Static<Body>, context: Pick<OperationContext, 'caller' | 'project'>) => void;
}

/** Any operation, its types forgotten: what a list of operations holds. */
// A handler takes its own query and body, so no common type but `any` takes every handler.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyOperation = Operation<any, any>;

/** Types an operation's handler by its schemas. */
export function operation<Query extends TObject, Body extends TSchema = TObject>(
  declared: Operation<Query, Body>,
): AnyOperation {
  return declared;
}
