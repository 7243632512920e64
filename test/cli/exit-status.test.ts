import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CLI, Command, onFreePort, type Surroundings } from '../support/command.js';
import { executeIn } from '../support/database-file.js';
import { skippedUnless } from '../support/skipped.js';
import { temporaryFolder } from '../support/world.js';

// Each test starts the program, some more than once: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** The line on standard error of a start that fails; there is only one, and nothing on standard output. */
async function failureOf(
  status: number,
  args: readonly string[],
  surroundings?: Surroundings,
): Promise<string> {
  const ending = await Command.run(onFreePort(args), surroundings);
  expect(ending.stdout).toBe('');
  expect(ending.stderr).toMatch(/^atlas-streams-emulator: [^\n]+\n$/);
  expect([ending.status, ending.stderr.trim()]).toEqual([status, expect.any(String)]);
  return ending.stderr.slice('atlas-streams-emulator: '.length, -1);
}

/** Writes a file and returns its path. */
function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('exit status 2', () => {
  it.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--port', '70000'], '--port must be a whole number from 0 to 65535'],
    [['--config', 'missing.json'], 'missing.json cannot be read: ENOENT'],
    [['--fixture', 'missing.json'], 'fixture missing.json: it cannot be read: ENOENT'],
  ])('invalid settings exit with 2: %j', async (args, line) => {
    expect(await failureOf(2, args)).toContain(line);
  });

  it('an unknown variable exits with 2', async () => {
    const env = { ATLAS_EMULATOR_PROT: '1' };
    expect(await failureOf(2, [], { env })).toContain('there is no setting ATLAS_EMULATOR_PROT');
  });

  it('an invalid settings file exits with 2', async () => {
    const path = file('settings.json', '{"idleMs": "1"}');
    expect(await failureOf(2, ['--config', path])).toContain(`${path}: idleMs must be a whole number`);
  });

  it.each([
    ['{"organizations": 1}', ': organizations: '],
    ['{', ': it is not JSON: '],
  ])('an invalid fixture exits with 2: %s', async (text, line) => {
    const path = file('fixture.json', text);
    expect(await failureOf(2, ['--fixture', path])).toContain(`fixture ${path}${line}`);
  });

  it.each([
    ['203.0.113.7', 'this machine does not have the address 203.0.113.7 (EADDRNOTAVAIL)'],
    ['no..such.host', 'the name no..such.host '],
  ])('a host that the machine cannot listen on exits with 2: %s', async (host, reason) => {
    expect(await failureOf(2, ['--host', host])).toContain(`cannot listen (--host, --port): ${reason}`);
  });

  it.each(['--fixture', '--config'])('a directory in place of a file exits with 2: %s', async (flag) => {
    const folder = temporaryFolder();
    expect(await failureOf(2, [flag, folder])).toMatch(
      /cannot be read: EISDIR: it is a directory \(Docker creates one/,
    );
  });
});

describe('exit status 3', () => {
  it('a port in use by another process exits with 3', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await failureOf(3, ['--port', String(port)])).toBe(
      `port ${port} on 127.0.0.1 is in use by another process; choose another with --port, or 0 for any free one`,
    );
  });

  it('a port in use by another emulator exits with 3 and leaves the database file usable', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const { ready } = await Command.start();
    await failureOf(3, ['--port', new URL(ready.url).port, '--db', db]);
    expect(existsSync(`${db}-wal`)).toBe(false);
    expect((await Command.start(['--db', db])).ready.db).toBe(db);
  });
});

