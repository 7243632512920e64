import { Kind, type TObject, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, ValueErrorType, type TypeCheck } from '@sinclair/typebox/compiler';
import type { ValueError } from '@sinclair/typebox/value';
import { refuse, SOURCE } from '../kernel/conditions.js';

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

/**
 * Parses a body.
 *
 * @throws {Refusal} `malformedJson`, `notAnObject`
 */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('malformedJson', {
      problem: text.trim() === '' ? 'The body is empty.' : 'The body is not JSON.',
      remedy: 'Send a JSON object as the body.',
      source: SOURCE.atlasErrors,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('notAnObject', {
      problem: 'The body is JSON, but not an object.',
      remedy: 'Send a JSON object as the body.',
      source: SOURCE.atlasErrors,
    });
  }
  return value as Record<string, unknown>;
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

/** Returns a check of bodies by a schema: strict, nothing is coerced or dropped, and the first fault is named. */
export function bodyCheck(schema: TObject): (body: Record<string, unknown>) => void {
  let compiled: TypeCheck<TObject> | undefined;
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
        remedy: 'Leave it out, or mend its name.',
        source: SOURCE.inferred,
      });
    case ValueErrorType.StringPattern:
    case ValueErrorType.ArrayMaxItems:
    case ValueErrorType.ArrayUniqueItems:
    case ValueErrorType.StringMinLength:
    case ValueErrorType.StringMaxLength:
    case ValueErrorType.Union:
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

/** What a value must be, for a person to read. */
function describeValue(schema: TSchema): string {
  const rule = schema as TSchema & {
    pattern?: string;
    maxItems?: number;
    maxLength?: number;
    uniqueItems?: boolean;
    items?: TSchema;
    anyOf?: readonly { const?: unknown }[];
  };
  switch (rule[Kind]) {
    case 'String':
      if (rule.pattern !== undefined) return `a string that matches ${rule.pattern}`;
      return rule.maxLength === undefined ? 'a string' : `a string of at most ${rule.maxLength} characters`;
    case 'Array': {
      const most = rule.maxItems === undefined ? '' : ` of at most ${rule.maxItems} items`;
      return `an array${most}${rule.uniqueItems ? ', all different' : ''}${rule.items?.[Kind] === 'String' ? ', each a string' : ''}`;
    }
    case 'Union':
      return `one of ${(rule.anyOf ?? []).map((choice) => String(choice.const)).join(', ')}`;
    case 'Boolean':
      return 'true or false';
    default:
      return 'an object';
  }
}

function unescapePointer(part: string): string {
  return part.replace(/~1/g, '/').replace(/~0/g, '~');
}
