import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  expectAlive,
  JSON_TYPE,
  LINKS as path,
  openRaw,
  sendRaw,
  shareRaw,
  statusesIn,
} from '../support/raw.js';

const open = shareRaw();

describe('unusual request bodies', () => {
  const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  it.each<[string, string, number]>([
    ['is empty', '', 400],
    ['is white space', ' \r\n\t', 400],
    ['is null', 'null', 400],
    ['is a number', '1e999', 400],
    ['is cut off', '{"provider":"AWS"', 400],
    ['begins with two byte order marks', '\ufeff\ufeff{"provider":"AWS"}', 400],
    ['is 100,000 arrays deep', deep(100_000), 400],
    ['is 100,000 arrays deep in a field', `{"provider":"AWS","region":${deep(100_000)}}`, 400],
    ['is 100,000 arrays deep in a list', `{"provider":"AWS","azureResourceIds":${deep(100_000)}}`, 400],
    ['is 100,000 objects deep', `{"provider":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 400],
    ['has a __proto__', '{"provider":"AWS","__proto__":{"region":"x"}}', 400],
    ['has a constructor', '{"provider":"AWS","constructor":{"prototype":{"region":"x"}}}', 400],
    ['names __proto__ as provider', '{"provider":"__proto__"}', 400],
    ['names constructor as vendor', '{"provider":"AWS","vendor":"constructor"}', 400],
    ['names __proto__ as vendor', '{"provider":"AWS","vendor":"__proto__"}', 400],
    [
      'has 20,000 fields',
      `{${Array.from({ length: 20_000 }, (_, index) => `"f${index}":1`).join(',')}}`,
      400,
    ],
    ['has line breaks and other letters in a name', '{"provider":"AWS","a\\r\\nX-Evil: \u{1f4a9}":1}', 400],
    ['has line breaks in its provider', '{"provider":"a\\r\\nX-Evil: 1"}', 400],
  ])('a body that %s is refused', async (_what, body, status) => {
    const socket = await open();
    const head = socket.head(
      `POST ${path} HTTP/1.1`,
      JSON_TYPE,
      `Content-Length: ${Buffer.byteLength(body)}`,
    );
    const answer = await sendRaw(socket.url, `${head}\r\n${body}`);
    expect(statusesIn(answer)).toEqual([status]);
    expect(answer).toMatch(/^x-emulator-reason: [\x20-\x7e]{1,1000}\r$/m);
    expect(answer).not.toMatch(/^X-Evil/im);
    await expectAlive(socket);
  });

  it('a name of 500,000 characters is repeated in part, since refusals are recorded', async () => {
    const socket = await open();
    const long = 'x'.repeat(500_000);
    const body = `{"provider":"AWS","${long}":1}`;
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    const head = socket.head(`POST ${path} HTTP/1.1`, JSON_TYPE, length);
    const answer = await sendRaw(socket.url, `${head}\r\n${body}`);
    expect(statusesIn(answer)).toEqual([400]);
    expect(answer).toContain('x'.repeat(16_000));
    expect(answer.length).toBeLessThan(5 * 16 * 1024);
  });

  it.each(['\\u0000', '\\ud800', '\\udfff x', '\\u0001\\u0002', '\u{1f4a9}', '\u2028', '%s', '\\\\', '\\"'])(
    'a text with "%s" is stored and returned unchanged',
    async (text) => {
      const socket = await openRaw();
      const body = `{"provider":"AWS","region":"${text}"}`;
      const head = socket.head(
        `POST ${path} HTTP/1.1`,
        JSON_TYPE,
        `Content-Length: ${Buffer.byteLength(body)}`,
      );
      expect(statusesIn(await sendRaw(socket.url, `${head}\r\n${body}`))).toEqual([200]);
      const answer = await sendRaw(socket.url, `${socket.head(`GET ${path} HTTP/1.1`)}\r\n`);
      const shown = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString();
      const { results } = JSON.parse(shown) as { results: { region: string }[] };
      expect(results[0]?.region).toBe((JSON.parse(body) as { region: string }).region);
    },
  );

  it('a body in chunks without a length, as atlas api sends it, is accepted', async () => {
    const socket = await openRaw();
    const chunks = ['{"prov', 'ider":"A', 'WS"}\n'].map(
      (text) => `${text.length.toString(16)}\r\n${text}\r\n`,
    );
    const head = socket.head(`POST ${path} HTTP/1.1`, JSON_TYPE, 'Transfer-Encoding: chunked');
    expect(statusesIn(await sendRaw(socket.url, `${head}\r\n${chunks.join('')}0\r\n\r\n`))).toEqual([200]);
    await expectAlive(socket, 1);
  });

  it.each(['gzip', 'GZIP', 'br', 'deflate, gzip', 'nonsense'])(
    'a body with the encoding %s is a 415',
    async (encoding) => {
      const socket = await open();
      const head = socket.head(
        `POST ${path} HTTP/1.1`,
        JSON_TYPE,
        `Content-Encoding: ${encoding}`,
        'Content-Length: 2',
      );
      expect(statusesIn(await sendRaw(socket.url, `${head}\r\n{}`))).toEqual([415]);
    },
  );

  it('a body longer than its Content-Length ends the connection, and the emulator continues to serve', async () => {
    const socket = await open();
    const head = socket.head(`POST ${path} HTTP/1.1`, JSON_TYPE, 'Content-Length: 2');
    const statuses = statusesIn(await sendRaw(socket.url, `${head}\r\n{}GET / HTTP/1.1\r\n\r\n`));
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses.every((status) => status === 400)).toBe(true);
    await expectAlive(socket);
  });

  it('a body shorter than its Content-Length, whose client disconnects, changes nothing', async () => {
    const socket = await open();
    const { hostname, port } = new URL(socket.url);
    const head = socket.head(`POST ${path} HTTP/1.1`, JSON_TYPE, 'Content-Length: 1000');
    await new Promise<void>((resolve) => {
      const client = connect(Number(port), hostname, () => {
        client.write(`${head}\r\n{"provider":"AWS"}`, () => client.destroy());
      });
      client.on('close', () => {
        resolve();
      });
    });
    await expectAlive(socket);
  });

  it('a body of 1 MiB without credentials is refused, and its client can read the response', async () => {
    const socket = await open();
    const big = 'x'.repeat(1024 * 1024);
    const request = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${big.length}\r\n\r\n${big}`;
    expect(statusesIn(await sendRaw(socket.url, request))).toEqual([401]);
    await expectAlive(socket);
  });
});
