import { readdirSync, readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { Type, type TSchema } from '@sinclair/typebox';
import type { BodyRules, Operation } from '../../http/operation.js';
import { FIXTURES, VERSION } from '../../version.js';
import { Components, type Part } from './openapi-schema.js';

/** The version of OpenAPI that the documents are written in. */
export const OPENAPI = '3.1.0';

/** Media type of JSON. */
export const JSON_TYPE = 'application/json';

/** What a document says of an API beside its operations. */
export interface Api {
  readonly info: Part;
  readonly security: readonly Part[];
  readonly securitySchemes: Part;
  /** Schemas of the path parameters that no operation describes. */
  readonly parameters: Readonly<Record<string, TSchema>>;
  /** Names of parameters that are components, since many operations have them. */
  readonly sharedParameters?: readonly string[];
  /** Whether the value of a query parameter can be empty. */
  readonly emptyQuery: boolean;
}

/** An operation at one path, and what the document says of it there beside its descriptor. */
export interface View {
  readonly operation: Operation;
  readonly path: string;
  /** Members that replace those of the descriptor, or that it lacks, such as a description. */
  readonly members?: Part;
  /** Header parameters. */
  readonly headers?: Readonly<Record<string, TSchema>>;
  /** Media types of the body. */
  readonly sent?: readonly string[];
  /** The schema of a success, if it is not that of the descriptor. */
  readonly response?: TSchema;
  /** Media types of a success, and its headers. */
  readonly answered: readonly string[];
  readonly answerHeaders?: Readonly<Record<string, Part>>;
  readonly errors: (components: Components) => Part;
}

/** The OpenAPI document of an API, for clients that use the given address. */
export function writeDocument(api: Api, views: readonly View[], baseUrl: string): Part {
  const components = new Components();
  const paths: Record<string, Record<string, Part>> = {};
  for (const view of views) {
    const methods = (paths[view.path.replace(/\/:(\w+)/g, '/{$1}')] ??= {});
    methods[view.operation.method.toLowerCase()] = describe(view, api, components);
  }
  const tags = new Map(views.map(({ operation: { tag } }) => [tag.name, tag]));
  return {
    openapi: OPENAPI,
    info: { ...api.info, version: VERSION },
    servers: [{ url: baseUrl, description: 'This emulator.' }],
    tags: [...tags.keys()].sort().map((name) => tags.get(name)),
    security: api.security,
    paths,
    components: { ...components.parts, securitySchemes: api.securitySchemes },
  };
}

function describe(view: View, api: Api, components: Components): Part {
  const { id, summary, tag, security, body, response, status = 200 } = view.operation;
  const parameters = parametersOf(view, api, components);
  return {
    operationId: id,
    summary,
    ...view.members,
    tags: [tag.name],
    security,
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody: body && {
      required: !body.optional,
      content: contentOf(view.sent ?? [body.mediaType ?? JSON_TYPE], {
        schema: components.schema(bodyOf(view.operation, body)),
        examples: body.examples && examplesIn(new URL(`${body.examples}/`, FIXTURES), components),
      }),
    },
    responses: {
      [status]: {
        description: `${STATUS_CODES[status] ?? ''}.`,
        headers: view.answerHeaders && components.addAll('headers', view.answerHeaders),
        ...(status !== 204 &&
          view.answered.length > 0 && {
            content: contentOf(view.answered, {
              schema: components.schema(view.response ?? response ?? Type.String()),
            }),
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
function parametersOf({ operation, path, headers = {} }: View, api: Api, components: Components) {
  const { parameters, query, security } = operation;
  const parameter = (place: string, name: string, rule: TSchema, required: boolean): Part => {
    const { description, ...schema } = components.schema(rule);
    const isText = place === 'query' && schema.type === 'string' && schema.enum === undefined;
    // Operations that are open to everybody take what they do not check.
    const shown = isText && !api.emptyQuery && !security ? { ...schema, minLength: 1 } : schema;
    return { name, in: place, required: required || undefined, description, schema: shown };
  };
  const all = [
    ...[...path.matchAll(/\/:(\w+)/g)].map(([, name = '']) =>
      parameter('path', name, parameters?.[name] ?? api.parameters[name] ?? Type.String(), true),
    ),
    ...Object.entries(query?.properties ?? {}).map(([name, rule]) =>
      parameter('query', name, rule, query?.required?.includes(name) === true && rule.default === undefined),
    ),
    ...Object.entries(headers).map(([name, rule]) => parameter('header', name, rule, false)),
  ];
  return all.map((one) => {
    const name = one.name as string;
    return api.sharedParameters?.includes(name) ? components.add('parameters', name, one) : one;
  });
}

function contentOf(types: readonly string[], content: Part): Part {
  return Object.fromEntries(types.map((type) => [type, content]));
}

/** The bodies of a folder, by file name without its extension. */
function examplesIn(folder: URL, components: Components): Part {
  const examples = readdirSync(folder).map((file) => {
    const value = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as unknown;
    return [file.replace(/\.json$/, ''), { value }] as const;
  });
  return components.addAll('examples', Object.fromEntries(examples.sort()));
}
