import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from './random.js';
import { Refused, Server } from './server.js';

/** Kills on one database file, after which the next begins. */
const FILE_KILLS = 25;

/**
 * Kills the emulator with SIGKILL amid writes of all kinds, and throws if an acknowledged one is lost, one is half done, or
 * the database does not open.
 */
export async function kills(seed, count, progress) {
  const totals = { kills: 0, acknowledged: 0, cut: 0, 'during a start': 0 };
  for (let file = 0; totals.kills < count; file += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'storm-'));
    const db = join(folder, 'world.db');
    const random = new Random(seed, file);
    let server;
    try {
      // The first start creates the schema, and loads a fixture.
      await killStart(db, random, totals);
      server = await Server.start(db);
      const writers = await Promise.all(WRITERS.map((Writer) => Writer.start(server)));
      for (let kill = 0; kill < FILE_KILLS && totals.kills < count; kill += 1) {
        await writeUntilKilled(server, writers, random, totals);
        if (random.chance(0.2)) await killStart(db, random, totals);
        server = await Server.start(db);
        for (const writer of writers) await writer.check(server);
        progress(`${totals.kills} of ${count} kills`);
      }
    } finally {
      server?.signal('SIGKILL');
      await server?.ended;
      rmSync(folder, { recursive: true });
    }
  }
  return totals;
}

/** Kills a server while it starts. */
async function killStart(db, random, totals) {
  const server = new Server(db);
  setTimeout(() => server.signal('SIGKILL'), random.below(800));
  await server.ended;
  totals.kills += 1;
  totals['during a start'] += 1;
}

/** Lets all writers write until some number of writes is acknowledged, and kills the server amid the next. */
async function writeUntilKilled(server, writers, random, totals) {
  let left = 5 + random.below(120);
  const loop = async (writer) => {
    while (left > 0) {
      try {
        await writer.write(server, random);
        totals.acknowledged += 1;
      } catch (error) {
        if (left > 0 || error instanceof Refused) throw error;
        totals.cut += 1;
      }
      left -= 1;
      if (left <= 0) server.signal('SIGKILL');
    }
  };
  await Promise.all(writers.map(loop));
  await server.ended;
  totals.kills += 1;
}

/** Writes to a project of its own, and knows what is acknowledged. */
class Writer {
  static async start(server) {
    const writer = new this();
    const { id, organizationId, credentials } = await server.control('POST', '/projects', {
      profile: 'observed',
    });
    Object.assign(writer, { id, organizationId, account: credentials.owner.serviceAccount });
    writer.token = await server.token(writer.account);
    await writer.begin?.(server);
    return writer;
  }

  async links(server) {
    const path = `/groups/${this.id}/streams/privateLinkConnections?itemsPerPage=500`;
    return (await server.atlas(this.token, 'GET', path)).results;
  }

  create(server, name) {
    const body = { provider: 'AWS', vendor: 'GENERIC', region: 'US_EAST_1', dnsDomain: `${name}.example` };
    return server.atlas(this.token, 'POST', `/groups/${this.id}/streams/privateLinkConnections`, {
      ...body,
      serviceEndpointId: `com.amazonaws.vpce.us-east-1.vpce-svc-${name}`,
    });
  }

  control(server, method, path, body) {
    return server.control(method, `/projects/${this.id}${path}`, body);
  }

  fail(what, expected, found) {
    const shown = [expected, found].map((one) => JSON.stringify(one));
    throw new Error(`${what}: expected ${shown[0]}, found ${shown[1]}`);
  }
}

/** A value that each write replaces: after a kill it is the acknowledged one or the one that was under way. */
class Register extends Writer {
  acknowledged = 0;
  latest = 0;

  async write(server) {
    this.latest += 1;
    await this.set(server, this.latest);
    this.acknowledged = this.latest;
  }

  async check(server) {
    const found = await this.get(server);
    const known = [this.acknowledged, this.latest];
    if (!known.includes(found))
      this.fail(`${this.constructor.name} lost a write, or did half of it`, known, found);
    this.acknowledged = this.latest = found;
  }
}

/** Creates links, and removes every third. */
class Links extends Writer {
  created = new Map();
  removed = new Set();
  count = 0;

  async write(server) {
    this.count += 1;
    const [oldest] = this.created.keys();
    if (this.count % 3 === 0 && oldest !== undefined) {
      this.underWay = oldest;
      await this.control(server, 'PUT', `/private-links/${oldest}/state`, { state: 'DELETED' });
      this.removed.add(oldest);
      this.created.delete(oldest);
      this.underWay = undefined;
    } else {
      const name = `n${this.count}`;
      this.created.set((await this.create(server, name))._id, name);
    }
  }

