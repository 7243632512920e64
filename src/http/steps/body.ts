import { Kind, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, ValueErrorType, type TypeCheck } from '@sinclair/typebox/compiler';
import type { ValueError } from '@sinclair/typebox/value';
import { refuse, SOURCE } from '../../kernel/conditions.js';

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

/**
 * The largest resource that is kept, as JSON, in bytes. A body may be larger, in white space for one. It keeps a page of
 * 500 of them, indented, far from the longest text that V8 can hold, 512 MiB, and from what a small machine has.
 */
export const RESOURCE_LIMIT = 128 * 1024;

/** What a body is parsed into, as its schema wants it. */
export type ParsedBody = Record<string, unknown> | unknown[];

/**
 * Parses a body that is to be an object, or an array where the schema is of one.
 *
 * @throws {Refusal} `malformedJson`, `notAnObject`
 */
export function parseBody(text: string, schema: TSchema): ParsedBody {
  const wanted = schema[Kind] === 'Array' ? 'array' : 'object';
  const remedy = `Send a JSON ${wanted} as the body.`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('malformedJson', {
      problem: text.trim() === '' ? 'The body is empty.' : 'The body is not JSON.',
      remedy,
      source: SOURCE.atlasErrors,
    });
  }
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (kind !== wanted) {
    return refuse('notAnObject', {
      problem: `The body is JSON, but not an ${wanted}.`,
      remedy,
      source: SOURCE.atlasErrors,
    });
  }
  return value as ParsedBody;
}

/** Refuses a required field that is absent. */
export function refuseMissing(field: string, why: string, source: string, remedy?: string): never {
  return refuse('missingAttribute', {
    parameters: [field],
    field,
    problem: `The required attribute ${field} was not specified${why && ` (${why})`}.`,
    remedy: remedy ?? `Send ${field}.`,
    source,
  });
}

/** Refuses to keep a resource that is too large, whether it came at once or grew. @throws {Refusal} `bodyTooLarge` */
export function refuseTooLarge(resource: object): void {
  if (Buffer.byteLength(JSON.stringify(resource)) <= RESOURCE_LIMIT) return;
  refuse('bodyTooLarge', {
    parameters: [RESOURCE_LIMIT],
    problem: `What is to be kept is larger than ${RESOURCE_LIMIT} bytes.`,
    remedy: 'Send less.',
    source: SOURCE.emulator,
  });
}

/** Returns a check of bodies by a schema: strict, nothing is coerced or dropped, and the first fault is named. */
export function bodyCheck(schema: TSchema): (body: unknown) => void {
  let compiled: TypeCheck<TSchema> | undefined;
  return (body) => {
    // Compiled at the first use: a start should not wait for it.
    compiled ??= TypeCompiler.Compile(schema);
    if (compiled.Check(body)) return;
    const error = compiled.Errors(body).First();
    if (error) refuseFault(error);
  };
}

function refuseFault(error: ValueError): never {
  const path = error.path.slice(1).split('/').map(unescapePointer);
  const field = path[0] ?? '';
  const shown = path
    .map((part, index) => (index > 0 && /^\d+$/.test(part) ? `[${part}]` : index > 0 ? `.${part}` : part))
    .join('');
  const source = SOURCE.page;
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return refuseMissing(shown, '', source);
    case ValueErrorType.ObjectAdditionalProperties:
      return refuse('invalidAttribute', {
        parameters: [shown],
        field,
        problem: `There is no attribute ${shown}.`,
        remedy: `Leave it out, or mend its name: there are ${namesOf(error.schema).join(', ')}.`,
        source: SOURCE.inferred,
      });
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
      return refuse('invalidAttribute', {
        parameters: [shown],
        field,
        problem: `Invalid attribute ${shown} specified.`,
        remedy: `Send ${describeValue(error.schema)}.`,
        source,
      });
    default:
      return refuse('wrongType', {
        parameters: [shown],
        field,
        problem: `The attribute ${shown} has the wrong type.`,
        remedy: `Send ${describeValue(error.schema)}.`,
        source,
      });
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
