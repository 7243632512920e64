import { STATUS_CODES } from 'node:http';
import type { Decision } from '../kernel/events.js';
import { readFixture } from '../version.js';
import type { ErrorKey, Profile, ProfileName } from './profile.js';

/** Where a rule or an answer was learned. */
export const SOURCE = {
  page: "the API's documentation page",
  recorded: 'recorded from Atlas',
  client: "read in a client's source",
  atlasErrors: "Atlas's error codes, as recordings and client sources have them",
  documentation: 'Atlas documentation',
  errorCodes: "MongoDB's documentation of the API's error codes",
  tools: "stated by MongoDB's own tools",
  description: "Atlas's public API description",
  bearer: 'RFC 6750, section 3.1',
  digest: 'RFC 7616, section 3.4',
  digestResponse: 'RFC 7616, section 3.4.1',
  digestNonce: 'RFC 7616, section 3.4.5',
  digestUri: 'RFC 7616, section 3.4.6',
  standard: "the status is that of RFC 9110; code and text are the emulator's own",
  inferred: 'inferred',
  emulator: "the emulator's own",
} as const;

/** One of the {@link SOURCE}s, in the words of every reason and of docs/errors.md. */
export type Source = (typeof SOURCE)[keyof typeof SOURCE];

/** One of the two sentences that the source page has for errors; for the documented row of a 404. */
export const CANNOT_FIND = 'Cannot find resource %s';

/** How a profile answers a condition. */
export interface ErrorRow {
  readonly status: number;
  readonly errorCode: string;
  /** The text, each `%s` a parameter of the condition. Without one, the answer shows problem and remedy. */
  readonly detail?: string;
  /** Where the row was learned. */
  readonly source: Source;
  /** The body's keys, in order, if they differ from the profile's. */
  readonly keys?: readonly ErrorKey[];
  /** There is no body, no `Content-Type` and no `X-Error-Code`, whatever `envelope` says. */
  readonly empty?: true;
  /** The body is indented without `pretty`. */
  readonly indented?: true;
  /** The body is that of OAuth: `error_description` and `error` (RFC 6749, section 5.2; order as documented by Atlas). */
  readonly oauth?: true;
}

type Parameter = string | number;

/** Arguments that begin with a parameter for each `%s` of a text. */
type ArgumentsFor<Text extends string> = Text extends `${string}%s${infer Rest}`
  ? readonly [Parameter, ...ArgumentsFor<Rest>]
  : readonly unknown[];

/** A condition of one request: what is wrong with it, and how both profiles answer. */
export interface Condition extends Decision {
  /** Values for the `%s` of the text, in order; Atlas repeats them as `parameters`. */
  readonly parameters: readonly Parameter[];
  /** The field of the body that the condition concerns. */
  readonly field?: string;
  readonly rows: Readonly<Record<ProfileName, ErrorRow>>;
}

