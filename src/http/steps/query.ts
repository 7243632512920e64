import { Type, Kind, type Static, type TObject, type TSchema } from '@sinclair/typebox';
import { describeValue } from '../../kernel/schema-text.js';
import { defineCondition, SOURCE } from '../../profiles/index.js';
import { flag, within } from '../schema.js';

const MISSING = 'The required query parameter %s was not specified.';

/** A number that no page, request or event reaches; past it the offset of a page would stop being exact. */
export const LARGEST_INTEGER = 1_000_000_000;

/** Query parameters of every operation (source page). */
export const flagsQuery = Type.Object({
  envelope: flag(
    'Wraps the answer for clients that see neither status nor headers: `{"status": …, "content": …}`, and ' +
      '`status` beside `results` in a list.',
    { default: false },
  ),
  pretty: flag('Indents the answer.', { default: false }),
});

/** Query parameters of every list (Atlas's public description). */
export const pagingQuery = Type.Object({
  ...flagsQuery.properties,
  itemsPerPage: within(1, 500, 'How many items a page has.', { default: 100 }),
  pageNum: within(1, LARGEST_INTEGER, 'Which page to return, from 1.', { default: 1 }),
});

export type Flags = Static<typeof flagsQuery>;
export type Paging = Pick<Static<typeof pagingQuery>, 'itemsPerPage' | 'pageNum'>;

/** A query parameter has a value that it cannot have, or is there twice. Unknown parameters are tolerated. */
export const invalidQueryParameter = defineCondition('invalidQueryParameter', {
  observed: [400, 'INVALID_QUERY_PARAMETER', 'Invalid query parameter %s specified.', SOURCE.atlasErrors],
  rule: [SOURCE.inferred],
  settledBy: 'GET /api/atlas/v2/groups?pageNum=x',
  problem: (name: string, _remedy: string) => `The query parameter ${name} has a value that it cannot have.`,
  remedy: (_name, remedy) => remedy,
  example: ['envelope', 'Send true or false.'],
});

/** A query parameter that the operation needs is missing. */
export const missingQueryParameter = defineCondition('missingQueryParameter', {
  observed: [400, 'MISSING_QUERY_PARAMETER', MISSING, SOURCE.atlasErrors],
  rule: [SOURCE.description],
  problem: (name: string, _value: string) => `The query parameter ${name} is missing.`,
  remedy: (name, value) => `Send ${name}: ${value}.`,
  example: ['cloudProvider', 'aws, azure or gcp'],
});

/**
 * Reads the parameters of the schema, defaults filled in. Others are tolerated: clients send parameters that an
 * operation does not have (read in clients).
 *
 * @throws {Refusal} `missingQueryParameter`, `invalidQueryParameter`
 */
export function readQuery(schema: TObject, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(schema.properties)) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    if (value !== undefined && (value !== '' || rule[Kind] !== 'String'))
      read[name] = valueOf(name, rule, value);
    else if (rule.default === undefined && schema.required?.includes(name)) {
      throw missingQueryParameter(name, describe(rule));
    } else read[name] = rule.default as unknown;
  }
  return read;
}

/** The flags of a request that may be refused before its query is looked at: what is wrong in them counts as not sent. */
export function lenientFlags(raw: Readonly<Record<string, unknown>>): Flags {
  return { envelope: raw.envelope === 'true', pretty: raw.pretty === 'true' };
}

/** The value that a parameter was sent with. @throws {Refusal} `invalidQueryParameter` */
function valueOf(name: string, rule: TSchema, sent: unknown): unknown {
  const value = typeof sent === 'string' ? coerce(rule, sent) : undefined;
  if (value !== undefined) return value;
  const twice = Array.isArray(sent) ? ' (it is there twice)' : '';
  const problem = `The query parameter ${name} has a value that it cannot have${twice}.`;
  throw invalidQueryParameter(name, `Send ${describe(rule)}.`).because({ problem });
}

function coerce(rule: TSchema, text: string): unknown {
  switch (rule[Kind]) {
    case 'Boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'Integer': {
      const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
      const { minimum = 0, maximum = LARGEST_INTEGER } = rule as { minimum?: number; maximum?: number };
      return value >= minimum && value <= maximum ? value : undefined;
    }
    default: {
      const { pattern } = rule as { pattern?: string };
      return pattern === undefined || new RegExp(pattern).test(text) ? text : undefined;
    }
  }
}

function describe(rule: TSchema): string {
  const isText = rule[Kind] !== 'Boolean' && rule[Kind] !== 'Integer';
  return (isText ? rule.description?.replace(/\.$/, '') : undefined) ?? describeValue(rule);
}
