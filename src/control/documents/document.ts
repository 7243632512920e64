import { readdirSync, readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { Type, type TSchema } from '@sinclair/typebox';
import type { Operation } from '../../http/operation.js';
import { Components, type Part } from './openapi-schema.js';

/** The version of OpenAPI that the documents are written in. */
export const OPENAPI = '3.1.0';

/** Media type of JSON. */
export const JSON_TYPE = 'application/json';

/** What an API says about itself. */
export interface Api<Described extends Operation> {
  readonly info: Part;
  readonly security: readonly Part[];
  readonly securitySchemes: Part;
  /** Schemas of the path parameters that no operation describes. */
  readonly parameters: Readonly<Record<string, TSchema>>;
  /** Names of parameters that are components, since many operations have them. */
  readonly sharedParameters?: readonly string[];
  /** The folder that holds the folders of example bodies. */
  readonly examples?: URL;
  /** Where an operation is served, and what the document says of it there beside its descriptor. */
  readonly view: (operation: Described) => readonly View[];
}

/** An operation at one path. */
export interface View {
  readonly path: string;
  /** The `operationId`, if it is not that of the descriptor. */
  readonly id?: string;
  readonly summary?: string;
  /** Further members, such as a description. */
  readonly members?: Part;
  /** Header parameters. */
  readonly headers?: readonly Part[];
  /** Media types of the body. */
  readonly sent?: readonly string[];
  /** Media types of a success, and its headers. */
  readonly answered: readonly string[];
  readonly answerHeaders?: Readonly<Record<string, Part>>;
  readonly errors: (components: Components) => Part;
}

/** The OpenAPI document of an API, for clients that use the given address. */
export function writeDocument<Described extends Operation>(
  api: Api<Described>,
  operations: readonly Described[],
  baseUrl: string,
): Part {
  const components = new Components();
  const paths: Record<string, Record<string, Part>> = {};
  for (const operation of operations) {
    for (const view of api.view(operation)) {
      const methods = (paths[view.path.replace(/\/:(\w+)/g, '/{$1}')] ??= {});
      methods[operation.method.toLowerCase()] = describe(operation, view, api, components);
    }
  }
  const tags = new Map(operations.map(({ tag }) => [tag.name, tag]));
  return {
    openapi: OPENAPI,
    info: api.info,
    servers: [{ url: baseUrl, description: 'This emulator.' }],
    tags: [...tags.keys()].sort().map((name) => tags.get(name)),
    security: api.security,
    paths,
    components: { ...components.parts, securitySchemes: api.securitySchemes },
  };
}

function describe<Described extends Operation>(
  operation: Described,
  view: View,
  api: Api<Described>,
  components: Components,
): Part {
  const { tag, security, body, response, status = 200 } = operation;
  const parameters = parametersOf(operation, view, api, components);
  return {
    operationId: view.id ?? operation.id,
    summary: view.summary ?? operation.summary,
    ...view.members,
    tags: [tag.name],
    security,
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody: body && {
      required: !body.optional,
      content: contentOf(view.sent ?? [body.mediaType ?? JSON_TYPE], {
        schema: components.schema(body.schema),
        examples: body.examples && examplesIn(new URL(`${body.examples}/`, api.examples), components),
      }),
    },
    responses: {
      [status]: {
        description: `${STATUS_CODES[status] ?? ''}.`,
        headers: view.answerHeaders && components.addAll('headers', view.answerHeaders),
        content:
          status === 204
            ? undefined
            : contentOf(view.answered, {
                schema: response ? components.schema(response) : { type: 'string' },
              }),
      },
      ...view.errors(components),
    },
  };
}

/** The parameters of the path, in its order, of the query, and of the headers. Those with a default may be left out. */
function parametersOf<Described extends Operation>(
  { parameters, query }: Described,
  { path, headers = [] }: View,
  api: Api<Described>,
  components: Components,
): readonly Part[] {
  const parameter = (place: string, name: string, rule: TSchema, required: boolean): Part => {
    const { description, ...schema } = components.schema(rule);
    return { name, in: place, required: required || undefined, description, schema };
  };
  const all = [
    ...[...path.matchAll(/\/:(\w+)/g)].map(([, name = '']) =>
      parameter('path', name, parameters?.[name] ?? api.parameters[name] ?? Type.String(), true),
    ),
    ...Object.entries(query?.properties ?? {}).map(([name, rule]) =>
      parameter('query', name, rule, query?.required?.includes(name) === true && rule.default === undefined),
    ),
    ...headers,
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
