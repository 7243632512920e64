// The MongoDB MCP server over stdio: its stream tools create, list and delete a private link.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { checks } from '../support/checks.js';

const { check, end } = checks();
const { MONGODB_ATLAS_PROJECT_ID: projectId, CA_FILE: ca, TLS_URL: url } = process.env;

const server = spawn('node', ['node_modules/mongodb-mcp-server/dist/index.js'], {
  // It wants its authority twice: for the client of the API, and for that of the token endpoint.
  env: { ...process.env, MDB_MCP_API_BASE_URL: url, SSL_CERT_FILE: ca, NODE_EXTRA_CA_CERTS: ca },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const send = (message) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const waiting = new Map();
createInterface(server.stdout).on('line', (line) => {
  const message = JSON.parse(line);
  waiting.get(message.id)?.(message.result ?? message.error);
});
let asked = 0;
const ask = (method, params) =>
  new Promise((resolve) => {
    asked += 1;
    waiting.set(asked, resolve);
    send({ id: asked, method, params });
  });
/** Calls a tool, and returns its text. */
const tool = async (name, parameters) => {
  const { content, isError } = await ask('tools/call', { name, arguments: { projectId, ...parameters } });
  return { isError: isError === true, text: content.map(({ text }) => text).join('\n') };
};

await ask('initialize', {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
});
send({ method: 'notifications/initialized' });

const projects = await tool('atlas-list-projects', { projectId: undefined });
check('lists the project', projects.text.includes(projectId), projects);
const privateLinkConfig = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
};
const create = () => tool('atlas-streams-build', { resource: 'privatelink', privateLinkConfig });
const networking = () =>
  tool('atlas-streams-discover', { action: 'get-networking', cloudProvider: 'AWS', region: 'us-east-1' });

const created = await create();
check('creates a private link', !created.isError, created);
const listed = await networking();
const [id = ''] = /[0-9a-f]{24}/.exec(listed.text.replaceAll(projectId, '')) ?? [];
check('lists it, with its state', id !== '' && /DONE|PENDING/.test(listed.text), listed);
check('shows the account details', listed.text.includes('192.168.248.0/21'), listed);
const again = await create();
check('says that it is there already', again.isError && /exist/i.test(again.text), again);
const deleted = await tool('atlas-streams-teardown', { resource: 'privatelink', resourceName: id });
check('deletes it', !deleted.isError, deleted);
const after = await networking();
check('lists it no more', !after.isError && !after.text.includes(id), after);
server.kill();
end();
