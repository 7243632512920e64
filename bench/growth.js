// How the throughput of the emulator depends on what is in the database: 100 links, 10,000, and many in 10,000 projects. One
// emulator for each, in the same rounds.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCEPT } from './cases.js';
import { load } from './load.js';
import { ask, defaultWorld, linkNamed, linksOf, PROFILES, Server, tokenFor } from './servers.js';

const PROJECTS = 10_000;
const PER_PAGE = 20;
/** How many links and projects are addressed in turn. */
const SAMPLE = 500;
const FILLING_SECONDS = 5;
const idOfProject = (number) => `64b6e34b${number.toString(16).padStart(16, '0')}`;
let runs = 0;

const creates = (projects) => ({
  paths: projects.map(linksOf),
  body: JSON.stringify(linkNamed(`${(runs += 1)}-########`)),
  every: 1,
});

/** The world of an emulator with empty projects. */
function world(projects) {
  const fixture = defaultWorld();
  const { projects: own } = fixture.organizations.find(({ profile }) => profile === 'observed');
  for (const id of projects) own.push({ id, name: id, createdAt: own[0].createdAt });
  return fixture;
}

/** Starts an emulator, and creates as many links in as many projects, or some more. */
async function filled(build, folder, { links, projects: count }) {
  const projects = Array.from({ length: count }, (_, number) => idOfProject(number));
  const others = Array.from({ length: Math.min(count, SAMPLE) }, (_, number) =>
    idOfProject(PROJECTS + number),
  );
  const name = String(links);
  const fixture = join(folder, `${name}.json`);
  writeFileSync(fixture, JSON.stringify(world([...projects, ...others])));
  const command = [join(build, 'dist/cli.js'), '--port', '0', '--db', join(folder, `${name}.db`)];
  const server = await Server.start(name, [...command, '--fixture', fixture]);
  const token = await tokenFor(server.url, PROFILES.observed);
  const plan = { tokens: [token], headers: ACCEPT };
  const get = (path) =>
    ask('GET', server.url + path, { headers: { ...ACCEPT, authorization: `Bearer ${token}` } });
  if (links <= 20_000)
    for (let number = 0; number < links; number += 1)
      await ask('POST', server.url + linksOf(projects[number % count]), {
        headers: { ...ACCEPT, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(linkNamed(number)),
      });
  else
    for (let made = 0; made < links;)
      made += (
        await load(server.url, { ...plan, first: made, create: creates(projects) }, 50, FILLING_SECONDS)
      ).requests;

  const step = Math.ceil(count / SAMPLE);
  const sampled = projects.filter((_, number) => number % step === 0);
  const paths = { get: [], first: [], last: [] };
  for (const project of sampled) {
    const { results, totalCount } = await get(`${linksOf(project)}?itemsPerPage=${SAMPLE}`);
    const ids = sampled.length > 1 ? results.slice(0, 1) : results;
    paths.get.push(...ids.map(({ _id }) => `${linksOf(project)}/${_id}`));
    const page = (number) => `${linksOf(project)}?itemsPerPage=${PER_PAGE}&pageNum=${number}`;
    paths.first.push(page(1));
    paths.last.push(page(Math.ceil(totalCount / PER_PAGE)));
  }
  server.pause();
  return { server, plan, paths, others, links };
}

/**
 * Measures gets, creates, first and last pages.
 *
 * @param links of the largest world
 * @returns for each kind of request and each world the requests per second of each round
 */
export async function growth(build, folder, { links, rounds, seconds }) {
  const worlds = [];
  for (const size of [
    { links: 100, projects: 1 },
    { links: 10_000, projects: 1 },
    { links, projects: PROJECTS },
  ])
    worlds.push(await filled(build, folder, size));
  const results = {};
  for (const kind of ['get', 'create', 'first', 'last']) {
    const of = (results[kind] = Object.fromEntries(worlds.map((one) => [one.links, []])));
    for (let round = -1; round < rounds; round += 1) {
      for (const { server, plan, paths, others, links: size } of worlds) {
        server.resume();
        const requests = kind === 'create' ? { create: creates(others) } : { paths: paths[kind] };
        const { rate, refused, broken } = await load(server.url, { ...plan, ...requests }, 10, seconds);
        server.pause();
        if (refused + broken > 0)
          throw new Error(`growth, ${kind}, ${size}: ${refused} refused, ${broken} broken`);
        // The first round warms up.
        if (round >= 0) of[size].push(rate);
      }
    }
  }
  for (const { server } of worlds) await server.stop();
  return results;
}
