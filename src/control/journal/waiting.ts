import type { FastifyReply } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Clock } from '../../kernel/clock.js';
import type { Entry, Journal } from './journal.js';
import type { Ongoing } from './ongoing.js';
import { ControlError } from '../operation.js';
import { shownRequest, type ShownRequest } from './request-entry.js';
import { matches, requireWhole, type Matcher } from './request-matcher.js';

/** What waiting stands on. */
export interface WaitingParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ongoing: Ongoing;
}

/** What is waited for, and for how long. */
export interface Wanted extends Matcher {
  readonly count?: number;
  readonly timeoutMs?: number;
}

/** How many of the requests that did not match an answer tells of. */
const OTHERS_SHOWN = 10;

/**
 * Waits until as many requests match as are wanted; those that have come already count. After the time it answers 408
 * with what has come, or 410 where what is wanted may have been dropped before.
 *
 * @returns the requests, or the reply where it has answered itself
 * @throws {ControlError} 409 if a body cannot be compared, 410, 503 if the server closes meanwhile
 */
export function waitFor(
  { journal, clock, ongoing }: WaitingParts,
  project: string | undefined,
  wanted: Wanted,
  reply: FastifyReply,
): Promise<{ requests: ShownRequest[] } | FastifyReply> {
  const { count = 1, timeoutMs = 5000 } = wanted;
  const found: Entry[] = [];
  const others: Entry[] = [];
  const take = (entry: Entry): boolean => {
    if (matches(entry, wanted)) found.push(entry);
    else {
      others.push(entry);
      if (others.length > OTHERS_SHOWN) others.shift();
    }
    return found.length >= count;
  };
  const answer = () => ({ requests: found.map(shownRequest) });

  return new Promise((resolve, reject) => {
    const selection = journal.select(project, wanted.since);
    for (const entry of selection.entries) take(entry);
    if (found.length >= count) {
      resolve(answer());
      return;
    }
    const end = (settle: () => void): void => {
      for (const undo of undos) undo();
      settle();
    };
    const gone = (): void => {
      end(() => {
        resolve(reply.hijack());
      });
    };
    reply.raw.once('close', gone);
    const undos = [
      () => reply.raw.off('close', gone),
      journal.subscribe((entry) => {
        if (project !== undefined && entry.event.project !== project) return;
        if (entry.event.seq <= (wanted.since ?? 0)) return;
        try {
          if (!take(entry)) return;
        } catch (error) {
          end(() => {
            reject(error instanceof Error ? error : new Error(String(error)));
          });
          return;
        }
        end(() => {
          resolve(answer());
        });
      }),
      clock.setAlarm(clock.now() + timeoutMs, () => {
        end(() => {
          try {
            requireWhole(selection, wanted.since);
            resolve(tooLate(reply, { count, timeoutMs }, found, others));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      }),
    ];
    undos.push(
      ongoing.add(() => {
        end(() => {
          void reply.header('connection', 'close');
          reject(new ControlError(503, 'The emulator is closing.'));
        });
      }),
    );
  });
}

function tooLate(
  reply: FastifyReply,
  { count, timeoutMs }: Required<Pick<Wanted, 'count' | 'timeoutMs'>>,
  found: readonly Entry[],
  others: readonly Entry[],
): FastifyReply {
  const detail =
    `${found.length} of ${count} matching requests came within ${timeoutMs} ms. ` +
    (others.length === 0 ? 'No other came.' : `Others, the last: ${others.map(line).join('; ')}.`);
  return reply
    .code(408)
    .header('content-type', 'application/json')
    .send(
      JSON.stringify({
        error: 408,
        reason: STATUS_CODES[408],
        detail,
        requests: found.map(shownRequest),
      }),
    );
}

function line({ event: { data } }: Entry): string {
  return `${data.method} ${data.path.slice(0, 200)} (${data.status})`;
}
