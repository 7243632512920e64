import { Kind, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, ValueErrorType, type TypeCheck } from '@sinclair/typebox/compiler';
import type { ValueError } from '@sinclair/typebox/value';
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
  when: 'A field is unknown, or breaks its pattern, its length or its list of values.',
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
  const path = error.path.slice(1).split('/').map(unescapePointer);
  const shown = path
    .map((part, index) => (index > 0 && /^\d+$/.test(part) ? `[${part}]` : index > 0 ? `.${part}` : part))
    .join('');
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

/** How long a text may be. */
function lengthOf(least = 0, most?: number): string {
  if (most !== undefined) return ` of ${least > 0 ? `${least} to` : 'at most'} ${most} characters`;
  return least > 0 ? ' that is not empty' : '';
}

/** What a value must be, for a person to read. */
function describeValue(schema: TSchema): string {
  const rule = schema as TSchema & {
    pattern?: string;
    source?: string;
    maxItems?: number;
    maxLength?: number;
    minLength?: number;
    minimum?: number;
    maximum?: number;
    uniqueItems?: boolean;
    items?: TSchema;
    anyOf?: readonly (TSchema & { const?: string | number | boolean })[];
  };
  switch (rule[Kind]) {
    case 'String':
      if (rule.pattern !== undefined) return `a string that matches ${rule.pattern}`;
      return `a string${lengthOf(rule.minLength, rule.maxLength)}`;
    case 'RegExp':
      return `a string that matches ${rule.source ?? ''}`;
    case 'Array': {
      const most = rule.maxItems === undefined ? '' : ` of at most ${rule.maxItems} items`;
      return `an array${most}${rule.uniqueItems ? ', all different' : ''}${rule.items?.[Kind] === 'String' ? ', each a string' : ''}`;
    }
    case 'Tuple':
      return `an array of ${rule.maxItems} items`;
    case 'Union': {
      const choices = rule.anyOf ?? [];
      const known = choices.every((choice) => choice.const !== undefined);
      const why = known || rule.description === undefined ? '' : ` (${rule.description})`;
      return `one of ${choices.map((choice) => (choice.const === undefined ? describeValue(choice) : String(choice.const))).join(', ')}${why}`;
    }
    case 'Integer':
    case 'Number': {
      const end = rule.maximum === undefined ? 'on' : `to ${rule.maximum}`;
      const range = rule.minimum === undefined ? '' : ` from ${rule.minimum} ${end}`;
      return `${rule[Kind] === 'Integer' ? 'a whole number' : 'a number'}${range}`;
    }
    case 'Literal':
      return JSON.stringify(rule.const);
    case 'Boolean':
      return 'true or false';
    default: {
      const properties = Object.entries(propertiesOf(schema));
      if (properties.length === 0) return 'an object';
      const only = properties.length === 1 ? properties[0]?.[1] : undefined;
      const what = only ? ` (${describeValue(only)})` : '';
      return `an object of ${namesOf(schema).join(', ')}${what}`;
    }
  }
}

/** The attributes that an object has; none if the schema is of something else. */
function propertiesOf(schema: TSchema): Readonly<Record<string, TSchema>> {
  return (schema as { properties?: Readonly<Record<string, TSchema>> }).properties ?? {};
}

function namesOf(schema: TSchema): string[] {
  return Object.keys(propertiesOf(schema));
}

function unescapePointer(part: string): string {
  return part.replace(/~1/g, '/').replace(/~0/g, '~');
}
