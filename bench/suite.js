// What the emulator adds to a test suite. A part of run.js: node bench/suite.js NAME=INDEX [NAME=INDEX]
// The runs of several builds alternate, so that all of them have the same machine.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { median } from './statistics.js';

const TESTS = 200;
const LINKS = 10_000;
const PATH = '/streams/privateLinkConnections';
const body = (number) => ({
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: `com.amazonaws.us-east-1.s3.${number}`,
});
const builds = [];
for (const argument of process.argv.slice(2)) {
  const [name, index] = argument.split('=');
  builds.push({ name, started: [], projects: [], startEmulator: (await import(index)).startEmulator });
}
const onEach = async (work) => {
  for (const build of builds) await work(build);
};

const results = [];
const timed = async (work) => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

/**
 * Measures the runs of each build.
 *
 * @param goal the most milliseconds that the median should take
 * @param before runs before each run, and is not measured
 */
async function measure(what, goal, runs, work, before = () => undefined) {
  const ms = Object.fromEntries(builds.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    // In turn, too, who is first.
    for (const build of run % 2 === 0 ? builds : builds.toReversed()) {
      await before(build);
      ms[build.name].push(await timed(() => work(build)));
    }
  }
  results.push({ what, goal, ms });
}

/** One test: creates a project, freezes and advances its clock; creates, reads and deletes a link. */
async function test(emulator) {
  const project = await emulator.project();
  await project.clock.freeze();
  const created = await project.fetch(PATH, { method: 'POST', json: body(1) });
  const { _id: id } = await created.json();
  await project.clock.advance('2s');
  const { state } = await (await project.fetch(`${PATH}/${id}`)).json();
  if (state !== 'DONE') throw new Error(`the link is ${state}`);
  await project.fetch(`${PATH}/${id}`, { method: 'DELETE' });
  if ((await project.requests.count({ method: 'POST' })) !== 1)
    throw new Error('the journal has a create of another project');
  await project.delete();
}

/** Runs all tests of a suite in parallel or one by one. */
async function suite(inParallel, one) {
  if (inParallel) await Promise.all(Array.from({ length: TESTS }, one));
  else for (let count = 0; count < TESTS; count += 1) await one();
}

/** A server that does nothing, and a test that sends it the same requests: token, create, read, delete. */
async function idleServer() {
  const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    async test() {
      for (const method of ['POST', 'POST', 'GET', 'DELETE']) {
        const options = method === 'POST' ? { method, body: JSON.stringify(body(1)) } : { method };
        await (await fetch(url, options)).text();
      }
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

await measure('start in process', 30, 20, async ({ started, startEmulator }) =>
  started.push(await startEmulator()),
);
await onEach(async (build) => {
  await Promise.all(build.started.splice(0).map((emulator) => emulator.close()));
  build.emulator = await build.startEmulator();
});

const project = async ({ emulator, projects }) => projects.push(await emulator.project());
await measure('create a project', 0.5, 400, project);
await onEach(({ projects }) => projects[0].fetch(PATH, { method: 'POST', json: body(1) }));
await measure('reset one project of 402', 10, 50, ({ projects }) => projects[0].reset());
await measure('create a project, warm server', 0.5, 1000, project);
await onEach(({ projects }) => Promise.all(projects.map((one) => one.delete())));
await measure('reset the whole server', 10, 50, ({ emulator }) => emulator.reset());

const idle = await idleServer();
await suite(true, idle.test);
await onEach(({ emulator }) => suite(true, () => test(emulator)));
for (const inParallel of [true, false]) {
  const how = `${TESTS} tests ${inParallel ? 'in parallel' : 'one by one'}, less those of an idle server`;
  const alone = median([
    await timed(() => suite(inParallel, idle.test)),
    await timed(() => suite(inParallel, idle.test)),
    await timed(() => suite(inParallel, idle.test)),
  ]);
  await measure(how, 1000, 3, ({ emulator }) => suite(inParallel, () => test(emulator)));
  const { ms } = results.at(-1);
  for (const name of Object.keys(ms)) ms[name] = ms[name].map((all) => all - alone);
}
idle.close();

const links = Array.from({ length: LINKS }, (_, number) => body(number));
/** Loads a world whose first project has these links, and no others. */
async function fill(build, privateLinks) {
  const fixture = await build.emulator.fixture.export();
  const [{ projects, profile }] = fixture.organizations;
  projects[0].privateLinks = privateLinks;
  await build.emulator.fixture.load(fixture);
  build.full = await build.emulator.seededProject(profile);
}
await onEach(async (build) => {
  await fill(build, links);
  await build.full.clock.freeze();
  await build.full.snapshot('full');
  await build.emulator.snapshot('full');
});

const SCOPES = [
  ['one project', ({ full }) => full],
  ['the whole server', ({ emulator }) => emulator],
];

/** Measures restoring one project and the whole server. `before` changes the links before each restore. */
async function measureRestore(where, before) {
  for (const [what, scope] of SCOPES) {
    const name = `${LINKS} links, ${where}: restore ${what}`;
    await measure(name, 60, 15, (build) => scope(build).restore('full'), before);
    await onEach(async ({ full }) => {
      const { totalCount } = await (await full.fetch(`${PATH}?itemsPerPage=1`)).json();
      if (totalCount !== LINKS) throw new Error(`the project has ${totalCount} links`);
    });
  }
}

await measureRestore('unchanged', () => undefined);
await measureRestore('3 deleted', async ({ full }) => {
  const { results: first } = await (await full.fetch(`${PATH}?itemsPerPage=3`)).json();
  for (const { _id: id } of first) await full.fetch(`${PATH}/${id}`, { method: 'DELETE' });
});
await measureRestore('all in the next state', ({ full }) => full.clock.advance('1h'));

// The initial state, which a reset restores, has no links.
await onEach(async (build) => {
  await fill(build, []);
  await build.emulator.restore('full');
  await build.full.snapshot('full');
});
await measureRestore('all removed', ({ full }) => full.reset());
for (const [what, scope] of SCOPES) {
  const restore = ({ emulator }) => emulator.restore('full');
  await measure(`${LINKS} links: reset ${what}`, 40, 15, (build) => scope(build).reset(), restore);
}
await onEach(({ emulator }) => emulator.close());
console.log(JSON.stringify(results));
