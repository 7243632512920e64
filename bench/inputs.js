// How the cost of inputs that clients choose grows: at n, 2n and 4n. A part of run.js: node bench/inputs.js INDEX
import { request } from 'node:http';

const { startEmulator } = await import(process.argv[2]);
const emulator = await startEmulator({ port: 0, logLevel: 'silent' });
const OWNER =
  'Basic ' + Buffer.from('mdb_sa_id_000000000000000000000011:mdb_sa_sk_owner1').toString('base64');
const ORGANIZATION = '32b6e34b3d91647abb20e700';
const FORM = 'application/x-www-form-urlencoded';
const ROUNDS = 9;
/** The statuses of the measured requests. */
const statuses = new Set();

/** Sends a request and returns the body of its answer. */
function send(method, path, headers = {}, body = undefined) {
  return new Promise((resolve, reject) => {
    const sent = request(emulator.url + path, { method, headers }, (answer) => {
      let text = '';
      answer
        .on('data', (chunk) => (text += chunk))
        .on('end', () => {
          statuses.add(answer.statusCode);
          resolve(text);
        });
    });
    sent.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };
const grant = { authorization: OWNER, 'content-type': FORM };
const { access_token: token } = JSON.parse(
  await send('POST', '/api/oauth/token', grant, 'grant_type=client_credentials'),
);
const atlas = { authorization: `Bearer ${token}`, accept: 'application/vnd.atlas.2024-05-30+json' };
let projects = 0;
const createProject = () =>
  send(
    'POST',
    '/api/atlas/v2/groups',
    { ...atlas, ...json },
    JSON.stringify({ name: `p${++projects}`, orgId: ORGANIZATION }),
  );

/** Loads a fixture with projects that each have a credential, so that they do not count against the limit. */
async function loadProjects(n) {
  const fixture = JSON.parse(await send('GET', '/_emulator/fixture'));
  const organization = fixture.organizations.find(({ id }) => id === ORGANIZATION);
  const ids = Array.from({ length: n }, (_, at) => at.toString(16).padStart(24, '0'));
  organization.projects = ids.map((id) => ({ id, name: id }));
  organization.credentials = organization.credentials.filter(({ serviceAccount }) => serviceAccount);
  const roles = Object.fromEntries(ids.map((id) => [id, ['GROUP_OWNER']]));
  for (const credential of organization.credentials) credential.projectRoles = roles;
  for (const id of ids) {
    const apiKey = { publicKey: id, privateKey: id };
    organization.credentials.push({ project: id, organizationRoles: [], projectRoles: {}, apiKey });
  }
  await send('PUT', '/_emulator/fixture', json, JSON.stringify(fixture));
}

/** Loads a world with links, and returns what deletes them and creates them again. */
async function restoreLinks(n) {
  const fixture = JSON.parse(await send('GET', '/_emulator/fixture'));
  const { projects: loaded } = fixture.organizations[0];
  delete loaded[0].privateLinks;
  await send('PUT', '/_emulator/fixture', json, JSON.stringify(fixture));
  await send('POST', '/_emulator/snapshots', json, '{"name":"empty"}');
  loaded[0].privateLinks = Array.from({ length: n }, (_, at) => linkNumber(at));
  await send('PUT', '/_emulator/fixture', json, JSON.stringify(fixture));
  return async () => {
    await send('POST', '/_emulator/snapshots/empty/restore');
    await send('POST', '/_emulator/reset');
  };
}

const linkNumber = (number) => ({
  provider: 'AWS',
  vendor: 'GENERIC',
  region: 'US_EAST_1',
  dnsDomain: `${number}.example`,
  // It moves no more: what is measured is the restore.
  state: 'DONE',
  serviceEndpointId: `com.amazonaws.vpce.us-east-1.vpce-svc-${number}`,
});

/** Each input: its smallest size, and the request whose cost counts, after what it needs. */
const INPUTS = [
  [
    'fields of a form',
    125_000,
    (n) => () => send('POST', '/api/oauth/token', { 'content-type': FORM }, 'a&'.repeat(n)),
  ],
  ['characters of a path', 3500, (n) => () => send('GET', `/${'a'.repeat(n)}`)],
  ['quotes in Prefer', 1700, (n) => () => send('GET', '/api/atlas/v2/groups', { prefer: '\\"'.repeat(n) })],
  [
    'spaces in Authorization',
    3500,
    (n) => () => send('GET', '/api/atlas/v2/groups', { authorization: `x${' '.repeat(n)}x` }),
  ],
  [
    'blanks in a body of the control API',
    250_000,
    (n) => () => send('POST', '/_emulator/clock/resume', json, `${' '.repeat(n)}x`),
  ],
  [
    'states in the path of a fixture',
    25,
    async (n) => {
      const fixture = JSON.parse(await send('GET', '/_emulator/fixture'));
      const path = Array.from({ length: n }, (_, at) => ['IDLE', at * 1000]);
      fixture.organizations[0].projects[0].privateLinks = [{ provider: 'AWS', path }];
      return () => send('PUT', '/_emulator/fixture', json, JSON.stringify(fixture));
    },
  ],
  ['links that are deleted and restored', 4000, restoreLinks],
  [
    "projects of a project's creator",
    1000,
    async (n) => {
      await loadProjects(n);
      return createProject;
    },
  ],
];

/** The median time of a request, in milliseconds. */
async function cost(measured) {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    await measured();
    times.push(performance.now() - begun);
  }
  return times.sort((one, other) => one - other)[(ROUNDS - 1) / 2];
}

const results = [];
for (const [name, least, prepare] of INPUTS) {
  const costs = [];
  statuses.clear();
  for (const n of [least, 2 * least, 4 * least]) costs.push(await cost(await prepare(n)));
  results.push({ name, least, costs, statuses: [...statuses] });
}
await emulator.close();
console.log(JSON.stringify(results));