/** An error that ends a request with a condition. Thrown by any step, answered in one place. */
export class Refusal extends Error {
  constructor(readonly condition: Condition) {
    // A stack, which nobody reads, would be a quarter of the cost of a 404.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(condition.problem);
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** The same refusal for a more special reason. */
  because(reason: Partial<Pick<Condition, 'problem' | 'remedy' | 'source'>>): Refusal {
    const { problem, remedy, ...rest } = { ...this.condition, ...reason };
    return new Refusal({ ...rest, problem: bounded(problem), remedy: bounded(remedy) });
  }
}

/** A text, or a function of the arguments with which a condition is raised. */
type Text<Values extends readonly unknown[]> = string | ((...values: Values) => string);

/** The declaration of a condition. */
interface Declaration<Detail extends string, Values extends ArgumentsFor<Detail>> {
  /** Status, code, text with a `%s` for each parameter, and where these were learned. */
  readonly observed: readonly [status: number, errorCode: string, detail: Detail, source: Source];
  /** Where the rule was learned, the usual source first; by default where the observed row was. */
  readonly rule?: readonly [Source, ...Source[]];
  /** The call against real Atlas that would settle what is inferred. */
  readonly settledBy?: string;
  /** How the observed body differs from the profile's usual form. */
  readonly form?: Pick<ErrorRow, 'empty' | 'keys' | 'indented' | 'oauth'>;
  /** What the source page replaces in the observed row. */
  readonly documented?: Pick<Partial<ErrorRow>, 'status' | 'detail' | 'source'>;
  /** The field of the body that the condition concerns. */
  readonly field?: Text<Values>;
  /** What is wrong with one request. Its first parameters are those of the text, one for each `%s`. */
  readonly problem: Text<Values>;
  /** What would pass. Neither sentence holds secrets. */
  readonly remedy: Text<Values>;
  /** Arguments for the examples of the OpenAPI document. */
  readonly example: NoInfer<Values>;
}

/** A declared condition. A call returns the error to throw; `name` is the condition's name. */
export interface ConditionType<in Values extends readonly unknown[] = never> {
  (...values: Values): Refusal;
  readonly name: string;
  readonly settledBy: string | undefined;
  /** The sources of the rule. */
  readonly rule: readonly Source[];
  readonly rows: Condition['rows'];
  readonly example: Condition;
}

/**
 * Declares a condition, once, for refusals, OpenAPI examples and docs/errors.md, which says when a request meets it in the
 * words of its JSDoc.
 *
 * @example throw projectNotFound(id);
 */
export function defineCondition<const Detail extends string, Values extends ArgumentsFor<Detail>>(
  name: string,
  declaration: Declaration<Detail, Values>,
): ConditionType<Values> {
  const { settledBy, form, field, problem, remedy, example } = declaration;
  const [status, errorCode, detail, source] = declaration.observed;
  const { rule = [source] } = declaration;
  const observed: ErrorRow = { status, errorCode, detail, source, ...form };
  // A status that the source page shows gets the page's code.
  const page: ErrorRow = { status, errorCode, source, ...declaration.documented };
  const code = PAGE_CODES[page.status];
  const documented = code === undefined ? page : { ...page, errorCode: code, source: SOURCE.page };
  // The page does not show the token endpoints.
  const rows = { observed, documented: form?.oauth ? observed : documented };
  const condition = (values: Values): Condition => ({
    name,
    parameters: values.slice(0, detail.split('%s').length - 1) as Parameter[],
    source: rule[0],
    rows,
    problem: textOf(problem, values),
    remedy: textOf(remedy, values),
    ...(field !== undefined && { field: textOf(field, values) }),
  });
  const raise = (...values: Values): Refusal => {
    const short = values.map((value) => (typeof value === 'string' ? bounded(value) : value));
    return new Refusal(condition(short as unknown as Values));
  };
  const type = Object.assign(raise, { settledBy, rule, rows, example: condition(example) });
  return Object.defineProperty(type, 'name', { value: name });
}

/** The longest text of a client that an error repeats, in characters: as long as the longest path. */
const LONGEST = 16 * 1024;

/** A text that is no longer, for errors are recorded. A copy: a slice would keep the whole text in memory. */
const bounded = (text: string): string =>
  text.length > LONGEST ? `${Buffer.from(text.slice(0, LONGEST)).toString()}…` : text;

const textOf = <Values extends readonly unknown[]>(text: Text<Values>, values: Values): string =>
  typeof text === 'string' ? text : text(...values);

/** The one code that the source page shows for a status, an example each, as it says itself. */
const PAGE_CODES = readFixture('page-codes.json') as Readonly<Record<number, string>>;

/**
 * Returns the error that a profile answers a condition with. Its body is undefined if there is none, not even an
 * envelope.
 *
 * @param forced the status, where it is not that of the row
 * @throws {Error} if the row's text has a `%s` without a parameter
 */
export function dress(profile: Profile, condition: Condition, forced?: number) {
  const row = condition.rows[profile.name];
  const status = forced ?? row.status;
  const all: Record<ErrorKey, unknown> = {
    detail:
      row.detail === undefined ? `${condition.problem} ${condition.remedy}` : fill(row.detail, condition),
    error: status,
    errorCode: row.errorCode,
    parameters: condition.parameters,
    reason: STATUS_CODES[status],
  };
  const shown: Readonly<Record<string, unknown>> = row.oauth
    ? { error_description: all.detail, error: row.errorCode }
    : Object.fromEntries((row.keys ?? profile.errorKeys).map((key) => [key, all[key]]));
  const { errorCode, indented = false } = row;
  return { status, errorCode, body: row.empty ? undefined : shown, indented };
}

function fill(template: string, { name, parameters }: Condition): string {
  let next = 0;
  return template.replace(/%s/g, () => {
    const value = parameters[next++];
    if (value === undefined) throw new Error(`the condition ${name} lacks a parameter of "${template}"`);
    return String(value);
  });
}
