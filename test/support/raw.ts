import { connect } from 'node:net';
import { expect } from 'vitest';
import { linksPath } from './emulator.js';
import { openSocket, shareEmulator, tokenOf, type Line } from './transport.js';

/** The private links of the documented project. */
export const LINKS = linksPath('documented');

export const JSON_TYPE = 'Content-Type: application/json';

/** Milliseconds without data after which the emulator counts as hanging. */
const HANGING_MS = 4500;

/**
 * Sends bytes to an emulator unchanged, and returns all that it responds until it closes the connection.
 *
 * @throws if nothing happens for long: the emulator hangs
 */
export function sendRaw(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('latin1');
    socket.setTimeout(HANGING_MS, () => {
      socket.destroy(new Error(`nothing more arrives after: ${answer.slice(0, 200)}`));
    });
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that refuses a request early may close before it has read all of it.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(answer);
      else reject(error);
    });
    socket.on('close', () => {
      resolve(answer);
    });
    socket.write(bytes);
  });
}

/** The statuses of the responses in a text. */
export function statusesIn(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** An emulator that listens, and the documented owner's token. */
export interface RawSocket {
  readonly url: string;
  /** Head of a request of the owner, without the empty line that ends it; the connection closes behind it. */
  readonly head: (requestLine: string, ...headers: string[]) => string;
}

/** Starts an emulator for one test. */
export async function openRaw(): Promise<RawSocket> {
  const line = await openSocket();
  return rawOf(line.url, line);
}

/** Opens an emulator that the tests of a file share, as none of them changes anything. */
export function shareRaw(): () => Promise<RawSocket> {
  const shared = shareEmulator();
  return () => rawOf(shared.url, shared.seeded('socket'));
}

async function rawOf(url: string, { send }: Line): Promise<RawSocket> {
  const token = await tokenOf(send, 'owner', 'documented');
  return {
    url,
    head: (requestLine, ...headers) =>
      [
        requestLine,
        'Host: emulator',
        `Authorization: Bearer ${token}`,
        'Accept: application/vnd.atlas.2024-05-30+json',
        'Connection: close',
        ...headers,
        '',
      ].join('\r\n'),
  };
}

/** Whether the emulator still answers, and has made nothing of what it was sent. */
export async function expectAlive({ url, head }: RawSocket, links = 0): Promise<void> {
  const answer = await sendRaw(url, `${head(`GET ${LINKS} HTTP/1.1`)}\r\n`);
  expect(statusesIn(answer)).toEqual([200]);
  expect(answer).toContain(`"totalCount":${links}`);
}
