import { Kind, type TSchema } from '@sinclair/typebox';

/** A part of an OpenAPI document. */
export type Part = Readonly<Record<string, unknown>>;

/** Keywords whose value is a schema, and those whose value is schemas by name. */
const ONE = ['items', 'additionalProperties', 'not', 'contains'];
const BY_NAME = ['properties', 'patternProperties'];
const SEVERAL = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];

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
   * The JSON Schema (2020-12) of a TypeBox schema. What has a `title` becomes a component of this name.
   *
   * @throws {Error} if two different schemas have one title
   */
  schema(schema: TSchema): Part {
    const { title, ...rest } = jsonSchema(schema, (inner) => this.schema(inner));
    return typeof title === 'string' ? this.add('schemas', title, rest) : rest;
  }

  /**
   * Adds a component, and returns the reference to it.
   *
   * @throws {Error} if there is another of this name
   */
  add(kind: string, name: string, part: Part): Part {
    const ofKind = (this.#parts[kind] ??= {});
    const kept = (ofKind[name] ??= part);
    if (kept !== part && JSON.stringify(kept) !== JSON.stringify(part)) {
      throw new Error(`there are two ${kind} named ${name}`);
    }
    return { $ref: `#/components/${kind}/${name}` };
  }

  /** Adds components by name, and returns the references to them. */
  addAll(kind: string, parts: Readonly<Record<string, Part>>): Part {
    return Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, this.add(kind, name, part)]),
    );
  }
}

/** What of a TypeBox schema is not JSON Schema, made so; `convert` does the same to the schemas within it. */
function jsonSchema(schema: TSchema, convert: (schema: TSchema) => Part): Part {
  const { source, items, anyOf } = schema as TSchema & {
    source?: string;
    items?: TSchema | TSchema[];
    anyOf?: readonly { const?: unknown }[];
  };
  if (schema[Kind] === 'RegExp') {
    return { ...without(schema, 'source', 'flags'), type: 'string', pattern: source };
  }
  if (anyOf?.every((choice) => choice.const !== undefined)) {
    return {
      ...without(schema, 'anyOf'),
      type: typeof anyOf[0]?.const,
      enum: anyOf.map((choice) => choice.const),
    };
  }
  const whole = Array.isArray(items)
    ? { ...without(schema, 'items', 'additionalItems'), prefixItems: items, items: false }
    : schema;
  return withAnyKey(
    Object.fromEntries(Object.entries(whole).map(([key, value]) => [key, within(key, value, convert)])),
  );
}

function without(schema: TSchema, ...keys: readonly string[]): Part {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

function within(key: string, value: unknown, convert: (schema: TSchema) => Part): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ONE.includes(key)) return convert(value as TSchema);
  if (SEVERAL.includes(key)) return (value as TSchema[]).map(convert);
  if (!BY_NAME.includes(key)) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, TSchema>).map(([name, one]) => [name, convert(one)]),
  );
}

/** A record with keys of any kind says so in the keyword that readers of documents know. */
function withAnyKey(schema: Part): Part {
  const { patternProperties, ...rest } = schema as { patternProperties?: Record<string, unknown> };
  if (!patternProperties || Object.keys(patternProperties).join() !== ANY_KEY) return schema;
  return { ...rest, additionalProperties: patternProperties[ANY_KEY] };
}
