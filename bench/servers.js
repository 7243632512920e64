// The servers that the bench compares. All run on the first core, one at a time under load: the others are stopped (SIGSTOP),
// so that what one of them still has to do does not slow down the next.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pinned } from './load.js';

export const file = (name) => fileURLToPath(new URL(name, import.meta.url));
export const ATLAS = '/api/atlas/v2/groups';
export const linksOf = (project) => `${ATLAS}/${project}/streams/privateLinkConnections`;

/** The seeded projects, with the owner of each; and the project, made by the bench, into which links are created. */
export const PROFILES = {
  observed: {
    project: '32b6e34b3d91647abb20e7b9',
    creates: '32b6e34b3d91647abb20beac',
    client: ['mdb_sa_id_000000000000000000000012', 'mdb_sa_sk_owner2'],
    key: ['owner2', '00000000-0000-4000-8000-000000000012'],
  },
  documented: {
    project: '32b6e34b3d91647abb20e7b8',
    creates: '32b6e34b3d91647abb20beab',
    client: ['mdb_sa_id_000000000000000000000011', 'mdb_sa_sk_owner1'],
    key: ['owner1', '00000000-0000-4000-8000-000000000011'],
  },
};

/** How many links the listed project has, in the emulator and in the reference. */
export const LINKS = 10_000;
const REFERENCE_LINKS = 100;
/** How many links are read in turn. */
const READ = 500;
/** Which of the pages of 100 links are read in turn. */
export const PAGES = [1, 12, 23, 34, 45, 56, 67, 78, 89, 100];

/** The id of the nth link of a listed project. */
export const idOf = (profile, number) =>
  PROFILES[profile].project.slice(0, 16) +
  PROFILES[profile].project.slice(-2) +
  number.toString(16).padStart(6, '0');

/** Ids of links to read, in no order. */
export const idsToRead = (profile, links = LINKS) =>
  Array.from({ length: READ }, (_, number) => idOf(profile, (number * 7919) % links));

/** What a client sends to create a private link. @param name distinguishes the link */
export const linkNamed = (name) => ({
  provider: 'AZURE',
  vendor: 'EVENTHUB',
  region: 'eastus2',
  dnsDomain: 'orders.servicebus.windows.net',
  serviceEndpointId: `/subscriptions/3f1e6a52-7c0b-4d8f-9a64-b1d25c7e8f90/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/orders${name}`,
});

/** Sends a request. Without `fetch`, whose first call takes as long as a server takes to start. */
export async function send(method, url, { headers = {}, body } = {}) {
  const [answer] = await once(request(url, { method, headers, agent: false }).end(body), 'response');
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) };
}

/** Sends a request that must succeed, and returns what its answer holds. */
export async function ask(method, url, options) {
  const { status, text } = await send(method, url, options);
  if (status >= 300) throw new Error(`${method} ${url}: ${status} ${text.slice(0, 500)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Waits until a server answers. @param ended rejects if it ends */
async function answering(url, ended) {
  for (;;) {
    const answer = await send('GET', url).catch(() => undefined);
    if (answer) return;
    await Promise.race([setTimeout(20), ended]);
  }
}

/** The unit of CPU times of Linux, in microseconds. */
const TICK = 10_000;

/** A server in a process of its own. */
export class Server {
  /** Ids of links to read, for each profile. */
  ids = {};

  constructor(name, child, url) {
    Object.assign(this, { name, child, url });
  }

  /**
   * Starts a server, and waits for the line with its address; or, of one that prints none, until its `path` is answered.
   *
   * @param args of Node, the script first
   */
  static async start(name, args, { env = process.env, url, path } = {}) {
    const [command, ...rest] = pinned(0, [process.execPath, ...args]);
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-5000)));
    const lines = createInterface(child.stdout);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${name} ended before it listened:\n${log}`);
    });
    ended.catch(() => undefined);
    const ready = url
      ? answering(url + path, ended).then(() => [JSON.stringify({ url })])
      : once(lines, 'line');
    const [line] = await Promise.race([ready, ended]);
    return new Server(name, child, JSON.parse(line).url);
  }

  /** Resident memory, in MB. */
  get rss() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
  }

  /** CPU time since the start, of all threads, in microseconds. */
  get cpu() {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) * TICK;
  }

  pause() {
    this.child.kill('SIGSTOP');
  }

  resume() {
    this.child.kill('SIGCONT');
  }

  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.resume();
    this.child.kill(signal);
    await ended;
  }
}

/** The default world, as a fixture. */
export const defaultWorld = () => JSON.parse(readFileSync(file('../fixtures/default.json'), 'utf8'));

/**
 * The default world, with links to list and to read, and with projects that creates go to.
 *
 * @param links how many links the listed project of each profile has
 */
function fixture(links) {
  const world = defaultWorld();
  for (const { profile, projects, credentials } of world.organizations) {
    const { project, creates } = PROFILES[profile];
    const listed = projects.find(({ id }) => id === project);
    listed.privateLinks = Array.from({ length: links }, (_, number) => ({
      _id: idOf(profile, number),
      state: 'DONE',
      ...linkNamed(number),
    }));
    projects.push({ id: creates, name: 'creates', createdAt: listed.createdAt });
    for (const { projectRoles } of credentials)
      if (projectRoles[project]) projectRoles[creates] = projectRoles[project];
  }
  return world;
}

/** A token for the owner of a profile. */
export async function tokenFor(url, { client }) {
  const headers = {
    authorization: `Basic ${btoa(client.join(':'))}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const body = 'grant_type=client_credentials';
  return (await ask('POST', `${url}/api/oauth/token`, { headers, body })).access_token;
}

/**
 * Starts an emulator with links to list and to read.
 *
 * @param build the folder of the build, which has `dist/cli.js`
 * @param links how many links it lists
 * @param script another script than the command of the build
 */
export async function startEmulator(name, build, folder, { links = LINKS, script } = {}) {
  const world = join(folder, `${name}.json`);
  writeFileSync(world, JSON.stringify(fixture(links)));
  const command = script ?? [join(build, 'dist/cli.js'), '--port', '0'];
  const server = await Server.start(name, [
    ...command,
    '--db',
    join(folder, `${name}.db`),
    '--fixture',
    world,
  ]);
  server.isEmulator = true;
  server.tokens = {};
  server.pages = PAGES;
  for (const [name, profile] of Object.entries(PROFILES)) {
    server.ids[name] = idsToRead(name, links);
    server.tokens[name] = [await tokenFor(server.url, profile), await tokenFor(server.url, profile)];
  }
  return server;
}

/** Starts the reference, with as many links as it lists, and some to read. */
export async function startReference(folder, listed = REFERENCE_LINKS) {
  const server = await Server.start('reference', [file('reference.js'), join(folder, 'reference.db')]);
  const add = async (project, number) =>
    (
      await ask('POST', server.url + linksOf(project), {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(linkNamed(number)),
      })
    )._id;
  const read = [];
  for (const { project } of Object.values(PROFILES))
    for (let number = 0; number < listed; number += 1) await add(project, number);
  for (let number = 0; number < READ; number += 1) read.push(await add('read', number));
  for (const profile of Object.keys(PROFILES)) server.ids[profile] = read;
  server.readProject = 'read';
  server.pages = [1];
  return server;
}
