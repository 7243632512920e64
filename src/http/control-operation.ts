import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Project } from './gatekeeper.js';

/** What a handler of the control API gets. */
export interface ControlContext<Query = Record<string, unknown>, Body = unknown> {
  /** The project whose scope the path names; undefined for the whole server. */
  readonly project: Project | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Undefined where the body is optional and none was sent. */
  readonly body: Body;
  /** The address that clients use, without a slash at its end. */
  readonly baseUrl: string;
  readonly request: FastifyRequest;
  /** For what is no JSON, such as a stream: a handler that uses it returns it. */
  readonly reply: FastifyReply;
}

/** One operation of the control API, as data: it is served, checked and described from this. */
export interface ControlOperation<Query extends TObject = TObject, Body extends TSchema = TSchema> {
  /** Its `operationId` in the description, such as `advanceClock`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/_emulator`, or below `/_emulator/projects/:groupId` too where it is `scoped`. */
  readonly path: string;
  /**
   * `both`: on the whole server and, below `/projects/:groupId`, on one project; `project`: below that alone; `server`:
   * only on the whole.
   */
  readonly scope: 'both' | 'project' | 'server';
  /** What it does, in a sentence. */
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  /** A body may be left out. */
  readonly bodyOptional?: true;
  /** The largest body, in bytes, where that is not the server's usual one. */
  readonly bodyLimit?: number;
  /** What a success answers; undefined where it is no JSON. */
  readonly response?: TSchema;
  /** What a success is where it is no JSON, such as `text/event-stream`. */
  readonly mediaType?: string;
  /** Statuses of its errors, beside 400, 401, 403, 404 of what a path names, and those of bodies. */
  readonly errors?: readonly number[];
  /** Status of a success; 200 unless given. */
  readonly status?: 200 | 201 | 204;
  readonly handle: (context: ControlContext<Static<Query>, Static<Body>>) => unknown;
}

/** Any operation, its types forgotten. */
// A handler takes its own query and body, so no common type but `any` takes every handler.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyControlOperation = ControlOperation<any, any>;

/** Types an operation's handler by its schemas. */
export function controlOperation<Query extends TObject = TObject, Body extends TSchema = TSchema>(
  declared: ControlOperation<Query, Body>,
): AnyControlOperation {
  return declared;
}

/** A request that the control API cannot serve; `message` says what was expected. Nothing has changed. */
export class ControlError extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 415 | 503,
    message: string,
  ) {
    super(message);
  }
}
