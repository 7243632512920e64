import type { FastifyReply } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Entry } from './entry.js';
import type { Observed } from './observation.js';
import { ControlError } from '../../http/control-error.js';
import { renderRequest } from './request-entry.js';
import { matches, requireWhole, type Matcher } from './request-matcher.js';

/** Which requests are awaited, how many, and for how long. */
export interface Wanted extends Matcher {
  readonly count?: number;
  readonly timeoutMs?: number;
}

type Waited = FastifyReply | { readonly requests: readonly object[] };

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
  { journal, clock, closing }: Observed,
  project: string | undefined,
  wanted: Wanted,
  reply: FastifyReply,
): Promise<Waited> {
  const { count = 1, timeoutMs = 5000, since = 0 } = wanted;
  const found: Entry[] = [];
  const others: Entry[] = [];
  const take = (entry: Entry): void => {
    (matches(entry, wanted) ? found : others).push(entry);
    if (others.length > OTHERS_SHOWN) others.shift();
  };
  const answer = (): Waited | undefined =>
    found.length < count ? undefined : { requests: found.map(renderRequest) };
  const timedOut = (): FastifyReply => {
    requireWhole(selection, wanted.since);
    const detail =
      `${found.length} of ${count} matching requests came within ${timeoutMs} ms. ` +
      (others.length === 0 ? 'No other came.' : `Others, the last: ${others.map(line).join('; ')}.`);
    const requests = found.map(renderRequest);
    return reply
      .code(408)
      .header('content-type', 'application/json')
      .send(JSON.stringify({ error: 408, reason: STATUS_CODES[408], detail, requests }));
  };

  const selection = journal.select(project, since);
  selection.entries.forEach(take);
  const already = answer();
  if (already) return already;

  return new Promise<Waited>((resolve, reject) => {
    /** Ends the wait with what `decide` returns or throws; undefined continues it. */
    const settle = (decide: () => Waited | undefined): void => {
      try {
        const decided = decide();
        if (decided === undefined) return;
        resolve(decided);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      unsubscribe();
      cancelAlarm();
      reply.raw.off('close', onDisconnect);
      closing.removeEventListener('abort', onClosing);
    };
    const onDisconnect = (): void => {
      settle(() => reply.hijack());
    };
    const onClosing = (): void => {
      settle(() => {
        void reply.header('connection', 'close');
        throw new ControlError(503, 'The emulator is closing.');
      });
    };
    const unsubscribe = journal.subscribe((entry) => {
      const inScope = project === undefined || entry.event.project === project;
      if (!inScope || entry.event.seq <= since) return;
      settle(() => {
        take(entry);
        return answer();
      });
    });
    const cancelAlarm = clock.setAlarm(clock.now() + timeoutMs, () => {
      settle(timedOut);
    });
    reply.raw.once('close', onDisconnect);
    closing.addEventListener('abort', onClosing);
    if (closing.aborted) onClosing();
  });
}

function line({ event: { data } }: Entry): string {
  return `${data.method} ${data.path.slice(0, 200)} (${data.status})`;
}
