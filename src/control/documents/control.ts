import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import type { ControlOperation } from '../../http/operation.js';
import { objectId } from '../../http/shapes.js';
import { readFixture } from '../../version.js';
import { pathsOf } from '../install.js';
import { JSON_TYPE, type Api, type View } from './document.js';
import type { Components, Part } from './openapi-schema.js';

/** The parts of the document that no operation declares. */
const { info, securitySchemes, ControlError } = readFixture('openapi/control.json') as Readonly<
  Record<'info' | 'securitySchemes' | 'ControlError', Part>
>;
const controlError = Type.Unsafe(ControlError);

/** What the document says of the control API. @param guarded whether it requires a token */
export const controlApiOf = (guarded: boolean): Api => ({
  info,
  // A server that listens on loopback alone requires no token.
  security: [...(guarded ? [] : [{}]), { controlToken: [] }],
  securitySchemes,
  parameters: { groupId: objectId('Id of a project.') },
  emptyQuery: false,
});

/** An operation at each of its paths; its second path is that of one project. */
export function controlViews(operation: ControlOperation): readonly View[] {
  const { id, summary, mediaType = JSON_TYPE } = operation;
  const ofProject = {
    operationId: `${id}OfProject`,
    summary: `${summary.replace(/\.$/, '')} (of one project).`,
  };
  return pathsOf(operation).map((path, index) => ({
    operation,
    path,
    ...(index > 0 && { members: ofProject }),
    answered: [mediaType],
    errors: (components) => errorsOf(operation, path, components),
  }));
}

function errorsOf(
  { method, errors = [], security }: ControlOperation,
  path: string,
  components: Components,
): Part {
  // HTTP that cannot be parsed is answered in the form of the Atlas API.
  if (security) return { 400: { description: 'The request is not valid HTTP.' }, ...all(errors) };
  const named = path.includes(':') ? [404] : [];
  // A body is read even if the operation has none.
  const ofBody = method === 'GET' ? [] : [413, 415];
  return all([400, 401, 403, ...named, ...ofBody, ...errors]);

  function all(statuses: readonly number[]): Part {
    const content = { [JSON_TYPE]: { schema: components.schema(controlError) } };
    // As keys that are integers, they are in ascending order.
    const responses = statuses.map((status) => [
      status,
      { description: `${STATUS_CODES[status] ?? ''}.`, content },
    ]);
    return components.addAll('responses', Object.fromEntries(responses) as Record<string, Part>);
  }
}
