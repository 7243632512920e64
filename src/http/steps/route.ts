import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { CANNOT_FIND, defineCondition, SOURCE, type Refusal } from '../../profiles/index.js';
import type { PipelineParts } from '../pipeline.js';
import type { KnownPaths } from '../known-paths.js';
import { API_PREFIX, pathWithoutQuery } from '../paths.js';

/** Methods in the order of Atlas's `Allow`: recorded for POST, GET, OPTIONS; for others that of Jersey's hash map (inferred). */
const METHODS = ['DELETE', 'POST', 'GET', 'OPTIONS', 'PUT', 'PATCH'];

const NOT_EMULATED = 'The emulator does not have the operation %s.';

const hint = (suggestion?: string): string =>
  suggestion === undefined ? '' : `Did you mean ${suggestion}? `;

/** Nothing is at this path, in Atlas or in the emulator. */
export const pathNotFound = defineCondition('pathNotFound', {
  observed: [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource %s.', SOURCE.recorded],
  documented: { detail: CANNOT_FIND },
  problem: (path: string, _suggestion: string | undefined) => `There is nothing at ${path}.`,
  remedy: (_path, suggestion) =>
    `${hint(suggestion)}The Atlas API begins with ${API_PREFIX}, the emulator's own with /_emulator; the README lists the operations.`,
  example: [`${API_PREFIX}/nothing`, undefined],
});

/** The path is known, and has no such method. `Allow` names those that it has. As observed there is no body. */
export const methodNotAllowed = defineCondition('methodNotAllowed', {
  observed: [405, 'METHOD_NOT_ALLOWED', '', SOURCE.recorded],
  form: { empty: true },
  documented: { source: SOURCE.emulator },
  problem: (method: string, path: string, _methods: readonly string[], _suggestion: string | undefined) =>
    `${path} has no ${method}.`,
  remedy: (_method, _path, methods, suggestion) => `${hint(suggestion)}This path has: ${methods.join(', ')}.`,
  example: ['PUT', `${API_PREFIX}/groups`, ['POST', 'GET'], undefined],
});

/** Atlas has this operation, and the emulator does not. A 404 would make Terraform forget a resource that is there. */
export const notEmulated = defineCondition('notEmulated', {
  observed: [501, 'NOT_EMULATED', NOT_EMULATED, SOURCE.emulator],
  rule: [SOURCE.description],
  problem: (operation: string) => `Atlas has the operation ${operation}, and the emulator does not.`,
  remedy:
    'Call real Atlas for it; GET /_emulator/health lists the operations that were requested and are not emulated.',
  example: ['listGroupStreamConnections'],
});

/**
 * The path is nearly one of the emulator (a letter or two, letter case or dashes differ), and is one of Atlas as it
 * is.
 */
export const misspelledPath = defineCondition('misspelledPath', {
  observed: [501, 'NOT_EMULATED', `Did you mean %s? ${NOT_EMULATED}`, SOURCE.emulator],
  rule: [SOURCE.description],
  problem: (_suggestion: string, operation: string) =>
    `As it is spelled, this path is that of Atlas's operation ${operation}, which the emulator does not have.`,
  remedy: (suggestion) => `Did you mean ${suggestion}? If not, call real Atlas.`,
  example: [
    `${API_PREFIX}/groups/32b6e34b3d91647abb20e7b8/streams/privateLinkConnections`,
    'getGroupStreamWorkspace',
  ],
});

/**
 * Records every route of the app in `paths`: also outside the Atlas API, a path with another method is a 405. At `/`
 * there is something for browsers only.
 */
export function recordRoutes(app: FastifyInstance, paths: KnownPaths): void {
  app.addHook('onRoute', ({ method, url, handler }) => {
    if (handler !== callNotFound && url !== '/') for (const one of [method].flat()) paths.add(one, url);
  });
}

/** The methods of a route: HEAD is answered where GET is. */
export function methodsOf(method: HTTPMethods): HTTPMethods[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}

/** Keeps all routes, which are there, from taking literal paths for a parameter's value: see `KnownPaths.shadowed`. */
export function protectLiteralPaths(app: FastifyInstance, paths: KnownPaths): void {
  for (const { url, methods } of paths.shadowed()) {
    app.route({ url, method: methods.flatMap(methodsOf), handler: callNotFound });
  }
}

function callNotFound(_request: FastifyRequest, reply: FastifyReply): void {
  reply.callNotFound();
}

/**
 * The refusal of a request that no route matches; undefined for OPTIONS on a known path, which needs no credentials
 * (inferred). Sets `Allow` if the path has methods.
 */
export function noRoute(
  { url, method, exchange }: FastifyRequest,
  { paths, missing, events }: PipelineParts,
): Refusal | undefined {
  const methods = paths.methodsOf(url);
  const suggestion = paths.suggestion(url);
  const operation = methods.get(method === 'HEAD' ? 'GET' : method);
  if (operation !== undefined) {
    if (!missing.has(operation)) events.emit('operation.missing', undefined, { operation });
    missing.add(operation);
    return suggestion === undefined ? notEmulated(operation) : misspelledPath(suggestion, operation);
  }
  const path = pathWithoutQuery(url);
  if (methods.size === 0) return pathNotFound(path, suggestion);
  const allowed = METHODS.filter((one) => one === 'OPTIONS' || methods.has(one));
  exchange.addHeaders({ ...exchange.profile.allowHeaders, allow: allowed.join() });
  return method === 'OPTIONS' ? undefined : methodNotAllowed(method, path, allowed, suggestion);
}
