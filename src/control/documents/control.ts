import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import type { ControlOperation } from '../../http/operation.js';
import { integer, object, text } from '../../http/schema.js';
import { objectId } from '../../http/shapes.js';
import { pathsOf, PROJECT_PREFIX } from '../install.js';
import { JSON_TYPE, type Api, type View } from './document.js';
import type { Components, Part } from './openapi-schema.js';

const DESCRIPTION = `What the emulator has beside the Atlas API: time, faults, a journal of requests, and resets. Operations below \`${PROJECT_PREFIX.replace(':groupId', '{groupId}')}\` act on one project only; the others act on
the whole server. Web pages of other origins cannot use it. A refused request has changed nothing.`;

/** An error of the control API. */
const controlError = object(
  'Why a request was refused.',
  {
    error: integer('The status.'),
    reason: text('Name of the status.'),
    detail: text('What was expected.'),
    requests: Type.Optional(
      Type.Array(Type.Object({}, { additionalProperties: true }), {
        description: 'The requests that arrived, if a wait for more timed out.',
      }),
    ),
  },
  { title: 'ControlError' },
);

/** What the document says of the control API. @param guarded whether it requires a token */
export const controlApiOf = (guarded: boolean): Api => ({
  info: {
    title: 'Control API of atlas-streams-emulator',
    summary: 'How tests control the emulator.',
    description: DESCRIPTION,
  },
  // A server that listens on loopback alone requires no token.
  security: [...(guarded ? [] : [{}]), { controlToken: [] }],
  securitySchemes: {
    controlToken: {
      type: 'http',
      scheme: 'bearer',
      description:
        'The control token (--control-token), required if the emulator listens on an address other than loopback.',
    },
  },
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
