import type { TObject, TSchema } from '@sinclair/typebox';
import { TypeCompiler, ValueErrorType, type TypeCheck } from '@sinclair/typebox/compiler';
import type { ValueError, ValueErrorIterator } from '@sinclair/typebox/errors';
import { describeValue, namesOf, pathOfPointer } from '../../kernel/schema-text.js';
import { defineCondition, SOURCE, type Refusal } from '../../profiles/index.js';

const { atlasErrors, inferred, page, tools, documentation } = SOURCE;

const WRONG_TYPE = 'Received JSON for the %s attribute does not match expected format.';

/** The name of a field without its path: `tags` of `tags[0].key`. */
const topOf = (shown: string): string => shown.split(/[.[]/, 1)[0] ?? '';

/** A field that the operation or the value of another field requires is missing, null or an empty string. */
export const missingAttribute = defineCondition('missingAttribute', {
  observed: [400, 'MISSING_ATTRIBUTE', 'The required attribute %s was not specified.', atlasErrors],
  rule: [page, tools, documentation],
  field: (field) => topOf(field),
  problem: (field: string) => `The required attribute ${field} was not specified.`,
  remedy: (field) => `Send ${field}.`,
  example: ['provider'],
});

/** A field has another type than it should. */
export const wrongType = defineCondition('wrongType', {
  observed: [400, 'INVALID_JSON_ATTRIBUTE', WRONG_TYPE, atlasErrors],
  rule: [page],
  field: (field) => topOf(field),
  problem: (field: string, _remedy: string) => `The attribute ${field} has the wrong type.`,
  remedy: (_field, remedy) => remedy,
  example: ['region', 'Send a string.'],
});

/**
 * A field is unknown, breaks its pattern, its length or its list of values, or is one that the value of another field
 * does not allow.
 */
export const invalidAttribute = defineCondition('invalidAttribute', {
  observed: [400, 'INVALID_ATTRIBUTE', 'Invalid attribute %s specified.', atlasErrors],
  rule: [page, tools, inferred],
  settledBy: 'PATCH …/streams/privateLinkConnections/{id} with the field region, or one that does not exist',
  field: (field) => topOf(field),
  problem: (field: string, _remedy: string) => `Invalid attribute ${field} specified.`,
  remedy: (_field, remedy) => remedy,
  example: ['arn', 'Send a string that matches ^arn:aws:kafka.'],
});

/**
 * Checks that an update has no field that only a create takes. That it is refused, not ignored, is inferred.
 *
 * @param sent the body of the update, without what counts as absent
 * @returns this body
 * @throws {Refusal} `invalidAttribute`
 */
export function refuseFixed<Sent extends object>(sent: Sent, create: TObject, update: TObject): Sent {
  const isFixed = (name: string) => name in create.properties && !(name in update.properties);
  const fixed = Object.keys(sent).find(isFixed);
  if (fixed === undefined) return sent;
  const remedy = `Leave it out: an update can change ${namesOf(update).join(', ')}.`;
  const problem = `The attribute ${fixed} cannot be changed.`;
  throw invalidAttribute(fixed, remedy).because({ problem, source: inferred });
}

/** Kinds of errors that mean another type of value, or one that is missing where it cannot be absent. */
const WRONG_TYPES = new Set([
  ...[ValueErrorType.Array, ValueErrorType.Boolean, ValueErrorType.Integer, ValueErrorType.Number],
  ...[ValueErrorType.Object, ValueErrorType.String],
]);

/**
 * Returns a check of bodies by a schema: strict, nothing is coerced or dropped.
 *
 * @param choose selects the error to report; the first one by default
 */
export function bodyCheck(
  schema: TSchema,
  choose: (errors: ValueErrorIterator) => ValueError | undefined = (errors) => errors.First(),
): (body: unknown) => true {
  let compiled: TypeCheck<TSchema> | undefined;
  return (body) => {
    // Compiled at its first use, so that the start does not wait for it.
    compiled ??= TypeCompiler.Compile(schema);
    const error = compiled.Check(body) ? undefined : choose(compiled.Errors(body));
    if (error) throw refusalOf(error);
    return true;
  };
}

/** The refusal of a body that does not match its schema. */
function refusalOf({ type, path, schema }: ValueError): Refusal {
  const field = pathOfPointer(path);
  if (type === ValueErrorType.ObjectRequiredProperty) return missingAttribute(field);
  if (type === ValueErrorType.ObjectAdditionalProperties) {
    const remedy = `Leave it out, or correct its name: there are ${namesOf(schema).join(', ')}.`;
    const problem = `There is no attribute ${field}.`;
    return invalidAttribute(field, remedy).because({ problem, source: inferred });
  }
  return (WRONG_TYPES.has(type) ? wrongType : invalidAttribute)(field, `Send ${describeValue(schema)}.`);
}
