import type { ServerResponse } from 'node:http';
import { Type } from '@sinclair/typebox';
import { LARGEST_INTEGER } from '../../http/steps/query.js';
import type { Clock } from '../../kernel/clock.js';
import type { EmulatorEvent, EventBus } from '../../kernel/events.js';
import type { Ongoing } from './ongoing.js';
import { controlOperation, ControlError, type AnyControlOperation } from '../operation.js';

/** How often a stream says that it is still there: proxies and clients give up what is silent for long. */
export const HEARTBEAT_MS = 15_000;

/** What the stream of events stands on. */
export interface EventStreamParts {
  readonly events: EventBus;
  /** The machine's. */
  readonly clock: Clock;
  readonly ongoing: Ongoing;
}

const query = Type.Object({
  since: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LARGEST_INTEGER,
      description:
        'Begin behind the event of this number; without it, with the next. Last-Event-ID goes before.',
    }),
  ),
});

/** `GET /events`: the events of the bus as server-sent events. */
export function eventStream(parts: EventStreamParts): AnyControlOperation {
  return controlOperation({
    id: 'streamEvents',
    method: 'GET',
    path: '/events',
    scope: 'both',
    summary:
      'Streams what happens as server-sent events: id is the number, event the type, data the event as JSON, ' +
      'without headers and bodies. Resumes behind Last-Event-ID; an event named lost comes first if some are gone.',
    query,
    mediaType: 'text/event-stream',
    handle({ project, query: { since }, request, reply }) {
      const from = lastEventId(request.headers['last-event-id']) ?? since ?? parts.events.last;
      reply.hijack();
      new Stream(parts, reply.raw, project?.id, from).start();
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
 * One reader's stream. What a reader does not take is not buffered: it waits on the bus, which keeps the last events,
 * and a reader that takes nothing from one heartbeat to the next is dropped.
 */
class Stream {
  readonly #parts: EventStreamParts;
  readonly #raw: ServerResponse;
  readonly #project: string | undefined;
  readonly #undos: (() => void)[] = [];
  /** The number of the last event that the reader has, or does not want. */
  #sent: number;
  #blockedSince: number | undefined;
  #cancelHeartbeat: () => void = () => undefined;

  constructor(parts: EventStreamParts, raw: ServerResponse, project: string | undefined, from: number) {
    this.#parts = parts;
    this.#raw = raw;
    this.#project = project;
    this.#sent = from;
  }

  start(): void {
    const { events, ongoing } = this.#parts;
    this.#raw.on('error', () => {
      this.#raw.destroy();
    });
    this.#raw.once('close', () => {
      this.#leave();
    });
    this.#raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // The stream ends with its connection, which so never holds up a close.
      connection: 'close',
    });
    this.#write(': the events of atlas-streams-emulator\n\n');
    if (this.#sent > events.last) this.#beginAnew();
    this.#catchUp();
    this.#undos.push(
      events.subscribe((event) => {
        this.#take(event);
      }),
    );
    this.#setHeartbeat();
    this.#undos.push(
      ongoing.add(() => {
        this.#end();
      }),
    );
  }

  /** The reader's number is of another run of the emulator: what there is now is all new to it. */
  #beginAnew(): void {
    const [first] = this.#parts.events.since(0);
    const next = first?.seq ?? this.#parts.events.last + 1;
    this.#tellLost(next);
    this.#sent = next - 1;
  }

  #take(event: EmulatorEvent): void {
    if (this.#blockedSince !== undefined) return;
    if (event.seq === this.#sent + 1) this.#send(event);
    else this.#catchUp();
  }

  /** Sends what the bus has behind the last event sent, as long as the reader takes it. */
  #catchUp(): void {
    for (const event of this.#parts.events.since(this.#sent)) {
      if (this.#blockedSince !== undefined) return;
      if (event.seq > this.#sent + 1) this.#tellLost(event.seq);
      this.#send(event);
    }
  }

  #send(event: EmulatorEvent): void {
    this.#sent = event.seq;
    if (this.#project !== undefined && event.project !== this.#project) return;
    // Whoever looks on is not shown who else does.
    if (event.type === 'request.finished' && event.data.control) return;
    const { seq, at, type, project, data } = event;
    const shown = { seq, at: new Date(at).toISOString(), type, project, data };
    this.#write(`id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(shown)}\n\n`);
  }

  /** @param next the number of the first event that is still there */
  #tellLost(next: number): void {
    const at = new Date(this.#parts.clock.now()).toISOString();
    const data = JSON.stringify({ type: 'lost', at, after: this.#sent, next });
    this.#write(`id: ${next - 1}\nevent: lost\ndata: ${data}\n\n`);
  }

  #write(text: string): void {
    if (this.#raw.write(text)) return;
    if (this.#blockedSince !== undefined) return;
    this.#blockedSince = this.#parts.clock.now();
    this.#raw.once('drain', () => {
      this.#blockedSince = undefined;
      this.#catchUp();
    });
  }

  #setHeartbeat(): void {
    const { clock } = this.#parts;
    this.#cancelHeartbeat = clock.setAlarm(clock.now() + HEARTBEAT_MS, () => {
      if (this.#blockedSince === undefined) this.#write(':\n\n');
      else if (clock.now() - this.#blockedSince >= HEARTBEAT_MS) {
        this.#raw.destroy();
        return;
      }
      this.#setHeartbeat();
    });
  }

  #end(): void {
    this.#leave();
    if (this.#blockedSince === undefined) this.#raw.end();
    else this.#raw.destroy();
  }

  #leave(): void {
    this.#cancelHeartbeat();
    for (const undo of this.#undos) undo();
  }
}
