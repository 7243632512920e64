import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, SOURCE, type Condition } from '../../kernel/conditions.js';
import { BODY_LIMIT } from '../steps/body.js';
import { API_PREFIX, pathOf, type PathTable } from '../paths.js';
import { shownTarget } from '../observation/redaction.js';

/**
 * The condition of a request that no route takes; names the methods that its path has in `Allow`.
 *
 * @param paths those that there are: what is emulated, and what Atlas has beside it
 * @param onMissing told the name of an operation that Atlas has and the emulator has not
 */
export function unknownPath(
  request: FastifyRequest,
  reply: FastifyReply,
  paths: PathTable,
  onMissing: (operation: string) => void,
): Condition {
  const path = pathOf(request.url).split('?', 1)[0] ?? '';
  const known = paths.methodsOf(path);
  const operation = known.get(request.method);
  if (operation !== undefined) {
    onMissing(operation);
    return {
      name: 'notEmulated',
      parameters: [operation],
      problem: `Atlas has the operation ${operation}, and the emulator does not.`,
      remedy: 'Call real Atlas for it; GET /_emulator/health lists what was asked for in vain.',
      source: SOURCE.description,
    };
  }
  const methods = [...known.keys()];
  if (methods.length > 0) {
    void reply.header('allow', methods.join(', '));
    return {
      name: 'methodNotAllowed',
      parameters: [request.method],
      problem: `${path} has no ${request.method}.`,
      remedy: `Use one of: ${methods.join(', ')}.`,
      source: SOURCE.inferred,
    };
  }
  return {
    name: 'pathNotFound',
    parameters: [path],
    problem: `There is nothing at ${path}.`,
    remedy: `The Atlas API begins with ${API_PREFIX}, the emulator's own with /_emulator; the README lists the operations.`,
    source: SOURCE.inferred,
  };
}

/** The condition of a body that is called what is not taken. */
export function unsupportedMediaType({ headers }: FastifyRequest): Condition {
  const sent = headers['content-type'];
  return {
    name: 'unsupportedMediaType',
    parameters: [sent ?? 'none'],
    problem: sent ? `The Content-Type ${sent} is not supported.` : 'The body has no Content-Type.',
    remedy: 'Send Content-Type: application/json.',
    source: SOURCE.inferred,
  };
}

/** The condition of an error that a step threw, Fastify's own included. */
export function conditionOf(error: unknown, request: FastifyRequest): Condition {
  if (error instanceof Refusal) return error.condition;
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        name: 'bodyTooLarge',
        parameters: [BODY_LIMIT],
        problem: `The body is larger than ${BODY_LIMIT} bytes.`,
        remedy: 'Send a smaller one.',
        source: SOURCE.inferred,
      };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedMediaType(request);
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    const sentence = (message ?? 'the request is malformed')
      .replace(request.url, () => shownTarget(request.url))
      .replace(/\.$/, '');
    return {
      name: 'malformedRequest',
      parameters: [sentence],
      problem: `The request cannot be read: ${sentence}.`,
      remedy: 'Send well-formed HTTP.',
      source: SOURCE.inferred,
    };
  }
  return {
    name: 'unexpected',
    parameters: [],
    problem: 'The emulator met an error of its own.',
    remedy: 'Please report it, with the log.',
    source: SOURCE.emulator,
  };
}
