import {
  Type,
  type IntegerOptions,
  type ObjectOptions,
  type SchemaOptions,
  type StringOptions,
  type TProperties,
} from '@sinclair/typebox';

/** Short forms of schemas that have a description, as everything has that the documents show. */

/** The largest count of reads, requests or items that a schema accepts. */
export const MAX_COUNT = 1_000_000;

/** Options of an object without other members. */
export const strict = { additionalProperties: false };

export const text = (description: string, options: StringOptions = {}) =>
  Type.String({ ...options, description });

export const integer = (description: string, options: IntegerOptions = {}) =>
  Type.Integer({ ...options, description });

/** A whole number from `minimum` to `maximum`. */
export const within = (minimum: number, maximum: number, description: string, options: IntegerOptions = {}) =>
  integer(description, { minimum, maximum, ...options });

export const object = <Properties extends TProperties>(
  description: string,
  properties: Properties,
  options: ObjectOptions = {},
) => Type.Object(properties, { ...options, description });

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
