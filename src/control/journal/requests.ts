import { Type } from '@sinclair/typebox';
import { harOf, harSchema } from './har.js';
import type { Observed } from './observation.js';
import { controlGroup, type ControlOperation } from '../../http/operation.js';
import { refusedSchema, renderRefused, renderRequest, requestSchema } from './request-entry.js';
import { checkMatcher, criteria, matcherProperties, matches, requireWhole } from './request-matcher.js';
import { waitFor } from './waiting.js';

const number = (standard: number, minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Integer({ default: standard, minimum, maximum, description }));
const limit = (standard: number) => number(standard, 1, 1000, 'How many at the most.');

const requestsSchema = Type.Array(requestSchema, { description: 'The requests, oldest first.' });

const listQuery = Type.Object({ ...criteria, limit: limit(100) });
const refusedQuery = Type.Object({ limit: limit(20) });
const countBody = Type.Object(matcherProperties, { additionalProperties: false });
const waitBody = Type.Object(
  {
    ...matcherProperties,
    count: number(1, 1, 1000, 'How many are to have come.'),
    timeoutMs: number(5000, 0, 60_000, 'How long to wait.'),
  },
  { additionalProperties: false },
);

const requests = controlGroup('/requests', {
  scope: 'both',
  tag: { name: 'requests', description: 'What was called, and what was answered.' },
});

/** The operations on the journal: what was called, by whom, with what, what was answered and why. */
export function requestOperations(observed: Observed): ControlOperation[] {
  const { journal, version, operations } = observed;
  return [
    requests('GET', '', {
      id: 'listRequests',
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
        return { requests: found.map(renderRequest), cut, last: journal.last };
      },
    }),
    requests('GET', '/refused', {
      id: 'listRefusedRequests',
      summary: 'Lists the last refusals, newest first, each with its rule and what would have passed.',
      query: refusedQuery,
      response: Type.Object({
        requests: Type.Array(refusedSchema, { description: 'The refusals, newest first.' }),
      }),
      handle({ project, query }) {
        const refused = journal.select(project?.id).entries.flatMap((entry) => renderRefused(entry) ?? []);
        return { requests: refused.slice(-(query.limit ?? 20)).reverse() };
      },
    }),
    requests('POST', '/count', {
      id: 'countRequests',
      summary: 'Counts the requests that match; 410 where some of them may have been dropped.',
      body: { schema: countBody, optional: true },
      response: Type.Object({ count: Type.Integer({ description: 'How many match.' }) }),
      errors: [409, 410],
      handle({ project, body: matcher }) {
        checkMatcher(matcher, project?.id, operations);
        const selection = journal.select(project?.id, matcher.since);
        requireWhole(selection, matcher.since);
        return { count: selection.entries.filter((entry) => matches(entry, matcher)).length };
      },
    }),
    requests('POST', '/wait', {
      id: 'waitForRequests',
      summary:
        'Answers once as many requests have come as are asked for; 408 if they do not, 410 if they may have been dropped.',
      body: { schema: waitBody, optional: true },
      response: Type.Object({ requests: requestsSchema }),
      errors: [408, 409, 410, 503],
      handle({ project, body: wanted, reply }) {
        checkMatcher(wanted, project?.id, operations);
        return waitFor(observed, project?.id, wanted, reply);
      },
    }),
    requests('DELETE', '', {
      id: 'forgetRequests',
      summary: 'Forgets the requests; later lists and counts begin here.',
      status: 204,
      handle({ project }) {
        journal.forget(project?.id);
      },
    }),
    requests('GET', '.har', {
      id: 'exportRequests',
      summary: 'Exports the requests as an HTTP Archive (HAR 1.2), secrets removed.',
      response: harSchema,
      handle: ({ project }) => harOf(journal.select(project?.id).entries, version),
    }),
  ];
}
