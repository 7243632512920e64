import { STATUS_CODES } from 'node:http';
import { Type, type Static } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import { ControlError } from '../../http/control-error.js';
import { controlGroup, type AtlasOperation, type ControlOperation } from '../../http/operation.js';
import { JSON_UTF8, OtherAnswer } from '../../http/replies/respond.js';
import { flag, integer, list, strict, within } from '../../http/schema.js';
import type { Clock } from '../../kernel/clock.js';
import type { EventBus, RequestDetail } from '../../kernel/events.js';
import { harOf, harSchema } from './har.js';
import type { Entry, Journal } from './journal.js';
import { challengeOf } from './related.js';
import { refusedSchema, renderLine, renderRequest, requestSchema } from './request.js';
import { checkMatcher, criteria, matcherProperties, matches, requireWhole } from './request-matcher.js';

/** Dependencies of the operations on the journal and of the event stream. */
export interface Observed {
  readonly events: EventBus;
  /** The machine's clock: a client that watches is not held up by a clock that was stopped. */
  readonly clock: Clock;
  /** The operations of Atlas that are emulated. */
  readonly operations: readonly AtlasOperation[];
  readonly journal: Journal;
  /** Aborted before the server closes, which waits for every connection: ends streams and waits. */
  readonly closing: AbortSignal;
}

const limit = (standard: number) => within(1, 1000, 'The maximum number of requests.', { default: standard });

const requestsSchema = list('The requests, oldest first.', requestSchema);

const requests = controlGroup('/requests', { scope: 'both', tag: 'Recorded requests and their responses.' });

/** Which requests are awaited, how many, and for how long. */
const wantedSchema = Type.Object(
  {
    ...matcherProperties,
    count: Type.Optional(within(1, 1000, 'The number of requests to wait for.', { default: 1 })),
    timeoutMs: Type.Optional(within(0, 60_000, 'The timeout, in milliseconds.', { default: 5000 })),
  },
  strict,
);

/** How many of the requests that did not match an answer mentions. */
const OTHERS_SHOWN = 10;

/** The operations on recorded requests. */
export function requestOperations(observed: Observed): ControlOperation[] {
  const { events, journal, operations } = observed;
  return [
    requests('listRequests', 'GET', '', {
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
        return { requests: found.map(renderRequest), cut, last: events.last };
      },
    }),
    requests('listRefusedRequests', 'GET', '/refused', {
      summary: 'Lists the last refused requests, newest first, with the reason of each and what would pass.',
      query: Type.Object({
        limit: limit(20),
        all: flag('Whether digest challenges that the client then answered are listed too.', {
          default: false,
        }),
      }),
      response: Type.Object({ requests: list('The refused requests, newest first.', refusedSchema) }),
      handle({ project, query }) {
        const { entries } = journal.select(project?.id);
        const answered = new Set(entries.map(({ detail }) => detail.nonce ?? ''));
        const isShown = (detail: RequestDetail) => query.all || !answered.has(challengeOf(detail) ?? '-');
        const refused = entries.filter(({ detail }) => detail.condition && isShown(detail));
        return { requests: refused.slice(-query.limit).reverse().map(renderLine) };
      },
    }),
    requests('countRequests', 'POST', '/count', {
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
    requests('waitForRequests', 'POST', '/wait', {
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
    requests('forgetRequests', 'DELETE', '', {
      summary: 'Deletes the recorded requests; later lists and counts begin here.',
      handle({ project }) {
        journal.forget(project?.id);
      },
    }),
    requests('exportRequests', 'GET', '.har', {
      summary: 'Exports the requests as an HTTP Archive (HAR 1.2), with secrets redacted.',
      response: harSchema,
      handle: ({ project }) => harOf(journal.select(project?.id).entries),
    }),
  ];
}

/**
 * Waits until `count` requests match; recorded ones count too. After `timeoutMs` it answers 408 with those that came, or
 * 410 where some may have been evicted before.
 *
 * @returns the requests, or the answer of a timeout
 * @throws {ControlError} 409 if a body cannot be compared, 410, 503 if the server closes meanwhile
 */
async function waitFor(
  { events, journal, clock, closing }: Observed,
  project: string | undefined,
  wanted: Static<typeof wantedSchema>,
  reply: FastifyReply,
): Promise<OtherAnswer | { readonly requests: readonly object[] }> {
  const { count = 1, timeoutMs = 5000, since = 0 } = wanted;
  const found: Entry[] = [];
  const others: Entry[] = [];
  const take = (entry: Entry): void => {
    (matches(entry, wanted) ? found : others).push(entry);
    if (others.length > OTHERS_SHOWN) others.shift();
  };
  const selection = journal.select(project, since);
  selection.entries.forEach(take);
  if (found.length < count) {
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        unsubscribe();
        cancelAlarm();
        closing.removeEventListener('abort', end);
        resolve();
      };
      const unsubscribe = events.subscribe((event, detail) => {
        if (event.type !== 'request.finished' || !detail || event.seq <= since) return;
        if (project !== undefined && event.project !== project) return;
        try {
          take({ event, detail });
        } catch (error) {
          if (error instanceof Error) reject(error);
          end();
        }
        if (found.length >= count) end();
      });
      const cancelAlarm = clock.setAlarm(clock.now() + timeoutMs, end);
      reply.raw.once('close', end);
      closing.addEventListener('abort', end);
      if (closing.aborted) end();
    });
  }
  const requests = found.map(renderRequest);
  if (found.length >= count) return { requests };
  if (closing.aborted) {
    reply.request.exchange.addHeaders({ connection: 'close' });
    throw new ControlError(503, 'The emulator is closing.');
  }
  requireWhole(selection, wanted.since);
  const last = others.map(line).join('; ');
  const rest = last === '' ? 'No other request arrived.' : `The last of the others: ${last}.`;
  const detail = `${found.length} of ${count} matching requests arrived within ${timeoutMs} ms. ${rest}`;
  const text = JSON.stringify({ error: 408, reason: STATUS_CODES[408], detail, requests });
  return new OtherAnswer(408, ['content-type', JSON_UTF8], text);
}

function line({ event: { data } }: Entry): string {
  return `${data.method} ${data.path.slice(0, 200)} (${data.status})`;
}
