import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { connectEmulator } from '../../src/index.js';
import { quoted, SHELLS } from '../../src/cli/commands/env.js';
import { CLI, Command } from '../support/command.js';
import { nonceOf, signed } from '../support/digest.js';
import { ACCEPT, seededCaller } from '../support/emulator.js';
import { temporaryFolder } from '../support/world.js';
import { LINKS, linkBody } from '../library/emulators.js';

// Each test starts the program, some more than once: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const shared = Command.shared();
const guarded = Command.shared(['--control-token', 'given']);

/** An address at which nobody listens. Its port is none that a system gives to who asks for any: it stays free. */
async function nowhere(): Promise<string> {
  const port = 28_000 + Math.floor(Math.random() * 4000);
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return nowhere();
  }
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

it('the commands that the banner prints run in a clone, where npx runs the built file itself', () => {
  const version = execFileSync('npx', ['--no', '--', 'atlas-streams-emulator', '--version'], {
    encoding: 'utf8',
  });
  expect(version).toBe(execFileSync(process.execPath, [CLI, '--version'], { encoding: 'utf8' }));
});

/** What a shell's variables are once it has evaluated lines. */
function evaluated(lines: string): Record<string, string> {
  const output = execFileSync(
    'sh',
    ['-c', 'eval "$LINES_TO_EVAL"; "$NODE" -p "JSON.stringify(process.env)"'],
    {
      env: { LINES_TO_EVAL: lines, NODE: process.execPath },
      encoding: 'utf8',
    },
  );
  return JSON.parse(output) as Record<string, string>;
}

