/** The data of each type of event. Events contain no secrets. */
export interface EventData {
  /**
   * A request was answered, or its connection broke off; `project` is the one that its path names, whoever asked.
   * `rung` is the step that decided it.
   */
  'request.finished': {
    readonly method: string;
    readonly path: string;
    readonly operation: string | undefined;
    readonly caller: string | undefined;
    /** The version of the operation that answered. */
    readonly version: string | undefined;
    /** 0 where no answer was sent. */
    readonly status: number;
    readonly rung: string;
    readonly reason: string | undefined;
    /** From the request's arrival to the answer's end, in milliseconds. */
    readonly tookMs: number;
    /** It was for the control API, and none that Atlas could have got. */
    readonly control: boolean;
  };
  /** An item entered a state. Each resource with states has its own event. */
  readonly [changed: ChangedEvent]: StateChange;
  /** A fault rule took effect on a request. `scope` says where the rule belongs. */
  'fault.fired': {
    readonly rule: string;
    readonly scope: 'project' | 'server';
    readonly operation: string | undefined;
    readonly action: string;
  };
  /** A clock was moved: the project's, or the server's where no project is named. */
  'clock.moved': { readonly how: string; readonly now: string; readonly frozen: boolean };
  /** A project, or the whole server, was put back to what it was. */
  'world.reset': { readonly cause: string };
  /** A client asked for an Atlas operation that is not emulated. */
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

/** An event as its readers get it. `seq` grows by one; `at` is real time. */
export interface EventOf<T extends EventType> {
  readonly seq: number;
  readonly at: number;
  readonly type: T;
  readonly project: string | undefined;
  readonly data: EventData[T];
}

export type EmulatorEvent = { [T in EventType]: EventOf<T> }[EventType];

/** One side of a request, without secrets. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where there was none, or none was read. */
  readonly body: string | undefined;
  /** The body was longer, and `body` is only its beginning, if anything. */
  readonly truncated: boolean;
}

/** Why a request was answered as it was, with the rule that decided it. Holds no secrets. */
export interface Decision {
  readonly name: string;
  /** What is wrong with the request, as a sentence. */
  readonly problem: string;
  /** What would have passed, as a sentence. */
  readonly remedy: string;
  /** Where the rule was learned: the source page, a recording, a client's source, an RFC, or "inferred". */
  readonly source: string;
}

/** What a request held. Too large to be kept with its event: only those who listen when it is emitted get it. */
export interface RequestDetail {
  /** The address that the client used. */
  readonly url: string;
  readonly httpVersion: string;
  readonly request: Message;
  readonly response: Message;
  /** Why it was refused, if it was. */
  readonly condition: Decision | undefined;
}

/** Gets each event, and what belongs to it and is not kept. */
export type EventReader = (event: EmulatorEvent, detail: RequestDetail | undefined) => void;

/** How many past events a late reader can still get. */
const KEPT = 1000;

/**
 * One bounded bus with growing sequence numbers. Whatever shows what happened reads it: the log, and all that
 * will follow it. Events are emitted after the commit of what they tell.
 */
export class EventBus {
  #seq = 0;
  readonly #kept: EmulatorEvent[] = [];
  readonly #readers = new Set<EventReader>();
  #ended = false;

  constructor(private readonly now: () => number) {}

  /** Emits nothing from now on: the subscribers' dependencies are closed. */
  end(): void {
    this.#ended = true;
    this.#readers.clear();
  }

  /** The number of the last event; 0 before the first. */
  get last(): number {
    return this.#seq;
  }

  /** @param detail what belongs to a `request.finished`, for those who listen now */
  emit<T extends EventType>(
    type: T,
    project: string | undefined,
    data: EventData[T],
    detail?: RequestDetail,
  ): void {
    if (this.#ended) return;
    // The compiler cannot tie one T to one member of the union.
    const event = { seq: ++this.#seq, at: this.now(), type, project, data } as EmulatorEvent;
    this.#kept.push(event);
    // Trimmed by halves: shifting one by one would move the whole array at each event.
    if (this.#kept.length > 2 * KEPT) this.#kept.splice(0, KEPT);
    for (const reader of this.#readers) reader(event, detail);
  }

  /** Calls `reader` with each event from now on. Returns a function that ends it. */
  subscribe(reader: EventReader): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** The events after `seq` that are still kept, oldest first; at most {@link KEPT}. */
  since(seq: number): readonly EmulatorEvent[] {
    return this.#kept.slice(-KEPT).filter((event) => event.seq > seq);
  }
}
