import { METHODS } from 'node:http';
import { Type, type Static, type TObject } from '@sinclair/typebox';
import { contains, currentOperation, parsed } from '../../http/faults/rule.js';
import { STEPS } from '../../http/observation/exchange.js';
import { text, within } from '../../http/schema.js';
import { hasForm, pathWithoutQuery } from '../../http/paths.js';
import { LARGEST_INTEGER } from '../../http/steps/query.js';
import { asciiUpperCase } from '../../kernel/ids.js';
import { ControlError } from '../../http/control-error.js';
import type { AtlasOperation } from '../../http/operation.js';
import { checkOperation } from '../faults/fault-check.js';
import type { Entry, Selection } from './journal.js';
import { stepSchema } from './request.js';

/** Criteria that select requests, in queries and bodies. */
export const criteria = Type.Partial(
  Type.Object({
    operation: text('operationId, such as createGroup; createToken and revokeToken for the token endpoints.'),
    method: text('HTTP method.'),
    path: text('Path. The query of a request is compared only if this has one. Each * matches any text.'),
    caller: text('Public key or client id of the caller.'),
    status: within(0, 599, 'Status of the response; 0 if none was sent.'),
    rung: stepSchema,
    since: within(0, LARGEST_INTEGER, 'Only requests with a higher number.'),
  }),
).properties;

/** Criteria in a body. */
export const matcherProperties = {
  ...criteria,
  body: Type.Optional(
    Type.Unknown({
      description:
        'A part of the JSON body: an object matches one with more members, an array item by item, all else by value. ' +
        'Refused requests have a body too, such as those that a client repeats with digest credentials.',
    }),
  ),
};

/** Criteria that are compared for equality. */
const EXACT = ['operation', 'caller', 'status', 'rung', 'method'] as const;

export type Matcher = Static<TObject<typeof matcherProperties>>;

/**
 * Checks what the schema cannot express. A criterion that no request can meet would match nothing, and a test that
 * expects no request would pass.
 *
 * @param project the project in scope; undefined for the whole server
 * @throws {ControlError} 400
 */
export function checkMatcher(
  { operation, method, path, rung }: Matcher,
  project: string | undefined,
  operations: readonly AtlasOperation[],
): void {
  if (operation !== undefined) {
    const elsewhere = 'no request of a project has it: ask /_emulator/requests';
    checkOperation(currentOperation(operation), project, operations, elsewhere);
  }
  if (method !== undefined && !METHODS.includes(asciiUpperCase(method))) {
    throw new ControlError(400, `There is no method ${method}: send one such as POST.`);
  }
  if (path !== undefined && !/^[/*]/.test(path)) {
    throw new ControlError(400, `The path ${path} begins with neither / nor *: no request has it.`);
  }
  // A query parameter can be any text.
  if (rung !== undefined && !STEPS.includes(rung)) {
    throw new ControlError(400, `There is no step ${rung}. Send one of: ${STEPS.join(', ')}.`);
  }
}

/**
 * Whether a request matches.
 *
 * @throws {ControlError} 409 if its body was cut, so that it cannot be compared
 */
export function matches({ event: { seq, data }, detail }: Entry, matcher: Matcher): boolean {
  const { path, body } = matcher;
  const exact = {
    ...matcher,
    ...(matcher.operation && { operation: currentOperation(matcher.operation) }),
    ...(matcher.method && { method: asciiUpperCase(matcher.method) }),
  };
  if (EXACT.some((key) => exact[key] !== undefined && data[key] !== exact[key])) return false;
  const sentPath = path?.includes('?') ? data.path : pathWithoutQuery(data.path);
  if (path !== undefined && !hasForm(sentPath, path)) return false;
  if (body === undefined) return true;
  const { request } = detail;
  if (request.truncated) {
    const problem = `The body of request ${seq} was too long, or not all of it arrived, so it cannot be compared`;
    throw new ControlError(409, `${problem}. Match without body, or by since.`);
  }
  return contains(parsed(request.body), body, 'all items');
}

/**
 * Checks that nothing is missing from a selection, so that its requests can be counted.
 *
 * @param since where the count begins; undefined for where the scope begins
 * @throws {ControlError} 410 if some were evicted or deleted
 */
export function requireWhole({ cut, floor }: Selection, since: number | undefined): void {
  const start = since ?? floor;
  const deleted = start < floor;
  const end = deleted ? floor : cut;
  if (start >= end) return;
  const how = deleted ? 'deleted' : 'evicted, for lack of memory or with their project';
  const problem = `Requests up to ${end} were ${how}, so those since ${start} cannot be counted`;
  const others = deleted ? ', or without since' : ' or later, or DELETE the requests before what is counted';
  throw new ControlError(410, `${problem}. Count since ${end}${others}.`);
}
