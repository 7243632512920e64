// Other servers to compare with: bare node:http, and two programs that emulate APIs. These are installed into a cache folder
// at their first use, and are no dependencies of the package.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { file, idOf, idsToRead, LINKS, linkNamed, linksOf, PAGES, PROFILES, Server } from './servers.js';

/** The last releases for Node 20. */
const PACKAGES = ['@stoplight/prism-cli@5.14.2', '@mockoon/cli@9.9.0'];
const CACHE = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'atlas-streams-emulator',
  'bench',
);

const link = (number) => ({ _id: idOf('observed', number), ...linkNamed(number), state: 'DONE' });
const linksUpTo = (count) => Array.from({ length: count }, (_, number) => link(number));
const path = linksOf(PROFILES.observed.project);

/** Installs the peers. @returns the folder, or undefined if they cannot be installed here */
function installed() {
  const folder = join(CACHE, PACKAGES.join('+').replace(/[^\w.+]/g, '-'));
  if (existsSync(join(folder, 'installed'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const install = ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES];
  const { status } = spawnSync('npm', install, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) return undefined;
  writeFileSync(join(folder, 'installed'), '');
  return folder;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An OpenAPI document whose examples are what the other servers answer. */
function document() {
  const answer = (status, example) => ({
    responses: { [status]: { description: 'ok', content: { 'application/json': { example } } } },
  });
  const collection = path.replace(PROFILES.observed.project, '{groupId}');
  const parameter = (name) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
  const body = { content: { 'application/json': { schema: { type: 'object', required: ['provider'] } } } };
  return {
    openapi: '3.0.3',
    info: { title: 'private links', version: '1' },
    paths: {
      [collection]: {
        parameters: [parameter('groupId')],
        get: answer(200, { results: linksUpTo(100), totalCount: LINKS }),
        post: { requestBody: body, ...answer(201, link(0)) },
      },
      [`${collection}/{id}`]: {
        parameters: [parameter('groupId'), parameter('id')],
        get: answer(200, link(0)),
      },
    },
  };
}

/** A Mockoon environment with two CRUD routes: over as many links as the emulator lists, and over those that are created. */
function environment() {
  const uuid = (number) => `7d9c3d3e-6b3c-4f6e-9f53-0d9d3a3f000${number}`;
  const buckets = [
    [PROFILES.observed.project, linksUpTo(LINKS)],
    [PROFILES.observed.creates, []],
  ];
  const routes = buckets.map(([project], index) => {
    const response = { bodyType: 'DATABUCKET', databucketID: `bkt${index}`, crudKey: '_id', default: true };
    const route = { uuid: uuid(index), type: 'crud', endpoint: linksOf(project).slice(1), method: '' };
    return { ...route, documentation: '', responses: [{ ...response, statusCode: 200 }] };
  });
  return {
    uuid: uuid(9),
    name: 'bench',
    data: buckets.map(([name, links], index) => ({
      ...{ uuid: uuid(index + 4), id: `bkt${index}`, name, documentation: '', value: JSON.stringify(links) },
    })),
    routes,
    rootChildren: routes.map((route) => ({ type: 'route', uuid: route.uuid })),
  };
}

/** Starts the peers that are available. @param say prints a sentence */
export async function startPeers(folder, say) {
  const peers = [await Server.start('node:http', [file('bare.js')])];
  const cache = installed();
  if (!cache) {
    say('Prism and Mockoon are left out: npm could not install them.');
    return peers.map(asPeer);
  }
  const write = (name, value) => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  const program = (name) => join(cache, 'node_modules', name);
  // Under NODE_ENV=production, Prism forks; its default log level halves what it answers.
  const env = { ...process.env, NODE_ENV: undefined };
  const prism = await freePort();
  const started = [
    [
      'Prism',
      [program('@stoplight/prism-cli/dist/index.js'), 'mock', '--verboseLevel', 'error', '--port', prism],
      [write('openapi.json', document())],
      prism,
    ],
  ];
  const mockoon = await freePort();
  started.push([
    'Mockoon',
    [program('@mockoon/cli/bin/run.js'), 'start', '--repair', '--disable-log-to-file', '--port', mockoon],
    ['--disable-admin-api', '--hostname', '127.0.0.1', '--data', write('mockoon.json', environment())],
    mockoon,
  ]);
  for (const [name, args, more, port] of started) {
    try {
      peers.push(
        await Server.start(name, [...args, ...more].map(String), {
          env,
          url: `http://127.0.0.1:${port}`,
          path,
        }),
      );
    } catch (error) {
      say(`${name} is left out: ${error.message}`);
    }
  }
  return peers.map(asPeer);
}

function asPeer(server) {
  server.isPeer = true;
  server.ids.observed = idsToRead('observed');
  server.pages = PAGES;
  if (server.name === 'Mockoon') server.paging = (page) => `limit=100&page=${page}`;
  return server;
}
