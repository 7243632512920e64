import { connect } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answersIn, problemOf, shown } from './answers.js';
import { malformed } from './malformed.js';
import { Random } from './random.js';
import { operationsOf, Requests } from './requests.js';
import { Server } from './server.js';

const CONNECTIONS = 12;
/** After this long without an answer or an end of the connection, the emulator hangs. */
const HANGING_MS = 60_000;
/** The type of an answer that never ends. */
const STREAM = 'text/event-stream';
/** Connections after which the world begins anew, so that valid requests go on to succeed. */
const EPOCH = 300;

/** Sends seeded requests, and throws at the first answer that is not as it must be. */
export async function storm(seed, count, progress) {
  const folder = mkdtempSync(join(tmpdir(), 'storm-'));
  const server = await Server.start(join(folder, 'world.db'));
  try {
    const world = await worldOf(server);
    const seen = {};
    let [sent, opened] = [0, 0];
    while (sent < count) {
      const epoch = Array.from({ length: EPOCH }, () => (opened += 1));
      const worker = async () => {
        for (let number = epoch.pop(); number !== undefined && sent < count; number = epoch.pop()) {
          const connection = {
            ...connectionOf(world, new Random(seed, number)),
            name: `storm-${seed}-${number}`,
          };
          sent += connection.requests.length;
          await judge(server, world, connection, seen);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, worker));
      await renew(server, world);
      progress(`${sent} of ${count} requests`);
    }
    if (server.log !== '') throw new Error(`the emulator logs an error: ${server.log}`);
    return { requests: sent, connections: opened, answers: seen };
  } finally {
    server.signal('SIGKILL');
    await server.ended;
    rmSync(folder, { recursive: true });
  }
}

/** What requests are made of. */
async function worldOf(server) {
  const documents = [
    await server.control('GET', '/openapi.json'),
    await server.control('GET', '/control-openapi.json'),
  ];
  const fixture = await server.control('GET', '/fixture');
  const projects = await Promise.all(
    server.projects.map(async ({ id }) => {
      const { credentials, organizationId, profile } = await server.control('GET', `/projects/${id}/access`);
      const { clientId, clientSecret: secret } = credentials.owner.serviceAccount;
      return { id, organizationId, profile, clientId, secret };
    }),
  );
  const world = { host: server.host, operations: operationsOf(documents), fixture, projects, links: [] };
  await renew(server, world);
  return world;
}

/** Loads the first fixture again, and requests new tokens. */
async function renew(server, world) {
  await server.control('PUT', '/fixture', world.fixture);
  for (const project of world.projects)
    project.token = await server.token({ clientId: project.clientId, clientSecret: project.secret });
  world.links = [];
}

/** What is sent on a connection: pipelined requests, of which the last may be broken or cut short. */
function connectionOf(world, random) {
  const made = new Requests(world, random);
  const requests = Array.from({ length: random.chance(0.2) ? 2 + random.below(4) : 1 }, () =>
    made.request(random.pick([0, 0, 0, 1, 1, 2])),
  );
  const parts = requests.map((request, index) => bytesOf(random, request, index === requests.length - 1));
  const end = random.pick([
    'close',
    'close',
    'close',
    'close',
    'close',
    'close',
    'malformed',
    'cut',
    'reset',
    'malformed',
  ]);
  const last = parts.at(-1);
  if (end === 'malformed') {
    parts.splice(-1, 1, malformed(random, requests.at(-1), last));
  }
  if (end === 'cut' || end === 'reset') parts.splice(-1, 1, last.subarray(0, random.below(last.length)));
  // One that is broken can have another method, or be refused before its method is known.
  if (end !== 'close') requests.at(-1).method = undefined;
  const bytes = Buffer.concat(parts);
  const cuts = Array.from({ length: random.chance(0.3) ? random.below(5) : 0 }, () =>
    random.below(bytes.length),
  );
  return { requests, bytes, end, cuts: cuts.sort((one, other) => one - other) };
}

