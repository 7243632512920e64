import { Kind, type TObject, type TSchema } from '@sinclair/typebox';
import type { Keywords } from '../../kernel/schema-text.js';

/** A part of an OpenAPI document. */
export type Part = Readonly<Record<string, unknown>>;

/** What TypeBox writes for the keys of a record that can be any text. */
const ANY_KEY = '^(.*)$';

/** Collects what several operations of a document share. */
export class Components {
  readonly #parts: Record<string, Record<string, Part>> = {};

  /** The components, by kind and name. */
  get parts(): Part {
    return this.#parts;
  }

  /**
   * The JSON Schema (2020-12) of a TypeBox schema, without `wanted`, which is ours. What has a `title` becomes a component of this name.
   *
   * @throws {Error} if two different schemas have one title
   */
  schema(schema: TSchema): Part {
    const { title, wanted, ...rest } = this.#members(jsonSchema(schema));
    return typeof title === 'string' ? this.add('schemas', title, rest) : rest;
  }

  #members(value: object): Part {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#convert(one)]));
  }

  /** Converts the schemas in a value, which TypeBox marks; everything else is copied. */
  #convert(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#convert(one));
    if (typeof value !== 'object' || value === null) return value;
    return Kind in value ? this.schema(value as TSchema) : this.#members(value);
  }

  /**
   * Adds a component, and returns the reference to it.
   *
   * @throws {Error} if there is another of this name
   */
  add(kind: string, name: string, part: Part): Part {
    const ofKind = (this.#parts[kind] ??= {});
    const existing = (ofKind[name] ??= part);
    if (existing !== part && JSON.stringify(existing) !== JSON.stringify(part)) {
      throw new Error(`there are two ${kind} named ${name}`);
    }
    return { $ref: `#/components/${kind}/${name}` };
  }

  /** Adds components by name, and returns the references to them. */
  addAll(kind: string, parts: Readonly<Record<string, Part>>): Part {
    const references = Object.entries(parts).map(([name, part]) => [name, this.add(kind, name, part)]);
    return Object.fromEntries(references) as Part;
  }
}

/** A TypeBox schema with the keywords of JSON Schema, where its own differ. JSON drops those that are undefined. */
function jsonSchema(schema: TSchema): Part {
  const { absent, exactlyOne, source, items, anyOf, patternProperties } = schema as Keywords & {
    absent?: readonly unknown[];
    exactlyOne?: readonly string[];
    patternProperties?: Part;
  };
  if (absent) return orAbsent(jsonSchema({ ...schema, absent: undefined }), absent);
  const { description, title } = schema;
  if (exactlyOne) return { description, title, oneOf: variants(schema as TObject, exactlyOne) };
  if (schema[Kind] === 'RegExp') {
    return { ...schema, source: undefined, flags: undefined, type: 'string', pattern: source };
  }
  if (anyOf?.every((choice) => choice.const !== undefined)) {
    const choices = anyOf.map((choice): unknown => choice.const);
    return { ...schema, anyOf: undefined, type: typeof choices[0], enum: choices };
  }
  if (Array.isArray(items)) {
    // Not `items: false`: generators of clients take no boolean for a schema.
    return { ...schema, items: {}, additionalItems: undefined, prefixItems: items };
  }
  if (patternProperties && Object.keys(patternProperties).join() === ANY_KEY) {
    return { ...schema, patternProperties: undefined, additionalProperties: patternProperties[ANY_KEY] };
  }
  return schema;
}

/** A schema that also allows values that count as absent. */
function orAbsent(schema: Part, absent: readonly unknown[]): Part {
  const { type, pattern } = schema;
  const choices = schema.enum as readonly unknown[] | undefined;
  return {
    ...schema,
    ...(absent.includes(null) && { type: [type, 'null'] }),
    ...(choices && { enum: [...choices, ...absent] }),
    ...(typeof pattern === 'string' && absent.includes('') && { pattern: `^$|${pattern}` }),
  };
}

/** A schema for each of some members of an object: it requires the member, and lacks the others. */
function variants(schema: TObject, members: readonly string[]): readonly TSchema[] {
  const { properties, required = [], title = '' } = schema;
  return members.map((member) => ({
    ...schema,
    title: `${title}${member[0]?.toUpperCase() ?? ''}${member.slice(1)}`,
    exactlyOne: undefined,
    required: [...required, member],
    properties: Object.fromEntries(
      Object.entries(properties).filter(([name]) => name === member || !members.includes(name)),
    ),
  }));
}
