import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { Project } from '../../src/index.js';
import { changingProxy } from '../support/changing-proxy.js';
import { Command } from '../support/command.js';
import { documentOf } from '../support/described.js';
import { startProject, temporaryFile } from '../contract/recording-support.js';

// Starts several processes.
vi.setConfig({ testTimeout: 60_000 });

const NAME = 'atlas-streams-emulator: ';

/** The variables of a service account. */
function variablesOf({ credentials }: Project): Record<string, string> {
  const { clientId, clientSecret } = credentials.owner.serviceAccount;
  return { MONGODB_ATLAS_CLIENT_ID: clientId, MONGODB_ATLAS_CLIENT_SECRET: clientSecret };
}

async function linksOf(project: Project): Promise<string[]> {
  const response = await project.fetch(`/api/atlas/v2/groups/${project.id}/streams/privateLinkConnections`);
  return ((await response.json()) as { results: { _id: string }[] }).results.map(({ _id }) => _id);
}

/** A recording in progress, whose server does not answer the first look at a link until `answer` is called. */
async function stuckRecording(project: Project) {
  const signals = new EventEmitter();
  const [stuck, answered] = [once(signals, 'stuck'), once(signals, 'answer')];
  const { url } = await changingProxy(project.url, async ({ method, path, status }) => {
    if (method !== 'GET' || status !== 200 || !/Connections\/[a-f0-9]{24}$/.test(path)) return;
    signals.emit('stuck');
    await answered;
  });
  const out = temporaryFile();
  const args = [
    'contract',
    'record',
    '--target',
    url,
    '--project',
    project.id,
    '--out',
    out,
    '--wait-ms',
    '0',
  ];
  const command = new Command(args, { env: variablesOf(project) });
  await stuck;
  return {
    command,
    out,
    answer: () => {
      signals.emit('answer');
    },
  };
}

