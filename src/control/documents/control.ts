import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import { controlGroup, type AtlasOperation, type ControlOperation } from '../../http/operation.js';
import type { ScriptedAnswers } from '../../http/steps/scripted.js';
import { readFixture } from '../../version.js';
import { pathsOf } from '../install.js';
import { atlasDocument } from './atlas.js';
import { JSON_TYPE, writeDocument, type View } from './document.js';
import type { Components, Part } from './openapi-schema.js';

/** The parts of the document that no operation declares. */
const { info, securitySchemes, ControlError, OpenApi } = readFixture('openapi/control.json') as Readonly<
  Record<'info' | 'securitySchemes' | 'ControlError' | 'OpenApi', Part>
>;
const controlError = Type.Unsafe(ControlError);

const group = controlGroup('', {
  scope: 'server',
  tag: { name: 'openapi', description: 'Descriptions of both APIs.' },
  response: Type.Unsafe(OpenApi),
});

/**
 * The operations that serve the documents of both APIs.
 *
 * @param controls returns all operations of the control API
 * @param scripted the documentation page's bodies
 * @param guarded whether the control API requires a token
 */
export function documentOperations(
  operations: readonly AtlasOperation[],
  controls: () => readonly ControlOperation[],
  scripted: ScriptedAnswers | undefined,
  guarded: boolean,
): readonly ControlOperation[] {
  // A server that listens on loopback alone requires no token.
  const security = [...(guarded ? [] : [{}]), { controlToken: [] }];
  const api = { info, security, securitySchemes, emptyQuery: false };
  return [
    group('describeApi', 'GET', '/openapi.json', {
      summary: 'Describes the emulated API (OpenAPI 3.1).',
      handle: ({ baseUrl }) => atlasDocument(operations, scripted, baseUrl),
    }),
    group('describeControlApi', 'GET', '/control-openapi.json', {
      summary: 'Describes the control API (OpenAPI 3.1).',
      handle: ({ baseUrl }) => writeDocument(api, controls().flatMap(viewsOf), baseUrl),
    }),
  ];
}

/** An operation at each of its paths; its second path is that of one project. */
function viewsOf(operation: ControlOperation): readonly View[] {
  const summary = `${operation.summary.replace(/\.$/, '')} (of one project).`;
  const ofProject = { operationId: `${operation.id}OfProject`, summary };
  return pathsOf(operation).map((path, index) => ({
    ...operation,
    path,
    ...(index > 0 && { members: ofProject }),
    errors: (components) => errorsOf(operation, path, components),
  }));
}

/** The responses of an operation's errors, by status. */
function errorsOf(operation: ControlOperation, path: string, components: Components): Part {
  const { method, errors = [], security } = operation;
  const content = { [JSON_TYPE]: { schema: components.schema(controlError) } };
  const named = path.includes(':') ? [404] : [];
  // A body is read even if the operation has none.
  const ofBody = method === 'GET' ? [] : [413, 415];
  const statuses = security ? errors : [400, 401, 403, ...named, ...ofBody, ...errors];
  // As keys that are integers, they are in ascending order.
  const responses = Object.fromEntries(
    statuses.map((status) => [status, { description: `${STATUS_CODES[status] ?? ''}.`, content }]),
  );
  return {
    // HTTP that cannot be parsed is answered in the form of the Atlas API.
    ...(security && { 400: { description: 'The request is not valid HTTP.' } }),
    ...components.addAll('responses', responses),
  };
}
