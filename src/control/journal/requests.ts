import { Type } from '@sinclair/typebox';
import { controlGroup, type ControlOperation } from '../../http/operation.js';
import { integer, strict, within } from '../../http/schema.js';
import { harOf, harSchema } from './har.js';
import type { Observed } from './observation.js';
import { refusedSchema, renderLine, renderRequest, requestSchema } from './request.js';
import { checkMatcher, criteria, matcherProperties, matches, requireWhole } from './request-matcher.js';
import { waitFor } from './wait.js';

const limit = (standard: number) => within(1, 1000, 'How many at the most.', { default: standard });

const requestsSchema = Type.Array(requestSchema, { description: 'The requests, oldest first.' });

const requests = controlGroup('/requests', {
  scope: 'both',
  tag: { name: 'requests', description: 'What was called, and what was answered.' },
});

/** The operations on the journal: what was called, by whom, with what, what was answered and why. */
export function requestOperations(observed: Observed): ControlOperation[] {
  const { journal, operations } = observed;
  return [
    requests('GET', '', {
      id: 'listRequests',
      summary: 'Lists the last requests that match, newest last.',
      query: Type.Object({ ...criteria, limit: limit(100) }),
      response: Type.Object({
        requests: requestsSchema,
        cut: integer('Highest number of a request that was dropped for want of room.'),
        last: integer('Number of the last event; since takes it.'),
      }),
      handle({ project, query }) {
        checkMatcher(query, project?.id, operations);
        const { entries, cut } = journal.select(project?.id, query.since);
        const found = entries.filter((entry) => matches(entry, query)).slice(-query.limit);
        return { requests: found.map(renderRequest), cut, last: journal.last };
      },
    }),
    requests('GET', '/refused', {
      id: 'listRefusedRequests',
      summary: 'Lists the last refusals, newest first, each with its rule and what would have passed.',
      query: Type.Object({ limit: limit(20) }),
      response: Type.Object({
        requests: Type.Array(refusedSchema, { description: 'The refusals, newest first.' }),
      }),
      handle({ project, query }) {
        const refused = journal.select(project?.id).entries.filter(({ detail }) => detail.condition);
        return { requests: refused.slice(-query.limit).reverse().map(renderLine) };
      },
    }),
    requests('POST', '/count', {
      id: 'countRequests',
      summary: 'Counts the requests that match; 410 where some of them may have been dropped.',
      body: { schema: Type.Object(matcherProperties, strict), optional: true },
      response: Type.Object({ count: integer('How many match.') }),
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
      body: {
        schema: Type.Object(
          {
            ...matcherProperties,
            count: Type.Optional(within(1, 1000, 'How many are to have come.', { default: 1 })),
            timeoutMs: Type.Optional(within(0, 60_000, 'How long to wait.', { default: 5000 })),
          },
          strict,
        ),
        optional: true,
      },
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
      handle: ({ project }) => harOf(journal.select(project?.id).entries),
    }),
  ];
}
