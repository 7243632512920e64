import { Type, type TSchema } from '@sinclair/typebox';
import { STATUS_CODES } from 'node:http';
import { conditionsOf } from '../../http/conditions.js';
import type { AtlasOperation, Operation } from '../../http/operation.js';
import { integer, object, text } from '../../http/schema.js';
import { API_PREFIX } from '../../http/paths.js';
import { objectId } from '../../http/shapes.js';
import { pagingQuery } from '../../http/steps/query.js';
import type { ScriptedAnswers } from '../../http/steps/scripted.js';
import { mediaType } from '../../http/steps/version.js';
import { roleNamesFor, rolesFor, serviceAccountScheme } from '../../identity/index.js';
import { dress, PROFILE_NAMES, profiles, type ConditionType } from '../../profiles/index.js';
import { JSON_TYPE, type Api, type View } from './document.js';
import type { Components, Part } from './openapi-schema.js';

const DESCRIPTION = `The part of the MongoDB Atlas Administration API that the emulator implements.

- **Versions**: \`Accept: application/vnd.atlas.<date>+json\`, with any date from the operation's first version on,
  selects the newest version up to that date. \`application/json\` is a 406.
- **Profiles**: an organization is \`documented\` or \`observed\`, and so are its projects. Errors have an example of
  each. Members that only one of them has are optional.
- **Envelope**: with \`envelope=true\`, a response is in \`content\`, beside \`status\`; a list has \`status\` beside its
  \`results\`.
- **Errors**: the names are those of docs/errors.md. A path that is not here is a 404, another method a 405 with \`Allow\`,
  an operation that Atlas has and the emulator has not a 501. A fault rule may answer anything.
- **Bodies**: what only the server sets may be sent, and is ignored; \`null\`, and for some resources \`""\`, count as left
  out. Whatever \`Content-Type: application/vnd.atlas.…+json\` is taken.`;

const HEADERS = {
  Prefer: text(
    "`code=400`, 401, 403, 404, 409 or 500 returns the documentation page's own error body for that status to every " +
      'caller, and changes nothing. Another code from 400 to 599 is refused with 400; other preferences are ignored.',
  ),
};

const header = (description: string, type = 'string'): Part => ({ description, schema: { type } });

const LIMIT_HEADERS = {
  'RateLimit-Limit': header('Requests per minute that Atlas allows.', 'integer'),
  'RateLimit-Remaining': header('How many of them are left.', 'integer'),
};
const ANSWER_HEADERS = {
  ...LIMIT_HEADERS,
  'X-Java-Method': header('The method of Atlas that serves the operation; only in the observed profile.'),
};
const ERROR_HEADERS = {
  'X-Emulator-Reason': header(
    'Which step refused, by which rule, where the rule is from, and what would have passed.',
  ),
  'X-Error-Code': header('The errorCode; only in the observed profile.'),
};
/** Headers of some errors, by status. */
const HEADERS_OF: Readonly<Record<number, Readonly<Record<string, Part>>>> = {
  400: LIMIT_HEADERS,
  404: LIMIT_HEADERS,
  409: LIMIT_HEADERS,
  401: { 'WWW-Authenticate': header('The digest challenge, where credentials are missing or wrong.') },
  429: { 'Retry-After': header('Seconds to wait.', 'integer'), ...LIMIT_HEADERS },
};
const PREFERRED = { 'Preference-Applied': header('The preference, if Prefer requested this response.') };

/** An error of the Atlas API, in both profiles. */
const apiError = object(
  'Why a request was refused.',
  {
    detail: text('What is wrong, as text.'),
    error: integer('The status.'),
    errorCode: text('What is wrong, as a code.'),
    parameters: Type.Optional(
      Type.Array(Type.Union([Type.String(), Type.Number()]), {
        description: 'The parameters of the detail; only in the observed profile.',
      }),
    ),
    reason: text('Name of the status.'),
  },
  { title: 'ApiError' },
);

