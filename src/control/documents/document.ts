import { readdirSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { Type, type TSchema } from '@sinclair/typebox';
import type { BodyRules, Operation } from '../../http/operation.js';
import { objectId } from '../../http/schema.js';
import { FIXTURES, readFixture, VERSION } from '../../version.js';
import { Components, type Part } from './openapi-schema.js';

/** Media type of JSON. */
export const JSON_TYPE = 'application/json';

/** Schemas of the path parameters that no operation describes. */
const IDS: Readonly<Record<string, TSchema>> = {
  groupId: objectId('Id of a project.'),
  orgId: objectId('Id of an organization.'),
};

/** What a document says of an API beside its operations. */
export interface Api {
  readonly info: Part;
  readonly security: readonly Part[];
  readonly securitySchemes: Part;
  /** Names of parameters that are components, since many operations have them. */
  readonly sharedParameters?: readonly string[];
  /** Whether the value of a query parameter can be empty. */
  readonly emptyQuery: boolean;
}

/** An operation at its path on the server, and what the document says of it there beside its descriptor. */
export interface View extends Operation {
  /** Members that replace those of the descriptor, or that it lacks, such as a description. */
  readonly members?: Part;
  /** Header parameters. */
  readonly headers?: Readonly<Record<string, TSchema>>;
  /** Media types of its versions: of a success, and of the body, which can also be plain JSON. */
  readonly types?: readonly string[];
  /** Headers of a success. */
  readonly answerHeaders?: Readonly<Record<string, Part>>;
  readonly errors: (components: Components) => Part;
}

/** The OpenAPI document of an API, for clients that use the given address. */
export function writeDocument(api: Api, views: readonly View[], baseUrl: string): Part {
  const components = new Components();
  const paths: Record<string, Record<string, Part>> = {};
  for (const view of views) {
    const methods = (paths[view.path.replace(/\/:(\w+)/g, '/{$1}')] ??= {});
    methods[view.method.toLowerCase()] = describe(view, api, components);
  }
  const tags = new Map(views.map(({ tag }) => [tag.name, tag]));
  return {
    openapi: '3.1.0',
    info: { ...api.info, version: VERSION },
    servers: [{ url: baseUrl, description: 'This emulator.' }],
    tags: [...tags.keys()].sort().map((name) => tags.get(name)),
    security: api.security,
    paths,
    components: { ...components.parts, securitySchemes: api.securitySchemes },
  };
}

function describe(view: View, api: Api, components: Components): Part {
  const { id, summary, tag, security, body, types, response, mediaType, status = 200 } = view;
  const parameters = parametersOf(view, api, components);
  const schema = response ?? (mediaType === undefined ? undefined : Type.String());
  return {
    operationId: id,
    summary,
    ...view.members,
    tags: [tag.name],
    security,
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody: body && {
      required: !body.optional,
      content: contentOf(types ? [...types, JSON_TYPE] : [body.mediaType ?? JSON_TYPE], {
        schema: components.schema(bodyOf(view, body)),
        examples: body.examples && examplesIn(body.examples, components),
      }),
    },
    responses: {
      [status]: {
        description: `${STATUS_CODES[status] ?? ''}.`,
        headers: view.answerHeaders && components.addAll('headers', view.answerHeaders),
        ...(schema && {
          content: contentOf(types ?? [mediaType ?? JSON_TYPE], { schema: components.schema(schema) }),
        }),
      },
      ...view.errors(components),
    },
  };
}

/** The schema of a body; every body has a name, since generators of clients make one up for each media type. */
function bodyOf({ id, summary }: Operation, { schema, shown = schema }: BodyRules): TSchema {
  const title = `${id.replace(/^./, (first) => first.toUpperCase())}Body`;
  return shown.title === undefined ? { ...shown, title, description: `Body: ${summary}` } : shown;
}

/** The parameters of the path, in its order, of the query, and of the headers. Those with a default may be left out. */
function parametersOf(view: View, api: Api, components: Components) {
  const { path, parameters, query, headers = {}, security } = view;
  const parameter = (place: string, name: string, rule: TSchema, required: boolean): Part => {
    const { description, ...schema } = components.schema(rule);
    const isText = place === 'query' && schema.type === 'string' && schema.enum === undefined;
    // Operations that are open to everybody take what they do not check.
    const shown = isText && !api.emptyQuery && !security ? { ...schema, minLength: 1 } : schema;
    const part = { name, in: place, required: required || undefined, description, schema: shown };
    return api.sharedParameters?.includes(name) ? components.add('parameters', name, part) : part;
  };
  return [
    ...[...path.matchAll(/\/:(\w+)/g)].map(([, name = '']) =>
      parameter('path', name, parameters?.[name] ?? IDS[name] ?? Type.String(), true),
    ),
    ...Object.entries(query?.properties ?? {}).map(([name, rule]) =>
      parameter('query', name, rule, query?.required?.includes(name) === true && rule.default === undefined),
    ),
    ...Object.entries(headers).map(([name, rule]) => parameter('header', name, rule, false)),
  ];
}

function contentOf(types: readonly string[], content: Part): Part {
  return Object.fromEntries(types.map((type) => [type, content]));
}

/** The bodies of a folder, by file name without its extension. */
function examplesIn(folder: string, components: Components): Part {
  const names = readdirSync(new URL(folder, FIXTURES)).map((file) => file.replace(/\.json$/, ''));
  const examples = names.sort().map((name) => [name, { value: readFixture(`${folder}/${name}.json`) }]);
  return components.addAll('examples', Object.fromEntries(examples) as Record<string, Part>);
}
