import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Client, Command } from '../support/command.js';
import { linksPath } from '../support/emulator.js';
import { temporaryFolder } from '../support/world.js';

// Each test starts the program: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const shared = Command.shared();

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

describe('--help and --version', () => {
  it('--help lists every exit status and exits with 0', async () => {
    const { status, stdout, stderr } = await Command.run(['--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: atlas-streams-emulator /);
    expect(stdout).toContain(
      'Exit status: 0 stopped, 2 wrong settings, fixture or certificate, 3 port in use, 4 database',
    );
  });

  it('--version prints the version of the package and exits with 0', async () => {
    expect(await Command.run(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('a start without a terminal', () => {
  it('a start without a terminal prints one line of JSON with the address, process id and database', async () => {
    const { command, ready } = await Command.start();
    expect(Object.keys(ready)).toEqual(['url', 'controlUrl', 'pid', 'db', 'projects']);
    expect(ready.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(ready.controlUrl).toBe(`${ready.url}/_emulator`);
    expect(ready.db).toBe(':memory:');
    process.kill(ready.pid, 'SIGTERM');
    const { status, stdout, stderr } = await command.ended;
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`${JSON.stringify(ready)}\n`);
  });

  it('a start without a terminal names projects and callers on standard output and the banner on standard error', async () => {
    const { command, ready } = await Command.start([], { env: { ATLAS_EMULATOR_QUIET: 'false' } });
    expect(
      ready.projects.map(({ profile, callers }) => [profile, Object.keys(callers), callers.owner]),
    ).toEqual([
      [
        'documented',
        ['owner', 'streams', 'reader', 'outsider'],
        { publicKey: 'owner1', clientId: 'mdb_sa_id_000000000000000000000011' },
      ],
      [
        'observed',
        ['owner', 'streams', 'reader', 'outsider'],
        { publicKey: 'owner2', clientId: 'mdb_sa_id_000000000000000000000012' },
      ],
    ]);
    const ids = ready.projects.map(({ id }) => id);
    const [printed] = await Promise.all(
      ids.map((id) => Command.run(['env', 'curl', '--url', ready.url, '--project', id])),
    );
    expect(printed?.stdout).toContain('export PUBLIC_KEY=owner1');
    await (await Client.of(ready.url)).fetch();
    const { stdout, stderr } = await command.stop();
    expect(stdout).toBe(`${JSON.stringify(ready)}\n`);
    expect(stderr).toContain(`atlas-streams-emulator ${version} listens on ${ready.url}\n`);
    for (const id of ids) {
      expect(stderr).toContain(
        `  eval "$(npx atlas-streams-emulator env curl --url ${ready.url} --project ${id})"\n`,
      );
    }
    expect(stdout + stderr).not.toMatch(/mdb_sa_sk|00000000-0000-4000|[A-Z] \/api/);
  });

  it.each([[[]], [['--no-control']]])(
    'an emulator is listening and healthy when it prints the ready line: %j',
    async (args) => {
      const { ready } = args.length ? await Command.start(args) : shared;
      const response = await fetch(`${ready.controlUrl}/health`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.json()).toMatchObject({ status: 'ready', version });
    },
  );

  it('a started emulator serves the default fixture, with links that begin with its address', async () => {
    const { ready } = shared;
    const created = await (await Client.of(ready.url)).create('com.amazonaws.us-east-1.s3');
    const { links } = (await created.json()) as { links: { href: string }[] };
    expect([created.status, links[0]?.href.startsWith(`${ready.url}${linksPath('documented')}/`)]).toEqual([
      200,
      true,
    ]);
  });

  it('the ready line has the loopback address if the emulator listens on every address', async () => {
    const { ready } = await Command.start(['--host', '0.0.0.0']);
    expect(ready.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await fetch(`${ready.controlUrl}/health`)).status).toBe(200);
  });
});

describe('settings', () => {
  it('settings of the process come from flags, then variables, then the settings file', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'settings.json');
    writeFileSync(path, JSON.stringify({ db: join(folder, 'of-file.db'), publicUrl: 'http://of.file' }));
    const { ready } = await Command.start(['--db', join(folder, 'of-flag.db')], {
      env: {
        ATLAS_EMULATOR_CONFIG: path,
        ATLAS_EMULATOR_DB: 'of-variable.db',
        ATLAS_EMULATOR_PENDING_MS: '0',
      },
    });
    expect(ready.db).toBe(join(folder, 'of-flag.db'));
    const created = await (await Client.of(ready.url)).create('com.amazonaws.us-east-1.s3');
    const { state, links } = (await created.json()) as { state: string; links: { href: string }[] };
    expect([state, links[0]?.href.slice(0, 15)]).toEqual(['DONE', 'http://of.file/']);
  });

  it.each<readonly [string[], number, string | null]>([
    [[], 404, 'code=404'],
    [['--no-control'], 401, null],
  ])('--no-control turns scripted responses off: %j', async (args, status, applied) => {
    const { ready } = args.length ? await Command.start(args) : shared;
    const response = await fetch(ready.url + linksPath('documented'), { headers: { prefer: 'code=404' } });
    expect([response.status, response.headers.get('preference-applied')]).toEqual([status, applied]);
  });
});