/** An error of the token endpoints, in both profiles. */
const tokenError = object(
  'Why no token was issued or revoked.',
  { error_description: text('What is wrong, for a person.'), error: text('What is wrong, for a program.') },
  { title: 'TokenError' },
);

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
export const atlasApiOf = (baseUrl: string): Api => ({
  info: {
    title: 'Atlas Administration API, emulated',
    summary: 'The API of MongoDB Atlas as atlas-streams-emulator serves it.',
    description: DESCRIPTION,
  },
  security: [{ digest: [] }, { oauth2: [] }],
  securitySchemes: {
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
    ...serviceAccountScheme,
  },
  parameters: { groupId: objectId('Id of a project.'), orgId: objectId('Id of an organization.') },
  emptyQuery: true,
  sharedParameters: ['groupId', 'orgId', 'includeCount', 'Prefer', ...Object.keys(pagingQuery.properties)],
});

/** An operation of the Atlas API, with the errors of both profiles. @param scripted the source page's bodies */
export function atlasView(operation: AtlasOperation, scripted: ScriptedAnswers | undefined): View {
  const { path, access, versions } = operation;
  const types = versions.map(mediaType);
  const who = access
    ? `Roles: ${rolesFor(access).join(', ')}.`
    : 'For every caller; the response has what its roles allow it to see.';
  return {
    operation,
    path: API_PREFIX + path,
    members: {
      description: `${who} First version: ${versions[0]}.`,
      'x-roles': access && roleNamesFor(access),
    },
    headers: HEADERS,
    sent: [...types, JSON_TYPE],
    response: withEnvelope(operation.response),
    answered: types,
    answerHeaders: ANSWER_HEADERS,
    errors: (components) => refusals(conditionsOf(operation), scripted, components),
  };
}

/** A token endpoint, whose path is that of the server. */
export function tokenView(operation: Operation): View {
  return {
    operation,
    path: operation.path,
    ...(operation.response && { response: withEnvelope(operation.response) }),
    answered: operation.response ? [JSON_TYPE] : [],
    errors: (components) => refusals(operation.conditions ?? [], undefined, components),
  };
}

/** The responses of conditions, by status, each with an example for every profile that answers so. */
function refusals(
  conditions: readonly ConditionType[],
  scripted: ScriptedAnswers | undefined,
  components: Components,
): Part {
  interface OfStatus {
    readonly names: Set<string>;
    readonly examples: Record<string, Part>;
    readonly schema: TSchema;
  }
  const none = (schema: TSchema): OfStatus => ({ names: new Set(), examples: {}, schema });
  const byStatus = new Map(scripted?.statuses.map((status) => [status, none(apiError)]));
  for (const { name, example } of conditions) {
    for (const profile of PROFILE_NAMES) {
      const { status, body } = dress(profiles[profile], example);
      const found = byStatus.get(status) ?? none(example.rows[profile].oauth ? tokenError : apiError);
      byStatus.set(status, found);
      found.names.add(name);
      const key = `${profile}.${name}`;
      found.examples[key] = components.add('examples', key, { summary: `${name}, ${profile}`, value: body });
    }
  }
  const responses = [...byStatus].map(([status, { names, examples, schema }]) => {
    const asked = scripted?.body(status);
    if (asked) {
      const value = JSON.parse(asked.toString()) as unknown;
      const summary = `Response to Prefer: code=${status}`;
      examples.prefer = components.add('examples', `prefer.${status}`, { summary, value });
    }
    const headers = { ...ERROR_HEADERS, ...HEADERS_OF[status], ...(asked && PREFERRED) };
    const response = {
      description: `${STATUS_CODES[status] ?? ''}: ${[...names].join(', ') || 'only if Prefer requests it'}.`,
      headers: components.addAll('headers', headers),
      content: { [JSON_TYPE]: { schema: components.schema(withEnvelope(schema)), examples } },
    };
    return [status, response];
  });
  return Object.fromEntries(responses) as Part;
}
