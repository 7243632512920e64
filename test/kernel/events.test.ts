import { describe, expect, it } from 'vitest';
import { EventBus, type EmulatorEvent } from '../../src/kernel/events.js';
import { ManualClock } from '../support/clock.js';

const PROJECT = '32b6e34b3d91647abb20e7b8';

function start() {
  const clock = new ManualClock(1000);
  const bus = new EventBus(() => clock.now());
  const emit = (count = 1): void => {
    for (let index = 0; index < count; index += 1) bus.emit('operation.missing', PROJECT, { operation: 'x' });
  };
  return { bus, clock, emit };
}

const seqs = (events: readonly EmulatorEvent[]): number[] => events.map(({ seq }) => seq);

describe('the event bus', () => {
  it('a subscriber receives each event with its number, time, project and data', () => {
    const { bus, clock } = start();
    const seen: EmulatorEvent[] = [];
    bus.subscribe((event) => seen.push(event));
    bus.emit('operation.missing', undefined, { operation: 'GET /clusters' });
    clock.advance(500);
    bus.emit('link.changed', PROJECT, { id: 'a', state: 'DONE', at: 7, cause: 'time' });
    expect(seen).toEqual([
      {
        seq: 1,
        at: 1000,
        type: 'operation.missing',
        project: undefined,
        data: { operation: 'GET /clusters' },
      },
      {
        seq: 2,
        at: 1500,
        type: 'link.changed',
        project: PROJECT,
        data: { id: 'a', state: 'DONE', at: 7, cause: 'time' },
      },
    ]);
  });

  it('all subscribers receive the same event, in order of subscription', () => {
    const { bus, emit } = start();
    const seen: [string, EmulatorEvent][] = [];
    bus.subscribe((event) => seen.push(['first', event]));
    bus.subscribe((event) => seen.push(['second', event]));
    emit();
    expect(seen.map(([reader]) => reader)).toEqual(['first', 'second']);
    expect(seen[0]?.[1]).toBe(seen[1]?.[1]);
  });

  it('a subscriber receives only the events while it is subscribed', () => {
    const { bus, emit } = start();
    const seen: EmulatorEvent[] = [];
    emit();
    const leave = bus.subscribe((event) => seen.push(event));
    emit(2);
    leave();
    leave();
    emit();
    expect(seqs(seen)).toEqual([2, 3]);
  });

  it('a subscriber can unsubscribe while it receives an event', () => {
    const { bus, emit } = start();
    const seen: string[] = [];
    const leave = bus.subscribe(() => {
      seen.push('first');
      leave();
    });
    bus.subscribe(() => seen.push('second'));
    emit(2);
    expect(seen).toEqual(['first', 'second', 'second']);
  });
});

describe('since()', () => {
  it('since() returns the events after a number, oldest first', () => {
    const { bus, emit } = start();
    expect(bus.since(0)).toEqual([]);
    emit(5);
    expect(seqs(bus.since(0))).toEqual([1, 2, 3, 4, 5]);
    expect(seqs(bus.since(3))).toEqual([4, 5]);
    expect(bus.since(5)).toEqual([]);
    expect(bus.since(99)).toEqual([]);
  });

  it.each([1000, 1001, 1999, 2000, 2001, 5432])(
    'since() returns at most the last 1000 of %i events',
    (count) => {
      const { bus, emit } = start();
      emit(count);
      const retained = seqs(bus.since(0));
      expect([retained.length, retained[0], retained.at(-1)]).toEqual([1000, count - 999, count]);
    },
  );

  it('a list returned by since() does not change with later events', () => {
    const { bus, emit } = start();
    emit();
    const retained = bus.since(0);
    emit(3000);
    expect(seqs(retained)).toEqual([1]);
  });
});
