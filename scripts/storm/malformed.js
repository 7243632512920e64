import { HOSTILE } from './bodies.js';

const long = (length) => 'y'.repeat(length);

/** Headers that a request can have, however odd. */
export const HEADERS = [
  ...[400, 401, 403, 404, 409, 418, 500].map((code) => ['Prefer', `code=${code}`]),
  ...['code=', 'code=500, code=400', '"\\"\\"', '\\"'.repeat(500), ';;;==', 'code="500"'].map((value) => [
    'Prefer',
    value,
  ]),
  ...[
    '',
    '*/*',
    'text/html',
    'application/json',
    'application/vnd.atlas.2019-01-01+json',
    'application/vnd.atlas.9999-99-99+json',
    ';q=abc',
    ','.repeat(500),
  ].map((value) => ['Accept', value]),
  ...[
    '',
    'Bearer',
    'Bearer ',
    'Basic',
    'Basic !!!',
    `x${' '.repeat(3000)}x`,
    'Digest',
    'Digest username="owner1"',
  ].map((value) => ['Authorization', value]),
  [
    'Authorization',
    `Digest username="owner1", realm="", nonce="${long(2000)}", uri="/", response="0", ${'qop=auth, '.repeat(50)}`,
  ],
  ['Authorization', `Digest username="${'\\"'.repeat(800)}`],
  ...['http://elsewhere.test', 'null', '://', 'http://localhost'].map((value) => ['Origin', value]),
  ...['elsewhere.test', '[', 'a b', '127.0.0.1:99999', ''].map((value) => ['X-Forwarded-Host', value]),
  ['X-Forwarded-Proto', 'gopher'],
  ['Access-Control-Request-Method', 'POST'],
  ['Upgrade', 'websocket'],
  ['Expect', '100-continue'],
  ['Expect', 'nonsense'],
  ['Content-Encoding', 'gzip'],
  ['Range', 'bytes=0-1'],
  ['If-None-Match', '*'],
  ['Last-Event-ID', 'x'],
  ['X-Odd', 'caf\xe9 \xff'],
  ['X-Odd', long(9000)],
  ['Cookie', 'a=b; '.repeat(100)],
  ['__proto__', 'x'],
];

/** Requests that are not HTTP, or not quite. Each takes the target and the headers of a valid one. */
const BROKEN = [
  () => 'hello\r\n\r\n',
  () => Buffer.from('16030100f4010000f00303', 'hex'),
  () => Buffer.alloc(100),
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ({ target, head }) => `FETCH ${target} HTTP/1.1\r\n${head}\r\n`,
  ({ target, head }) => `get ${target} HTTP/1.1\r\n${head}\r\n`,
  ({ target, head }) => `GET ${target} HTTP/9.9\r\n${head}\r\n`,
  ({ target }) => `GET ${target}\r\n\r\n`,
  ({ target }) => `GET ${target} HTTP/1.0\r\n\r\n`,
  ({ target }) => `GET ${target} HTTP/1.1\r\n\r\n`,
  ({ target, head }) => `GET ${target} a HTTP/1.1\r\n${head}\r\n`,
  ({ target, head }) => `GET ${target} HTTP/1.1\n${head.replaceAll('\r', '')}\n`,
  ({ target, head }) => `GET ${target} HTTP/1.1\r\n${head}nonsense\r\n\r\n`,
  ({ target, head }) => `GET ${target} HTTP/1.1\r\n${head}X: a\0b\r\n\r\n`,
  ({ target, head }) => `GET ${target} HTTP/1.1\r\n${head}X: a\r\n b\r\n\r\n`,
  ({ target, head }) => `GET ${target} HTTP/1.1\r\n${head}Host: other\r\n\r\n`,
  ({ target, head }) => `GET ${target} HTTP/1.1\r\n${head}X Y: z\r\n\r\n`,
  ({ target, head }) => `GET ${target} HTTP/1.1\r\n${head}X: ${long(20_000)}\r\n\r\n`,
  ({ target, head }) => `GET ${target} HTTP/1.1\r\n${head}${'X-Y: z\r\n'.repeat(3000)}\r\n`,
  ({ head }) => `GET /${long(20_000)} HTTP/1.1\r\n${head}\r\n`,
  ({ head }) => `CONNECT elsewhere:443 HTTP/1.1\r\n${head}\r\n`,
  ({ target, head }) => `POST ${target} HTTP/1.1\r\n${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
  ({ target, head }) => `POST ${target} HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`,
  ({ target, head }) => `POST ${target} HTTP/1.1\r\n${head}Content-Length: 99999999999999999999\r\n\r\n`,
  ({ target, head }) =>
    `POST ${target} HTTP/1.1\r\n${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ({ target, head }) => `POST ${target} HTTP/1.1\r\n${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  ({ target, head }) => `POST ${target} HTTP/1.1\r\n${head}Transfer-Encoding: identity\r\n\r\n{}`,
  ...[
    'zz\r\n',
    '-1\r\n',
    'ffffffffffffffffffff\r\n',
    '5\r\nab',
    '2\r\n{}2\r\n',
    `1;${long(20_000)}\r\n`,
    '2;a="b\r\n{}\r\n0\r\n\r\n',
    '0\r\nX: y\r\n',
  ].map(
    (chunks) =>
      ({ target, head }) =>
        `POST ${target} HTTP/1.1\r\n${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
  ),
  ...['', '{"provider":', '{}'].map(
    (start) =>
      ({ target, head }) =>
        `POST ${target} HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n${start}`,
  ),
];

/** Bytes that no answer but a refusal can follow, if any does. */
export function malformed(random, request, whole) {
  if (random.chance(0.4)) return mutated(random, whole);
  const head = request.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(random.pick(BROKEN)({ target: request.path, head }), 'latin1');
}

/** A valid request with some bytes changed, inserted or left out. */
function mutated(random, whole) {
  let bytes = Buffer.from(whole);
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const at = random.below(bytes.length + 1);
    const inserted = random.pick([
      Buffer.from([random.below(256)]),
      Buffer.from(random.pick(HOSTILE)),
      Buffer.from(random.pick(['\r\n', '\r', '\n', ' ', ':', '\0'])),
      Buffer.alloc(0),
    ]);
    bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + random.below(3))]);
  }
  return bytes;
}
