import { Kind } from '@sinclair/typebox';
import type { ArrayOptions, IntegerOptions, StringOptions, TSchema } from '@sinclair/typebox';
import { ValueErrorType, type ValueError } from '@sinclair/typebox/errors';
import { ValuePointer } from '@sinclair/typebox/value';

/**
 * The error that explains the others: an unknown key before a missing one, which may be the same key misspelt. It can be
 * in one of several alternatives.
 */
export function mainError(errors: Iterable<ValueError>): ValueError | undefined {
  let first: ValueError | undefined;
  for (const error of errors) {
    const all = [error, ...error.errors.map(mainError)];
    const unknown = all.find((one) => one?.type === ValueErrorType.ObjectAdditionalProperties);
    if (unknown) return unknown;
    first ??= error;
  }
  return first;
}

/** Renders a JSON pointer as JavaScript would write it: `organizations[0].projects[1].id`. */
export function pathOfPointer(pointer: string): string {
  return [...ValuePointer.Format(pointer)]
    .map((part, index) => (index === 0 ? part : /^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('');
}

/** The keywords of a schema. `wanted` replaces the description. */
export interface Keywords extends TSchema, StringOptions, ArrayOptions, IntegerOptions {
  readonly wanted?: string;
  readonly source?: string;
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
  readonly properties?: Readonly<Record<string, TSchema>>;
}

/** Describes the values that a schema accepts, for an error message: `a whole number from 1 to 500`. */
export function describeValue(schema: TSchema): string {
  const rule = schema as Keywords;
  if (rule.wanted !== undefined) return rule.wanted;
  switch (rule[Kind]) {
    case 'String':
    case 'RegExp': {
      const pattern = rule.pattern ?? rule.source;
      return `a string${pattern === undefined ? lengthOf(rule) : ` that matches ${pattern}`}`;
    }
    case 'Array':
    case 'Tuple': {
      const { minItems, maxItems } = rule;
      const most = minItems === maxItems ? maxItems : `at most ${maxItems}`;
      const size = maxItems === undefined ? '' : ` of ${most} items`;
      return `an array${size}${rule.uniqueItems ? ', all different' : ''}${rule.items?.[Kind] === 'String' ? ', each a string' : ''}`;
    }
    case 'Union': {
      const choices = rule.anyOf ?? [];
      const known = choices.every((choice) => choice.const !== undefined);
      const why = known || rule.description === undefined ? '' : ` (${rule.description})`;
      return `one of ${choices.map((one) => (one.const === undefined ? describeValue(one) : String(one.const))).join(', ')}${why}`;
    }
    case 'Integer':
    case 'Number': {
      const end = rule.maximum === undefined ? 'on' : `to ${rule.maximum}`;
      const range = rule.minimum === undefined ? '' : ` from ${rule.minimum} ${end}`;
      return `a ${rule[Kind] === 'Integer' ? 'whole ' : ''}number${range}`;
    }
    case 'Literal':
      return JSON.stringify(rule.const);
    case 'Boolean':
      return 'true or false';
    default: {
      const [only, ...more] = Object.values(rule.properties ?? {});
      if (!only) return 'an object';
      return `an object of ${namesOf(rule).join(', ')}${more.length > 0 ? '' : ` (${describeValue(only)})`}`;
    }
  }
}

function lengthOf({ minLength = 0, maxLength }: Keywords): string {
  if (maxLength === undefined) return minLength > 0 ? ' that is not empty' : '';
  return ` of ${minLength > 0 ? `${minLength} to` : 'at most'} ${maxLength} characters`;
}

/** The names of an object's properties; none if the schema is not of an object. */
export function namesOf(schema: TSchema): string[] {
  return Object.keys((schema as Keywords).properties ?? {});
}
