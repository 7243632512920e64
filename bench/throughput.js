// Requests a second, in rounds: in each the servers get the same load one after the other.
import { CASES, planOf } from './cases.js';
import { check, lastEvent } from './checks.js';
import { load } from './load.js';

/**
 * Measures the cases.
 *
 * @param servers the reference first
 * @param done gets each result as soon as it is known
 * @returns for each case, connections and profile: the rate, the CPU time of a request and the latencies of each
 * server in each round
 */
export async function throughput(servers, { cases, connections, profiles, rounds, seconds }, done) {
  const results = [];
  for (const server of servers) await warmUp(server, profiles);
  for (const profile of profiles) {
    for (const name of cases) {
      for (const count of connections) {
        const measured = { case: name, title: CASES[name].title, connections: count, profile, servers: {} };
        const able = servers.filter(
          ({ isPeer }) => !isPeer || (CASES[name].peers && profile === profiles[0]),
        );
        for (const server of able) await run(server, name, profile, count, 1);
        for (let round = 0; round < rounds; round += 1) {
          for (const server of round % 2 === 0 ? able : able.toReversed()) {
            const { rate, p50, p99, cpu } = await run(server, name, profile, count, seconds);
            const of = (measured.servers[server.name] ??= { rate: [], cpu: [], p50: [], p99: [] });
            of.rate.push(rate);
            of.cpu.push(cpu);
            of.p50.push(p50);
            of.p99.push(p99);
          }
        }
        results.push(measured);
        done(measured);
      }
    }
  }
  for (const server of servers) server.resume();
  return results;
}

/** How many requests a server gets before it is measured, and for how many seconds at most. */
const [WARM_REQUESTS, WARM_SECONDS] = [20_000, 20];

/** Lets a server run until its code is compiled: until then, it becomes faster from run to run. */
async function warmUp(server, profiles) {
  const cases = server.isPeer ? ['get'] : ['mixed', 'list', 'create', 'challenge'];
  let sent = 0;
  const begun = performance.now();
  while (sent < WARM_REQUESTS && performance.now() - begun < WARM_SECONDS * 1000)
    for (const name of cases) sent += (await run(server, name, profiles[0], 10, 1)).requests;
}

/** One run of a case, with the checks of what it did. */
async function run(server, name, profile, connections, seconds) {
  const { answers, refused = 0, rate = 'rate' } = CASES[name];
  server.resume();
  try {
    const plan = await planOf(server, CASES[name], profile);
    const before = server.isEmulator ? await lastEvent(server) : 0;
    const begun = server.cpu;
    const result = await load(server.url, plan, connections, seconds);
    const cpu = (server.cpu - begun) / result.requests;
    const expected = server.isEmulator || name === 'refusal' ? refused * result.requests : 0;
    if (result.broken > 0 || Math.abs(result.refused - expected) > 2 * connections)
      throw new Error(`${name}: ${server.name} did not answer as expected: ${JSON.stringify(result)}`);
    if (server.isEmulator) await check(server, profile, { answers, requests: result.requests, before, plan });
    return { ...result, rate: result[rate], cpu };
  } finally {
    server.pause();
  }
}
