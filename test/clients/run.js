#!/usr/bin/env node
// Runs real clients, unmodified, against the packed package, each in a project of its own, and prints a table.
// Arguments choose clients by how their names begin; without any, all run. Exit status 1 if one failed, and with
// --all if one was not run that a package registry gives.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPacked } from './support/emulator.js';
import { NotRun } from './support/programs.js';
import { printTable } from './support/table.js';

const here = import.meta.dirname;
const all = process.argv.includes('--all');
const wanted = process.argv.slice(2).filter((name) => name !== '--all');

/** Rules that scripts may break on purpose: see `life` in support/life.js. A client names others as `breaks`. */
const BROKEN_BY_LIFE = ['duplicateLink', 'unknownProvider', 'linkNotFound', 'unauthenticated'];

/** Imports the `client.js` of each folder, which exports one client or several; see support/kinds.js. */
async function findClients() {
  const folders = (await readdir(here)).sort().filter((name) => existsSync(join(here, name, 'client.js')));
  const found = [];
  for (const folder of folders) {
    const { default: exported } = await import(`./${folder}/client.js`);
    found.push(...[exported].flat().map((client) => ({ ...client, folder: join(here, folder) })));
  }
  return found.filter(({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));
}

/** Runs one client against each profile that it is for, and returns its row of the table. */
async function runClient(client, emulator, work) {
  const row = {
    client: client.name,
    version: '',
    did: client.did,
    passed: 0,
    failed: 0,
    note: '',
    found: [],
  };
  try {
    const prepared = await client.prepare({ folder: client.folder, work, emulator });
    row.version = prepared.version;
    for (const profile of client.profiles ?? ['documented', 'observed']) {
      const project = await emulator.makeProject(profile);
      const { passed, failed, output } = await prepared.run({ project, profile, emulator });
      row.passed += passed;
      row.failed += failed + (await countUnmeant(client, project, row));
      if (failed > 0 || process.env.CLIENTS_VERBOSE) console.log(`--- ${client.name}, ${profile}\n${output}`);
    }
    for (const rule of (client.breaks ?? []).filter((one) => !row.found.includes(one))) {
      row.failed += 1;
      console.log(`--- ${client.name} does not break ${rule}, which it names`);
    }
  } catch (error) {
    row.note = error.message;
    if (!(error instanceof NotRun) || (all && !client.optional)) {
      row.failed += 1;
      console.log(`--- ${client.name}: ${error.stack}`);
    }
  }
  return row;
}

/** Adds what a check of the project finds to a row. Returns how many findings are not those that the client means to be. */
async function countUnmeant({ name, breaks = [] }, project, row) {
  const { findings } = await project.control('POST', '/contract/check');
  const meant = [...BROKEN_BY_LIFE, ...breaks];
  const unmeant = findings.filter(({ rule, severity }) => severity !== 'advice' && !meant.includes(rule));
  for (const { rule, problem, requests } of unmeant) {
    console.log(
      `--- ${name}: a finding that it does not mean: ${rule}: ${problem} ${JSON.stringify(requests)}`,
    );
  }
  for (const { rule } of findings) if (!row.found.includes(rule)) row.found.push(rule);
  return unmeant.length;
}

const clients = await findClients();
if (clients.length === 0) {
  console.error(`no client is called ${wanted.join(' or ')}`);
  process.exit(2);
}
const work = await mkdtemp(join(tmpdir(), 'clients-'));
const rows = [];
let emulator;
try {
  emulator = await startPacked(work);
  console.log(`${emulator.title} listens on ${emulator.url} and ${emulator.tlsUrl}`);
  for (const client of clients) {
    const began = performance.now();
    const row = await runClient(client, emulator, work);
    rows.push(row);
    console.log(`${client.name}: ${Math.round((performance.now() - began) / 1000)} s`);
  }
} finally {
  await emulator?.stop();
  await rm(work, { recursive: true, force: true, maxRetries: 3 });
}
process.exitCode = printTable(rows) ? 0 : 1;
