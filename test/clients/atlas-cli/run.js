// The Atlas CLI with a key pair: what it generates from the API's description, and its own commands.
import { join } from 'node:path';
import { checks } from '../support/checks.js';
import { run } from '../support/programs.js';

const { check, end } = checks();
const {
  MONGODB_ATLAS_PROJECT_ID: project,
  READER_PUBLIC_KEY,
  READER_PRIVATE_KEY,
  CONTROL_URL,
  PROFILE,
} = process.env;
const observed = PROFILE === 'observed';
const file = ['--file', 'link.json'];
const nowhere = 'f'.repeat(24);

// Variables of other clients would be taken for its own, and its configuration would be the user's.
const mine =
  /^MONGODB_ATLAS_(OPS_MANAGER_URL|PUBLIC_API_KEY|PRIVATE_API_KEY|PROJECT_ID|ORG_ID|SKIP_UPDATE_CHECK)$/;
const own = Object.entries(process.env).filter(([name]) => !/^MONGODB_/.test(name) || mine.test(name));
const env = { ...Object.fromEntries(own), XDG_CONFIG_HOME: join(import.meta.dirname, 'config') };

const atlas = async (args, extra = {}) => {
  const { status, stdout, stderr } = await run('atlas', args, { env: { ...env, ...extra } });
  const json = () => JSON.parse(stdout);
  return { status, stdout, stderr, json };
};
const api = (operation, ...args) => atlas(['api', 'streams', operation, ...args]);
const links = (command, ...args) => atlas(['streams', 'privateLinks', command, ...args]);

async function generated() {
  const id = (link) => ['--connectionId', link];
  const created = await api('createPrivateLinkConnection', '--version', '2023-02-01', ...file);
  check('api create', created.status === 0 && /^[0-9a-f]{24}$/.test(created.json()._id), created);
  const { _id } = created.json();
  const got = await api('getPrivateLinkConnection', ...id(_id));
  check('api get', got.json().state === (observed ? 'DONE' : 'PENDING'), got);
  const enveloped = await api('getPrivateLinkConnection', ...id(_id), '--envelope');
  check('api get --envelope', enveloped.json().content?._id === _id, enveloped);
  const list = await api('listPrivateLinkConnections');
  check('api list', list.json().totalCount === 1, list);
  const account = await api('getAccountDetails', '--cloudProvider', 'aws', '--regionName', 'US_EAST_1');
  check('api account details', account.json().cloudProvider === 'aws', account);
  const again = await api('createPrivateLinkConnection', ...file);
  check('api: an error has exit status 1', again.status === 1, again);
  check('… its body on standard output', /STREAM_PRIVATE_LINK_ALREADY_EXISTS/.test(again.stdout), again);
  const deleted = await api('deletePrivateLinkConnection', ...id(_id));
  check('api delete', deleted.status === 0, deleted);
  const nothex = await api('listPrivateLinkConnections', '--groupId', 'nothex');
  const code = observed ? 'INVALID_GROUP_ID' : 'VALIDATION_ERROR';
  check(`api: a group id that is none: ${code}`, nothex.status === 1 && nothex.stdout.includes(code), nothex);
}

async function written() {
  const created = await links('create', '--provider', 'AWS', ...file, '-o', 'json');
  check('create', created.status === 0 && /^[0-9a-f]{24}$/.test(created.json()._id), created);
  const { _id } = created.json();
  const described = await links('describe', _id, '-o', 'json');
  check('describe', described.json().serviceEndpointId === 'com.amazonaws.us-east-1.s3', described);
  const list = await links('list', '-o', 'json');
  check('list', list.json().results?.[0]?._id === _id, list);

  const wrong = { MONGODB_ATLAS_PRIVATE_API_KEY: 'wrong' };
  const reader = {
    MONGODB_ATLAS_PUBLIC_API_KEY: READER_PUBLIC_KEY,
    MONGODB_ATLAS_PRIVATE_API_KEY: READER_PRIVATE_KEY,
  };
  const elsewhere = { MONGODB_ATLAS_PROJECT_ID: nowhere };
  const fault = async (rule) => {
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${CONTROL_URL}/faults`, { method: 'POST', headers, body: `{"times":1,${rule}}` });
  };
  const show = ['streams', 'privateLinks', 'list', '-o', 'json'];
  const create = ['streams', 'privateLinks', 'create', '--provider', 'AWS', ...file];
  for (const [title, args, extra, documented, asObserved, rule] of [
    ['a duplicate', create, {}, '409 Conflict', '400 Bad Request'],
    ['a wrong key', show, wrong, '401 Unauthorized', '401 Unauthorized'],
    ['a missing role', create, reader, '403 Forbidden', '401 Unauthorized'],
    ['an unknown project', show, elsewhere, '404 Not Found', '404 Not Found'],
    [
      'an unknown link',
      ['streams', 'privateLinks', 'describe', nowhere],
      {},
      '404 Not Found',
      '404 Not Found',
    ],
    ['too many requests', show, {}, '429 Too Many Requests', '429 Too Many Requests', '"rateLimit":{}'],
    ['an error of the server', show, {}, '500 Internal', '500 Internal', '"answer":{"status":500}'],
  ]) {
    if (rule) await fault(rule);
    const refused = await atlas(args, extra);
    const status = observed ? asObserved : documented;
    const held =
      refused.status === 1 && refused.stderr.includes(`HTTP ${status}`) && /Detail: \S/.test(refused.stderr);
    check(`${title}: exit status 1, ${status}`, held, refused);
  }

  const deleted = await links('delete', _id, '--force');
  check('delete', deleted.status === 0 && deleted.stdout.includes(_id), deleted);
}

await generated();
await written();
end();
