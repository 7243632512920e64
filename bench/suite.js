// What the emulator adds to a test suite. A part of run.js: node bench/suite.js INDEX
import { once } from 'node:events';
import { createServer } from 'node:http';
import { median as middle } from './statistics.js';

const { startEmulator } = await import(process.argv[2]);
const TESTS = 200;
const LINKS = 10_000;
const PATH = '/streams/privateLinkConnections';
const body = (number) => ({
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: `com.amazonaws.us-east-1.s3.${number}`,
});

const timed = async (work) => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

/** Returns the median duration of `runs` runs, in milliseconds. `before` runs before each and is not measured. */
async function median(runs, work, before = () => undefined) {
  const all = [];
  for (let run = 0; run < runs; run += 1) {
    await before();
    all.push(await timed(work));
  }
  return middle(all);
}

const results = [];
/** Reports a duration in milliseconds, with its goal. */
const report = (what, ms, goal) => results.push({ what, ms, goal });

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

/** Runs all tests of a suite in parallel or one by one. Returns the duration in milliseconds. */
function suite(inParallel, one) {
  return timed(async () => {
    if (inParallel) await Promise.all(Array.from({ length: TESTS }, one));
    else for (let count = 0; count < TESTS; count += 1) await one();
  });
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

const starts = [];
report(
  'start in process (median of 20)',
  await median(20, async () => starts.push(await startEmulator())),
  30,
);
await Promise.all(starts.splice(0).map((emulator) => emulator.close()));

const emulator = await startEmulator();
const created = [];
report(
  'create a project (median of 400)',
  await median(400, async () => created.push(await emulator.project())),
  0.5,
);
await created[0].fetch(PATH, { method: 'POST', json: body(1) });
report('reset one project of 402 (median of 50)', await median(50, () => created[0].reset()), 10);
report(
  'create a project, warm server (median of 1000 more)',
  await median(1000, async () => created.push(await emulator.project())),
  0.5,
);
await Promise.all(created.map((project) => project.delete()));
report('reset the whole server (median of 50)', await median(50, () => emulator.reset()), 10);

const idle = await idleServer();
await suite(true, idle.test);
await suite(true, () => test(emulator));
for (const inParallel of [true, false]) {
  const alone = await suite(inParallel, idle.test);
  const all = await suite(inParallel, () => test(emulator));
  const how = `${TESTS} tests ${inParallel ? 'in parallel' : 'one by one'}`;
  report(`overhead for ${how}`, all - alone, 1000);
}
idle.close();

const fixture = await emulator.fixture.export();
const [{ projects, profile }] = fixture.organizations;
projects[0].privateLinks = [];
await emulator.fixture.load(fixture);
const full = await emulator.seededProject(profile);
projects[0].privateLinks = Array.from({ length: LINKS }, (_, number) => body(number));
await emulator.fixture.load(fixture);
await full.clock.freeze();
await full.snapshot('full');
await emulator.snapshot('full');

/** Measures restoring one project and the whole server. `before` changes the links before each restore. */
async function measureRestore(where, before) {
  for (const [what, scope] of [
    ['one project', full],
    ['the whole server', emulator],
  ]) {
    const restore = () => scope.restore('full');
    report(`${LINKS} links, ${where}: restore ${what}`, await median(15, restore, before), 60);
    const { totalCount } = await (await full.fetch(`${PATH}?itemsPerPage=1`)).json();
    if (totalCount !== LINKS) throw new Error(`the project has ${totalCount} links`);
  }
}

await measureRestore('unchanged', () => undefined);
await measureRestore('3 deleted', async () => {
  const { results } = await (await full.fetch(`${PATH}?itemsPerPage=3`)).json();
  for (const { _id: id } of results) await full.fetch(`${PATH}/${id}`, { method: 'DELETE' });
});
await measureRestore('all in the next state', () => full.clock.advance('1h'));

// The initial state, which a reset restores, has no links.
projects[0].privateLinks = [];
await emulator.fixture.load(fixture);
await emulator.restore('full');
await full.snapshot('full');
await measureRestore('all removed', () => full.reset());
for (const [what, scope] of [
  ['one project', full],
  ['the whole server', emulator],
]) {
  const taken = await median(
    15,
    () => scope.reset(),
    () => emulator.restore('full'),
  );
  report(`${LINKS} links: reset ${what}`, taken, 40);
}
await emulator.close();
console.log(JSON.stringify(results));
