import { Type } from '@sinclair/typebox';
import { controlGroup, type ControlOperation } from '../../http/operation.js';
import { integer, strict, within } from '../../http/schema.js';
import type { RequestDetail } from '../../kernel/events.js';
import { harOf, harSchema } from './har.js';
import type { Observed } from './observation.js';
import { refusedSchema, renderLine, renderRequest, requestSchema } from './request.js';
import { checkMatcher, criteria, matcherProperties, matches, requireWhole } from './request-matcher.js';
import { waitFor, wantedSchema } from './wait.js';

const limit = (standard: number) => within(1, 1000, 'The maximum number of requests.', { default: standard });

const requestsSchema = Type.Array(requestSchema, { description: 'The requests, oldest first.' });

const requests = controlGroup('/requests', {
  scope: 'both',
  tag: { name: 'requests', description: 'Recorded requests and their responses.' },
});

/** The operations on recorded requests. */
export function requestOperations(observed: Observed): ControlOperation[] {
  const { journal, operations } = observed;
  return [
    requests('GET', '', {
      id: 'listRequests',
      summary: 'Lists the last requests that match, oldest first.',
      query: Type.Object({ ...criteria, limit: limit(100) }),
      response: Type.Object({
        requests: requestsSchema,
        cut: integer('The highest number of an evicted request; 0 if none was evicted.'),
        last: integer('The number of the last event, for since.'),
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
      summary: 'Lists the last refused requests, newest first, with the reason of each and what would pass.',
      query: Type.Object({
        limit: limit(20),
        all: Type.Boolean({
          default: false,
          description: 'Whether digest challenges that the client then answered are listed too.',
        }),
      }),
      response: Type.Object({
        requests: Type.Array(refusedSchema, { description: 'The refused requests, newest first.' }),
      }),
      handle({ project, query }) {
        const { entries } = journal.select(project?.id);
        const answered = new Set(entries.map(({ detail }) => detail.nonce));
        const refused = entries.filter(
          ({ detail }) => detail.condition && (query.all || !answered.has(challengeOf(detail))),
        );
        return { requests: refused.slice(-query.limit).reverse().map(renderLine) };
      },
    }),
    requests('POST', '/count', {
      id: 'countRequests',
      summary: 'Counts the requests that match; 410 if some of them may have been evicted.',
      body: { schema: Type.Object(matcherProperties, strict), optional: true },
      response: Type.Object({ count: integer('The number of requests that match.') }),
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
        'Waits until a number of requests match; 408 after the timeout, or 410 if some may have been evicted.',
      body: { schema: wantedSchema, optional: true },
      response: Type.Object({ requests: requestsSchema }),
      errors: [408, 409, 410, 503],
      handle({ project, body: wanted, reply }) {
        checkMatcher(wanted, project?.id, operations);
        return waitFor(observed, project?.id, wanted, reply);
      },
    }),
    requests('DELETE', '', {
      id: 'forgetRequests',
      summary: 'Deletes the recorded requests; later lists and counts begin here.',
      status: 204,
      handle({ project }) {
        journal.forget(project?.id);
      },
    }),
    requests('GET', '.har', {
      id: 'exportRequests',
      summary: 'Exports the requests as an HTTP Archive (HAR 1.2), with secrets redacted.',
      response: harSchema,
      handle: ({ project }) => harOf(journal.select(project?.id).entries),
    }),
  ];
}

/**
 * The nonce of a challenge that is no mistake of the client: the request had no credentials, as the first one of HTTP
 * digest, or right ones with an old nonce. The empty text, which is no nonce, for any other refusal.
 */
function challengeOf({ condition, request, response }: RequestDetail): string {
  const challenge = response.headers['www-authenticate'] ?? '';
  const isExpected = request.headers.authorization === undefined || challenge.endsWith('stale=true');
  if (condition?.name !== 'unauthenticated' || !isExpected) return '';
  return /nonce="([^"]+)"/.exec(challenge)?.[1] ?? '';
}
