// What a process of the emulator costs: its start, and its memory.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { CASES, planOf } from './cases.js';
import { load } from './load.js';
import { ask, file, linksOf, PROFILES, Server, startEmulator, startReference, tokenFor } from './servers.js';

const STARTS = 7;
const SECONDS = 5;

/**
 * Starts each program several times, in turn.
 *
 * @param builds folders of builds of the emulator, by name
 * @returns for each, the milliseconds from the command to the first 200 of the Atlas API, which the emulator gives only to a
 * caller with a token, and the memory after it in MB
 */
export async function starts(builds, folder) {
  const commands = {
    reference: (data) => [file('reference.js'), join(data, 'reference.db')],
  };
  for (const [name, build] of Object.entries(builds))
    commands[name] = (data) => [join(build, 'dist/cli.js'), '--port', '0', '--db', join(data, 'emulator.db')];
  const results = {};
  for (let round = 0; round <= STARTS; round += 1) {
    for (const [name, command] of Object.entries(commands)) {
      const args = command(mkdtempSync(join(folder, 'start-')));
      const begun = performance.now();
      const server = await Server.start(name, args);
      const token = name === 'reference' ? undefined : await tokenFor(server.url, PROFILES.observed);
      await ask('GET', server.url + linksOf(PROFILES.observed.project), {
        headers: token
          ? { authorization: `Bearer ${token}`, accept: 'application/vnd.atlas.2023-02-01+json' }
          : {},
      });
      const ms = performance.now() - begun;
      // The first start reads the files of the program from the disk.
      if (round > 0) {
        const of = (results[name] ??= { ms: [], rss: [] });
        of.ms.push(ms);
        of.rss.push(server.rss);
      }
      await server.stop();
    }
  }
  return results;
}

/** Sends many requests, a twentieth of them creates. @returns the memory of each server before and after, in MB */
export async function memory(builds, folder, requests) {
  const results = {};
  const servers = [await startReference(folder)];
  for (const [name, build] of Object.entries(builds))
    servers.push(await startEmulator(`memory-${name}`, build, folder, { links: 500 }));
  for (const server of servers) {
    const idle = server.rss;
    let sent = 0;
    while (sent < requests) {
      const plan = await planOf(server, CASES.mixed, 'observed');
      sent += (await load(server.url, plan, 10, SECONDS)).requests;
    }
    results[server.name.replace('memory-', '')] = { idle, after: server.rss, requests: sent };
    await server.stop();
  }
  return results;
}