describe('env', () => {
  it('env prints lines that a shell evaluates, with credentials that a client can use', async () => {
    const { ready } = shared;
    const { status, stdout, stderr } = await Command.run(['env', 'curl', '--url', `${ready.url}/`]);
    expect([status, stderr]).toEqual([0, '']);
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^export [A-Z_]+=\S+$/);
    const variables = evaluated(stdout);
    expect(variables).toMatchObject({
      BASE_URL: ready.url,
      GROUP_ID: '32b6e34b3d91647abb20e7b8',
      PUBLIC_KEY: 'owner1',
      MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_000000000000000000000011',
    });
    const {
      BASE_URL = '',
      MONGODB_ATLAS_CLIENT_ID: id = '',
      MONGODB_ATLAS_CLIENT_SECRET: secret = '',
    } = variables;
    const response = await fetch(`${BASE_URL}/api/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(response.status).toBe(200);
  });

  it('env selects the project that fits the client, or the one named by --profile or --project', async () => {
    const { ready } = guarded;
    const env = { ATLAS_EMULATOR_URL: ready.url, ATLAS_EMULATOR_CONTROL_TOKEN: 'given' };
    const lines = async (...args: string[]) =>
      evaluated((await Command.run(['env', ...args], { env })).stdout);
    expect(await lines('terraform')).toMatchObject({
      MONGODB_ATLAS_BASE_URL: ready.url,
      MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_000000000000000000000012',
    });
    expect(await lines('atlas-cli')).toMatchObject({ MONGODB_ATLAS_PROJECT_ID: '32b6e34b3d91647abb20e7b9' });
    expect(await lines('go-sdk', '--profile', 'documented')).toMatchObject({
      MONGODB_ATLAS_PUBLIC_KEY: 'owner1',
    });
    const project = await (await connectEmulator(ready.url, 'given')).project();
    expect(await lines('mcp', '--project', project.id)).toMatchObject({
      MDB_MCP_API_CLIENT_ID: project.credentials.owner.serviceAccount.clientId,
    });
  });

  it('env prints an HTTPS address for the MCP server, and names the certificate authority to trust', async () => {
    const { ready } = await Command.start(['--tls', '--tls-port', '0']);
    const { tlsUrl } = ready as typeof ready & { tlsUrl: string };
    const { status, stdout, stderr } = await Command.run(['env', 'mcp', '--url', ready.url]);
    expect([status, evaluated(stdout).MDB_MCP_API_BASE_URL]).toEqual([0, tlsUrl]);
    expect(stderr).toMatch(/^atlas-streams-emulator: [^\n]+ca\.pem[^\n]+NODE_EXTRA_CA_CERTS\n$/);
  });

  it.each([
    ['posix', 'export PUBLIC_KEY=owner1'],
    ['fish', "set -gx PUBLIC_KEY 'owner1'"],
    ['powershell', "$env:PUBLIC_KEY = 'owner1'"],
    ['cmd', 'set "PUBLIC_KEY=owner1"'],
  ])('env --shell %s prints lines in the syntax of that shell', async (shell, line) => {
    const { ready } = shared;
    const { stdout } = await Command.run(['env', 'curl', '--url', ready.url, '--shell', shell]);
    const lines = stdout.split('\n');
    expect(lines).toContain(line);
    expect(lines).toHaveLength(7);
  });

  it.each([
    ['fish', "it's \\ $x", "set -gx A 'it\\'s \\\\ $x'"],
    ['powershell', "it's \u2019 $x", "$env:A = 'it''s \u2019\u2019 $x'"],
    ['posix', "it's", "export A='it'\\''s'"],
    ['cmd', 'a & b', 'set "A=a & b"'],
  ])('env quotes values for %s', (shell, value, line) => {
    expect(SHELLS[shell]?.('A', value)).toBe(line);
  });

  it('env rejects a value that cmd cannot represent', () => {
    expect(() => SHELLS.cmd?.('A', '100%')).toThrow('env: cmd cannot set A');
  });

  it('env warns that the MCP server needs --tls if the emulator does not serve HTTPS', async () => {
    const { ready } = shared;
    const { status, stdout, stderr } = await Command.run(['env', 'mcp', '--url', ready.url]);
    expect([status, evaluated(stdout).MDB_MCP_API_BASE_URL]).toEqual([0, ready.url]);
    expect(stderr).toMatch(/^atlas-streams-emulator: [^\n]+--tls\n$/);
  });

  it.each([
    [[], 2, /env takes one client: curl, terraform, atlas-cli, go-sdk, mcp/],
    [['curl', 'terraform'], 2, /env takes one client/],
    [['curl', '--shell', 'tcsh'], 2, /--shell must be one of posix, fish, powershell, cmd, and is "tcsh"/],
    [['curl', '--profile', 'real'], 2, /--profile must be documented or observed/],
    [['curl', '--prot', '1'], 2, /Unknown option '--prot'/],
    [['curl', '--url', 'localhost'], 2, /--url must be an address/],
  ])('env rejects the arguments %j in one line', async (args, expected, line) => {
    const { status, stdout, stderr } = await Command.run(['env', ...args]);
    expect([status, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(/^atlas-streams-emulator: [^\n]+\n$/);
    expect(stderr).toMatch(line);
  });

  it('env exits with 1 and one line if the project has no owner credentials', async () => {
    const { ready } = await Command.start();
    const emulator = await connectEmulator(ready.url);
    const { organizations } = await emulator.fixture.export();
    await emulator.fixture.load({ organizations: organizations.map((one) => ({ ...one, credentials: [] })) });
    const { status, stdout, stderr } = await Command.run(['env', 'curl', '--url', ready.url]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^atlas-streams-emulator: env: project \S+ has no credentials of an owner [^\n]+\n$/,
    );
  });

  it('env exits with 1 and one line if there is no emulator, no such project, or no permission', async () => {
    const { ready } = guarded;
    const url = await nowhere();
    const endings = await Promise.all([
      Command.run(['env', 'curl', '--url', url]),
      Command.run(['env', 'curl', '--url', ready.url]),
      Command.run(['env', 'curl', '--url', ready.url, '--project', 'nobody'], {
        env: { ATLAS_EMULATOR_CONTROL_TOKEN: 'given' },
      }),
    ]);
    expect(endings.map(({ status, stdout }) => [status, stdout])).toEqual([1, 1, 1].map((one) => [one, '']));
    for (const { stderr } of endings) expect(stderr).toMatch(/^atlas-streams-emulator: [^\n]+\n$/);
    expect(endings[0].stderr).toContain(`no emulator answers at ${url}: ECONNREFUSED`);
    expect(endings[1].stderr).toContain('(401)');
    expect(endings[2].stderr).toContain('There is no project nobody.');
  });

  it.each([
    ['plain-1.2/x', 'plain-1.2/x'],
    ['', "''"],
    ['a b', "'a b'"],
    ["it's $HOME `x` \\", ''],
    ['two\nlines', ''],
  ])('quoted(%j) is one word of a POSIX shell', (text, word) => {
    if (word !== '') expect(quoted(text)).toBe(word);
    expect(execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })).toBe(text);
  });
});

describe('wait', () => {
  it('wait exits with 0 once an emulator is ready, even without a control API', async () => {
    const { ready } = await Command.start(['--no-control']);
    const ending = await Command.run(['wait', '--url', ready.url]);
    expect(ending).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('wait waits for an emulator that has not started yet', async () => {
    const url = await nowhere();
    const waiting = Command.run(['wait', '--url', url, '--timeout-ms', '20000']);
    await Command.start(['--port', new URL(url).port]);
    expect(await waiting).toMatchObject({ status: 0, stderr: '' });
  });

  it('wait exits with 1 and one line after its timeout', async () => {
    const url = await nowhere();
    const { status, stderr } = await Command.run(['wait', '--url', url, '--timeout-ms', '1']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^atlas-streams-emulator: no emulator is ready at http:\S+ after 1 ms: [^\n]+\n$/);
  });
});

describe('why', () => {
  it('why prints the last refusals: time, caller, request, step, rule, source and what would pass', async () => {
    const { ready } = shared;
    const emulator = await connectEmulator(ready.url);
    const nothing = await Command.run(['why', '--url', ready.url]);
    expect(nothing.stdout).toBe('No request was refused.\n');
    const project = await emulator.project();
    await project.as('reader').fetch(LINKS, { method: 'POST', json: linkBody() });
    await project.fetch(LINKS, { method: 'POST', json: { ...linkBody(), provider: 'I\u001b[31mBM' } });
    const { status, stdout } = await Command.run(['why', '--url', ready.url, '--project', project.id]);
    expect(status).toBe(0);
    const [oldest = '', newest = ''] = stdout.split('\n\n');
    const path = `/api/atlas/v2/groups/${project.id}${LINKS}`;
    expect(oldest).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ  403  POST ${path}\n`));
    expect(oldest).toContain(`\n  who     ${project.credentials.reader.serviceAccount.clientId}\n`);
    expect(oldest).toMatch(
      /\n {2}step {4}project \(notPermitted\)\n {2}rule {4}.+\n {2}source {2}.+\n {2}to pass .+Project Owner/,
    );
    expect(newest).toContain('step    fields');
    expect(stdout).not.toContain('\u001b');
    const limited = await Command.run(['why', '--url', ready.url, '--limit', '1']);
    expect(limited.stdout.split('\n\n')).toHaveLength(1);
    expect(limited.stdout).toContain('step    fields');
  });

  it('why leaves out a digest challenge that the client answered, unless --all is given', async () => {
    const { ready } = await Command.start();
    const url = `${ready.url}/api/atlas/v2/orgs`;
    const challenge = (await fetch(url)).headers.get('www-authenticate') ?? undefined;
    const authorization = signed({
      ...{ username: 'owner1', password: seededCaller('owner', 'documented').privateKey },
      ...{ method: 'GET', uri: '/api/atlas/v2/orgs', nonce: nonceOf(challenge) },
    });
    expect((await fetch(url, { headers: { accept: ACCEPT, authorization } })).status).toBe(200);
    const why = async (...args: string[]) => (await Command.run(['why', '--url', ready.url, ...args])).stdout;
    expect(await why()).toBe('No request was refused.\n');
    expect(await why('--all')).toContain('The request has no credentials.');
  });

  it('why exits with 2 for invalid options and with 1 if there is no emulator', async () => {
    expect((await Command.run(['why', '--limit', '0'])).status).toBe(2);
    expect((await Command.run(['why', '--url', await nowhere()])).status).toBe(1);
  });
});

