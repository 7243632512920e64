import type { IncomingHttpHeaders } from 'node:http';

/** The data of each type of event. Events contain no secrets. */
export interface EventData {
  /**
   * A request was answered, or its connection closed first; `project` is that of its path.
   * `rung` is the step that decided it.
   */
  'request.finished': {
    readonly method: string;
    readonly path: string;
    readonly operation: string | undefined;
    readonly caller: string | undefined;
    /** The version of the operation. */
    readonly version: string | undefined;
    /** 0 if no response was sent. */
    readonly status: number;
    readonly rung: string;
    readonly reason: string | undefined;
    /** From the arrival of the request to the end of the response, in milliseconds. */
    readonly tookMs: number;
    /** Whether it was a request of the control API. */
    readonly control: boolean;
  };
  /** An item entered a state. Each resource with states has its own event. */
  readonly [changed: ChangedEvent]: StateChange;
  /** A fault rule took effect on a request. `scope` is that of the rule. */
  'fault.fired': {
    readonly rule: string;
    readonly scope: 'project' | 'server';
    readonly operation: string | undefined;
    readonly action: string;
  };
  /** A clock was moved: the project's, or the server's if there is no project. */
  'clock.moved': { readonly how: string; readonly now: string; readonly frozen: boolean };
  /** A project, or the whole server, was reset or restored. */
  'world.reset': { readonly cause: string };
  /** A client requested an Atlas operation that is not emulated. */
  'operation.missing': { readonly operation: string };
}

/** The name of the event of a resource whose items enter states. */
export type ChangedEvent = `${string}.changed`;

/** A state that an item entered. `at` is in the project's own time. */
export interface StateChange {
  readonly id: string;
  readonly state: string;
  readonly at: number;
  readonly cause: string;
}

export type EventType = keyof EventData;

/** An event as subscribers receive it. `seq` increases by one; `at` is real time. */
export interface EventOf<T extends EventType> {
  readonly seq: number;
  readonly at: number;
  readonly type: T;
  readonly project: string | undefined;
  readonly data: EventData[T];
}

export type EmulatorEvent = { [T in EventType]: EventOf<T> }[EventType];

/** A request or a response, with secrets redacted. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined if there was none, or it was not read. */
  readonly body: string | undefined;
  /** Whether `body` is only the beginning of the body. */
  readonly truncated: boolean;
}

/** The reason for a response: the condition or the rule that decided it. Contains no secrets. */
export interface Decision {
  readonly name: string;
  /** What is wrong with the request, as a sentence. */
  readonly problem: string;
  /** What would pass, as a sentence. */
  readonly remedy: string;
  /** The evidence: the source page, a recording, a client's source, an RFC, or "inferred". */
  readonly source: string;
}

/** What was sent and answered as it was, with secrets: store and show nothing of it. */
export interface Unredacted {
  /** The request target. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as text, or the beginning of a long one as bytes; undefined if it was not read. */
  readonly body: string | Uint8Array | undefined;
  /** The body as it was parsed, while the event is emitted; undefined if it was not. */
  readonly json: unknown;
  /** Names and values in turn; none if no response was sent. */
  readonly answerHeaders: readonly (string | number)[];
  readonly answer: string | Uint8Array | undefined;
  /** The profile that answered. */
  readonly profile: string;
  /** The number of the connection of a request for a token; 0 for others. */
  readonly connection: number;
  /** The reason for an error response. */
  readonly condition: Decision | undefined;
  /** Whether it was answered with a page of a list that has a next one. */
  readonly hasNext: boolean;
}

/** The content of a request. The bus does not retain it: only those subscribed when it is emitted receive it. */
export interface RequestDetail {
  readonly unredacted: Unredacted;
  /** The address that the client used. */
  readonly url: string;
  readonly httpVersion: string;
  readonly request: Message;
  readonly response: Message;
  /** Approximate bytes that it takes in memory. */
  readonly size: number;
  /** The reason for an error response. */
  readonly condition: Decision | undefined;
  /** The nonce of the digest challenge that an authenticated caller has answered. */
  readonly nonce?: string | undefined;
  /** Ids of the fault rules that have acted on the request. */
  readonly faults?: readonly string[] | undefined;
  /** What the clock of the project showed when the request arrived, in milliseconds. */
  readonly projectTime?: number | undefined;
}

/** Receives each event; `detail` only with `request.finished`. */
export type EventReader = (event: EmulatorEvent, detail: RequestDetail | undefined) => void;

/** How many past events are retained. */
const RETAINED = 1000;

/** The event bus. It is bounded; events are emitted after the commit of what they report. */
export class EventBus {
  #seq = 0;
  readonly #retained: EmulatorEvent[] = [];
  readonly #readers = new Set<EventReader>();

  constructor(private readonly now: () => number) {}

  /** Ends all subscriptions: the subscribers' dependencies are closed. */
  end(): void {
    this.#readers.clear();
  }

  /** The number of the last event; 0 before the first. */
  get last(): number {
    return this.#seq;
  }

  /** @param detail content of a `request.finished`, for the subscribers */
  emit<T extends EventType>(
    type: T,
    project: string | undefined,
    data: EventData[T],
    detail?: RequestDetail,
  ): void {
    // The compiler cannot tie one T to one member of the union.
    const event = { seq: ++this.#seq, at: this.now(), type, project, data } as EmulatorEvent;
    this.#retained.push(event);
    // Trimmed by halves: shifting one by one would move the whole array at each event.
    if (this.#retained.length > 2 * RETAINED) this.#retained.splice(0, RETAINED);
    for (const reader of this.#readers) reader(event, detail);
  }

  /** Calls `reader` with each later event. Returns a function that unsubscribes it. */
  subscribe(reader: EventReader): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** The retained events after `seq`, oldest first; at most {@link RETAINED}. */
  since(seq: number): readonly EmulatorEvent[] {
    const count = Math.min(this.#seq - seq, RETAINED);
    return count > 0 ? this.#retained.slice(-count) : [];
  }
}
