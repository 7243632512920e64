import type { FastifyReply } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { Type, type Static } from '@sinclair/typebox';
import { ControlError } from '../../http/control-error.js';
import { strict, within } from '../../http/schema.js';
import type { Entry } from './journal.js';
import type { Observed } from './observation.js';
import { renderRequest } from './request.js';
import { matcherProperties, matches, requireWhole } from './request-matcher.js';

/** Which requests are awaited, how many, and for how long. */
export const wantedSchema = Type.Object(
  {
    ...matcherProperties,
    count: Type.Optional(within(1, 1000, 'The number of requests to wait for.', { default: 1 })),
    timeoutMs: Type.Optional(within(0, 60_000, 'The timeout, in milliseconds.', { default: 5000 })),
  },
  strict,
);

/** How many of the requests that did not match an answer mentions. */
const OTHERS_SHOWN = 10;

/**
 * Waits until `count` requests match; recorded ones count too. After `timeoutMs` it answers 408 with those that came, or
 * 410 where some may have been evicted before.
 *
 * @returns the requests, or the reply where it has answered itself
 * @throws {ControlError} 409 if a body cannot be compared, 410, 503 if the server closes meanwhile
 */
export async function waitFor(
  { events, journal, clock, closing }: Observed,
  project: string | undefined,
  wanted: Static<typeof wantedSchema>,
  reply: FastifyReply,
): Promise<FastifyReply | { readonly requests: readonly object[] }> {
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
  if (reply.raw.destroyed) return reply.hijack();
  if (closing.aborted) {
    void reply.header('connection', 'close');
    throw new ControlError(503, 'The emulator is closing.');
  }
  requireWhole(selection, wanted.since);
  const detail =
    `${found.length} of ${count} matching requests arrived within ${timeoutMs} ms. ` +
    (others.length === 0
      ? 'No other request arrived.'
      : `The last of the others: ${others.map(line).join('; ')}.`);
  return reply
    .code(408)
    .header('content-type', 'application/json')
    .send(JSON.stringify({ error: 408, reason: STATUS_CODES[408], detail, requests }));
}

function line({ event: { data } }: Entry): string {
  return `${data.method} ${data.path.slice(0, 200)} (${data.status})`;
}
