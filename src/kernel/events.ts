/** What the emulator tells of itself, by type. Nothing in an event is a secret. */
export interface EventData {
  /** A request was answered. `rung` is the step of the ladder that decided it. */
  'request.finished': {
    readonly method: string;
    readonly path: string;
    readonly operation: string | undefined;
    readonly caller: string | undefined;
    readonly status: number;
    readonly rung: string;
    readonly reason: string | undefined;
  };
  /** A private link entered a state. `at` is in the project's own time. */
  'link.changed': {
    readonly id: string;
    readonly state: string;
    readonly at: number;
    readonly cause: string;
  };
  /** A client asked for an Atlas operation that is not emulated. */
  'operation.missing': { readonly operation: string };
}

export type EventType = keyof EventData;

/** An event as its readers get it. `seq` grows by one; `at` is real time. */
export type EmulatorEvent = {
  [T in EventType]: {
    readonly seq: number;
    readonly at: number;
    readonly type: T;
    readonly project: string | undefined;
    readonly data: EventData[T];
  };
}[EventType];

/** How many past events a late reader can still get. */
const KEPT = 1000;

/**
 * One bounded bus with growing sequence numbers. Whatever shows what happened reads it: the log, and all that
 * will follow it. Events are emitted after the commit of what they tell.
 */
export class EventBus {
  #seq = 0;
  readonly #kept: EmulatorEvent[] = [];
  readonly #readers = new Set<(event: EmulatorEvent) => void>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  emit<T extends EventType>(type: T, project: string | undefined, data: EventData[T]): void {
    // The compiler cannot tie one T to one member of the union.
    const event = { seq: ++this.#seq, at: this.#now(), type, project, data } as EmulatorEvent;
    this.#kept.push(event);
    // Trimmed by halves: shifting one by one would move the whole array at each event.
    if (this.#kept.length > 2 * KEPT) this.#kept.splice(0, KEPT);
    for (const reader of this.#readers) reader(event);
  }

  /** Calls `reader` with each event from now on. Returns a function that ends it. */
  subscribe(reader: (event: EmulatorEvent) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** The events after `seq` that are still kept, oldest first; at most {@link KEPT}. */
  since(seq: number): readonly EmulatorEvent[] {
    return this.#kept.slice(-KEPT).filter((event) => event.seq > seq);
  }
}