function bytesOf(random, { method, path, headers, body }, isLast) {
  const isChunked = body.length > 0 && random.chance(0.2);
  const framing = isChunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', body.length];
  const fields = [
    ...headers,
    ...(body.length > 0 ? [framing] : []),
    ...(isLast ? [['Connection', 'close']] : []),
  ];
  const head = [`${method} ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), isChunked ? chunksOf(random, body) : body]);
}

function chunksOf(random, body) {
  const chunks = [];
  for (let at = 0; at < body.length;) {
    const chunk = body.subarray(at, at + 1 + random.below(body.length));
    const extension = random.chance(0.1) ? ';a="b"' : '';
    chunks.push(Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk, Buffer.from('\r\n'));
    at += chunk.length;
  }
  return Buffer.concat([
    ...chunks,
    Buffer.from(random.chance(0.1) ? '0\r\nX-Trailer: a\r\n\r\n' : '0\r\n\r\n'),
  ]);
}

/** Sends what a connection has, and checks what comes back. */
async function judge(server, world, connection, seen) {
  const fail = (problem, answer = '') => {
    const file = join(tmpdir(), `${connection.name}.bin`);
    writeFileSync(file, connection.bytes);
    writeFileSync(`${file}.answer`, answer);
    throw new Error(`${problem}\nsent (whole in ${file}): ${shown(connection.bytes)}\nanswered: ${answer}`);
  };
  const { requests, end } = connection;
  const bytes = await exchange(server, connection).catch((error) => fail(error.message));
  if (!server.isAlive) fail('the emulator has died');
  if (end === 'reset') return;
  let answers = [];
  try {
    answers = answersIn(
      bytes,
      requests.map(({ api, method }) => (api === 'any' ? undefined : method)),
    );
  } catch (error) {
    fail(error.message, shown(bytes, 20_000));
  }
  for (const [index, answer] of answers.entries()) {
    // A broken request can end in another one, or be refused in the form of Atlas.
    const isBroken = end !== 'close' && index >= requests.length - 1;
    const request = isBroken ? { ...requests.at(-1), api: 'any', mayBeCut: true } : requests[index];
    if (!request) fail('more answers than requests', shown(bytes, 20_000));
    const problem = problemOf(request, answer);
    if (problem)
      fail(`${problem}: ${request.method} ${request.path} (request ${index + 1})`, shown(bytes, 20_000));
    const kind = `${isBroken ? end : request.api} ${Math.floor(answer.status / 100)}xx`;
    seen[kind] = (seen[kind] ?? 0) + 1;
    learn(world, answer);
  }
  const whole = requests.length - (end === 'close' ? 0 : 1);
  const closes = /close/i.test(answers.at(-1)?.headers.get('connection') ?? '');
  // Node closes the connection of a CONNECT at once.
  const mayLack =
    closes ||
    connection.bytes.includes('CONNECT ') ||
    bytes.includes(STREAM) ||
    requests.slice(answers.length).some(({ mayBeDropped }) => mayBeDropped);
  if (answers.length < whole && !mayLack)
    fail(`${answers.length} answers to ${whole} requests`, shown(bytes, 20_000));
}

/** Remembers the ids of links. */
function learn(world, { status, body }) {
  const [, id] = /"_id":"([a-f0-9]{24})"/.exec(status < 300 ? body.toString('latin1', 0, 400) : '') ?? [];
  if (id !== undefined && world.links.length < 50) world.links.push(id);
}

/** How many answers have come so far. */
function countIn(parts, requests) {
  try {
    return answersIn(
      Buffer.concat(parts),
      requests.map(({ api, method }) => (api === 'any' ? undefined : method)),
    ).length;
  } catch {
    return 0;
  }
}

/** Sends bytes in pieces, and returns what came back when the connection has ended. */
function exchange({ url }, { bytes, cuts, end, requests }) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const parts = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('the connection hangs'));
    }, HANGING_MS);
    // A request that is cut never ends, and a stream of events neither. Others are answered before a connection is ended.
    let isSent = false;
    const endIfAnswered = () => {
      if (isSent && end !== 'close' && countIn(parts, requests) >= requests.length - 1) socket.end();
    };
    socket.on('data', (part) => {
      parts.push(part);
      if (part.includes(STREAM)) socket.end();
      else endIfAnswered();
    });
    // A server that refuses a request early may close before it has read all of it.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts));
    });
    const pieces = [...cuts, bytes.length];
    let from = 0;
    const next = () => {
      const to = pieces.shift();
      socket.write(bytes.subarray(from, to));
      from = to;
      if (pieces.length > 0) setImmediate(next);
      else if (end === 'reset') setImmediate(() => socket.resetAndDestroy());
      else {
        isSent = true;
        endIfAnswered();
      }
    };
    socket.on('connect', next);
  });
}
