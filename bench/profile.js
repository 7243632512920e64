// Where the time of a request goes, from a CPU profile of the emulator under load.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES, planOf } from './cases.js';
import { load } from './load.js';
import { file, startEmulator, startReference } from './servers.js';
import { scriptName, stepOf } from './steps.js';

/** Seconds of load until the code of a case is compiled. */
const WARM_UP = 3;

/** Native work, by the module whose function calls it. */
const NATIVES = [
  ['SQLite', /^(npm:better-sqlite3|kernel\/database)/],
  ['writing to sockets', /^node:(net|internal\/stream)/],
  ['cryptography', /^node:(crypto|internal\/crypto)/],
  ['HTTP parser', /^node:_http/],
];

/**
 * Adds up a CPU profile.
 *
 * @returns shares of the time that the process was busy: of each step, of each folder of src with what it calls, of native
 * work, and of single functions
 */
export function analyse({ nodes, samples, timeDeltas }) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const selfTimes = new Map();
  samples.forEach((id, index) => selfTimes.set(id, (selfTimes.get(id) ?? 0) + timeDeltas[index]));

  const tables = { steps: new Map(), folders: new Map(), natives: new Map(), functions: new Map() };
  const add = (table, key, time) => tables[table].set(key, (tables[table].get(key) ?? 0) + time);
  let busy = 0;
  for (const [id, time] of selfTimes) {
    const stack = [];
    for (let at = id; at !== undefined; at = parents.get(at)) stack.push(byId.get(at).callFrame);
    const [{ functionName, url, lineNumber }] = stack;
    const names = stack.map((frame) => scriptName(frame.url));
    const step = stepOf(names, functionName);
    // Starting and stopping the profile is no part of a request.
    if (step === undefined || stack.some((frame) => frame.url === 'node:inspector')) continue;
    busy += time;
    add('steps', step, time);
    const own = names.filter((name) => name !== '' && !/^(npm|node):/.test(name));
    const folders = own.map((name) => name.replace(/[^/]*$/, '') || name).flatMap(withParents);
    for (const folder of new Set(folders)) add('folders', folder, time);
    const caller = names.find((name) => name !== '') ?? '';
    if (url === '')
      add('natives', NATIVES.find(([, module]) => module.test(caller))?.[0] ?? functionName, time);
    add(
      'functions',
      `${functionName || 'anonymous'} ${names[0] || `(native, in ${caller})`}:${lineNumber + 1}`,
      time,
    );
  }
  const shares = (table) =>
    [...table]
      .map(([name, time]) => ({ name, share: time / busy }))
      .sort((one, other) => other.share - one.share);
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, shares(table)]));
}

/** A folder and those that it is in: `http/steps/` is in `http/`. */
const withParents = (folder) => [folder, ...(folder.includes('/') ? [`${folder.split('/')[0]}/`] : [])];

/**
 * Profiles cases: the whole of a request is measured without the profiler, its parts with it.
 *
 * @returns for each case the microseconds of CPU time that a request takes, those of the reference, and the shares of
 * {@link analyse}
 */
export async function profileCases(
  names,
  { folder, out, seconds, connections: [connections], profiles: [profile] },
) {
  const script = [file('profiled.js'), file('../dist/index.js')];
  const server = await startEmulator('profiled', file('..'), folder, { script });
  const reference = await startReference(folder);
  const tell = async (command) => {
    const answer = once(server.child, 'message');
    server.child.send(command);
    return (await answer)[0];
  };
  /** Sends a load. @returns the CPU time of a request */
  const run = async (to, name, duration) => {
    const plan = await planOf(to, CASES[name], profile);
    const begun = to.cpu;
    const { requests } = await load(to.url, plan, connections, duration);
    return (to.cpu - begun) / requests;
  };
  const results = {};
  try {
    for (const name of names) {
      await run(server, name, WARM_UP);
      await run(reference, name, WARM_UP);
      const us = await run(server, name, seconds);
      const usOfR = await run(reference, name, seconds);
      await tell('start');
      await run(server, name, seconds);
      const cpu = await tell('stop');
      writeFileSync(join(out, `${name}.cpuprofile`), JSON.stringify(cpu));
      results[name] = { us, usOfR, ...analyse(cpu) };
    }
  } finally {
    await server.stop();
    await reference.stop();
  }
  return results;
}
