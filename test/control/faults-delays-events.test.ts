import { describe, expect, it } from 'vitest';
import type { EmulatorEvent } from '../../src/kernel/events.js';
import { ManualClock } from '../support/clock.js';
import { ACCEPT, linksPath } from '../support/emulator.js';
import { openLine, openSocket, tokenOf, TRANSPORTS } from '../support/transport.js';
import { addFault, control, counts, create, faultsPath, linksIn, list } from './faults-support.js';

/** A clock that reports when an alarm is set for a given time, and which are cancelled. */
class WatchedClock extends ManualClock {
  #resolve: (() => void) | undefined;
  #at = 0;
  /** The times of the alarms that were cancelled. */
  readonly cancelled: number[] = [];

  override setAlarm(at: number, ring: () => void): () => void {
    const cancel = super.setAlarm(at, ring);
    if (at === this.#at) this.#resolve?.();
    return () => {
      this.cancelled.push(at);
      cancel();
    };
  }

  /** Resolves once somebody waits for this moment. */
  alarmAt(at: number): Promise<void> {
    this.#at = at;
    return new Promise((resolve) => (this.#resolve = resolve));
  }
}

describe('faults that delay', () => {
  it.each(TRANSPORTS)('a fault delays one request by the clock and no other, over %s', async (transport) => {
    const clock = new WatchedClock();
    const line = await openLine(transport, {}, clock);
    await addFault(line, { delayMs: 5000, times: 1 }, 'documented');
    const waiting = clock.alarmAt(clock.now() + 5000);
    let answered = false;
    const pending = list(line).finally(() => (answered = true));
    await waiting;
    clock.advance(4999);
    expect((await control(line, 'GET', faultsPath(line, 'documented'))).status, 'others are served').toBe(
      200,
    );
    expect(answered).toBe(false);
    clock.advance(1);
    expect((await pending).status).toBe(200);
  });

  it.each([
    ['the rule is deleted', 'DELETE', 'documented', ''],
    ['all rules are deleted', 'DELETE', 'documented', 'all'],
    ['the project is reset', 'POST', 'documented', 'reset'],
    ['the server is reset', 'POST', undefined, 'reset'],
  ] as const)('a delayed request is cancelled when %s', async (_when, method, profile, how) => {
    const clock = new WatchedClock();
    const line = await openSocket({}, clock);
    const { id } = await addFault(line, { delayMs: 5000, times: 1 }, 'documented');
    const waiting = clock.alarmAt(clock.now() + 5000);
    const pending = create(line).catch((error: unknown) => error);
    await waiting;
    const faults = faultsPath(line, profile);
    const path = how === 'reset' ? faults.replace(/faults$/, 'reset') : faults + (how === '' ? `/${id}` : '');
    expect((await control(line, method, path)).status).toBe(204);
    expect(await pending).toBeInstanceOf(Error);
    clock.advance(5000);
    expect(await linksIn(line)).toBe(0);
  });

  it('a delayed request is cancelled when its connection closes', async () => {
    const clock = new WatchedClock();
    const line = await openSocket({}, clock);
    await addFault(line, { delayMs: 5000, times: 1 }, 'documented');
    const token = await tokenOf(line.send, 'owner', 'documented');
    const waiting = clock.alarmAt(clock.now() + 5000);
    const closed = new Promise((resolve) => {
      line.events.subscribe(({ type, data }) => {
        if (type === 'request.finished' && data.status === 0) resolve(data.rung);
      });
    });
    const client = new AbortController();
    const pending = fetch(line.url + linksPath('documented'), {
      method: 'POST',
      signal: client.signal,
      headers: { accept: ACCEPT, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"provider":"AWS"}',
    }).catch((error: unknown) => error);
    await waiting;
    client.abort();
    expect(await pending).toBeInstanceOf(Error);
    await closed;
    expect(clock.cancelled).toContain(clock.now() + 5000);
    clock.advance(5000);
    expect(await linksIn(line)).toBe(0);
  });

  it('after a delay the next matching rules apply, up to the first that answers', async () => {
    const clock = new WatchedClock();
    const line = await openLine('inject', {}, clock);
    const rules = [
      { delayMs: 1000 },
      { delayMs: 500 },
      { answer: { status: 503 } },
      { answer: { status: 500 } },
    ];
    for (const rule of rules) await addFault(line, rule, 'documented');
    const first = clock.alarmAt(clock.now() + 1000);
    const pending = list(line);
    await first;
    const second = clock.alarmAt(clock.now() + 1500);
    clock.advance(1000);
    await second;
    clock.advance(500);
    expect((await pending).status).toBe(503);
    expect(await counts(line, 'documented')).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
  });
});

it.each([
  ['answer', { answer: { status: 503 } }, 503],
  ['rateLimit', { rateLimit: {} }, 429],
  ['drop', { drop: 'before' }, 0],
  ['drop', { drop: 'after' }, 0],
  ['truncate', { truncate: true }, 201],
])(
  'a fault with %s emits fault.fired, and the request names the rule that decided it',
  async (action, rule, status) => {
    const socket = await openSocket();
    const token = await tokenOf(socket.send, 'owner', 'documented');
    await addFault(socket, { id: 'mine', ...rule }, 'documented');
    const events: EmulatorEvent[] = [];
    const finished = new Promise<void>((resolve) => {
      socket.events.subscribe((event) => {
        events.push(event);
        if (new Set(events.map(({ type }) => type)).size === 2) resolve();
      });
    });
    await socket
      .send({
        method: 'POST',
        path: linksPath('documented'),
        headers: { accept: ACCEPT, authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
        body: '{}',
      })
      .catch(() => undefined);
    await finished;
    const project = '32b6e34b3d91647abb20e7b8';
    const operation = 'createGroupStreamPrivateLinkConnection';
    expect(events.find(({ type }) => type === 'fault.fired')).toMatchObject({
      project,
      data: { rule: 'mine', scope: 'project', operation, action },
    });
    expect(events.find(({ type }) => type === 'request.finished')).toMatchObject({
      project,
      data: {
        operation,
        rung: 'faults',
        // The work itself was refused for its media type.
        status: status === 201 ? 415 : status,
        reason: expect.stringContaining('The fault rule mine of project') as string,
      },
    });
  },
);
