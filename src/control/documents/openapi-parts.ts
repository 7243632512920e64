import type { TObject, TSchema } from '@sinclair/typebox';
import type { Components, Part } from './openapi-schema.js';

/** What the documents of both APIs have in common. */

/** The version of OpenAPI that the documents are written in. */
export const OPENAPI = '3.1.0';

/** Media type of JSON. */
export const JSON_TYPE = 'application/json';

/** A path as OpenAPI writes it: `:groupId` is `{groupId}`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

/** The parameters that a path has, in order. */
export function pathParameters(
  path: string,
  schemaOf: (name: string) => TSchema,
  components: Components,
): readonly Part[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const { description, ...schema } = components.schema(schemaOf(name)) as { description?: string };
    return { name, in: 'path', required: true, ...(description !== undefined && { description }), schema };
  });
}

/** The parameters of a query. Those that have a default may be left out. */
export function queryParameters(query: TObject, components: Components): readonly Part[] {
  return Object.entries(query.properties).map(([name, rule]) => {
    const { description, ...schema } = components.schema(rule) as { description?: string };
    const required = query.required?.includes(name) === true && rule.default === undefined;
    return {
      name,
      in: 'query',
      ...(required && { required }),
      ...(description !== undefined && { description }),
      schema,
    };
  });
}

/** A header of an answer. */
export function header(description: string, type = 'string'): Part {
  return { description, schema: { type } };
}

/** Collects operations by path and method. */
export class Paths {
  readonly parts: Record<string, Record<string, Part>> = {};

  add(path: string, method: string, operation: Part): void {
    (this.parts[templateOf(path)] ??= {})[method.toLowerCase()] = operation;
  }
}
