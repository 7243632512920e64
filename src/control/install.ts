import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { Type, type TObject } from '@sinclair/typebox';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ControlError } from '../http/control-error.js';
import { sameSecret } from '../http/credentials/digest.js';
import type { PipelineParts } from '../http/pipeline.js';
import { contextOf, PREFIXES, type ControlOperation } from '../http/operation.js';
import { JSON_UTF8, OtherAnswer, respond, respondWithStream } from '../http/replies/respond.js';
import { parseBody, withoutMark } from '../http/steps/body.js';
import { bodyCheck } from '../http/steps/fields.js';
import { readQuery } from '../http/steps/query.js';
import { StorageError } from '../kernel/storage-error.js';
import { mainError } from '../kernel/schema-text.js';
import { methodsOf } from '../http/steps/route.js';
import { Refusal } from '../profiles/index.js';

const NO_QUERY = Type.Object({});

/** No body, or the `{}` that some clients send instead; the white space is that of JSON. */
const EMPTY = /^[ \t\r\n]*(?:\{[ \t\r\n]*\}[ \t\r\n]*)?$/;

const LOCAL_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** The paths of an operation: on the whole server, on one project, or both. */
export const pathsOf = ({ scope, path }: ControlOperation): readonly string[] =>
  PREFIXES[scope].map((prefix) => prefix + path);

/**
 * Serves the operations, in a scope whose parsers and errors are its own.
 *
 * @param access who may use them; undefined if they are open to all
 */
export async function installControl(
  scope: FastifyInstance,
  operations: readonly ControlOperation[],
  { gatekeeper }: Pick<PipelineParts, 'gatekeeper'>,
  access?: { readonly token: string | undefined },
): Promise<void> {
  scope.removeAllContentTypeParsers();
  const json = /^application\/json(?:\s*;|$)/i;
  const parse = async (_request: FastifyRequest, text: string): Promise<string> => withoutMark(text);
  scope.addContentTypeParser(json, { parseAs: 'string' }, parse);
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, detail } = explain(error, request);
    const text = JSON.stringify({ error: status, reason: STATUS_CODES[status], detail });
    respond(request, reply, status, ['content-type', 'application/json'], text);
  };
  scope.setErrorHandler(fail);

  for (const operation of operations) {
    const { method, body, status = 200, mediaType = JSON_UTF8 } = operation;
    const checkBody = body && bodyCheck(body.schema, mainError);

    const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { exchange } = request;
      const { groupId } = request.params as { groupId?: string };
      if (groupId !== undefined) {
        exchange.project = gatekeeper.projects.project(groupId);
        if (!exchange.project) throw new ControlError(404, `There is no project ${groupId}.`);
      }
      // Operations that are open to everybody ignore what they do not take.
      if (access) exchange.query = queryOf(operation.query ?? NO_QUERY, request);
      request.body = readBody(operation, request);
      checkBody?.(request.body);
      const result: unknown = await operation.handle(contextOf(request, reply));
      exchange.step = 'answer';
      if (result instanceof OtherAnswer) {
        respond(request, reply, result.status, result.headers, result.text);
      } else if (result instanceof Readable) {
        respondWithStream(request, reply, ['content-type', mediaType], result);
      } else {
        const text = operation.response ? JSON.stringify(result) : (result as string | undefined);
        respond(request, reply, status, text === undefined ? [] : ['content-type', mediaType], text);
      }
    };

    for (const url of pathsOf(operation)) {
      scope.route({
        method: methodsOf(method),
        url,
        ...(body?.limit !== undefined && { bodyLimit: body.limit }),
        onRequest(request, _reply, done) {
          if (access && !operation.isOpenTo?.(request)) checkAccess(request, access.token);
          done();
        },
        handler(request, reply) {
          answer(request, reply).catch((error: unknown) => fail(error, request, reply));
        },
      });
    }
  }
}

/**
 * Checks whether a request may use the control API: on loopback every request, elsewhere those that have the token. Web
 * pages of other origins may not: a browser sends `Origin`, and a rebound DNS name is not local.
 *
 * @param token required as `Authorization: Bearer`; undefined if the emulator listens on loopback only
 * @throws {ControlError} 401 or 403
 */
function checkAccess(request: FastifyRequest, token: string | undefined): void {
  const { origin, host, authorization } = request.headers;
  const { publicUrl } = request.exchange.parts;
  // Behind a proxy, a page has the public address.
  const own = [
    `${request.protocol}://${host ?? ''}`,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]),
  ];
  if (origin !== undefined && !own.includes(origin)) {
    throw new ControlError(403, 'A web page of another origin cannot use the control API.');
  }
  if (token === undefined) {
    if (host === undefined || LOCAL_NAME.test(host)) return;
    throw new ControlError(
      403,
      `The control API is open on loopback alone, by the name localhost or its address, and not as ${host}. Set --control-token to open it to others.`,
    );
  }
  const [, sent] = /^bearer\s+(\S+)\s*$/i.exec(authorization ?? '') ?? [];
  if (sent === undefined || !sameSecret(sent, token)) {
    throw new ControlError(
      401,
      'Send Authorization: Bearer with the control token (--control-token, ATLAS_EMULATOR_CONTROL_TOKEN; one is made and printed where none is given).',
    );
  }
}

/**
 * The query, defaults filled in. A parameter that is unknown or empty is refused: it would silently filter nothing.
 */
function queryOf(schema: TObject, { query }: FastifyRequest): Record<string, unknown> {
  const sent = query as Record<string, unknown>;
  const known = Object.keys(schema.properties);
  const unknown = Object.keys(sent).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const choices = known.length > 0 ? `: there are ${known.join(', ')}` : '';
    throw new ControlError(400, `There is no query parameter ${unknown}${choices}.`);
  }
  const empty = Object.keys(sent).find((name) => sent[name] === '');
  if (empty !== undefined) {
    throw new ControlError(400, `The query parameter ${empty} is empty: leave it out, or give it a value.`);
  }
  return readQuery(schema, sent);
}

function readBody({ method, path, body }: ControlOperation, request: FastifyRequest): unknown {
  const text = typeof request.body === 'string' ? request.body : '';
  const isEmpty = EMPTY.test(text);
  if (body) return parseBody(body.optional && isEmpty ? '{}' : text, body.schema);
  // A client that sends a body expects something that would not happen.
  if (isEmpty) return undefined;
  throw new ControlError(400, `${method} ${path} takes no body: leave it out.`);
}

/** The status of an error, and what was expected. */
function explain(error: unknown, request: FastifyRequest): { status: number; detail: string } {
  if (error instanceof ControlError) return { status: error.status, detail: error.message };
  if (error instanceof StorageError) return { status: 503, detail: error.message };
  if (error instanceof Refusal) {
    return { status: 400, detail: `${error.condition.problem} ${error.condition.remedy}` };
  }
  const { statusCode: status = 500, message: detail = '' } = error as Partial<FastifyError>;
  if (status === 415) return { status, detail: 'Send Content-Type: application/json.' };
  if (status >= 400 && status < 500) return { status, detail };
  request.exchange.parts.log.error(error);
  return { status: 500, detail: 'The emulator met an error of its own; please report it, with the log.' };
}
