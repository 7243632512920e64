import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { API, SEEDED } from '../support/emulator.js';
import { expectAlive, JSON_TYPE, LINKS, shareRaw, statusesIn } from '../support/raw.js';

const open = shareRaw();

const MIB = 1024 * 1024;

/** Sends one piece and waits until the operating system has it. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Sends a head and then pieces of a body; reads nothing before all of it is written, as urllib does. */
async function writeThenRead(url: string, head: string, pieces: Iterable<Buffer>): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).pause();
  const failed = new Promise<never>((_resolve, reject) => socket.once('error', reject));
  const answered = async (): Promise<string> => {
    await write(socket, Buffer.from(`${head}\r\n`));
    for (const piece of pieces) await write(socket, piece);
    let answer = '';
    for await (const bytes of socket) answer += String(bytes);
    return answer;
  };
  return Promise.race([answered(), failed]).finally(() => socket.destroy());
}

const PIECE = Buffer.alloc(MIB / 4, ' ');
const chunk = Buffer.concat([Buffer.from(`${PIECE.length.toString(16)}\r\n`), PIECE, Buffer.from('\r\n')]);

/** The two framings of a body of some MiB: the header, and the pieces. */
const FRAMINGS: readonly [string, (size: number) => { header: string; pieces: Buffer[] }][] = [
  [
    'with a length',
    (size) => ({ header: `Content-Length: ${size * MIB}`, pieces: Array<Buffer>(size * 4).fill(PIECE) }),
  ],
  [
    'in chunks',
    (size) => ({
      header: 'Transfer-Encoding: chunked',
      pieces: [...Array<Buffer>(size * 4).fill(chunk), Buffer.from('0\r\n\r\n')],
    }),
  ],
];

describe.each(FRAMINGS)('a client that reads once it has sent its whole body %s', (_framing, framed) => {
  const { header, pieces } = framed(12);
  it.each([
    [413, `POST ${LINKS}`, [JSON_TYPE]],
    [413, `POST ${API}/groups`, [JSON_TYPE]],
    [413, 'POST /api/oauth/token', ['Content-Type: application/x-www-form-urlencoded']],
    [413, 'POST /_emulator/projects', [JSON_TYPE, 'Host: localhost']],
    [415, `POST ${LINKS}`, ['Content-Type: text/plain']],
    [415, `POST ${LINKS}`, [JSON_TYPE, 'Content-Encoding: gzip']],
    [401, `POST ${LINKS}`, [JSON_TYPE, 'Authorization: Bearer none']],
    [404, `DELETE ${LINKS}/${'f'.repeat(24)}`, ['Content-Type: text/plain']],
    [404, `POST ${API}/nothing`, ['Content-Type: text/plain']],
    [405, `PUT ${LINKS}`, []],
    [501, `POST ${API}/groups/${SEEDED.documented.project}/streams`, ['Content-Type: text/plain']],
    [400, `POST ${API}/groups/%zz`, [JSON_TYPE]],
    [403, 'POST /_emulator/projects', [JSON_TYPE, 'Host: evil.example']],
  ])('receives the %i of %s (%j)', async (status, request, headers) => {
    const raw = await open();
    const names = headers.map((line) => line.slice(0, line.indexOf(':')));
    const head = raw
      .head(`${request} HTTP/1.1`)
      .split('\r\n')
      .filter((line) => !names.some((name) => line.startsWith(`${name}:`)));
    const text = [...head.slice(0, -1), ...headers, header, ''].join('\r\n');
    expect(statusesIn(await writeThenRead(raw.url, text, pieces))).toEqual([status]);
  });
});

it.each([
  ['a large one', `POST ${LINKS}`],
  ['a path that does not exist', `POST ${API}/nothing`],
])('is not read for ever: %s', async (_what, request) => {
  const raw = await open();
  let sent = 0;
  const endless = function* (): Generator<Buffer> {
    for (; ; sent += chunk.length) yield chunk;
  };
  const head = raw
    .head(`${request} HTTP/1.1`, JSON_TYPE, 'Transfer-Encoding: chunked')
    .replace('Connection: close\r\n', '');
  await expect(writeThenRead(raw.url, head, endless())).rejects.toThrow(/ECONNRESET|EPIPE/);
  expect(sent).toBeGreaterThan(12 * MIB);
  await expectAlive(raw);
});
