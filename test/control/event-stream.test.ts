import { connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventBus } from '../../src/kernel/events.js';
import { listen } from '../../src/listener.js';
import { ManualClock } from '../support/clock.js';
import { linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import { openSocket } from '../support/transport.js';
import { nextAlarm, nextCancel, openStream, parseEvents, type Received } from './stream-support.js';

const EVENTS = '/_emulator/events';
const MINE = `/_emulator/projects/${SEEDED.documented.project}/events`;
const LINKS = linksPath('documented');

const isThird = ({ id }: Received): boolean => id === '3';

/** Emits events of no interest. */
function emit(events: EventBus, count: number, project?: string): void {
  for (let index = 0; index < count; index += 1) {
    events.emit('operation.missing', project, { operation: 'x' });
  }
}

describe('the stream of events', () => {
  it('the event stream sends a request with its step, without headers and bodies', async () => {
    const { url, send } = await openSocket();
    const stream = await openStream(url + EVENTS);
    await send({ path: LINKS });
    const [event] = await stream.until(() => true);
    expect(event).toMatchObject({ id: '1', event: 'request.finished' });
    const parsed = JSON.parse(event?.data ?? '') as { data: object };
    expect(parsed).toMatchObject({
      seq: 1,
      at: '2026-01-01T00:00:00.000Z',
      type: 'request.finished',
      project: SEEDED.documented.project,
      data: { method: 'GET', path: LINKS, status: 401, rung: 'credentials' },
    });
    expect(Object.keys(parsed.data)).not.toContain('headers');
  });

  it('the event stream of a project has its own events only, and no requests of the control API', async () => {
    const { url, send } = await openSocket();
    const stream = await openStream(url + MINE);
    await send({ path: linksPath('observed') });
    await send({ path: '/_emulator/requests' });
    await send({ path: LINKS });
    const [event] = await stream.until(() => true);
    expect(event?.data).toContain(SEEDED.documented.project);
    const whole = await openStream(`${url}${EVENTS}?since=0`);
    const all = await whole.until(({ data }) => data?.includes(SEEDED.documented.project) === true);
    expect(all).toHaveLength(2);
  });

  it.each([
    ['Last-Event-ID', '', { 'last-event-id': '1' }],
    ['since', '?since=1', {}],
    ['Last-Event-ID before since', '?since=2', { 'last-event-id': '1' }],
  ])('the event stream resumes after %s and continues', async (_by, query, headers) => {
    const { url, events } = await openSocket();
    emit(events, 2);
    const stream = await openStream(url + EVENTS + query, headers);
    emit(events, 1);
    expect((await stream.until(isThird)).map(({ id }) => id)).toEqual(['2', '3']);
  });

  it('the event stream begins with the next event by default', async () => {
    const { url, events } = await openSocket();
    emit(events, 2);
    const stream = await openStream(url + EVENTS);
    emit(events, 1);
    expect((await stream.until(isThird)).map(({ id }) => id)).toEqual(['3']);
  });

  it('the event stream first reports the range of events that were lost', async () => {
    const { url, events } = await openSocket();
    emit(events, 2500);
    const stream = await openStream(`${url}${EVENTS}?since=5`);
    const [lost, ...rest] = await stream.until(({ id }) => id === '2500');
    expect(lost).toMatchObject({ id: '1500', event: 'lost' });
    const at = '2026-01-01T00:00:00.000Z';
    expect(JSON.parse(lost?.data ?? '')).toEqual({ type: 'lost', at, after: 5, next: 1501 });
    expect(rest.map(({ id }) => Number(id))).toEqual(
      Array.from({ length: 1000 }, (_, index) => 1501 + index),
    );
  });

  it('the event stream sends all events to a client that resumes from an earlier run', async () => {
    const { url, events } = await openSocket();
    emit(events, 3);
    const stream = await openStream(url + EVENTS, { 'last-event-id': '77' });
    expect((await stream.until(isThird)).map(({ id, event }) => `${id ?? ''} ${event ?? ''}`)).toEqual([
      '0 lost',
      '1 operation.missing',
      '2 operation.missing',
      '3 operation.missing',
    ]);
  });

  it('the event stream sends events in batches to a client that wants them so', async () => {
    const clock = new ManualClock();
    const { url, events } = await openSocket({}, clock);
    const stream = await openStream(`${url}${EVENTS}?everyMs=1000`);
    const read: (string | undefined)[] = [];
    const reading = stream.until(({ id }) => {
      read.push(id);
      return id === '5';
    });
    emit(events, 3);
    clock.advance(99);
    // Event 4, over the same event loop: the stream had as long to send something.
    await fetch(`${url}/_emulator/health`);
    expect(read).toEqual([]);
    clock.advance(1);
    await expect.poll(() => read).toEqual(['1', '2', '3']);
    emit(events, 1);
    clock.advance(999);
    // Event 6.
    await fetch(`${url}/_emulator/health`);
    expect(read).toEqual(['1', '2', '3']);
    clock.advance(1);
    await reading;
    expect(read).toEqual(['1', '2', '3', '5']);
  });

  it('the event stream refuses an invalid Last-Event-ID', async () => {
    const { send } = await openSocket();
    const answer = await send({ path: EVENTS, headers: { 'last-event-id': 'x' } });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Last-Event-ID');
  });

  it('the event stream sends a heartbeat every fifteen seconds', async () => {
    const clock = new ManualClock();
    const { url } = await openSocket({}, clock);
    const stream = await openStream(url + EVENTS);
    expect((await stream.next())?.comment).toBeDefined();
    clock.advance(15_000);
    expect((await stream.next())?.comment).toBe('');
    clock.advance(15_000);
    expect((await stream.next())?.comment).toBe('');
  });
});

describe('the end of an event stream', () => {
  it('an event stream ends when the emulator closes, after all earlier events', async () => {
    const emulator = await TestEmulator.start();
    const { events, server } = emulator.app;
    const begun = nextAlarm(emulator);
    const answer = emulator.inject({ url: MINE });
    await begun;
    await emulator.inject({ url: LINKS });
    emit(events, 2, SEEDED.observed.project);
    await server.close();
    const { statusCode, headers, payload } = await answer;
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(parseEvents(payload).map(({ event }) => event)).toEqual(['request.finished']);
  });

  it('an open event stream does not delay the close of a listening emulator', async () => {
    const emulator = await listen();
    const streams = await Promise.all([EVENTS, MINE].map((path) => openStream(emulator.url + path)));
    // The time after which the end cuts off what is under way never comes.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    await emulator.close();
    for (const stream of streams) expect(await stream.until()).toEqual([]);
  });

  it('an event stream ends if its client reads nothing between two heartbeats, with little buffered', async () => {
    const emulator = await TestEmulator.start();
    const { events, server } = emulator.app;
    const connected = once(server.server, 'connection') as Promise<[Socket]>;
    await server.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(`GET ${EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const [serverSide] = await connected;
    await once(socket, 'data');
    socket.pause();
    const operation = 'x'.repeat(100_000);
    for (let count = 0; count < 3000; count += 1) {
      events.emit('operation.missing', undefined, { operation });
      // Lets the kernel take what it will.
      if (count % 100 === 0) await new Promise(setImmediate);
    }
    expect(serverSide.writableLength).toBeLessThan(1_000_000);
    for (let beat = 0; beat < 3; beat += 1) emulator.clock.advance(15_000);
    expect(serverSide.destroyed).toBe(true);
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.resume();
    await closed;
  });

  it('an event stream cancels its timer when its client disconnects', async () => {
    const clock = new ManualClock();
    const { url } = await openSocket({}, clock);
    const cancelled = nextCancel({ clock });
    const stream = await openStream(url + EVENTS);
    stream.leave();
    await cancelled;
  });
});
