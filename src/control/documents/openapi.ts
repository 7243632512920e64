import { readdirSync, readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { Type, type TObject, type TSchema } from '@sinclair/typebox';
import { conditionsOf } from '../../http/conditions.js';
import type { ScriptedAnswers } from '../../http/steps/scripted.js';
import { mediaType } from '../../http/steps/version.js';
import type { AnyOperation, BodyRules } from '../../http/operation.js';
import { API_PREFIX } from '../../http/paths.js';
import { pagingQuery } from '../../http/steps/query.js';
import { objectId } from '../../http/shapes.js';
import { roleNamesFor, rolesFor } from '../../identity/index.js';
import { controlDocument } from './control-openapi.js';
import { responsesOf } from './openapi-errors.js';
import { header, JSON_TYPE, OPENAPI, pathParameters, Paths, queryParameters } from './openapi-parts.js';
import { Components, type Part } from './openapi-schema.js';
import { addTokenEndpoints, SERVICE_ACCOUNT, tokenTag } from './openapi-tokens.js';
import { controlOperation, type AnyControlOperation } from '../operation.js';

/** Dependencies of the documents. */
export interface OpenApiParts {
  /** The source page's bodies. */
  readonly scripted: ScriptedAnswers | undefined;
  readonly version: string;
  readonly operations: readonly AnyOperation[];
  /** All operations of the control API. */
  readonly controls: () => readonly AnyControlOperation[];
  /** Operations below `/_emulator` that are served apart from it, without a token. */
  readonly open: readonly AnyControlOperation[];
  /** Whether the control API wants a token. */
  readonly guarded: boolean;
  /** The folder that holds the folders of examples. */
  readonly fixtures: URL;
}

const document = Type.Object(
  {
    openapi: Type.Literal(OPENAPI, { description: 'Version of OpenAPI.' }),
    info: Type.Object({}, { additionalProperties: true, description: 'What is described.' }),
    paths: Type.Object(
      {},
      { additionalProperties: true, description: 'The operations, by path and method.' },
    ),
  },
  { additionalProperties: true, description: 'An OpenAPI document.' },
);

/** The operations that serve the documents of both APIs. */
export function openapiOperations(parts: OpenApiParts): readonly AnyControlOperation[] {
  return [
    controlOperation({
      id: 'describeApi',
      method: 'GET',
      path: '/openapi.json',
      scope: 'server',
      summary: 'Describes the emulated API (OpenAPI 3.1).',
      response: document,
      handle: ({ baseUrl }) => atlasDocument(parts, baseUrl),
    }),
    controlOperation({
      id: 'describeControlApi',
      method: 'GET',
      path: '/control-openapi.json',
      scope: 'server',
      summary: 'Describes the control API (OpenAPI 3.1).',
      response: document,
      handle: ({ baseUrl }) => controlDocument({ ...parts, operations: parts.controls() }, baseUrl),
    }),
  ];
}

const DESCRIPTION = `The part of the MongoDB Atlas Administration API that the emulator has, as it answers.

- **Versions**: \`Accept: application/vnd.atlas.<date>+json\`, with any date from the operation's first version on; the
  newest version that is not after it answers. \`application/json\` is a 406.
- **Profiles**: an organization is \`documented\` or \`observed\`, and its projects answer so. Errors have an example of
  each; what only one of them shows may be left out.
- **Envelope**: schemas describe answers without it. With \`envelope=true\` they are in \`content\`, beside \`status\`; a
  list has \`status\` beside its \`results\`.
- **Errors**: the names are those of docs/errors.md. A path that is not here is a 404, another method a 405 with \`Allow\`,
  an operation that Atlas has and the emulator has not a 501. A fault rule may answer anything.
- **Bodies**: what only the server sets may be sent, and is ignored; \`null\`, and in private links \`""\`, count as left
  out. Whatever \`Content-Type: application/vnd.atlas.…+json\` is taken.`;

/** The document of the emulated API, for clients that use the given address. */
export function atlasDocument(parts: OpenApiParts, baseUrl: string): Part {
  const components = new Components();
  const paths = new Paths();
  for (const operation of parts.operations) {
    paths.add(API_PREFIX + operation.path, operation.method, described(operation, parts, components));
  }
  addTokenEndpoints(paths, components);
  const tags = new Map([...parts.operations.map(({ tag }) => tag), tokenTag].map((tag) => [tag.name, tag]));
  return {
    openapi: OPENAPI,
    info: {
      title: 'Atlas Administration API, emulated',
      version: parts.version,
      summary: 'What atlas-streams-emulator answers like MongoDB Atlas.',
      description: DESCRIPTION,
    },
    servers: [{ url: baseUrl, description: 'This emulator.' }],
    tags: [...tags.values()],
    security: [{ digest: [] }, { oauth2: [] }],
    paths: paths.parts,
    components: { ...components.parts, securitySchemes: securitySchemes(baseUrl) },
  };
}

function securitySchemes(baseUrl: string): Part {
  return {
    digest: {
      type: 'http',
      scheme: 'digest',
      description: 'An API key: the public key as user, the private key as password.',
    },
    oauth2: {
      type: 'oauth2',
      description: 'A bearer token of a service account.',
      flows: { clientCredentials: { tokenUrl: `${baseUrl}/api/oauth/token`, scopes: {} } },
    },
    [SERVICE_ACCOUNT]: {
      type: 'http',
      scheme: 'basic',
      description: 'A service account: the client id as user, its secret as password.',
    },
  };
}

const PREFER: Part = {
  name: 'Prefer',
  in: 'header',
  description:
    "`code=400`, 401, 403, 404 or 500 brings the documentation page's own error body for that status, whoever asks; " +
    'nothing is done. Anything else is passed over.',
  schema: { type: 'string' },
};

/** Path parameters that many operations have. */
const SCOPES: Readonly<Record<string, TSchema>> = {
  groupId: objectId('Id of a project.'),
  orgId: objectId('Id of an organization.'),
};

/** Parameters that are components: many operations have the same. */
const SHARED = [
  ...Object.keys(SCOPES),
  ...Object.keys(pagingQuery.properties),
  'includeCount',
  PREFER.name as string,
];

function described(operation: AnyOperation, parts: OpenApiParts, components: Components): Part {
  const { id, summary, tag, path, access, status, versions } = operation;
  const schemaOf = (name: string): TSchema => SCOPES[name] ?? operation.parameters?.[name] ?? Type.String();
  const parameters = [
    ...pathParameters(path, schemaOf, components),
    ...queryParameters(operation.query as TObject, components),
    PREFER,
  ];
  return {
    operationId: id,
    summary,
    description: `${access === undefined ? 'For every caller; it sees what it has a role in.' : `Roles: ${rolesFor(access).join(', ')}.`} First version: ${versions[0]}.`,
    tags: [tag.name],
    ...(access !== undefined && { 'x-roles': roleNamesFor(access) }),
    parameters: parameters.map((one) => {
      const name = one.name as string;
      return SHARED.includes(name) ? components.add('parameters', name, one) : one;
    }),
    ...(operation.body && {
      requestBody: requestBody(operation.body as BodyRules<TSchema>, versions, parts.fixtures, components),
    }),
    responses: {
      [status]: {
        description: `${STATUS_CODES[status] ?? ''}.`,
        headers: successHeaders(components),
        content: byVersion(versions, { schema: components.schema(operation.response) }),
      },
      ...responsesOf(conditionsOf(operation), parts.scripted, components),
    },
  };
}

function successHeaders(components: Components): Part {
  const headers = {
    'RateLimit-Limit': header('Requests a minute that Atlas takes.', 'integer'),
    'RateLimit-Remaining': header('How many of them are left.', 'integer'),
    'X-Java-Method': header('The method of Atlas that serves the operation; only as observed.'),
  };
  return Object.fromEntries(
    Object.entries(headers).map(([name, part]) => [name, components.add('headers', name, part)]),
  );
}

function requestBody(
  { schema, examples }: BodyRules<TSchema>,
  versions: readonly string[],
  fixtures: URL,
  components: Components,
): Part {
  const content = {
    schema: components.schema(schema),
    ...(examples !== undefined && { examples: examplesIn(new URL(`${examples}/`, fixtures), components) }),
  };
  return { required: true, content: { ...byVersion(versions, content), [JSON_TYPE]: content } };
}

function byVersion(versions: readonly string[], content: Part): Part {
  return Object.fromEntries(versions.map((version) => [mediaType(version), content]));
}

/** The bodies of a folder, by file name without its end. */
function examplesIn(folder: URL, components: Components): Part {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => {
        const name = file.replace(/\.json$/, '');
        const value = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as unknown;
        return [name, components.add('examples', name, { value })];
      }),
  );
}
