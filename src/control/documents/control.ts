import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import type { ControlOperation } from '../../http/operation.js';
import { objectId } from '../../http/shapes.js';
import { pathsOf, PROJECT_PREFIX } from '../install.js';
import { JSON_TYPE, type Api } from './document.js';
import type { Components, Part } from './openapi-schema.js';

const DESCRIPTION = `What the emulator has beside the Atlas API: time, failures, a record of what was called, and a clean
state. Operations below \`${PROJECT_PREFIX.replace(':groupId', '{groupId}')}\` act on one project, and neither see nor disturb another; the others on the
whole server. A web page of another origin cannot use it. What it cannot serve is refused, and has changed nothing.`;

/** An error of the control API. */
const controlError = Type.Object(
  {
    error: Type.Integer({ description: 'The status.' }),
    reason: Type.String({ description: 'Name of the status.' }),
    detail: Type.String({ description: 'What was expected.' }),
    requests: Type.Optional(
      Type.Array(Type.Object({}, { additionalProperties: true }), {
        description: 'The requests that did come, where too few were waited for.',
      }),
    ),
  },
  { title: 'ControlError', description: 'Why a request was refused.' },
);

/** What the control API says about itself. @param guarded whether it requires a token */
export function controlApiOf(version: string, guarded: boolean): Api<ControlOperation> {
  return {
    info: {
      title: 'Control API of atlas-streams-emulator',
      version,
      summary: 'What tests do with the emulator.',
      description: DESCRIPTION,
    },
    // On loopback alone the token is not asked for.
    security: [...(guarded ? [] : [{}]), { controlToken: [] }],
    securitySchemes: {
      controlToken: {
        type: 'http',
        scheme: 'bearer',
        description:
          'The control token (--control-token), wanted where the emulator listens on another address than loopback.',
      },
    },
    parameters: { groupId: objectId('Id of a project.') },
    view(operation) {
      const { id, summary, mediaType = JSON_TYPE } = operation;
      return pathsOf(operation).map((path, index) => ({
        path,
        // The second path of an operation is that of one project.
        id: index === 0 ? id : `${id}OfProject`,
        summary: index === 0 ? summary : `${summary.replace(/\.$/, '')} (of one project).`,
        answered: [mediaType],
        errors: (components) => errorsOf(operation, path, components),
      }));
    },
  };
}

function errorsOf(
  { method, errors = [], security }: ControlOperation,
  path: string,
  components: Components,
): Part {
  if (security) {
    // What is open to everybody answers unreadable HTTP in the form of the Atlas API.
    return {
      400: { description: 'The request is not HTTP that can be read.' },
      ...responsesOf(errors, components),
    };
  }
  const named = path.includes(':') ? [404] : [];
  // Whatever body comes is read, wanted or not.
  const ofBody = method === 'GET' ? [] : [413, 415];
  return responsesOf([400, 401, 403, ...named, ...ofBody, ...errors], components);
}

function responsesOf(statuses: readonly number[], components: Components): Part {
  const responses = [...new Set(statuses)]
    .sort((one, other) => one - other)
    .map((status): [string, Part] => [
      String(status),
      {
        description: `${STATUS_CODES[status] ?? ''}.`,
        content: { [JSON_TYPE]: { schema: components.schema(controlError) } },
      },
    ]);
  return components.addAll('responses', Object.fromEntries(responses));
}
