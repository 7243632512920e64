import { setMaxListeners } from 'node:events';
import type { Clock } from '../../kernel/clock.js';
import type { EventBus } from '../../kernel/events.js';
import { eventStream } from './event-stream.js';
import { Journal } from './journal.js';
import type { ControlOperation } from '../../http/operation.js';
import type { NamedOperations } from '../operation-names.js';
import { requestOperations } from './requests.js';

/** Dependencies of observing. */
export interface ObservationOptions {
  readonly events: EventBus;
  /** The machine's clock: a client that watches is not held up by a clock that was stopped. */
  readonly clock: Clock;
  /** The emulator's version, for archives. */
  readonly version: string;
  /** The operations of Atlas that are emulated. */
  readonly operations: NamedOperations;
  /** Whether there is a project with this id. */
  readonly exists: (project: string) => boolean;
}

/** What the operations of the journal and the event stream share. */
export interface Observed extends ObservationOptions {
  readonly journal: Journal;
  /** Aborted before the server closes, which waits for every connection: ends streams and waits. */
  readonly closing: AbortSignal;
}

/** The journal of requests and the stream of events. */
export interface Observation {
  readonly journal: Journal;
  readonly operations: readonly ControlOperation[];
  /** Ends streams and waits; call it before the server closes. */
  readonly end: () => Promise<void>;
}

/** Starts to observe. */
export function observe(options: ObservationOptions): Observation {
  const journal = new Journal(options.events, {}, options.exists);
  const closing = new AbortController();
  // One listener for each stream and wait, however many there are.
  setMaxListeners(0, closing.signal);
  const observed = { ...options, journal, closing: closing.signal };
  return {
    journal,
    operations: [...requestOperations(observed), eventStream(observed)],
    end: async () => {
      closing.abort();
    },
  };
}
