// Compares the emulator with other servers on this machine, in the same minutes: npm run bench -- --help
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromiumPath } from '../scripts/browser.js';
import { baselineOf, baselineTable, better, slower, TRIES } from './baseline.js';
import { growth } from './growth.js';
import { wrkVersion } from './load.js';
import { machine } from './machine.js';
import { HELP, readOptions } from './options.js';
import { startPeers } from './peers.js';
import { memory, starts } from './processes.js';
import { profileCases } from './profile.js';
import { heading, profileTables, TABLES } from './report.js';
import { file, startEmulator, startReference } from './servers.js';
import { plot } from './svg.js';
import { throughput } from './throughput.js';

/** How many links move at once. */
const MOVING = 100_000;
/** The cases whose steps have a budget. */
const BUDGETED = ['get', 'list', 'create', 'digest-get', 'refusal'];

const options = readOptions(process.argv.slice(2));
const out = resolve(options.out ?? file('out'));
const say = (text) => console.log(`\n${text}`);
const progress = ({ title, connections, profile, servers: { emulator, reference } }) => {
  const pairs = emulator.rate.map(
    (rate, round) => `${rate.toFixed(0)} to ${reference.rate[round].toFixed(0)}`,
  );
  console.error(`${profile}, ${title}, ${connections} connections: ${pairs.join(', ')} of R`);
};

const indexOf = (build) => join(build, 'dist/index.js');

/** Runs a script of the bench. @returns the JSON that it prints */
async function outputOf(script, args) {
  const command = [file(script), ...args.map(String)];
  return JSON.parse((await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 26 })).stdout);
}

/** Runs a script on each build, in turn. @returns what it prints, of each build in each round */
async function inTurn(script, builds, rounds, args = []) {
  const results = {};
  for (let round = 0; round < rounds; round += 1)
    for (const [name, build] of Object.entries(builds))
      (results[name] ??= []).push(await outputOf(script, [indexOf(build), ...args]));
  return results;
}

/** The measurements. Each gets a folder of its own, and the folders of the builds by name. */
const MEASURE = {
  async throughput(folder, builds) {
    const servers = [];
    try {
      servers.push(await startReference(folder));
      for (const [name, build] of Object.entries(builds))
        servers.push(await startEmulator(name, build, folder));
      if (!options['no-peers']) servers.push(...(await startPeers(folder, say)));
      return await tried(await throughput(servers, options, progress), servers);
    } finally {
      for (const server of servers) await server.stop();
    }
  },
  budget: (folder) => profileCases(BUDGETED, { ...options, folder, out }),
  start: (folder, builds) => starts(builds, folder),
  memory: (folder, builds) => memory(builds, folder, options.requests),
  stall: (_folder, builds) => inTurn('stall.js', builds, options.rounds, [MOVING]),
  suite: (_folder, builds) =>
    outputOf(
      'suite.js',
      Object.entries(builds).map(([name, build]) => `${name}=${indexOf(build)}`),
    ),
  inputs: (_folder, { emulator }) => inTurn('inputs.js', { emulator }, 1),
  growth: (folder, { emulator }) => growth(emulator, folder, options),
  async inspector(_folder, { emulator }) {
    // Like wrk, the browser is not part of every machine.
    if (!chromiumPath()) return undefined;
    return outputOf('inspector.js', [join(emulator, 'dist/cli.js'), 3 * options.rounds]);
  },
};

/** Tries the cases again that are below half of the baseline, if there is one. */
async function tried(results, servers) {
  const { baseline } = options;
  if (!baseline) return results;
  const { ratios } = JSON.parse(readFileSync(baseline, 'utf8'));
  let best = results;
  for (let tries = 1; tries < TRIES && slower(best, ratios).length > 0; tries += 1) {
    for (const result of slower(best, ratios)) {
      const { case: name, connections, profile } = result;
      const only = { ...options, cases: [name], connections: [connections], profiles: [profile] };
      const [again] = await throughput(servers, only, progress);
      best = best.map((one) => (one === result ? better(again, result) : one));
    }
  }
  say(baselineTable(best, ratios));
  const failed = slower(best, ratios);
  if (failed.length > 0) process.exitCode = 1;
  say(failed.length > 0 ? `${failed.length} below half of the baseline` : 'none below half of the baseline');
  return best;
}

/** Profiles cases, and prints where the time goes. */
async function profileOnly(folder) {
  const results = await profileCases(options.profile, { ...options, folder, out });
  say(TABLES.budget(results));
  for (const name of options.profile) say(`${name}\n${profileTables(results[name])}`);
  say(`The developer tools of a browser, and editors, open the profiles in ${out}.`);
}

async function main() {
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const builds = { emulator: file('..'), ...(options.against && { against: resolve(options.against) }) };
  try {
    if (options.profile) return await profileOnly(folder);
    const report = { ...machine(), at: new Date().toISOString() };
    say(heading(report));
    for (const part of [...(options.cases.length > 0 ? ['throughput'] : []), ...options.sections]) {
      report[part] = await MEASURE[part](mkdtempSync(join(folder, `${part}-`)), builds);
      say(TABLES[part](report[part]));
      writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
    }
    if (report.throughput) {
      const [profile] = options.profiles;
      const results = report.throughput.filter((result) => result.profile === profile);
      const title = `Requests per second relative to R (${profile} profile; case, connections)`;
      writeFileSync(join(out, 'report.svg'), plot(results, title));
      const ratios = baselineOf(report.throughput);
      writeFileSync(join(out, 'baseline.json'), `${JSON.stringify({ ...machine(), ratios }, null, 2)}\n`);
    }
    say(`The report is in ${out}.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (options.help) console.log(HELP);
else if (!wrkVersion()) {
  console.error('wrk is not installed: apt-get install wrk, or brew install wrk');
  process.exitCode = 77;
} else await main();
