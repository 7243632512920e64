import { Type, type TSchema } from '@sinclair/typebox';
import { STATUS_CODES } from 'node:http';
import { conditionsOf } from '../../http/conditions.js';
import type { AtlasOperation, Operation } from '../../http/operation.js';
import { integer, object } from '../../http/schema.js';
import { API_PREFIX } from '../../http/paths.js';
import { pagingQuery } from '../../http/steps/query.js';
import type { ScriptedAnswers } from '../../http/steps/scripted.js';
import { mediaType } from '../../http/steps/version.js';
import { readText } from '../../kernel/files.js';
import { roleNamesFor, rolesFor, tokenOperations } from '../../identity/index.js';
import { dress, PROFILE_NAMES, profiles, type ConditionType } from '../../profiles/index.js';
import { FIXTURES, readFixture } from '../../version.js';
import { JSON_TYPE, writeDocument, type Api, type View } from './document.js';
import type { Components, Part } from './openapi-schema.js';

/** The parts of the document that no operation declares. */
const { info, security, securitySchemes, headers, headersOf, ...schemas } = readFixture(
  'openapi/atlas.json',
) as Pick<Api, 'info' | 'security' | 'securitySchemes'> &
  Readonly<Record<'headers', Record<string, Part>> & Record<'headersOf', Record<string, string[]>>> &
  Readonly<Record<'ApiError' | 'TokenError' | 'Prefer', object>>;
/** An error of the Atlas API, and one of the token endpoints, each in both profiles. */
const [apiError, tokenError] = [Type.Unsafe(schemas.ApiError), Type.Unsafe(schemas.TokenError)];

/** The headers of responses, by status or other key. */
const headersFor = (...keys: readonly (string | number)[]): Readonly<Record<string, Part>> =>
  Object.fromEntries(keys.flatMap((key) => headersOf[key] ?? []).map((name) => [name, headers[name] ?? {}]));

/** A response with and without `envelope=true`. A page has its status beside the results, so it has no envelope. */
function withEnvelope(schema: TSchema): TSchema {
  if (schema.properties !== undefined && 'results' in (schema.properties as object)) return schema;
  const envelope = object(
    'What `envelope=true` returns.',
    { status: integer('The status.'), content: schema },
    schema.title === undefined ? {} : { title: `${schema.title}Envelope` },
  );
  return Type.Union([schema, envelope]);
}

/** What the document says of the emulated API, its token endpoints included. */
const apiOf = (baseUrl: string): Api => ({
  info: { ...info, description: readText(new URL('openapi/atlas.md', FIXTURES)).trimEnd() },
  security,
  securitySchemes: {
    ...securitySchemes,
    oauth2: {
      ...(securitySchemes.oauth2 as Part),
      flows: { clientCredentials: { tokenUrl: `${baseUrl}/api/oauth/token`, scopes: {} } },
    },
  },
  emptyQuery: true,
  sharedParameters: ['groupId', 'orgId', 'includeCount', 'Prefer', ...Object.keys(pagingQuery.properties)],
});

/** The OpenAPI document of the emulated API. @param scripted the documentation page's bodies */
export function atlasDocument(
  operations: readonly AtlasOperation[],
  scripted: ScriptedAnswers | undefined,
  baseUrl: string,
): Part {
  const views = operations.map((operation) => atlasView(operation, scripted));
  return writeDocument(apiOf(baseUrl), [...views, ...tokenOperations.map(tokenView)], baseUrl);
}

/** An operation of the Atlas API, with the errors of both profiles. */
function atlasView(operation: AtlasOperation, scripted: ScriptedAnswers | undefined): View {
  const { path, access, versions } = operation;
  const who = access
    ? `Roles: ${rolesFor(access).join(', ')}.`
    : 'For every caller; the response has what its roles allow it to see.';
  return {
    ...operation,
    path: API_PREFIX + path,
    members: {
      description: `${who} First version: ${versions[0]}.`,
      'x-roles': access && roleNamesFor(access),
    },
    headers: { Prefer: Type.Unsafe(schemas.Prefer) },
    types: versions.map(mediaType),
    response: withEnvelope(operation.response),
    answerHeaders: headersFor('answer'),
    errors: (components) => refusals(conditionsOf(operation), scripted, components),
  };
}

/** A token endpoint, whose path is that of the server. */
function tokenView(operation: Operation): View {
  return {
    ...operation,
    ...(operation.response && { response: withEnvelope(operation.response) }),
    errors: (components) => refusals(operation.conditions ?? [], undefined, components),
  };
}

/** The responses of conditions, by status, each with an example for every profile that answers so. */
function refusals(
  conditions: readonly ConditionType[],
  scripted: ScriptedAnswers | undefined,
  components: Components,
): Part {
  const refused = conditions.flatMap(({ name, example }) =>
    PROFILE_NAMES.map((profile) => {
      const { status, body } = dress(profiles[profile], example);
      const key = `${profile}.${name}`;
      const shown = components.add('examples', key, { summary: `${name}, ${profile}`, value: body });
      const schema = example.rows[profile].oauth ? tokenError : apiError;
      return { name, status, schema, example: [key, shown] };
    }),
  );
  const statuses = new Set([...(scripted?.bodies.keys() ?? []), ...refused.map(({ status }) => status)]);
  const responses = [...statuses].map((status) => {
    const found = refused.filter((one) => one.status === status);
    const names = new Set(found.map(({ name }) => name));
    const examples = Object.fromEntries(found.map(({ example }) => example)) as Record<string, Part>;
    const asked = scripted?.bodies.get(status);
    if (asked) {
      const value = JSON.parse(asked.toString()) as unknown;
      const summary = `Response to Prefer: code=${status}`;
      examples.prefer = components.add('examples', `prefer.${status}`, { summary, value });
    }
    const schema = components.schema(withEnvelope(found[0]?.schema ?? apiError));
    const response = {
      description: `${STATUS_CODES[status] ?? ''}: ${[...names].join(', ') || 'only if Prefer requests it'}.`,
      headers: components.addAll('headers', headersFor('error', status, asked ? 'prefer' : '')),
      content: { [JSON_TYPE]: { schema, examples } },
    };
    return [status, response];
  });
  return Object.fromEntries(responses) as Part;
}
