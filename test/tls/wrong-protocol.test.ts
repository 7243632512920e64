import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectEmulator, startEmulator, type LocalEmulator } from '../../src/index.js';
import { tlsNotices } from '../../src/tls/server.js';
import { Command } from '../support/command.js';
import { sendRaw } from '../support/raw.js';
import { send } from './https-client.js';

// Each emulator with HTTPS makes two RSA keys: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const WORDS = 'this port is for HTTPS, and the request is plain HTTP';

let emulator: LocalEmulator;
let tlsUrl: string;
/** The address of the port for HTTPS, as a client has it that does not know of TLS. */
let plainUrl: string;
beforeAll(async () => {
  emulator = await startEmulator({ tls: true, host: ['127.0.0.1', '127.0.0.2'], profile: 'observed' });
  tlsUrl = emulator.tlsUrl ?? '';
  plainUrl = tlsUrl.replace('https', 'http');
});
afterAll(() => emulator.close());

/** Opens a connection to a port of the emulator, without a byte. */
async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('plain HTTP on the HTTPS port', () => {
  it.each(['127.0.0.1', '127.0.0.2'])(
    'plain HTTP on the HTTPS port is a 400 that says so, at %s',
    async (host) => {
      const response = await fetch(`${plainUrl.replace('127.0.0.1', host)}/api/atlas/v2/groups`);
      expect(response.status).toBe(400);
      expect(response.headers.get('x-emulator-reason')).toContain(WORDS);
      expect(response.headers.get('x-emulator-reason')).toContain('to pass: Use https:// with this port');
      expect(await response.json()).toMatchObject({ error: 400, errorCode: 'VALIDATION_ERROR' });
    },
  );

  it.each(['GET', 'POST', 'DELETE', 'OPTIONS', 'PATCH', 'x'])(
    'the method %s over plain HTTP on the HTTPS port is a 400 that says so',
    async (method) => {
      const answer = await sendRaw(plainUrl, `${method} / HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(answer).toContain(WORDS);
    },
  );

  it('plain HTTP with a large body on the HTTPS port is a 400 that the client can read', async () => {
    const body = 'x'.repeat(5_000_000);
    const response = await fetch(plainUrl, { method: 'POST', body });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(WORDS)]);
  });

  it('connectEmulator() reports plain HTTP on the HTTPS port, and HTTPS on the HTTP port', async () => {
    await expect(connectEmulator(plainUrl)).rejects.toThrow(WORDS);
    await expect(connectEmulator(emulator.url.replace('http', 'https'))).rejects.toThrow('is not HTTPS');
  });

  it('HTTPS still works after plain HTTP on its port', async () => {
    await sendRaw(plainUrl, 'GET / HTTP/1.1\r\n\r\n');
    expect(await send(`${tlsUrl}/_emulator/health`, { ca: emulator.ca })).toMatchObject({ status: 200 });
  });
});

it('HTTPS works if the first byte of the handshake arrives alone', async () => {
  const { port } = new URL(tlsUrl);
  const splitter = createServer((client) => {
    const server = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
    server.pipe(client);
    client.on('error', () => undefined).on('close', () => server.destroy());
    client.once('data', (data: Buffer) => {
      server.write(data.subarray(0, 1), () => {
        server.write(data.subarray(1));
        client.pipe(server);
      });
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void splitter.close());
  await once(splitter, 'listening');
  const url = `https://127.0.0.1:${(splitter.address() as AddressInfo).port}`;
  expect(await send(`${url}/_emulator/health`, { ca: emulator.ca })).toMatchObject({ status: 200 });
});

it('an HTTP/2 request is a 400 that says so', async () => {
  const answer = await sendRaw(emulator.url, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*it is HTTP\/2, and the server has HTTP\/1\.1/s);
});

it.each([
  ['no byte', []],
  ['a part of a handshake', [0x16, 3, 1]],
])('a connection to the HTTPS port with %s does not keep an emulator from closing', async (_what, bytes) => {
  const started = await startEmulator({ tls: true });
  const socket = await openSocket(started.tlsUrl ?? '');
  const ended = once(
    socket.on('error', () => undefined),
    'close',
  );
  if (bytes.length > 0) socket.write(Buffer.from(bytes));
  // It has been accepted once a later connection is answered.
  await send(`${started.tlsUrl ?? ''}/_emulator/health`, { ca: started.ca });
  await started.close();
  await ended;
});

it('a request over HTTPS is completed before an emulator closes', async () => {
  const started = await startEmulator({ tls: true });
  const { hostname, port } = new URL(started.tlsUrl ?? '');
  const socket = connectTls({ host: hostname, port: Number(port), ca: started.ca });
  await once(socket, 'secureConnect');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.write('POST /_emulator/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n');
  socket.write('Content-Length: 2\r\nExpect: 100-continue\r\n\r\n');
  await once(socket, 'data');
  const closed = started.close();
  socket.write('{}');
  await Promise.all([once(socket, 'close'), closed]);
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
});

describe('TLS on the HTTP port', () => {
  it('TLS on the HTTP port is logged once for each client', async () => {
    const { command, ready } = await Command.start(['--host', '127.0.0.1']);
    const url = ready.url.replace('http', 'https');
    for (const localAddress of ['127.0.0.1', '127.0.0.1', '127.0.0.3', '127.0.0.1']) {
      await expect(send(url, { localAddress })).rejects.toThrow();
    }
    await sendRaw(ready.url, 'nothing of the kind\r\n\r\n');
    command.signal('SIGTERM');
    const { stderr } = await command.ended;
    const lines = stderr.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      expect.stringMatching(/^127\.0\.0\.1 sent TLS to a port for HTTP: .*--tls/),
      expect.stringMatching(/^127\.0\.0\.3 sent TLS to a port for HTTP: .*--tls/),
    ]);
  });

  it('TLS on the HTTP port is reported once for each client, and for a bounded number of them', () => {
    const noticeOf = tlsNotices();
    const error = Object.assign(new Error('Parse Error'), { rawPacket: Buffer.from([0x16, 3, 1]) });
    const clients = Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const reported = [...clients, ...clients].filter((remoteAddress) => noticeOf(error, { remoteAddress }));
    expect(reported).toEqual(clients.slice(0, 100));
  });
});
