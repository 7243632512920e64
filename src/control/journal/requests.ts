import { Type } from '@sinclair/typebox';
import type { Clock } from '../../kernel/clock.js';
import { harOf, harSchema } from './har.js';
import type { Journal } from './journal.js';
import type { Ongoing } from './ongoing.js';
import { controlOperation, type AnyControlOperation } from '../operation.js';
import type { NamedOperations } from '../operation-names.js';
import { refusedSchema, requestSchema, shownRefused, shownRequest } from './request-entry.js';
import {
  checkMatcher,
  criteria,
  matcherProperties,
  matches,
  requireWhole,
  type Matcher,
} from './request-matcher.js';
import { waitFor } from './waiting.js';

/** What the operations on requests stand on. */
export interface RequestParts {
  readonly journal: Journal;
  /** The machine's: nobody who waits is held up by a clock that was stopped. */
  readonly clock: Clock;
  readonly ongoing: Ongoing;
  /** Of the emulator, for archives. */
  readonly version: string;
  /** Those of Atlas that are emulated. */
  readonly operations: NamedOperations;
}

const limit = (standard: number) =>
  Type.Optional(
    Type.Integer({ default: standard, minimum: 1, maximum: 1000, description: 'How many at the most.' }),
  );

const requestsSchema = Type.Array(requestSchema, { description: 'The requests, oldest first.' });

const listQuery = Type.Object({ ...criteria, limit: limit(100) });
const refusedQuery = Type.Object({ limit: limit(20) });
const countBody = Type.Object(matcherProperties, { additionalProperties: false });
const waitBody = Type.Object(
  {
    ...matcherProperties,
    count: Type.Optional(
      Type.Integer({ default: 1, minimum: 1, maximum: 1000, description: 'How many are to have come.' }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({ default: 5000, minimum: 0, maximum: 60_000, description: 'How long to wait.' }),
    ),
  },
  { additionalProperties: false },
);

/** The operations on the journal: what was called, by whom, with what, what was answered and why. */
export function requestOperations(parts: RequestParts): AnyControlOperation[] {
  const { journal, version, operations } = parts;
  return [
    controlOperation({
      id: 'listRequests',
      method: 'GET',
      path: '/requests',
      scope: 'both',
      summary: 'Lists the last requests that match, newest last.',
      query: listQuery,
      response: Type.Object({
        requests: requestsSchema,
        cut: Type.Integer({ description: 'Highest number of a request that was dropped for want of room.' }),
        last: Type.Integer({ description: 'Number of the last event; since takes it.' }),
      }),
      handle({ project, query }) {
        checkMatcher(query, project?.id, operations);
        const { entries, cut } = journal.select(project?.id, query.since);
        const found = entries.filter((entry) => matches(entry, query)).slice(-(query.limit ?? 100));
        return { requests: found.map(shownRequest), cut, last: journal.last };
      },
    }),
    controlOperation({
      id: 'listRefusedRequests',
      method: 'GET',
      path: '/requests/refused',
      scope: 'both',
      summary: 'Lists the last refusals, newest first, each with its rule and what would have passed.',
      query: refusedQuery,
      response: Type.Object({
        requests: Type.Array(refusedSchema, { description: 'The refusals, newest first.' }),
      }),
      handle({ project, query }) {
        const refused = journal.select(project?.id).entries.flatMap((entry) => shownRefused(entry) ?? []);
        return { requests: refused.slice(-(query.limit ?? 20)).reverse() };
      },
    }),
    controlOperation({
      id: 'countRequests',
      method: 'POST',
      path: '/requests/count',
      scope: 'both',
      summary: 'Counts the requests that match; 410 where some of them may have been dropped.',
      body: countBody,
      bodyOptional: true,
      response: Type.Object({ count: Type.Integer({ description: 'How many match.' }) }),
      errors: [409, 410],
      handle({ project, body }) {
        const matcher: Matcher = sent(body);
        checkMatcher(matcher, project?.id, operations);
        const selection = journal.select(project?.id, matcher.since);
        requireWhole(selection, matcher.since);
        return { count: selection.entries.filter((entry) => matches(entry, matcher)).length };
      },
    }),
    controlOperation({
      id: 'waitForRequests',
      method: 'POST',
      path: '/requests/wait',
      scope: 'both',
      summary:
        'Answers once as many requests have come as are asked for; 408 if they do not, 410 if they may have been dropped.',
      body: waitBody,
      bodyOptional: true,
      response: Type.Object({ requests: requestsSchema }),
      errors: [408, 409, 410, 503],
      handle({ project, body, reply }) {
        const wanted = sent(body);
        checkMatcher(wanted, project?.id, operations);
        return waitFor(parts, project?.id, wanted, reply);
      },
    }),
    controlOperation({
      id: 'forgetRequests',
      method: 'DELETE',
      path: '/requests',
      scope: 'both',
      summary: 'Forgets the requests; later lists and counts begin here.',
      status: 204,
      handle({ project }) {
        journal.forget(project?.id);
      },
    }),
    controlOperation({
      id: 'exportRequests',
      method: 'GET',
      path: '/requests.har',
      scope: 'both',
      summary: 'Exports the requests as an HTTP Archive (HAR 1.2), secrets removed.',
      response: harSchema,
      handle: ({ project }) => harOf(journal.select(project?.id).entries, version),
    }),
  ];
}

/** A body that may be left out. */
function sent<Body extends object>(body: Body | undefined): Partial<Body> {
  return body ?? {};
}