  async check(server) {
    const found = new Map((await this.links(server)).map((link) => [link._id, link]));
    for (const [id, name] of this.created) {
      if (found.has(id) ? found.get(id).dnsDomain !== `${name}.example` : id !== this.underWay)
        this.fail(`a link was lost or is half done`, [id, name], found.get(id));
      if (!found.has(id)) this.created.delete(id);
    }
    for (const id of this.removed)
      if (found.has(id)) this.fail('a link was deleted, and is there', undefined, id);
    for (const { _id, dnsDomain, serviceEndpointId } of found.values()) {
      const [name] = dnsDomain.split('.');
      if (!serviceEndpointId.endsWith(`-${name}`)) this.fail('a link is half done', name, serviceEndpointId);
      this.created.set(_id, name);
    }
    this.underWay = undefined;
  }
}

/** Changes the name and a tag of a project together. */
class Names extends Register {
  async set(server, number) {
    const body = { name: `named-${this.id}-${number}`, tags: [{ key: 'number', value: `${number}` }] };
    await server.atlas(this.token, 'PATCH', `/groups/${this.id}`, body);
  }

  async get(server) {
    const { name, tags } = await server.atlas(this.token, 'GET', `/groups/${this.id}`);
    const [, number = '0'] = /^named-\w+-(\d+)$/.exec(name) ?? [];
    const tag = tags[0]?.value ?? '0';
    return tag === number ? Number(number) : `${name} with ${tag}`;
  }
}

/** Restores snapshots of three and of five links in turn. */
class Snapshots extends Register {
  async begin(server) {
    for (const size of [3, 5]) {
      for (let made = 0; made < size; made += 1) await this.create(server, `s${size}-${made}`);
      await this.control(server, 'POST', '/snapshots', { name: `${size}` });
      await this.control(server, 'POST', '/reset');
    }
    this.acknowledged = this.latest = 1;
    await this.set(server, 1);
  }

  set(server, number) {
    return this.control(server, 'POST', `/snapshots/${number % 2 === 0 ? 3 : 5}/restore`);
  }

  async get(server) {
    const domains = (await this.links(server)).map(({ dnsDomain }) => dnsDomain);
    const size = domains.length;
    if (![3, 5].includes(size) || !domains.every((one) => one.startsWith(`s${size}-`))) return domains.join();
    return [this.acknowledged, this.latest].find((number) => (number % 2 === 0 ? 3 : 5) === size);
  }
}

/** Sets the clock of a project, frozen. */
class Clocks extends Register {
  begin(server) {
    return this.control(server, 'POST', '/clock/freeze', { at: '2030-01-01T00:00:00Z' });
  }

  set(server) {
    return this.control(server, 'POST', '/clock/advance', { by: 1000 });
  }

  async get(server) {
    const { now } = await this.control(server, 'GET', '/clock');
    return (Date.parse(now) - Date.parse('2030-01-01T00:00:00Z')) / 1000;
  }
}

/** Creates fault rules with one id, and deletes them. */
class Faults extends Register {
  set(server, number) {
    const rule = { id: 'rule', match: { path: '/nowhere' }, answer: { status: 503 }, times: number };
    return number % 2 === 0
      ? this.control(server, 'DELETE', '/faults/rule')
      : this.control(server, 'POST', '/faults', rule);
  }

  async get(server) {
    const { results } = await this.control(server, 'GET', '/faults');
    if (results.length > 0) return results[0].times;
    return [this.acknowledged, this.latest].find((number) => number % 2 === 0);
  }
}

/** Creates and deletes projects with all that belongs to them. */
class Projects extends Writer {
  made = new Map();

  async write(server) {
    const [oldest] = this.made.keys();
    if (this.made.size > 3) {
      this.underWay = oldest;
      await server.control('DELETE', `/projects/${oldest}`);
      this.made.delete(oldest);
      this.underWay = undefined;
    } else {
      const { id, credentials } = await server.control('POST', '/projects', {
        name: `made-${Math.random()}`,
      });
      this.made.set(id, credentials);
    }
  }

  async check(server) {
    const { projects } = await server.control('GET', '/projects');
    const found = projects.filter(({ name }) => name.startsWith('made-')).map(({ id }) => id);
    const lost = [...this.made.keys()].filter((id) => id !== this.underWay && !found.includes(id));
    if (lost.length > 0) this.fail('projects were lost', lost, found);
    for (const id of found) {
      const { credentials } = await server.control('GET', `/projects/${id}/access`);
      if (Object.values(credentials).flatMap(Object.keys).length !== 8)
        this.fail('a project is half done', 8, credentials);
      const known = this.made.get(id);
      if (known && JSON.stringify(known) !== JSON.stringify(credentials))
        this.fail('credentials', known, credentials);
      await server.control('POST', `/projects/${id}/reset`);
    }
    this.made = new Map(found.map((id) => [id, this.made.get(id)]));
    this.underWay = undefined;
  }
}

/** Requests tokens, which stay valid. */
class Tokens extends Writer {
  tokens = [];

  async write(server) {
    this.tokens.push(await server.token(this.account));
  }

  async check(server) {
    for (const token of this.tokens.slice(-50)) await server.atlas(token, 'GET', `/groups/${this.id}`);
  }
}

const WRITERS = [Links, Names, Snapshots, Clocks, Faults, Projects, Tokens];
