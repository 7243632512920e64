import type { ServerResponse } from 'node:http';
import { Type } from '@sinclair/typebox';
import { LARGEST_INTEGER } from '../../http/steps/query.js';
import type { EmulatorEvent } from '../../kernel/events.js';
import type { Observed } from './observation.js';
import { ControlError } from '../../http/control-error.js';
import { controlGroup, type ControlOperation } from '../../http/operation.js';

/** Interval of heartbeats: proxies and clients close a stream that is silent for long. */
export const HEARTBEAT_MS = 15_000;

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
      new Stream(observed, reply.raw, project?.id, from).start();
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
 * One reader's stream. Events that a slow reader has not taken are not buffered here: the bus retains the last ones. A
 * reader that takes nothing from one heartbeat to the next is disconnected.
 */
class Stream {
  readonly #observed: Observed;
  readonly #raw: ServerResponse;
  readonly #project: string | undefined;
  #unsubscribe: () => void = () => undefined;
  /** The number of the last event that the reader has, or does not want. */
  #sent: number;
  #blockedSince: number | undefined;
  #cancelHeartbeat: () => void = () => undefined;

  constructor(observed: Observed, raw: ServerResponse, project: string | undefined, from: number) {
    this.#observed = observed;
    this.#raw = raw;
    this.#project = project;
    this.#sent = from;
  }

  start(): void {
    const { events, closing } = this.#observed;
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
    if (this.#sent > events.last) this.#restart();
    this.#catchUp();
    this.#unsubscribe = events.subscribe((event) => {
      this.#take(event);
    });
    this.#setHeartbeat();
    closing.addEventListener('abort', this.#end);
    if (closing.aborted) this.#end();
  }

  /** The reader's number is from an earlier run of the emulator: every event is new to it. */
  #restart(): void {
    const { events } = this.#observed;
    const next = events.since(0)[0]?.seq ?? events.last + 1;
    this.#sendLost(next);
    this.#sent = next - 1;
  }

  #take(event: EmulatorEvent): void {
    if (this.#blockedSince !== undefined) return;
    if (event.seq === this.#sent + 1) this.#send(event);
    else this.#catchUp();
  }

  /** Sends the events of the bus after the last one sent, as long as the reader takes them. */
  #catchUp(): void {
    for (const event of this.#observed.events.since(this.#sent)) {
      if (this.#blockedSince !== undefined) return;
      if (event.seq > this.#sent + 1) this.#sendLost(event.seq);
      this.#send(event);
    }
  }

  #send(event: EmulatorEvent): void {
    this.#sent = event.seq;
    if (this.#project !== undefined && event.project !== this.#project) return;
    // A reader does not see the requests of other readers.
    if (event.type === 'request.finished' && event.data.control) return;
    const { seq, at, type, project, data } = event;
    const rendered = { seq, at: new Date(at).toISOString(), type, project, data };
    this.#write(`id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(rendered)}\n\n`);
  }

  /** @param next the number of the first event that is still there */
  #sendLost(next: number): void {
    const at = new Date(this.#observed.clock.now()).toISOString();
    const data = JSON.stringify({ type: 'lost', at, after: this.#sent, next });
    this.#write(`id: ${next - 1}\nevent: lost\ndata: ${data}\n\n`);
  }

  #write(text: string): void {
    if (this.#raw.write(text)) return;
    if (this.#blockedSince !== undefined) return;
    this.#blockedSince = this.#observed.clock.now();
    this.#raw.once('drain', () => {
      this.#blockedSince = undefined;
      this.#catchUp();
    });
  }

  #setHeartbeat(): void {
    const { clock } = this.#observed;
    this.#cancelHeartbeat = clock.setAlarm(clock.now() + HEARTBEAT_MS, () => {
      if (this.#blockedSince === undefined) this.#write(':\n\n');
      else if (clock.now() - this.#blockedSince >= HEARTBEAT_MS) {
        this.#raw.destroy();
        return;
      }
      this.#setHeartbeat();
    });
  }

  readonly #end = (): void => {
    this.#leave();
    if (this.#blockedSince === undefined) this.#raw.end();
    else this.#raw.destroy();
  };

  #leave(): void {
    this.#cancelHeartbeat();
    this.#unsubscribe();
    this.#observed.closing.removeEventListener('abort', this.#end);
  }
}
