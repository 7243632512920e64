import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CANNOT_FIND, defineCondition, SOURCE, type Refusal } from '../../profiles/index.js';
import type { PipelineParts } from '../every-request.js';
import type { KnownPaths } from '../known-paths.js';
import { API_PREFIX, pathWithoutQuery } from '../paths.js';

export const pathNotFound = defineCondition('pathNotFound', {
  when: 'Nothing is at this path, in Atlas or in the emulator.',
  observed: [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource %s.', SOURCE.recorded],
  documented: { detail: CANNOT_FIND },
  describe: (path: string) => ({
    problem: `There is nothing at ${path}.`,
    remedy: `The Atlas API begins with ${API_PREFIX}, the emulator's own with /_emulator; the README lists the operations.`,
  }),
  example: [`${API_PREFIX}/nothing`],
});

export const methodNotAllowed = defineCondition('methodNotAllowed', {
  when: 'The path is known, and has no such method. `Allow` names those that it has.',
  observed: [405, 'METHOD_NOT_ALLOWED', 'The method %s is not allowed for this resource.', SOURCE.inferred],
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
    remedy:
      'Call real Atlas for it; GET /_emulator/health lists the operations that were requested and are not emulated.',
    source: SOURCE.description,
  }),
  example: ['listGroupStreamConnections'],
});

/** Records every route of the app in `paths`: also outside the Atlas API, a path with another method is a 405. */
export function recordRoutes(app: FastifyInstance, paths: KnownPaths): void {
  app.addHook('onRoute', ({ method, url, handler }) => {
    if (handler !== callNotFound) for (const one of [method].flat()) paths.add(one, url);
  });
}

/** Keeps the routes so far from taking literal paths for a parameter's value: see `KnownPaths.shadowed`. */
export function protectLiteralPaths(app: FastifyInstance, paths: KnownPaths): void {
  for (const route of paths.shadowed()) app.route({ ...route, handler: callNotFound });
}

function callNotFound(_request: FastifyRequest, reply: FastifyReply): void {
  reply.callNotFound();
}

/** The refusal of a request that no route takes. Sets `Allow` if its path has other methods. */
export function noRoute(
  { url, method }: FastifyRequest,
  reply: FastifyReply,
  { paths, missing, events }: PipelineParts,
): Refusal {
  const methods = paths.methodsOf(url);
  const operation = methods.get(method);
  if (operation !== undefined) {
    if (!missing.has(operation)) events.emit('operation.missing', undefined, { operation });
    missing.add(operation);
    return notEmulated(operation);
  }
  const path = pathWithoutQuery(url);
  if (methods.size === 0) return pathNotFound(path);
  const allowed = [...methods.keys()];
  void reply.header('allow', allowed.join(', '));
  return methodNotAllowed(method, path, allowed);
}
