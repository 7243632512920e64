import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/listener.js';
import { API, SEEDED } from '../support/emulator.js';
import { LINKS, openRaw, sendRaw, statusesIn } from '../support/raw.js';

const { project } = SEEDED.documented;

/** A request without credentials on a connection that stays open. */
const request = (method: string, path: string, body?: object): string => {
  const text = body === undefined ? '' : JSON.stringify(body);
  const fields =
    body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields}\r\n${text}`;
};

/** The last request of a connection. */
const last = 'GET /_emulator/health?alive HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';

describe('a broken request on a connection', () => {
  it('requests before a broken one are answered first, in order', async () => {
    const { url } = await openRaw();
    const answer = await sendRaw(
      url,
      `${request('GET', '/_emulator/clock')}${request('GET', LINKS)}FETCH / HTTP/1.1\r\n\r\n`,
    );
    expect(statusesIn(answer)).toEqual([200, 401, 400]);
    expect(answer).toContain('"frozen":false');
  });

  it('a request whose own body is broken gets one answer, after those before it', async () => {
    const { url } = await openRaw();
    const chunked = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
    const broken = `POST /_emulator/faults HTTP/1.1\r\nHost: 127.0.0.1\r\n${chunked}`;
    expect(statusesIn(await sendRaw(url, request('GET', '/_emulator/clock') + broken))).toEqual([200, 400]);
  });

  it.each([2, 0])('a head of megabytes behind %i requests is answered after them', async (before) => {
    const { url } = await openRaw();
    const { hostname, port } = new URL(url);
    const head = `GET /${'a'.repeat(4_000_000)} HTTP/1.1\r\n`;
    const socket = connect(Number(port), hostname);
    let answer = '';
    // As many clients do, it reads when all is sent: a reset before would drop what it has received.
    socket.pause();
    socket.on('data', (data) => (answer += data.toString()));
    socket.write(request('POST', '/_emulator/reset').repeat(before) + head, () => socket.resume());
    await once(socket, 'close');
    expect(statusesIn(answer)).toEqual([...Array<number>(before).fill(204), 431]);
  });

  it('a broken request behind an event stream closes the connection, and nothing is written into the stream', async () => {
    const { url } = await openRaw();
    const { hostname, port } = new URL(url);
    const received = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (data) => {
        if (!text.includes('event-stream')) socket.write('hello\r\n\r\n');
        text += data.toString();
      });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        resolve(text);
      });
      socket.write(request('GET', '/_emulator/events'));
    });
    expect(statusesIn(received)).toEqual([200]);
  });
});

it('a broken request behind requests that wait for an event stream closes the connection', async () => {
  const { url } = await openRaw();
  const waiting = request('GET', '/_emulator/clock').repeat(3);
  const answer = await sendRaw(
    url,
    `${request('GET', '/_emulator/events')}${waiting}FETCH / HTTP/1.1\r\n\r\n`,
  );
  expect(statusesIn(answer)).toEqual([200]);
});

describe('the Expect header', () => {
  it('an unknown expectation is ignored', async () => {
    const { url, head } = await openRaw();
    const answer = await sendRaw(url, `${head(`GET ${LINKS} HTTP/1.1`, 'Expect: nonsense')}\r\n`);
    expect(statusesIn(answer)).toEqual([200]);
  });

  it('100 Continue is sent before the response, and not within one behind another', async () => {
    const { url, head } = await openRaw();
    const fields = ['Content-Type: application/json', 'Content-Length: 2', 'Expect: 100-continue'];
    const expecting = `${head(`POST ${LINKS} HTTP/1.1`, ...fields)}\r\n{}`;
    expect(statusesIn(await sendRaw(url, expecting))).toEqual([100, 400]);
    // A write is answered in another turn of the event loop.
    const answer = await sendRaw(url, request('POST', '/_emulator/reset') + expecting);
    expect(answer).toMatch(/^HTTP\/1\.1 204 [^]*HTTP\/1\.1 400 [^]*\r\n\r\n\{"error":400[^]*\}$/);
  });

  it('a request with it behind another does not end the connection', async () => {
    const { url } = await openRaw();
    const field = 'Host: 127.0.0.1\r\nExpect: 100-continue\r\n';
    const expecting = `GET /_emulator/clock HTTP/1.1\r\n${field}\r\n`;
    const answer = await sendRaw(url, request('POST', '/_emulator/reset') + expecting + last);
    expect(statusesIn(answer)).toEqual([204, 100, 200, 200]);
  });
});

describe('requests that are under way at once', () => {
  it.each([
    ['DELETE', `${API}/groups/${project}/teams/${'a'.repeat(24)}`],
    ['DELETE', `${API}/groups/${project}/managedSlowMs/disable`],
    ['GET', `${API}/groups/${project}`],
  ])('%s %s behind the deletion of its project is a 404', async (method, path) => {
    const { url, head } = await openRaw();
    const answer = await sendRaw(
      url,
      `${request('DELETE', `/_emulator/projects/${project}`)}${head(`${method} ${path} HTTP/1.1`)}\r\n`,
    );
    expect(statusesIn(answer)).toEqual([204, 404]);
  });

  it('what a control operation has created is in its answer, even if the next request deletes it', async () => {
    const { url } = await openRaw();
    const id = 'a'.repeat(24);
    const answer = await sendRaw(
      url,
      [
        request('POST', '/_emulator/snapshots', { name: 'brief' }),
        request('DELETE', '/_emulator/snapshots/brief'),
        request('POST', '/_emulator/projects', { id }),
        request('PATCH', `/_emulator/projects/${id}`, { movement: 'by hand' }),
        request('DELETE', `/_emulator/projects/${id}`),
        last,
      ].join(''),
    );
    expect(statusesIn(answer)).toEqual([201, 204, 201, 200, 204, 200]);
    expect(answer).toContain('"name":"brief"');
    expect(answer).toContain('"movement":"by hand"');
  });
});

it('a connection with very many requests behind an event stream is closed', async () => {
  const emulator = await listen();
  const { url, server } = emulator;
  let read = 0;
  server.server.on('request', () => (read += 1));
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(async () => {
    socket.destroy();
    await emulator.close();
  });
  await new Promise((resolve) => {
    socket.once('data', resolve);
    socket.write(request('GET', '/_emulator/events'));
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => socket.destroy());
  socket.write(request('GET', '/_emulator/clock').repeat(200_000));
  await closed;
  expect(read).toBeLessThan(5000);
  expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
});

it.each([
  ['its own', 1],
  ['of a request behind it', 0],
])('a client can end an event stream although a body, %s, is large', async (_whose, own) => {
  const { url } = await openRaw();
  const large = { filler: 'x'.repeat(400_000) };
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('data', () => socket.end());
  const closed = once(socket, 'close');
  const stream = request('GET', '/_emulator/events', own ? large : undefined);
  socket.write(stream + request('POST', '/api/oauth/token', large).repeat(2));
  await closed;
  expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
});
