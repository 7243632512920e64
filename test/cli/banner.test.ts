import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';
import { listen, type Listening } from '../../src/listener.js';
import { VERSION } from '../../src/version.js';
import { announced } from '../support/announced.js';
import { temporaryFolder } from '../support/world.js';

async function start(settings: Partial<Config> = {}): Promise<{ emulator: Listening; text: string }> {
  const emulator = await listen(settings);
  onTestFinished(() => emulator.close());
  return { emulator, text: announced(emulator, settings).stdout };
}

/** The variables of the `export` lines, block by block. */
function exportsOf(text: string): Record<string, string>[] {
  return text.split('\n\n').flatMap((block) => {
    const pairs = block
      .split('\n')
      .filter((line) => line.startsWith('  export '))
      .flatMap((line) => [...line.slice('  export '.length).matchAll(/(\w+)=(\$\(.*\)|\S+)/g)])
      .map(([, name = '', value = '']) => [name, value] as const);
    return pairs.length === 0 ? [] : [Object.fromEntries(pairs)];
  });
}

describe('the banner on a terminal', () => {
  it('the banner begins with the version, the address and where data is stored', async () => {
    const { emulator, text } = await start();
    expect(text.split('\n').slice(0, 2)).toEqual([
      `atlas-streams-emulator ${VERSION} listens on ${emulator.url}`,
      'Database: in memory (--db <file> persists it)',
    ]);
  });

  it('the banner has the address of the inspector, unless there is none', async () => {
    const { emulator, text } = await start();
    expect(text).toContain(`\nInspector: ${emulator.url}/_emulator/ (open it in a browser)\n`);
    expect((await start({ noControl: true })).text).not.toContain('Inspector');
  });

  it("the banner has the two default projects, each with an owner's credentials as lines to paste", async () => {
    const { emulator, text } = await start();
    expect(text).toContain('\nProject 32b6e34b3d91647abb20e7b8 (documented: ');
    expect(text).toContain('\nProject 32b6e34b3d91647abb20e7b9 (observed: ');
    const token = `$(curl -s -u "$MONGODB_ATLAS_CLIENT_ID:$MONGODB_ATLAS_CLIENT_SECRET" -d grant_type=client_credentials ${emulator.url}/api/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
    expect(exportsOf(text)).toEqual([
      {
        BASE_URL: emulator.url,
        GROUP_ID: '32b6e34b3d91647abb20e7b8',
        PUBLIC_KEY: 'owner1',
        PRIVATE_KEY: '00000000-0000-4000-8000-000000000011',
        MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_000000000000000000000011',
        MONGODB_ATLAS_CLIENT_SECRET: 'mdb_sa_sk_owner1',
        ACCESS_TOKEN: token,
      },
      {
        BASE_URL: emulator.url,
        GROUP_ID: '32b6e34b3d91647abb20e7b9',
        PUBLIC_KEY: 'owner2',
        PRIVATE_KEY: '00000000-0000-4000-8000-000000000012',
        MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_000000000000000000000012',
        MONGODB_ATLAS_CLIENT_SECRET: 'mdb_sa_sk_owner2',
        ACCESS_TOKEN: token,
      },
    ]);
  });

  it('the banner names the database file, and says that an existing file does not load the fixture again', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const { emulator, text } = await start({ db });
    expect(text).toContain(`\nDatabase: ${db}\n`);
    await emulator.close();
    expect((await start({ db })).text).toContain(
      `\nDatabase: ${db}, as it was left (a fixture is loaded into a new file only)\n`,
    );
  });

  it('the banner has no credentials for a project without an owner, and no project for an empty world', async () => {
    const fixture = join(temporaryFolder(), 'fixture.json');
    const id = '5f0000000000000000000001';
    const project = { id, name: 'one' };
    const organization = { id, name: 'one', profile: 'documented', projects: [project], credentials: [] };
    writeFileSync(fixture, JSON.stringify({ organizations: [organization] }));
    const { emulator, text } = await start({ fixture });
    expect(exportsOf(text)).toEqual([{ BASE_URL: emulator.url, GROUP_ID: id }]);

    writeFileSync(fixture, JSON.stringify({ organizations: [] }));
    expect(exportsOf((await start({ fixture })).text)).toEqual([]);
  });
});

const OTHER_ORGANIZATION = '5f00000000000000000000a1';
const credential = (id: string): object => ({
  organizationRoles: [],
  projectRoles: { '5f0000000000000000000001': ['GROUP_STREAM_PROCESSING_OWNER'] },
  apiKey: { publicKey: id, privateKey: 'a-private-key' },
});

/** Starts an emulator that has one project, in which a caller may create links. */
async function startWithOneProject(settings: Partial<Config> = {}): Promise<Listening> {
  const fixture = join(temporaryFolder(), 'fixture.json');
  const project = { id: '5f0000000000000000000001', name: 'one' };
  const organization = { id: OTHER_ORGANIZATION, name: 'one', profile: 'observed', projects: [project] };
  const organizations = [{ ...organization, credentials: [credential('mine')] }];
  writeFileSync(fixture, JSON.stringify({ organizations }));
  const emulator = await listen({ ...settings, fixture });
  onTestFinished(() => emulator.close());
  return emulator;
}

describe('output without a terminal', () => {
  it('without a terminal, standard output has one line of JSON with projects and the names of callers', async () => {
    const emulator = await startWithOneProject();
    const { stdout, stderr } = announced(emulator, { db: 'world.db' }, false);
    const callers = '{"streams":{"publicKey":"mine"}}';
    expect(stdout).toBe(
      `{"url":"${emulator.url}","controlUrl":"${emulator.url}/_emulator","pid":${process.pid},"db":"world.db",` +
        `"projects":[{"id":"5f0000000000000000000001","profile":"observed","callers":${callers}}]}\n`,
    );
    const command = `npx atlas-streams-emulator env curl --url ${emulator.url} --project 5f0000000000000000000001`;
    expect(stderr).toContain(`\n  eval "$(${command})"\n`);
    expect(stderr).not.toContain('a-private-key');
  });

  it('without a terminal, --quiet prints nothing on standard error, and --no-control omits the env command', async () => {
    const emulator = await startWithOneProject({ noControl: true });
    expect(announced(emulator, { quiet: true }, false).stderr).toBe('');
    const { stderr } = announced(emulator, { noControl: true }, false);
    expect(stderr).toContain('Project 5f0000000000000000000001 (observed: ');
    expect(stderr).not.toMatch(/env curl|a-private-key/);
  });

  it('without a terminal, a generated control token is only in the line of JSON', async () => {
    const emulator = await startWithOneProject({ host: '0.0.0.0' });
    const { stdout, stderr } = announced(emulator, {}, false);
    expect(JSON.parse(stdout)).toMatchObject({ controlToken: emulator.controlToken });
    expect(stderr).toContain('ATLAS_EMULATOR_CONTROL_TOKEN');
    expect(stderr).not.toContain(emulator.controlToken);
  });

  it('without a terminal, requests are not printed', async () => {
    const emulator = await startWithOneProject();
    const printed = announced(emulator, {}, false);
    const before = { ...printed };
    await emulator.server.inject('/api/atlas/v2/groups');
    expect(printed).toEqual(before);
  });
});

describe('requests on a terminal', () => {
  it('on a terminal, each request of the Atlas API is one line: method, path, status and the reason of a refusal', async () => {
    const emulator = await startWithOneProject();
    const printed = announced(emulator);
    const banner = printed.stdout;
    await emulator.server.inject('/_emulator/health');
    await emulator.server.inject('/api/atlas/v2/groups?access_token=mdb_at_secret&pretty=true');
    await emulator.server.inject({
      method: 'POST',
      url: '/api/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'grant_type=client_credentials&client_id=nobody&client_secret=secret',
    });
    await emulator.server.inject('/api/atlas/v2/unknown');
    const lines = printed.stdout.slice(banner.length).split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /^GET \/api\/atlas\/v2\/groups\?access_token=\[removed\]&pretty=true 401 step 3 \(credentials\): .*to pass: /,
      ),
      expect.stringMatching(/^POST \/api\/oauth\/token 401 step 3 \(credentials\): /),
      expect.stringMatching(/^GET \/api\/atlas\/v2\/unknown 404 step 1 \(route\): /),
      '',
    ]);
    expect(printed.stdout).not.toMatch(/mdb_at_secret|=secret/);
    expect(printed.stderr).toBe('');
  });

  it('on a terminal with --quiet, requests are not printed', async () => {
    const emulator = await startWithOneProject();
    const printed = announced(emulator, { quiet: true });
    const banner = printed.stdout;
    await emulator.server.inject('/api/atlas/v2/groups');
    expect(printed).toEqual({ stdout: banner, stderr: '' });
  });
});
