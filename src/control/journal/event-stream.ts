import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import { ControlError } from '../../http/control-error.js';
import { controlGroup, type ControlOperation } from '../../http/operation.js';
import { within } from '../../http/schema.js';
import { LARGEST_INTEGER } from '../../http/steps/query.js';
import type { EmulatorEvent } from '../../kernel/events.js';
import type { Observed } from './requests.js';

/** Interval of heartbeats: proxies and clients close a stream that is silent for long. */
const HEARTBEAT_MS = 15_000;

const SINCE =
  'Begin after the event of this number, by default with the next. Last-Event-ID takes precedence.';

const EVERY =
  'Sends events in batches, one in this many milliseconds at the most, the first after a tenth of a second; by default ' +
  'each event at once. Of the requests in a batch only the last is sent: GET /requests/lines has all. Of a batch of ' +
  'more than 1,000, the first may be lost.';

/** How long the first events after a silence are collected: a digest handshake, or a token and its request. */
const FIRST_BATCH_MS = 100;

const group = controlGroup('/events', { scope: 'both', tag: 'Events, as they happen.' });

/** `GET /events`: the events of the bus as server-sent events. */
export function eventStream(observed: Observed): ControlOperation {
  return group('streamEvents', 'GET', '', {
    summary:
      'Streams events as server-sent events: id is the number, event the type, data the event as JSON, without ' +
      'headers and bodies. Resumes after Last-Event-ID; begins with an event named lost if some were evicted.',
    query: Type.Object({
      since: Type.Optional(within(0, LARGEST_INTEGER, SINCE)),
      everyMs: Type.Optional(within(1, 10_000, EVERY)),
    }),
    mediaType: 'text/event-stream',
    handle({ project, query: { since, everyMs }, request, reply }) {
      const from = lastEventId(request.headers['last-event-id']) ?? since ?? observed.events.last;
      if (request.method === 'HEAD') return '';
      // The connection ends with the stream, so it does not delay a close.
      request.exchange.addHeaders({ 'cache-control': 'no-store', connection: 'close' });
      return stream(observed, project?.id, from, () => reply.raw.destroy(), everyMs);
    },
  });
}

function lastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  const problem = 'Last-Event-ID is not the number of an event: send the id of the last event received.';
  throw new ControlError(400, problem);
}

/**
 * Streams events to one reader. Events that a slow reader has not taken are not buffered here: the bus retains the last
 * ones. A reader that takes nothing between two heartbeats is disconnected.
 *
 * @param sent the number of the last event that the reader has, or does not want
 * @param everyMs how often events are written at most
 */
function stream(
  { events, clock, closing }: Observed,
  project: string | undefined,
  sent: number,
  disconnect: () => void,
  everyMs?: number,
): Readable {
  /** Whether the reader takes more. */
  let wanted = true;
  let stalled = false;
  const readable = new Readable({
    read() {
      wanted = true;
      stalled = false;
      catchUp();
    },
    destroy(error, done) {
      cancelHeartbeat();
      cancelBatch?.();
      unsubscribe();
      closing.removeEventListener('abort', end);
      done(error);
    },
  });
  const write = (id: number, event: string, data: object): void => {
    wanted = readable.push(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  /** Writes that the events before `next`, the first that is retained, are lost. */
  const writeLost = (next: number): void => {
    const at = new Date(clock.now()).toISOString();
    write(next - 1, 'lost', { type: 'lost', at, after: sent, next });
    sent = next - 1;
  };
  /** Writes the events of the bus after the last one written, as long as the reader takes them. */
  const catchUp = (): void => {
    const batch = events.since(sent);
    // A reader does not see the requests of other readers.
    const isShown = ({ type, data, project: own }: EmulatorEvent): boolean =>
      (project === undefined || own === project) && !(type === 'request.finished' && data.control);
    const isRequest = (event: EmulatorEvent): boolean => event.type === 'request.finished' && isShown(event);
    const lastRequest = everyMs === undefined ? undefined : batch.findLast(isRequest);
    for (const event of batch) {
      if (!wanted) return;
      const { seq, type, data } = event;
      if (seq > sent + 1) writeLost(seq);
      sent = seq;
      if (!isShown(event) || (lastRequest && event !== lastRequest && isRequest(event))) continue;
      write(seq, type, { seq, at: new Date(event.at).toISOString(), type, project: event.project, data });
    }
  };
  const heartbeat = (): void => {
    if (!wanted && stalled) {
      disconnect();
      return;
    }
    if (wanted) wanted = readable.push(':\n\n');
    else stalled = true;
    cancelHeartbeat = clock.setAlarm(clock.now() + HEARTBEAT_MS, heartbeat);
  };
  const end = (): void => {
    if (wanted) readable.push(null);
    else disconnect();
  };

  readable.push(': the events of atlas-streams-emulator\n\n');
  // A number of an earlier run of the emulator: every event is new to this reader.
  if (sent > events.last) writeLost(events.since(0)[0]?.seq ?? events.last + 1);
  let cancelBatch: (() => void) | undefined;
  let next = 0;
  const wait = (ms: number): void => {
    cancelBatch ??= clock.setAlarm(Math.max(next, clock.now() + Math.min(ms, FIRST_BATCH_MS)), () => {
      cancelBatch = undefined;
      next = clock.now() + ms;
      catchUp();
    });
  };
  const unsubscribe = events.subscribe(everyMs === undefined ? catchUp : () => wait(everyMs));
  let cancelHeartbeat = clock.setAlarm(clock.now() + HEARTBEAT_MS, heartbeat);
  closing.addEventListener('abort', end);
  if (closing.aborted) end();
  return readable;
}