describe('the address that the commands use', () => {
  it('wait, why and env find the emulator from the same flags, variables and file as the server', async () => {
    const { ready } = guarded;
    const { port } = new URL(ready.url);
    const config = join(temporaryFolder(), 'settings.json');
    writeFileSync(
      config,
      JSON.stringify({ port: Number(port), controlToken: 'given', fixture: 'none.json' }),
    );
    const token = { ATLAS_EMULATOR_CONTROL_TOKEN: 'given' };
    const ways: readonly [string[], Record<string, string>][] = [
      [['--port', port, '--control-token', 'given'], { ATLAS_EMULATOR_PORT: '1' }],
      [
        [],
        { ...token, ATLAS_EMULATOR_PORT: port, ATLAS_EMULATOR_HOST: '0.0.0.0', ATLAS_EMULATOR_TLS: 'true' },
      ],
      [['--host', 'localhost'], { ...token, ATLAS_EMULATOR_PORT: port }],
      [['--config', config], {}],
      [[], { ATLAS_EMULATOR_CONFIG: config, ATLAS_EMULATOR_HOST: '127.0.0.1,::1' }],
      [[], { ...token, ATLAS_EMULATOR_URL: ready.url, ATLAS_EMULATOR_PORT: '1' }],
      [['--url', ready.url], { ...token, ATLAS_EMULATOR_URL: 'http://127.0.0.1:1', ATLAS_EMULATOR_PORT: '' }],
    ];
    for (const [args, env] of ways) {
      const endings = await Promise.all([
        Command.run(['wait', '--timeout-ms', '10000', ...args], { env }),
        Command.run(['why', ...args], { env }),
        Command.run(['env', 'curl', ...args], { env }),
      ]);
      expect(endings.map(({ status, stderr }) => [status, stderr])).toEqual(endings.map(() => [0, '']));
      expect(evaluated(endings[2].stdout).BASE_URL).toBe(ready.url);
    }
  });

  it('wait does not use another emulator on the default port if a port is configured', async () => {
    const url = await nowhere();
    const env = { ATLAS_EMULATOR_PORT: new URL(url).port };
    const ending = await Command.run(['wait', '--timeout-ms', '1'], { env });
    expect(ending.status).toBe(1);
    expect(ending.stderr).toContain(`no emulator is ready at ${url} `);
  });

  it.each<readonly [string[], Record<string, string>, RegExp]>([
    [[], { ATLAS_EMULATOR_PROT: '1' }, /there is no setting ATLAS_EMULATOR_PROT/],
    [[], { ATLAS_EMULATOR_PORT: 'x' }, /ATLAS_EMULATOR_PORT must be a whole number/],
    [[], { ATLAS_EMULATOR_PORT: '0' }, /name it with --url/],
    [[], { ATLAS_EMULATOR_URL: 'localhost' }, /wait: ATLAS_EMULATOR_URL must be an address/],
    [['--url', 'localhost'], {}, /wait: --url must be an address/],
    [['--url', ''], {}, /wait: --url has no value/],
    [['--url', 'http://a', '--url', 'http://b'], {}, /wait: --url is given twice/],
    [['extra'], {}, /Unexpected argument 'extra'/],
  ])('wait rejects invalid settings in one line: %j %j', async (args, env, line) => {
    const ending = await Command.run(['wait', ...args], { env });
    expect(ending).toMatchObject({ status: 2, stdout: '' });
    expect(ending.stderr).toMatch(/^atlas-streams-emulator: [^\n]+\n$/);
    expect(ending.stderr).toMatch(line);
  });

  it('wait accepts an HTTPS address without its authority; why needs it and says how to trust it', async () => {
    const { ready } = await Command.start(['--tls', '--tls-port', '0', '--host', 'localhost']);
    const { tlsUrl, ca } = ready as typeof ready & { tlsUrl: string; ca: string };
    expect(await Command.run(['wait', '--url', tlsUrl])).toMatchObject({ status: 0, stderr: '' });
    const untrusted = await Command.run(['why', '--url', tlsUrl]);
    expect([untrusted.status, untrusted.stderr]).toEqual([1, expect.stringContaining('NODE_EXTRA_CA_CERTS')]);
    const file = join(temporaryFolder(), 'ca.pem');
    writeFileSync(file, ca);
    const trusted = await Command.run(['why', '--url', tlsUrl], { env: { NODE_EXTRA_CA_CERTS: file } });
    expect(trusted).toMatchObject({ status: 0, stderr: '' });
  });

  it('why says that fetch blocks the port of its address', async () => {
    const ending = await Command.run(['why', '--url', 'http://127.0.0.1:10080']);
    expect(ending.status).toBe(1);
    expect(ending.stderr).toContain('fetch refuses to connect to this port');
  });
});

it('the health check of the image uses the settings of the server', async () => {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const [, json = '[]'] = /^HEALTHCHECK .*\\\n\s*CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const [, program, ...args] = JSON.parse(json) as string[];
  expect(program).toBe('/app/dist/cli.js');
  const { ready } = await Command.start(['--host', '0.0.0.0']);
  const env = { ATLAS_EMULATOR_HOST: '0.0.0.0', ATLAS_EMULATOR_PORT: new URL(ready.url).port };
  expect(await Command.run(args, { env })).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(await Command.run(args, { env: { ...env, ATLAS_EMULATOR_PORT: '1234' } })).toMatchObject({
    status: 1,
  });
});

it('--help lists the commands env, wait and why, and each of them has its own --help', async () => {
  const { stdout } = await Command.run(['--help']);
  for (const name of ['env <client>', 'wait', 'why'])
    expect(stdout).toMatch(new RegExp(`^ {2}${name} {2,}\\S`, 'm'));
  for (const name of ['env', 'wait', 'why']) {
    const ending = await Command.run([name, '--help']);
    expect([ending.status, ending.stdout.startsWith(`Usage: atlas-streams-emulator ${name} `)]).toEqual([
      0,
      true,
    ]);
  }
});
