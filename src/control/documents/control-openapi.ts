import { STATUS_CODES } from 'node:http';
import { Type, type TSchema } from '@sinclair/typebox';
import { objectId } from '../../http/shapes.js';
import { pathsOf, PROJECT_PREFIX } from '../install.js';
import { JSON_TYPE, OPENAPI, pathParameters, Paths, queryParameters } from './openapi-parts.js';
import { Components, type Part } from './openapi-schema.js';
import type { AnyControlOperation, ControlOperation } from '../operation.js';

/** What the document of the control API is written from. */
export interface ControlDocumentParts {
  readonly version: string;
  readonly operations: readonly AnyControlOperation[];
  /** Operations that are served apart, without a token. */
  readonly open: readonly AnyControlOperation[];
  /** Whether it wants a token. */
  readonly guarded: boolean;
}

const DESCRIPTION = `What the emulator has beside the Atlas API: time, failures, a record of what was called, and a clean
state. Operations below \`${PROJECT_PREFIX.replace(':groupId', '{groupId}')}\` act on one project, and neither see nor disturb another; the others on the
whole server. A web page of another origin cannot use it. What it cannot serve is refused, and has changed nothing.`;

/** What the parts of paths are about: the first one behind the prefix names the group of an operation. */
const TAGS: Readonly<Record<string, string>> = {
  clock: 'Time: of one project, or of all.',
  config: 'What the emulator runs with.',
  events: 'What happens, as it happens.',
  faults: 'Failures on demand.',
  fixture: 'The world as a file.',
  ca: 'Whom clients over https must trust.',
  health: 'Whether the emulator is ready.',
  openapi: 'Descriptions of both APIs.',
  'private-link-rules': 'What becomes of private links that are not created yet.',
  'private-links': 'States of private links.',
  projects: 'Projects for tests.',
  requests: 'What was called, and what was answered.',
  reset: 'Back to the beginning.',
  snapshots: 'States of the world to come back to.',
};

const PARAMETERS: Readonly<Record<string, TSchema>> = {
  groupId: objectId('Id of a project.'),
  connectionId: objectId('The `_id` of a private link.'),
  faultId: Type.String({ description: 'What a fault rule is called.' }),
  name: Type.String({ description: 'Name of a snapshot.' }),
  ruleId: Type.String({ description: 'Id of a rule.' }),
};

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

/** The name of the security scheme. */
const TOKEN = 'controlToken';

/** The document of the control API, for clients that use the given address. */
export function controlDocument(
  { version, operations, open, guarded }: ControlDocumentParts,
  baseUrl: string,
): Part {
  const components = new Components();
  const paths = new Paths();
  const tags = new Set<string>();
  for (const operation of [...open, ...operations]) {
    const twins = pathsOf(operation);
    const tag = tagOf(operation);
    tags.add(tag);
    for (const path of twins) {
      const ofProject = twins.length > 1 && path.startsWith(PROJECT_PREFIX);
      paths.add(
        path,
        operation.method,
        described(
          operation as ControlOperation,
          { path, tag, ofProject, open: open.includes(operation) },
          components,
        ),
      );
    }
  }
  return {
    openapi: OPENAPI,
    info: {
      title: 'Control API of atlas-streams-emulator',
      version,
      summary: 'What tests do with the emulator.',
      description: DESCRIPTION,
    },
    servers: [{ url: baseUrl, description: 'This emulator.' }],
    tags: [...tags].sort().map((name) => ({ name, description: TAGS[name] ?? `Operations on ${name}.` })),
    // On loopback alone the token is not asked for.
    security: [...(guarded ? [] : [{}]), { [TOKEN]: [] }],
    paths: paths.parts,
    components: {
      ...components.parts,
      securitySchemes: {
        [TOKEN]: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The control token (--control-token), wanted where the emulator listens on another address than loopback.',
        },
      },
    },
  };
}

/** What an operation is about: the first part of its path, if there is a group of it; of a project itself, projects. */
function tagOf({ path, scope }: AnyControlOperation): string {
  const [, first = ''] = path.split('/');
  if (first.endsWith('openapi.json')) return 'openapi';
  const name = first.replace(/\..*/, '');
  return scope === 'project' && !(name in TAGS) ? 'projects' : name;
}

interface Place {
  readonly path: string;
  readonly tag: string;
  /** It is the one of two paths that is about one project. */
  readonly ofProject: boolean;
  /** It is served apart, without a token. */
  readonly open: boolean;
}

function described(
  operation: ControlOperation,
  { path, tag, ofProject, open }: Place,
  components: Components,
): Part {
  const { id, summary, query, body } = operation;
  const schemaOf = (name: string): TSchema =>
    PARAMETERS[name] ?? Type.String({ description: `The ${name}.` });
  const parameters = [
    ...pathParameters(path, schemaOf, components),
    ...queryParameters(query ?? Type.Object({}), components),
  ];
  return {
    operationId: ofProject ? `${id}OfProject` : id,
    summary: ofProject ? `${summary.replace(/\.$/, '')} (of one project).` : summary,
    tags: [tag],
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, operation.bodyOptional === true, components) }),
    responses: {
      ...successOf(operation, components),
      ...(open ? openErrors(operation, components) : errorsOf(operation, path, components)),
    },
  };
}

function requestBody(body: TSchema, optional: boolean, components: Components): Part {
  return { required: !optional, content: { [JSON_TYPE]: { schema: components.schema(body) } } };
}

function successOf(
  { status = 200, response, mediaType }: ControlOperation,
  components: Components,
): Record<string, Part> {
  const schema = response ? components.schema(response) : { type: 'string' };
  const type = mediaType ?? (response ? JSON_TYPE : '*/*');
  return {
    [status]: {
      description: `${STATUS_CODES[status] ?? ''}.`,
      ...(status !== 204 && { content: { [type]: { schema } } }),
    },
  };
}

function errorsOf(operation: ControlOperation, path: string, components: Components): Record<string, Part> {
  const statuses = [
    400,
    401,
    403,
    ...(path.includes(':') ? [404] : []),
    // Whatever body comes is read, wanted or not.
    ...(operation.method === 'GET' ? [] : [413, 415]),
    ...(operation.errors ?? []),
  ];
  return errors(statuses, components);
}

/** What is served apart has errors of its own, and where HTTP cannot be read one of the Atlas API's form. */
function openErrors(operation: ControlOperation, components: Components): Record<string, Part> {
  return {
    400: { description: 'The request is not HTTP that can be read.' },
    ...errors(operation.errors ?? [], components),
  };
}

function errors(statuses: readonly number[], components: Components): Record<string, Part> {
  return Object.fromEntries(
    [...new Set(statuses)]
      .sort((one, other) => one - other)
      .map((status) => [
        String(status),
        components.add('responses', String(status), error(status, components)),
      ]),
  );
}

function error(status: number, components: Components): Part {
  return {
    description: `${STATUS_CODES[status] ?? ''}.`,
    content: { [JSON_TYPE]: { schema: components.schema(controlError) } },
  };
}
