// Measures requests per second relative to a plain Fastify server (reference.js). Requires wrk and taskset:
// npm run build && node bench/throughput.js [rounds] [seconds]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [rounds = 3, seconds = 3] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'throughput-'));
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
// The observed project: its links are DONE immediately, like those of the reference.
const PROJECT = '32b6e34b3d91647abb20e7b9';
const CLIENT = 'mdb_sa_id_000000000000000000000012:mdb_sa_sk_owner2';
const LINKS = 10_000;

/** Starts a server on the first core, and waits for the line with its address. */
async function start(name, args) {
  const begun = performance.now();
  const child = spawn('taskset', ['-c', '0', process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await new Promise((resolve) =>
    createInterface(child.stdout).once('line', (text) => resolve([text])),
  );
  const { url } = JSON.parse(line);
  const links = `${url}/api/atlas/v2/groups/${PROJECT}/streams/privateLinkConnections`;
  await fetch(`${links}?itemsPerPage=1`).then((response) => response.text());
  return { name, child, url, links, started: performance.now() - begun, token: '', rates: {} };
}

const body = (id) =>
  `{"provider":"AZURE","vendor":"EVENTHUB","region":"eastus2","dnsDomain":"orders.servicebus.windows.net",` +
  `"serviceEndpointId":"/subscriptions/3f1e6a52-7c0b-4d8f-9a64-b1d25c7e8f90/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/orders${id}"}`;
const headersOf = ({ token }) => ({
  accept: 'application/vnd.atlas.2023-02-01+json',
  'content-type': 'application/json',
  ...(token && { authorization: `Bearer ${token}` }),
});

/** Runs wrk on the second core. Returns requests per second, and the 99th percentile of the latency in ms. */
function load(server, connections, url, create) {
  const lines = Object.entries(headersOf(server)).map(
    ([name, value]) => `wrk.headers["${name}"] = "${value}"`,
  );
  if (create) {
    // Each run has different ids.
    const id = `' .. ${JSON.stringify(String(Math.random()))} .. n .. '`;
    lines.push(`local n = 0; wrk.method = "POST"`);
    lines.push(`request = function() n = n + 1; return wrk.format(nil, nil, nil, '${body(id)}') end`);
  }
  lines.push(
    'done = function(s, l) io.write(string.format("\\n%d %d %f\\n", s.requests, s.duration, l:percentile(99) / 1000));',
    'io.write(s.errors.status + s.errors.read + s.errors.timeout, "\\n") end',
  );
  const script = join(folder, 'load.lua');
  writeFileSync(script, lines.join('\n'));
  const args = ['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}`, '-s', script, url];
  const { stdout } = spawnSync('taskset', args, { encoding: 'utf8' });
  const [figures = '', errors] = stdout.trim().split('\n').slice(-2);
  const [requests, microseconds, p99] = figures.split(' ').map(Number);
  if (errors !== '0') throw new Error(`${server.name}: ${errors} of ${requests} requests failed\n${stdout}`);
  return { rate: (requests / microseconds) * 1e6, p99 };
}

async function fill(server) {
  const post = async (number) => {
    const response = await fetch(server.links, {
      method: 'POST',
      headers: headersOf(server),
      body: body(number),
    });
    if (!response.ok) throw new Error(`${server.name}: ${await response.text()}`);
    return (await response.json())._id;
  };
  let last;
  for (let count = 0; count < LINKS; count += 50)
    [last] = await Promise.all(Array.from({ length: 50 }, (_, index) => post(count + index)));
  return `${server.links}/${last}`;
}

const rss = ({ child }) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024;
const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

const emulator = await start('emulator', [
  file('../dist/cli.js'),
  '--port',
  '0',
  '--db',
  join(folder, 'emulator.db'),
]);
const reference = await start('reference', [file('reference.js'), join(folder, 'reference.db')]);
const servers = [reference, emulator];
try {
  console.log(
    `start to first response, ms: ${servers.map(({ name, started }) => `${name} ${started.toFixed(0)}`).join(', ')}`,
  );
  console.log(
    `RSS idle, MB: ${servers.map((server) => `${server.name} ${rss(server).toFixed(0)}`).join(', ')}`,
  );
  const grant = await fetch(`${emulator.url}/api/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(CLIENT)}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  emulator.token = (await grant.json()).access_token;
  for (const server of servers) server.one = await fill(server);

  const cases = [
    ['get one, 10 connections', 10, ({ one }) => one, false, 1],
    ['get one, 50 connections', 50, ({ one }) => one, false, 1],
    [`list 100 of ${LINKS}, 10 connections`, 10, ({ links }) => links, false, 3],
    ['create, 10 connections', 10, ({ links }) => links, true, 1.7],
    ['create, 50 connections', 50, ({ links }) => links, true, 2.2],
  ];
  for (const [what, connections, urlOf, create, target] of cases) {
    const ratios = [];
    const seen = [];
    for (let round = 0; round < rounds; round += 1) {
      const [other, own] = servers.map((server) => load(server, connections, urlOf(server), create));
      ratios.push(own.rate / other.rate);
      seen.push(`${own.rate.toFixed(0)} to ${other.rate.toFixed(0)}`);
    }
    console.log(
      `${what.padEnd(34)} ${median(ratios).toFixed(2).padStart(5)} (target ${target})   ${seen.join(', ')}`,
    );
  }
  console.log(`RSS, MB: ${servers.map((server) => `${server.name} ${rss(server).toFixed(0)}`).join(', ')}`);
} finally {
  for (const { child } of servers) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
