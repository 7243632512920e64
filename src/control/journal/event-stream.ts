import type { ServerResponse } from 'node:http';
import { Type } from '@sinclair/typebox';
import { within } from '../../http/schema.js';
import { LARGEST_INTEGER } from '../../http/steps/query.js';
import type { EmulatorEvent } from '../../kernel/events.js';
import type { Observed } from './observation.js';
import { ControlError } from '../../http/control-error.js';
import { controlGroup, type ControlOperation } from '../../http/operation.js';

/** Interval of heartbeats: proxies and clients close a stream that is silent for long. */
export const HEARTBEAT_MS = 15_000;

const query = Type.Object({
  since: Type.Optional(
    within(
      0,
      LARGEST_INTEGER,
      'Begin behind the event of this number; without it, with the next. Last-Event-ID goes before.',
    ),
  ),
});

const group = controlGroup('/events', {
  scope: 'both',
  tag: { name: 'events', description: 'What happens, as it happens.' },
});

/** `GET /events`: the events of the bus as server-sent events. */
export function eventStream(observed: Observed): ControlOperation {
  return group('GET', '', {
    id: 'streamEvents',
    summary:
      'Streams what happens as server-sent events: id is the number, event the type, data the event as JSON, ' +
      'without headers and bodies. Resumes behind Last-Event-ID; an event named lost comes first if some are gone.',
    query,
    mediaType: 'text/event-stream',
    handle({ project, query: { since }, request, reply }) {
      const from = lastEventId(request.headers['last-event-id']) ?? since ?? observed.events.last;
      reply.hijack();
      stream(observed, reply.raw, project?.id, from);
      return reply;
    },
  });
}

function lastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw new ControlError(
    400,
    'Last-Event-ID is no number of an event: send the id of the last event that came.',
  );
}

/**
 * Streams events to one reader. Events that a slow reader has not taken are not buffered here: the bus retains the last
 * ones. A reader that takes nothing from one heartbeat to the next is disconnected.
 *
 * @param sent the number of the last event that the reader has, or does not want
 */
function stream(
  { events, clock, closing }: Observed,
  raw: ServerResponse,
  project: string | undefined,
  sent: number,
): void {
  let blockedSince: number | undefined;

  const write = (text: string): void => {
    if (raw.write(text) || blockedSince !== undefined) return;
    blockedSince = clock.now();
    raw.once('drain', () => {
      blockedSince = undefined;
      catchUp();
    });
  };
  /** Says that events before `next`, the first that is still there, are lost. */
  const sendLost = (next: number): void => {
    const at = new Date(clock.now()).toISOString();
    const data = JSON.stringify({ type: 'lost', at, after: sent, next });
    write(`id: ${next - 1}\nevent: lost\ndata: ${data}\n\n`);
  };
  const send = ({ seq, at, type, project: own, data }: EmulatorEvent): void => {
    sent = seq;
    if (project !== undefined && own !== project) return;
    // A reader does not see the requests of other readers.
    if (type === 'request.finished' && data.control) return;
    const rendered = { seq, at: new Date(at).toISOString(), type, project: own, data };
    write(`id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(rendered)}\n\n`);
  };
  /** Sends the events of the bus after the last one sent, as long as the reader takes them. */
  const catchUp = (): void => {
    for (const event of events.since(sent)) {
      if (blockedSince !== undefined) return;
      if (event.seq > sent + 1) sendLost(event.seq);
      send(event);
    }
  };
  const heartbeat = (): void => {
    if (blockedSince === undefined) write(':\n\n');
    else if (clock.now() - blockedSince >= HEARTBEAT_MS) {
      raw.destroy();
      return;
    }
    cancelHeartbeat = clock.setAlarm(clock.now() + HEARTBEAT_MS, heartbeat);
  };
  const leave = (): void => {
    cancelHeartbeat();
    unsubscribe();
    closing.removeEventListener('abort', end);
  };
  const end = (): void => {
    leave();
    if (blockedSince === undefined) raw.end();
    else raw.destroy();
  };

  raw.on('error', () => raw.destroy());
  raw.once('close', leave);
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // The stream ends with its connection, which so never holds up a close.
    connection: 'close',
  });
  write(': the events of atlas-streams-emulator\n\n');
  if (sent > events.last) {
    // The number is from an earlier run of the emulator: every event is new to this reader.
    const next = events.since(0)[0]?.seq ?? events.last + 1;
    sendLost(next);
    sent = next - 1;
  }
  catchUp();
  const unsubscribe = events.subscribe((event) => {
    if (blockedSince !== undefined) return;
    if (event.seq === sent + 1) send(event);
    else catchUp();
  });
  let cancelHeartbeat = clock.setAlarm(clock.now() + HEARTBEAT_MS, heartbeat);
  closing.addEventListener('abort', end);
  if (closing.aborted) end();
}
