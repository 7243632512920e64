import { FormatRegistry, Type } from '@sinclair/typebox';
import type { ArrayOptions, IntegerOptions, ObjectOptions, StringOptions } from '@sinclair/typebox';
import type { SchemaOptions, TObject, TProperties, TSchema } from '@sinclair/typebox';
import { parseTime } from '../kernel/clock.js';
import { OBJECT_ID } from '../kernel/ids.js';

/** Short forms of schemas that have a description, as everything has that the documents show. */

/** The largest count of reads, requests or items that a schema accepts. */
export const MAX_COUNT = 1_000_000;

/** Options of an object without other members. */
export const strict = { additionalProperties: false };

export const text = (description: string, options: StringOptions = {}) =>
  Type.String({ ...options, description });

export const integer = (description: string, options: IntegerOptions = {}) =>
  Type.Integer({ ...options, description });

export const flag = (description: string, options: SchemaOptions = {}) =>
  Type.Boolean({ ...options, description });

export const list = <Item extends TSchema>(description: string, item: Item, options: ArrayOptions = {}) =>
  Type.Array(item, { ...options, description });

FormatRegistry.Set('date-time', (value) => !Number.isNaN(parseTime(value)));

/** A moment, as RFC 3339 writes it. */
export const moment = (description: string, options: StringOptions = {}) =>
  text(description, { ...options, format: 'date-time' });

/** A whole number from `minimum` to `maximum`. */
export const within = (minimum: number, maximum: number, description: string, options: IntegerOptions = {}) =>
  integer(description, { minimum, maximum, ...options });

export const object = <Properties extends TProperties>(
  description: string,
  properties: Properties,
  options: ObjectOptions = {},
) => Type.Object(properties, { ...options, description });

/** An object whose members have any names. */
export const record = <Value extends TSchema>(
  description: string,
  value: Value,
  options: SchemaOptions = {},
) => Type.Record(Type.String(), value, { ...options, description });

/** An object that the documents have as a component named `title`. */
export const component = <Properties extends TProperties>(
  title: string,
  description: string,
  properties: Properties,
) => object(description, properties, { title });

/** A component without other members, such as the body of a request. */
export const strictComponent = <Properties extends TProperties>(
  title: string,
  description: string,
  properties: Properties,
) => object(description, properties, { ...strict, title });

/** One of some texts. */
export const oneOf = <Choice extends string>(
  choices: readonly Choice[],
  description?: string,
  options: SchemaOptions = {},
) =>
  Type.Union(
    choices.map((choice) => Type.Literal(choice)),
    { ...options, ...(description !== undefined && { description }) },
  );

/**
 * What bodies accept beside their schemas: `strip` drops it from a body, `shown` adds it to a schema for the documents.
 *
 * @param ignored members that only the server sets; a request can repeat them
 * @param absent values of optional members that count as absent
 */
export const lenient = (ignored: TProperties, absent: readonly unknown[]) => ({
  strip(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const isDropped = (name: string): boolean => absent.includes(body[name]) || Object.hasOwn(ignored, name);
    // Most bodies are what is stored: a copy takes longer than this look.
    if (!Object.keys(body).some(isDropped)) return body;
    return Object.fromEntries(Object.entries(body).filter(([name]) => !isDropped(name)));
  },
  shown(schema: TObject): TObject {
    const properties: TProperties = {};
    for (const [name, property] of Object.entries(schema.properties)) {
      properties[name] = schema.required?.includes(name) ? property : { ...property, absent };
    }
    for (const [name, property] of Object.entries(ignored))
      properties[name] = { ...property, readOnly: true };
    return { ...schema, properties };
  },
});

/** Shapes that the resources of Atlas share. */

/** An id of Atlas. */
export const objectId = (description: string) => text(description, { pattern: OBJECT_ID.source });

/** The links of a resource or a page. */
export const links = Type.Array(
  component('Link', 'A link to something related.', {
    href: text('Address that it leads to.'),
    rel: text('How it relates to what is shown, such as `self` or `next`.'),
  }),
  { description: 'Links to what is related.' },
);

/** What an operation answers that has nothing to tell. */
export const nothing = component('Nothing', 'An empty object.', {});

/**
 * A page of a list.
 *
 * @param title the name of the component
 * @param counted whether it always has its count, which some lists leave out on demand
 */
export function pageOf(title: string, item: TSchema, counted = true) {
  const totalCount = integer('How many items all pages have.', { minimum: 0 });
  return component(title, 'One page of a list.', {
    links,
    results: Type.Array(item, { description: 'The items of this page.' }),
    totalCount: counted ? totalCount : Type.Optional(totalCount),
    status: Type.Optional(integer('Status of the answer, with `envelope=true`.')),
  });
}