describe('atlas-streams-emulator contract', () => {
  it('records an emulator and verifies the recording', async () => {
    const { project } = await startProject();
    const out = temporaryFile();
    const args = ['contract', 'record', '--target', project.url, '--project', project.id, '--out', out];
    const recorded = await Command.run(args, { env: variablesOf(project) });
    expect(recorded).toMatchObject({
      status: 0,
      stdout: `59 of 59 calls are recorded in ${out}.\n`,
      stderr: '',
    });
    expect(await Command.run(['contract', 'verify', out])).toMatchObject({
      status: 0,
      stdout: 'No differences, in 59 calls.\n',
    });

    writeFileSync(out, readFileSync(out, 'utf8').replaceAll('"INVALID_PROVIDER"', '"NO_PROVIDER"'));
    const changed = await Command.run(['contract', 'verify', out]);
    expect(changed.status).toBe(1);
    expect(changed.stdout).toBe(
      [
        'header x-error-code: "NO_PROVIDER" → "INVALID_PROVIDER"',
        '  in an unknown provider',
        'body errorCode: "NO_PROVIDER" → "INVALID_PROVIDER"',
        '  in an unknown provider',
        '',
        '2 differences, in 59 calls.',
        '',
      ].join('\n'),
    );
    expect((await Command.run(['contract', 'verify', out, '--profile', 'documented'])).status).toBe(1);
  });

  it('compares a description, with status 1 if it differs', async () => {
    const path = temporaryFile();
    const document = documentOf();
    writeFileSync(path, JSON.stringify(document));
    expect((await Command.run(['contract', 'diff', path])).status).toBe(0);
    delete document.paths['/api/atlas/v2/groups']?.post;
    writeFileSync(path, `# YAML\n${JSON.stringify(document)}`);
    const { status, stdout } = await Command.run(['contract', 'diff', path, '--format', 'markdown']);
    expect(status).toBe(1);
    expect(stdout).toContain('| gone | operation | createGroup | has it | POST /groups |');
  });

  it('deletes its links after SIGINT, and keeps what was recorded', async () => {
    const { project } = await startProject();
    const { command, out, answer } = await stuckRecording(project);
    expect(await linksOf(project)).toHaveLength(1);
    command.signal('SIGINT');
    answer();
    const { status, stderr } = await command.ended;
    expect([status, stderr]).toEqual([
      2,
      `${NAME}interrupted: ${out} has the calls until then; links deleted: 1\n`,
    ]);
    expect(await linksOf(project)).toEqual([]);
    expect(existsSync(`${out}.cleanup`)).toBe(false);
    expect((await Command.run(['contract', 'verify', out])).status).toBe(0);
  });

  it('deletes the links of a recording that was killed with --clean', async () => {
    const { project } = await startProject();
    const path = `/api/atlas/v2/groups/${project.id}/streams/privateLinkConnections`;
    await project.fetch(path, {
      method: 'POST',
      body: JSON.stringify({ provider: 'AWS', dnsDomain: 'other.example' }),
    });
    const others = await linksOf(project);
    const { command, out, answer } = await stuckRecording(project);
    await command.stop('SIGKILL');
    answer();
    expect(await linksOf(project)).toHaveLength(2);
    const clean = ['contract', 'record', '--clean', `${out}.cleanup`];
    const again = await Command.run(
      ['contract', 'record', '--target', project.url, '--project', project.id, '--out', out],
      { env: variablesOf(project) },
    );
    expect([again.status, again.stderr]).toEqual([
      2,
      `${NAME}${out}.cleanup is left of a run that did not clean up: run contract record --clean ${out}.cleanup first\n`,
    ]);
    expect(await Command.run(clean, { env: variablesOf(project) })).toMatchObject({
      status: 0,
      stdout: `Links deleted: 1. ${out}.cleanup is removed.\n`,
    });
    expect(await linksOf(project)).toEqual(others);
  });

  const ID = '32b6e34b3d91647abb20e7b8';
  const CREDENTIALS = { MONGODB_ATLAS_PUBLIC_KEY: 'a', MONGODB_ATLAS_PRIVATE_KEY: 'b' };

  it.each([
    [
      ['record', '--target', 'https://192.0.2.1', '--project', ID, '--out', 'x'],
      CREDENTIALS,
      /^contract record creates 2 private links in project \w+ at https:\/\/192\.0\.2\.1, and deletes them again: add --yes to agree$/,
    ],
    [
      ['record', '--target', 'http://127.0.0.1.example.com', '--project', ID, '--out', 'x'],
      CREDENTIALS,
      /: add --yes to agree$/,
    ],
    [
      ['record', '--target', 'http://127.0.0.1:1', '--project', ID, '--out', 'x'],
      {},
      /^contract record needs credentials: set MONGODB_ATLAS_CLIENT_ID and/,
    ],
    [
      ['record', '--target', 'http://127.0.0.1:1', '--project', ID, '--out', 'x'],
      CREDENTIALS,
      /^no server answers at http:\/\/127\.0\.0\.1:1: ECONNREFUSED$/,
    ],
    [
      ['record', '--target', 'cloud.mongodb.com', '--project', ID, '--out', 'x'],
      {},
      /--target must be an address such as/,
    ],
    [
      ['record', '--target', 'http://127.0.0.1:1', '--project', 'x', '--out', 'x'],
      {},
      /--project must be the id of a project/,
    ],
    [['record', '--target', 'http://127.0.0.1:1', '--project', ID], {}, /--out must name the file to write$/],
    [
      ['record', '--target', 'http://127.0.0.1:1', '--project', ID, '--out', 'x', '--ca', '/nothing'],
      CREDENTIALS,
      /--ca: \/nothing cannot be read: ENOENT/,
    ],
    [
      ['record', '--wait-ms', 'long'],
      {},
      /^contract record: --wait-ms must be a whole number from 0 to 3600000, and is "long"$/,
    ],
    [
      ['record', '--clean', '/nothing'],
      CREDENTIALS,
      /^\/nothing is no file of a recording to clean up: ENOENT/,
    ],
    [['verify', '/nothing'], {}, /^\/nothing cannot be read: ENOENT/],
    [
      ['verify', 'a', '--profile', 'x'],
      {},
      /^contract verify: --profile must be documented or observed, and is "x"$/,
    ],
    [['verify'], {}, /^contract verify takes one FILE; see atlas-streams-emulator contract --help$/],
    [['diff', '/nothing'], {}, /^\/nothing cannot be read: ENOENT/],
    [['diff', 'a', '--format', 'x'], {}, /--format must be one of table, json, markdown, and is "x"$/],
    [['diff', 'a', 'b'], {}, /^contract diff takes one FILE, and not "a b"/],
    [['dif'], {}, /^contract: there is no command "dif", but diff, record, verify; see/],
  ])('refuses %s in one line, with status 2', async (args, env, message) => {
    const { status, stdout, stderr } = await Command.run(['contract', ...args], { env });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.replace(NAME, '').trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it.each([['contract'], ['contract --help'], ['contract verify --help'], ['contract -h']])(
    'prints its help: %s',
    async (line) => {
      const { status, stdout } = await Command.run(line.split(' '));
      expect(status).toBe(0);
      expect(stdout).toMatch(/^Usage: atlas-streams-emulator contract diff FILE /);
    },
  );
});
