// Compares the emulator with other servers on this machine, in the same minutes: npm run bench -- --help
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { wrkVersion } from './load.js';
import { machine } from './machine.js';
import { HELP, readOptions } from './options.js';
import { startPeers } from './peers.js';
import { memory, starts } from './processes.js';
import { profileCases } from './profile.js';
import { budgetTable, memoryTable, profileTables, startsTable, throughputTable } from './report.js';
import { file, startEmulator, startReference } from './servers.js';
import { throughput } from './throughput.js';

const options = readOptions(process.argv.slice(2));
const say = (text) => console.log(`\n${text}`);

/** Measures the cases of throughput. */
async function measureThroughput(folder, builds) {
  const servers = [];
  try {
    servers.push(await startReference(folder));
    for (const [name, build] of Object.entries(builds))
      servers.push(await startEmulator(name, build, folder));
    if (!options['no-peers']) servers.push(...(await startPeers(folder, say)));
    return await throughput(
      servers,
      options,
      ({ title, connections, profile, servers: { emulator, reference } }) => {
        const rates = emulator.rate.map(
          (rate, round) => `${rate.toFixed(0)} to ${reference.rate[round].toFixed(0)}`,
        );
        console.error(`${profile}, ${title}, ${connections} connections: ${rates.join(', ')}`);
      },
    );
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Measures the rest, in the order of the options. */
function measure(section, folder, builds) {
  const { out, seconds, requests } = options;
  if (section === 'start') return starts(builds, folder);
  if (section === 'memory') return memory(builds, folder, requests);
  return profileCases(['get', 'list', 'create', 'digest-get', 'refusal'], { folder, out, seconds });
}

const TABLES = { budget: budgetTable, start: startsTable, memory: memoryTable };

async function main() {
  const out = resolve(options.out ?? file('out'));
  options.out = out;
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const builds = { emulator: file('..'), ...(options.against && { against: resolve(options.against) }) };
  try {
    if (options.profile) {
      const results = await profileCases(options.profile, { folder, ...options });
      say(budgetTable(results));
      for (const name of options.profile) say(profileTables(results[name]));
      say(`${out} has the profiles, for the developer tools of a browser.`);
      return;
    }
    const report = { ...machine(), at: new Date().toISOString() };
    say(
      `${Object.entries(report.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}\n${report.machine}`,
    );
    if (options.cases.length > 0) {
      report.throughput = await measureThroughput(mkdtempSync(join(folder, 'cases-')), builds);
      for (const profile of options.profiles)
        say(
          `${profile}\n${throughputTable(report.throughput.filter((result) => result.profile === profile))}`,
        );
    }
    for (const section of options.sections) {
      report[section] = await measure(section, mkdtempSync(join(folder, `${section}-`)), builds);
      say(TABLES[section](report[section]));
    }
    writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
    say(`${out}/report.json`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (options.help) console.log(HELP);
else if (!wrkVersion()) {
  console.error('wrk is not installed: apt-get install wrk, or brew install wrk');
  process.exitCode = 77;
} else await main();
