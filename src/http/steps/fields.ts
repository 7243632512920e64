import type { TSchema } from '@sinclair/typebox';
import { TypeCompiler, ValueErrorType, type TypeCheck } from '@sinclair/typebox/compiler';
import type { ValueError } from '@sinclair/typebox/value';
import { describeValue, namesOf, pathOfPointer } from '../../kernel/schema-text.js';
import { defineCondition, SOURCE, type Refusal } from '../../profiles/index.js';

const { atlasErrors, page } = SOURCE;

/** The name of a field without its path: `tags` of `tags[0].key`. */
const topOf = (shown: string): string => shown.split(/[.[]/, 1)[0] ?? '';

export const missingAttribute = defineCondition('missingAttribute', {
  when: 'A field that the operation or the value of another field requires is missing, null or an empty string.',
  observed: [400, 'MISSING_ATTRIBUTE', 'The required attribute %s was not specified.', atlasErrors],
  describe: (field: string, remedy: string = `Send ${field}.`, why: string = '', source: string = page) => ({
    field: topOf(field),
    problem: `The required attribute ${field} was not specified${why && ` (${why})`}.`,
    remedy,
    source,
  }),
  example: ['provider'],
});

export const wrongType = defineCondition('wrongType', {
  when: 'A field has another type than it should.',
  observed: [
    400,
    'INVALID_JSON_ATTRIBUTE',
    'Received JSON for the %s attribute does not match expected format.',
    atlasErrors,
  ],
  describe: (field: string, remedy: string) => ({
    field: topOf(field),
    problem: `The attribute ${field} has the wrong type.`,
    remedy,
    source: page,
  }),
  example: ['region', 'Send a string.'],
});

export const invalidAttribute = defineCondition('invalidAttribute', {
  when: 'A field is unknown, breaks its pattern, its length or its list of values, or is one that the value of another field does not allow.',
  observed: [400, 'INVALID_ATTRIBUTE', 'Invalid attribute %s specified.', atlasErrors],
  describe: (
    field: string,
    remedy: string,
    problem: string = `Invalid attribute ${field} specified.`,
    source: string = page,
  ) => ({ field: topOf(field), problem, remedy, source }),
  example: ['pageSize', 'Leave it out.', 'There is no attribute pageSize.'],
});

/** Returns a check of bodies by a schema: strict, nothing is coerced or dropped, and the first error is named. */
export function bodyCheck(schema: TSchema): (body: unknown) => void {
  let compiled: TypeCheck<TSchema> | undefined;
  return (body) => {
    // Compiled at its first use, so that a start does not wait for it.
    compiled ??= TypeCompiler.Compile(schema);
    if (compiled.Check(body)) return;
    const error = compiled.Errors(body).First();
    if (error) throw conditionOfFault(error);
  };
}

/** The condition of a body that does not fit its schema. */
function conditionOfFault(error: ValueError): Refusal {
  const shown = pathOfPointer(error.path);
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return missingAttribute(shown);
    case ValueErrorType.ObjectAdditionalProperties:
      return invalidAttribute(
        shown,
        `Leave it out, or mend its name: there are ${namesOf(error.schema).join(', ')}.`,
        `There is no attribute ${shown}.`,
        SOURCE.inferred,
      );
    case ValueErrorType.RegExp:
    case ValueErrorType.StringPattern:
    case ValueErrorType.ArrayMaxItems:
    case ValueErrorType.ArrayUniqueItems:
    case ValueErrorType.StringMinLength:
    case ValueErrorType.StringMaxLength:
    case ValueErrorType.Union:
    case ValueErrorType.Literal:
    case ValueErrorType.IntegerMinimum:
    case ValueErrorType.IntegerMaximum:
    case ValueErrorType.NumberMinimum:
    case ValueErrorType.NumberMaximum:
      return invalidAttribute(shown, `Send ${describeValue(error.schema)}.`);
    default:
      return wrongType(shown, `Send ${describeValue(error.schema)}.`);
  }
}
