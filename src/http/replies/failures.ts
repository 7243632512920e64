import type { FastifyReply, FastifyRequest } from 'fastify';
import { CANNOT_FIND, defineCondition, Refusal, SOURCE } from '../../profiles/index.js';
import { BODY_LIMIT, bodyTooLarge, unsupportedMediaType } from '../steps/body.js';
import { API_PREFIX, pathOf, type PathTable } from '../paths.js';
import { shownTarget } from '../observation/redaction.js';

const { inferred } = SOURCE;

export const pathNotFound = defineCondition('pathNotFound', {
  when: 'Nothing is at this path, in Atlas or in the emulator.',
  observed: [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource %s.', inferred],
  settledBy: 'GET /api/atlas/v2/nothing',
  documented: { detail: CANNOT_FIND },
  describe: (path: string) => ({
    problem: `There is nothing at ${path}.`,
    remedy: `The Atlas API begins with ${API_PREFIX}, the emulator's own with /_emulator; the README lists the operations.`,
  }),
  example: [`${API_PREFIX}/nothing`],
});

export const methodNotAllowed = defineCondition('methodNotAllowed', {
  when: 'The path is known, and has no such method. `Allow` names those that it has.',
  observed: [405, 'METHOD_NOT_ALLOWED', 'The method %s is not allowed for this resource.', inferred],
  settledBy: 'PUT /api/atlas/v2/groups',
  describe: (method: string, path: string, methods: readonly string[]) => ({
    problem: `${path} has no ${method}.`,
    remedy: `Use one of: ${methods.join(', ')}.`,
  }),
  example: ['PUT', `${API_PREFIX}/groups`, ['GET', 'POST']],
});

export const notEmulated = defineCondition('notEmulated', {
  when: 'Atlas has this operation, and the emulator does not. A 404 would make Terraform forget a resource that is there.',
  observed: [501, 'NOT_EMULATED', 'The emulator does not have the operation %s.', SOURCE.emulator],
  describe: (operation: string) => ({
    problem: `Atlas has the operation ${operation}, and the emulator does not.`,
    remedy: 'Call real Atlas for it; GET /_emulator/health lists what was asked for in vain.',
    source: SOURCE.description,
  }),
  example: ['listGroupStreamConnections'],
});

export const malformedRequest = defineCondition('malformedRequest', {
  when: 'The path has a broken escape, or the request is not well-formed HTTP. A request that cannot be read at all gets this code with 400, 408 (it never ended) or 431 (its headers are too long).',
  observed: [400, 'VALIDATION_ERROR', 'The request content produced the validation error: %s.', inferred],
  settledBy: 'GET /api/atlas/v2/groups/%zz',
  describe: (sentence: string) => ({
    problem: `The request cannot be read: ${sentence}.`,
    remedy: 'Send well-formed HTTP.',
  }),
  example: ['the path has a broken escape'],
});

export const unexpected = defineCondition('unexpected', {
  when: 'An error in the emulator. No request is known to cause one; please report it.',
  observed: [500, 'UNEXPECTED_ERROR', 'Unexpected error.', SOURCE.atlasErrors],
  describe: () => ({
    problem: 'The emulator met an error of its own.',
    remedy: 'Please report it, with the log.',
    source: SOURCE.emulator,
  }),
  example: [],
});

/**
 * The condition of a request that no route takes; names the methods that its path has in `Allow`.
 *
 * @param paths those that exist: what is emulated, and what Atlas has beside it
 * @param onMissing called with the name of an operation that Atlas has and the emulator does not
 */
export function unknownPath(
  request: FastifyRequest,
  reply: FastifyReply,
  paths: PathTable,
  onMissing: (operation: string) => void,
): Refusal {
  const path = pathOf(request.url).split('?', 1)[0] ?? '';
  const known = paths.methodsOf(path);
  const operation = known.get(request.method);
  if (operation !== undefined) {
    onMissing(operation);
    return notEmulated(operation);
  }
  const methods = [...known.keys()];
  if (methods.length === 0) return pathNotFound(path);
  void reply.header('allow', methods.join(', '));
  return methodNotAllowed(request.method, path, methods);
}

/** The refusal that answers an error which a step threw, Fastify's own included. */
export function refusalOf(error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(BODY_LIMIT);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return unsupportedMediaType(request.headers['content-type'] ?? 'none');
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return unexpected();
  const sentence = (message ?? 'the request is malformed')
    .replace(request.url, () => shownTarget(request.url))
    .replace(/\.$/, '');
  return malformedRequest(sentence);
}
