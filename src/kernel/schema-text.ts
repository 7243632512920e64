import { Kind, type TSchema } from '@sinclair/typebox';

/** A JSON pointer as a person writes it: `organizations[0].projects[1].id`. */
export function pathOfPointer(pointer: string): string {
  const [first = '', ...rest] = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
  return first + rest.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('');
}

/** How long a text may be. */
function lengthOf(least = 0, most?: number): string {
  if (most !== undefined) return ` of ${least > 0 ? `${least} to` : 'at most'} ${most} characters`;
  return least > 0 ? ' that is not empty' : '';
}

/** What a value must be, for a person to read: what the schema says of it as `wanted`, else what follows from its type. */
export function describeValue(schema: TSchema): string {
  const rule = schema as TSchema & {
    wanted?: string;
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
  if (rule.wanted !== undefined) return rule.wanted;
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

/** The names of the attributes that an object has. */
export function namesOf(schema: TSchema): string[] {
  return Object.keys(propertiesOf(schema));
}
