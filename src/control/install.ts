import { STATUS_CODES } from 'node:http';
import { Type, type TObject, type TSchema } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bodyCheck } from '../http/steps/fields.js';
import type { Gatekeeper } from '../http/gatekeeper.js';
import { readQuery } from '../http/steps/query.js';
import { Refusal } from '../profiles/index.js';
import type { AccessGuard } from './guard.js';
import { ControlError, type AnyControlOperation, type ControlContext } from './operation.js';

/** Where the control API begins. */
export const CONTROL_PREFIX = '/_emulator';

/** Where one project's part of it begins. */
export const PROJECT_PREFIX = `${CONTROL_PREFIX}/projects/:groupId`;

const NO_QUERY = Type.Object({});

/** The paths of an operation: on the whole server, on one project, or both. */
export function pathsOf(operation: AnyControlOperation): readonly string[] {
  const whole = operation.scope === 'project' ? [] : [CONTROL_PREFIX + operation.path];
  const one = operation.scope === 'server' ? [] : [PROJECT_PREFIX + operation.path];
  return [...whole, ...one];
}

/** What the control API stands on. */
export interface ControlParts {
  readonly gatekeeper: Pick<Gatekeeper, 'project'>;
  readonly guard: AccessGuard;
  readonly settled: () => Promise<void> | undefined;
}

/** Serves the operations, in a scope whose parsers and errors are its own. */
export function installControl(
  scope: FastifyInstance,
  operations: readonly AnyControlOperation[],
  { gatekeeper, guard, settled }: ControlParts,
): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    /^application\/json(?:\s*;|$)/i,
    { parseAs: 'string' },
    (_request, text, done) => {
      done(null, text);
    },
  );
  scope.setErrorHandler(async (error, request, reply) => {
    await settled();
    return sendError(error, request, reply);
  });

  for (const operation of operations) {
    const schema = operation.body as TSchema | undefined;
    const checkBody = schema && bodyCheck(schema);
    for (const url of pathsOf(operation)) {
      scope.route({
        method: operation.method,
        url,
        ...(operation.bodyLimit !== undefined && { bodyLimit: operation.bodyLimit }),
        onRequest: async (request) => {
          guard.check(request);
        },
        async handler(request, reply) {
          const { groupId } = request.params as { groupId?: string };
          const context: ControlContext = {
            project: groupId === undefined ? undefined : projectOf(groupId, gatekeeper),
            parameters: request.params as Record<string, string>,
            query: queryOf((operation.query as TObject | undefined) ?? NO_QUERY, request),
            body: readBody(operation, request, checkBody),
            baseUrl: request.exchange.baseUrl,
            request,
            reply,
          };
          const result: unknown = await operation.handle(context);
          await settled();
          // Not `result === reply`: whoever awaits a reply gets nothing, once it is sent.
          if (reply.sent) return reply;
          request.exchange.rung = 'answer';
          if (operation.status === 204) return reply.code(204).send();
          return reply
            .code(operation.status ?? 200)
            .header('content-type', 'application/json')
            .send(JSON.stringify(result));
        },
      });
    }
  }
}

/**
 * The query, defaults filled in. A parameter that nobody knows, or that is empty, is refused: it would silently filter
 * nothing.
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

function projectOf(groupId: string, gatekeeper: Pick<Gatekeeper, 'project'>) {
  const project = gatekeeper.project(groupId);
  if (!project) throw new ControlError(404, `There is no project ${groupId}.`);
  return project;
}

function readBody(
  operation: AnyControlOperation,
  request: FastifyRequest,
  check: ((body: unknown) => void) | undefined,
): unknown {
  const text = typeof request.body === 'string' ? request.body : '';
  if (!check) {
    // Whoever sends one wants something that would not happen. Clients send {} where they have nothing to say.
    if (/^\s*(?:\{\s*\})?\s*$/.test(text)) return undefined;
    throw new ControlError(400, `${operation.method} ${operation.path} takes no body: leave it out.`);
  }
  if (text.trim() === '') {
    if (operation.bodyOptional) return undefined;
    throw new ControlError(400, 'The body is empty: send a JSON object.');
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ControlError(400, 'The body is not JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ControlError(400, 'The body is JSON, but no object: send a JSON object.');
  }
  check(body);
  return body;
}

/** Errors have one form: the status, its name, and what was expected. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, detail } = explain(error, request);
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify({ error: status, reason: STATUS_CODES[status], detail })));
}

function explain(error: unknown, request: FastifyRequest): { status: number; detail: string } {
  if (error instanceof ControlError) return { status: error.status, detail: error.message };
  if (error instanceof Refusal) {
    return { status: 400, detail: `${error.condition.problem} ${error.condition.remedy}` };
  }
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode === 415) return { status: 415, detail: 'Send Content-Type: application/json.' };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, detail: message ?? '' };
  }
  request.log.error(error);
  return { status: 500, detail: 'The emulator met an error of its own; please report it, with the log.' };
}
