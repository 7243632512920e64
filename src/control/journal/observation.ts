import { setMaxListeners } from 'node:events';
import type { Clock } from '../../kernel/clock.js';
import type { EventBus } from '../../kernel/events.js';
import type { NamedOperations } from '../operation-names.js';
import { eventStream } from './event-stream.js';
import { Journal } from './journal.js';
import { requestOperations } from './requests.js';

/** Dependencies of the operations on the journal and of the event stream. */
export interface Observed {
  readonly events: EventBus;
  /** The machine's clock: a client that watches is not held up by a clock that was stopped. */
  readonly clock: Clock;
  /** The operations of Atlas that are emulated. */
  readonly operations: NamedOperations;
  readonly journal: Journal;
  /** Aborted before the server closes, which waits for every connection: ends streams and waits. */
  readonly closing: AbortSignal;
}

export type Observation = ReturnType<typeof observe>;

/** Starts to record requests. @param exists whether there is a project with this id */
export function observe(
  options: Pick<Observed, 'events' | 'clock' | 'operations'>,
  exists: (project: string) => boolean,
) {
  const journal = new Journal(options.events, {}, exists);
  const closing = new AbortController();
  // One listener for each stream and wait, however many there are.
  setMaxListeners(0, closing.signal);
  const observed = { ...options, journal, closing: closing.signal };
  return {
    journal,
    operations: [...requestOperations(observed), eventStream(observed)],
    /** Ends streams and waits; call it before the server closes. */
    end: async () => {
      closing.abort();
    },
  };
}
