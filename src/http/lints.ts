import type { TSchema } from '@sinclair/typebox';
import { readFixture } from '../version.js';
import { distanceOf } from './known-paths.js';
import type { AtlasOperation } from './operation.js';
import { acceptedDates } from './steps/version.js';

/** Something that Atlas takes, and that the client can hardly mean. */
export interface Lint {
  /** A rule of `fixtures/contract/rules.json`. */
  readonly rule: string;
  /** The parameter, field or date that it is about. */
  readonly subject: string;
  /** What is wrong, as a sentence without values that a client has sent. */
  readonly problem: string;
  /** What to send instead, as a sentence. */
  readonly mend: string;
}

const DAY_MS = 86_400_000;

/** How many unknown parameters of a request are looked at. */
const MOST_NAMES = 10;

/** The lints of the names in a query. */
export function queryLints(operation: AtlasOperation, names: readonly string[]): Lint[] {
  const own = Object.keys(operation.query.properties);
  const unknown = [...new Set(names)].filter((name) => !own.includes(name)).slice(0, MOST_NAMES);
  if (unknown.length === 0) return [];
  const described = describedQuery(operation);
  const known = [...new Set([...own, ...(described ?? [])])];
  return unknown.flatMap((name): Lint[] => {
    const near = name.length > 3 ? known.find((one) => distanceOf(one, name) <= 2) : undefined;
    if (known.includes(name) || (!described && near === undefined)) return [];
    const mend = near === undefined ? `Leave it out: there are ${known.join(', ')}.` : `Send ${near}.`;
    const subject = /^[\w$.-]{1,60}$/.test(name) ? name : '(a name with special characters)';
    const problem = `The operation ${operation.id} has no query parameter ${subject}.`;
    return [{ rule: 'unknownQueryParameter', subject, problem, mend }];
  });
}

/** The lints of `Accept`. */
export function versionLints(
  { id, versions }: AtlasOperation,
  accept: string | undefined,
  version: string | undefined,
  today: number,
): Lint[] {
  const found: Lint[] = [];
  const [date = ''] = acceptedDates(accept);
  const now = new Date(today).toISOString().slice(0, 10);
  if (date > new Date(today + DAY_MS).toISOString().slice(0, 10)) {
    const problem = `Accept names ${date}, and today is ${now}.`;
    found.push({ rule: 'versionAhead', subject: date, problem, mend: `Send a date up to ${now}.` });
  }
  const newest = versions.at(-1) ?? '';
  if (version !== undefined && version < newest) {
    const problem = `The version ${version} of ${id} is deprecated.`;
    found.push({ rule: 'deprecatedVersion', subject: version, problem, mend: `Send the date ${newest}.` });
  }
  return found;
}

/** The lints of a JSON body that was taken. */
export function bodyLints({ id, body }: AtlasOperation, sent: unknown): Lint[] {
  if (!body || typeof sent !== 'object' || sent === null || Array.isArray(sent)) return [];
  const fields = sent as Readonly<Record<string, unknown>>;
  const readOnly = readOnlyNames(body).filter((name) => (fields[name] ?? '') !== '');
  return [
    ...readOnly.map((subject) => ({
      rule: 'readOnlyField',
      subject,
      problem: `${id} ignores ${subject}, which only the server sets.`,
      mend: `Leave ${subject} out.`,
    })),
    ...(body.lints?.(fields) ?? []),
  ];
}

const readOnlyOf = new WeakMap<object, readonly string[]>();

/** The fields of a body that only the server sets. */
function readOnlyNames(body: NonNullable<AtlasOperation['body']>): readonly string[] {
  const known = readOnlyOf.get(body);
  if (known) return known;
  const { properties = {} } = (body.shown ?? body.schema) as {
    properties?: Readonly<Record<string, TSchema>>;
  };
  const names = Object.keys(properties).filter((name) => properties[name]?.readOnly === true);
  readOnlyOf.set(body, names);
  return names;
}

/** The query parameters that Atlas's description has for an operation; undefined if it lacks the operation. */
function describedQuery({ method, path }: AtlasOperation): readonly string[] | undefined {
  described ??= readFixture('contract/description.json') as typeof described;
  const name = `${method} ${path.replace(/:(\w+)/g, '{$1}')}`;
  const { parameters } = described?.operations[name] ?? {};
  return parameters && Object.keys(parameters).flatMap((key) => /^query (\w+)$/.exec(key)?.[1] ?? []);
}

/** Read for the first parameter that an operation does not have: most clients send none. */
let described: { readonly operations: Readonly<Record<string, { readonly parameters: object }>> } | undefined;