describe('exit status 4', () => {
  it('a database in use by another emulator exits with 4, and that emulator continues to serve', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const { ready } = await Command.start(['--db', db]);
    expect(await failureOf(4, ['--db', db])).toBe(`database ${db} is in use by another process`);
    expect((await fetch(`${ready.controlUrl}/health`)).status).toBe(200);
  });

  it('a file that is not a SQLite database exits with 4', async () => {
    const db = file('world.db', 'hello\n'.repeat(1000));
    expect(await failureOf(4, ['--db', db])).toBe(`database ${db} is not a SQLite database`);
  });

  it('a damaged database exits with 4', async () => {
    const db = join(temporaryFolder(), 'world.db');
    await (await Command.start(['--db', db])).command.stop();
    writeFileSync(db, readFileSync(db).fill(0xa5, 4096));
    expect(await failureOf(4, ['--db', db])).toContain(`database ${db} is damaged`);
  });

  it.each([
    ['DROP TABLE faults', 'it has no table faults'],
    ['DROP TABLE private_links', 'it has no table private_links'],
    ['DROP TABLE faults; CREATE VIEW faults AS SELECT 1', 'it has no table faults'],
    ['DROP INDEX projects_of_organization', 'it has no index projects_of_organization'],
    ['DROP TRIGGER private_links_of_removed_project', 'it has no trigger private_links_of_removed_project'],
    ['ALTER TABLE credentials DROP COLUMN secret', 'its table credentials has been changed'],
    ['ALTER TABLE faults ADD COLUMN more TEXT', 'its table faults has been changed'],
    ['ALTER TABLE projects RENAME COLUMN pace TO pase', 'its table projects has been changed'],
    ['DELETE FROM organizations', 'it has credentials without its organizations'],
    ["UPDATE projects SET settings = '{'", 'JSON'],
    ["UPDATE credentials SET roles = '{'", 'JSON'],
    ["UPDATE project_roles SET roles = '{'", 'JSON'],
    ["UPDATE snapshots SET extra = '{'", 'JSON'],
    ["INSERT INTO properties VALUES ('clock', '{')", 'JSON'],
    [`INSERT INTO properties VALUES ('clock', '{"offsetMs":"1"}')`, 'the property clock is {"offsetMs":"1"}'],
    ["INSERT INTO properties VALUES ('clock', 'null')", 'the property clock is null'],
  ])('a database that another program has damaged exits with 4: %s', async (sql, problem) => {
    const db = join(temporaryFolder(), 'world.db');
    await (await Command.start(['--db', db])).command.stop();
    executeIn(db, `PRAGMA foreign_keys = OFF; DELETE FROM properties; ${sql}`);
    const line = await failureOf(4, ['--db', db]);
    expect(line).toContain(`database ${db} is damaged: `);
    expect(line).toContain(problem);
  });

  it('a database written by a newer version exits with 4', async () => {
    const db = join(temporaryFolder(), 'world.db');
    await (await Command.start(['--db', db])).command.stop();
    executeIn(db, "INSERT INTO migrations VALUES ('9999_newer')");
    expect(await failureOf(4, ['--db', db])).toBe(
      `database ${db} was written by a newer version (it has "9999_newer")`,
    );
  });

  it('a database in a missing directory, or that is a directory, exits with 4', async () => {
    const folder = temporaryFolder();
    expect(await failureOf(4, ['--db', join(folder, 'missing', 'world.db')])).toContain('does not exist');
    expect(await failureOf(4, ['--db', folder])).toContain(
      `database ${folder} is a directory: name a file in it`,
    );
  });

  // Root may write everywhere, so that the program runs as nobody where the tests run as root.
  const nobody = process.getuid?.() === 0 ? 65534 : undefined;
  const unprivileged = nobody === undefined ? {} : { uid: nobody };
  const startsUnprivileged =
    spawnSync(process.execPath, [CLI, '--version'], { ...unprivileged, stdio: 'ignore' }).status === 0;

  it.each([
    ['a file that cannot be written', 0o755, 0o444, '/world.db'],
    ['a directory that cannot be written', 0o555, 0o644, ''],
  ])(
    'a database with %s exits with 4',
    skippedUnless(startsUnprivileged, 'the program cannot be started as user nobody here'),
    async (_what, folderMode, fileMode, denied) => {
      const folder = temporaryFolder();
      const db = join(folder, 'world.db');
      await (await Command.start(['--db', db])).command.stop();
      if (nobody !== undefined) for (const path of [db, folder]) chownSync(path, nobody, nobody);
      chmodSync(db, fileMode);
      chmodSync(folder, folderMode);
      const owner = statSync(db);
      const mode = (denied === '' ? folderMode : fileMode).toString(8);
      expect(await failureOf(4, ['--db', db], unprivileged)).toBe(
        `database ${db} cannot be written: ${folder}${denied} belongs to user ${owner.uid} and group ${owner.gid} with mode ${mode}, ` +
          `and this process is of user ${owner.uid} and group ${owner.gid}: run it as user ${owner.uid}, or change the owner or the mode (chown, chmod g+rw)`,
      );
    },
  );
});
