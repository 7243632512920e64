import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/listener.js';
import { ManualClock } from '../support/clock.js';
import { linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import { openLine, TRANSPORTS, type Incoming, type Line } from '../support/transport.js';
import { nextAlarm, nextCancel } from './stream-support.js';

const MINE = `/_emulator/projects/${SEEDED.documented.project}`;
const LINKS = linksPath('documented');

const wait = ({ send }: Pick<Line, 'send'>, body: object): Promise<Incoming> =>
  send({
    method: 'POST',
    path: `${MINE}/requests/wait`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe.each(TRANSPORTS)('waiting for requests, by %s', (transport) => {
  it('a wait for requests returns at once if they have arrived already', async () => {
    const line = await openLine(transport);
    await line.send({ path: LINKS });
    const answer = await wait(line, { path: LINKS });
    expect(answer.json<{ requests: object[] }>().requests).toHaveLength(1);
  });

  it('a wait for requests returns when the last arrives, and ignores those of another project', async () => {
    const line = await openLine(transport);
    const waiting = nextAlarm(line);
    let ended = false;
    const answer = wait(line, { method: 'GET', count: 2 }).finally(() => (ended = true));
    await waiting;
    await line.send({ path: LINKS });
    await line.send({ method: 'PUT', path: LINKS });
    await line.send({ path: linksPath('observed') });
    expect(ended).toBe(false);
    await line.send({ path: LINKS });
    const { status, text } = await answer;
    expect([status, (JSON.parse(text) as { requests: object[] }).requests.length]).toEqual([200, 2]);
  });

  it('a wait for requests returns 408 after the timeout, with the requests that arrived', async () => {
    const line = await openLine(transport);
    const waiting = nextAlarm(line);
    const answer = wait(line, { method: 'PUT', count: 2 });
    await waiting;
    await line.send({ path: LINKS });
    await line.send({ method: 'PUT', path: LINKS });
    line.clock.advance(4999);
    line.clock.advance(1);
    const { status, text } = await answer;
    expect(status).toBe(408);
    const { detail, requests } = JSON.parse(text) as { detail: string; requests: object[] };
    expect(detail).toContain('1 of 2');
    expect(detail).toContain(`GET ${LINKS} (401)`);
    expect(requests).toHaveLength(1);
  });

  it('a wait for requests returns 410 after the timeout if requests may have been evicted', async () => {
    const line = await openLine(transport);
    const token = await line.as('owner', 'documented', { path: LINKS });
    expect(token.status).toBe(200);
    const { last } = (await line.send({ path: `${MINE}/requests` })).json<{ last: number }>();
    await line.send({ method: 'DELETE', path: `${MINE}/requests` });
    for (const [since, status] of [
      [{ since: last }, 410],
      [{}, 408],
    ] as const) {
      const waiting = nextAlarm(line);
      const answer = wait(line, { method: 'PUT', timeoutMs: 1, ...since });
      await waiting;
      line.clock.advance(1);
      expect((await answer).status).toBe(status);
    }
  });

  it('a wait for requests returns 408 at once with a timeout of 0', async () => {
    const line = await openLine(transport);
    const waiting = nextAlarm(line);
    const answer = wait(line, { timeoutMs: 0 });
    await waiting;
    line.clock.advance(0);
    expect((await answer).status).toBe(408);
  });
});

describe('waits that are interrupted', () => {
  it('a wait for requests ends with an error when the emulator closes', async () => {
    const emulator = await TestEmulator.start();
    const waiting = nextAlarm(emulator);
    const answer = emulator.inject({ method: 'POST', url: `${MINE}/requests/wait`, payload: {} });
    await waiting;
    await emulator.app.server.close();
    expect((await answer).statusCode).toBe(503);
  });

  it('a wait for requests cancels its timer when its client disconnects', async () => {
    const emulator = await TestEmulator.start();
    const { server } = emulator.app;
    await server.listen({ port: 0, host: '127.0.0.1' });
    const waiting = nextAlarm(emulator);
    const cancelled = nextCancel(emulator);
    const { port } = server.server.address() as { port: number };
    const client = httpRequest({ host: '127.0.0.1', port, path: `${MINE}/requests/wait`, method: 'POST' });
    client.on('error', () => undefined);
    client.end();
    await waiting;
    client.destroy();
    await cancelled;
  });

  it('a wait for requests does not delay the close of a listening emulator', async () => {
    const clock = new ManualClock();
    const emulator = await listen({}, { clock });
    const waiting = nextAlarm({ clock });
    const answer = fetch(`${emulator.url}${MINE}/requests/wait`, {
      method: 'POST',
      body: JSON.stringify({ timeoutMs: 60_000 }),
      headers: { 'content-type': 'application/json' },
    });
    await waiting;
    await emulator.close();
    expect((await answer).status).toBe(503);
  });
});
