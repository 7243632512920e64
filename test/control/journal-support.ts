import { EventBus, type EventData, type Message } from '../../src/kernel/events.js';
import { Journal, type JournalLimits } from '../../src/control/journal/journal.js';

const EMPTY: Message = { headers: {}, body: undefined, truncated: false };

/** The properties of a request; the defaults are those of a GET with status 200. */
export interface Made extends Partial<EventData['request.finished']> {
  readonly project?: string;
  readonly body?: string;
  readonly truncated?: boolean;
}

/** A journal with its own bus, and a function that emits a request. */
export function startJournal(limits: Partial<JournalLimits> = {}) {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const bus = new EventBus(() => now++);
  const journal = new Journal(bus, limits);
  const come = ({ project, body, truncated = false, ...data }: Made = {}): number => {
    bus.emit(
      'request.finished',
      project,
      {
        method: 'GET',
        path: '/api/atlas/v2',
        operation: undefined,
        caller: undefined,
        version: undefined,
        status: 200,
        rung: 'answer',
        reason: undefined,
        tookMs: 1,
        control: false,
        ...data,
      },
      {
        unredacted: {
          ...{ url: data.path ?? '/api/atlas/v2', headers: {}, body, answerHeaders: [], answer: undefined },
          ...{ profile: 'observed', connection: 0, json: undefined, condition: undefined, hasNext: false },
        },
        url: `http://localhost${data.path ?? '/api/atlas/v2'}`,
        httpVersion: '1.1',
        request: { ...EMPTY, body, truncated },
        response: EMPTY,
        size: (data.path ?? '/api/atlas/v2').length + (body?.length ?? 0),
        condition: undefined,
      },
    );
    return bus.last;
  };
  return { bus, journal, come };
}
