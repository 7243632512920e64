import type { Clock } from '../../kernel/clock.js';
import type { EventBus } from '../../kernel/events.js';
import { eventStream } from './event-stream.js';
import { Journal } from './journal.js';
import { Ongoing } from './ongoing.js';
import type { AnyControlOperation } from '../operation.js';
import type { NamedOperations } from '../operation-names.js';
import { requestOperations } from './requests.js';

/** What shows what happened: the journal of requests, and the stream of events. */
export interface Observation {
  readonly journal: Journal;
  readonly operations: readonly AnyControlOperation[];
  /** Ends streams and waits; to be called before the server closes. */
  readonly end: () => Promise<void>;
}

/**
 * Begins to observe.
 *
 * @param clock the machine's: who looks on is not held up by a clock that was stopped
 * @param version the emulator's, for archives
 * @param operations those of Atlas that are emulated
 * @param isThere whether there is a project of this id
 */
export function observe(parts: {
  readonly events: EventBus;
  readonly clock: Clock;
  readonly version: string;
  readonly operations: NamedOperations;
  readonly isThere: (project: string) => boolean;
}): Observation {
  const journal = new Journal(parts.events, {}, parts.isThere);
  const ongoing = new Ongoing();
  return {
    journal,
    operations: [...requestOperations({ ...parts, journal, ongoing }), eventStream({ ...parts, ongoing })],
    end: async () => {
      ongoing.endAll();
    },
  };
}
