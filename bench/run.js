// Compares the emulator with other servers: npm run bench -- --only get,create --rounds 3 --seconds 2 --against DIR
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CASES } from './cases.js';
import { startEmulator, startReference, file } from './servers.js';
import { ratios } from './statistics.js';
import { throughput } from './throughput.js';

const { values: o } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '10,50' },
    profiles: { type: 'string', default: 'observed' },
    against: { type: 'string' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const servers = [];
try {
  servers.push(await startReference(folder));
  servers.push(await startEmulator('emulator', file('..'), folder));
  if (o.against) servers.push(await startEmulator('against', o.against, folder));
  await throughput(
    servers,
    {
      cases: o.only?.split(',') ?? Object.keys(CASES),
      connections: o.connections.split(',').map(Number),
      profiles: o.profiles.split(','),
      rounds: Number(o.rounds),
      seconds: Number(o.seconds),
    },
    ({ title, connections, profile, servers: { reference, ...others } }) => {
      for (const [name, { rate }] of Object.entries(others)) {
        const r = ratios(rate, reference.rate);
        console.log(
          `${profile.padEnd(10)} ${title.padEnd(30)} ${String(connections).padStart(3)} ${name.padEnd(10)} ${r.median.toFixed(2)} (${r.least.toFixed(2)} to ${r.greatest.toFixed(2)})  ${rate.map((x) => x.toFixed(0))} to ${reference.rate.map((x) => x.toFixed(0))}`,
        );
      }
    },
  );
} finally {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
