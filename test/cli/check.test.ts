import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { startEmulator, type LocalEmulator, type Settings } from '../../src/index.js';
import { Command } from '../support/command.js';
import { temporaryFile } from '../contract/recording-support.js';
import { onTestFinished } from 'vitest';

// Starts processes.
vi.setConfig({ testTimeout: 60_000 });

const LINKS = '/streams/privateLinkConnections';

async function start(settings: Settings = {}): Promise<LocalEmulator> {
  const emulator = await startEmulator(settings);
  onTestFinished(() => emulator.close());
  return emulator;
}

async function run(emulator: LocalEmulator, ...args: string[]) {
  const { status, stdout, stderr } = await new Command([...args, '--url', emulator.url]).ended;
  return { status, stdout, stderr };
}

describe('atlas-streams-emulator check', () => {
  it('ends with 0 where a client keeps to the contract, and with 1 where it does not', async () => {
    const emulator = await start();
    const project = await emulator.project({ profile: 'observed' });
    await project.fetch(LINKS);
    expect(await run(emulator, 'check')).toEqual({
      status: 0,
      stdout: '0 errors, 0 warnings in 2 requests.\n',
      stderr: '',
    });
    await project.fetch(LINKS, { method: 'POST', json: { provider: 'AWSS' } });
    const { status, stdout } = await run(emulator, 'check', '--project', project.id);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^error {2}unknownProvider: No provider AWSS exists\.\n {2}mend {4}Send AWS, AZURE or GCP\.\n {2}source {2}.*\n {2}where {3}createGroupStreamPrivateLinkConnection, project [a-f0-9]{24} \(1 request\)\n {10}\d{4}-\d\d-\d\d .*Z {2}400 {2}POST \/api\/.*\n\n1 error, 0 warnings in 2 requests\.\n$/,
    );
  });

  it('takes --ignore and --expect more than once, and --fail-on', async () => {
    const emulator = await start();
    const project = await emulator.project({ profile: 'observed' });
    await project.fetch(`${LINKS}?itemPerPage=5`);
    await project.fetch(LINKS, { method: 'POST', json: { provider: 'AWSS' } });
    await project.fetch(LINKS, { method: 'POST', json: { provider: 'AWS', regoin: 'a' } });
    const both = ['unknownProvider', 'invalidAttribute'];
    const ignored = await run(emulator, 'check', ...both.flatMap((rule) => ['--ignore', rule]));
    expect(ignored.status).toBe(0);
    expect(ignored.stdout).toContain('warning  unknownQueryParameter');
    const expected = await run(emulator, 'check', ...both.flatMap((rule) => ['--expect', rule]));
    expect(expected.status).toBe(0);
    expect(expected.stdout).toContain('0 errors, 1 warning, 2 expected in 4 requests.');
    const args = both.flatMap((rule) => ['--expect', rule]);
    expect((await run(emulator, 'check', ...args, '--fail-on', 'warning')).status).toBe(1);
    const missing = await run(emulator, 'check', ...args, '--expect', 'linkNotFound');
    expect([missing.status, missing.stdout.includes('no request has broken it: linkNotFound')]).toEqual([
      1,
      true,
    ]);
  });

  it('prints JSON and JUnit XML', async () => {
    const emulator = await start();
    const project = await emulator.project({ profile: 'observed' });
    await project.fetch(`${LINKS}?itemPerPage=5`);
    await project.fetch(LINKS, { method: 'POST', json: { provider: '<&"\u0007' } });
    const json = await run(emulator, 'check', '--format', 'json');
    expect(JSON.parse(json.stdout)).toEqual(await emulator.contract.check());
    const junit = await run(emulator, 'check', '--format', 'junit');
    expect(junit.status).toBe(1);
    expect(junit.stdout).toContain('<testsuite name="contract" tests="2" failures="1">');
    expect(junit.stdout).toContain('<failure type="error" message="No provider &lt;&amp;&quot;? exists.">');
    expect(junit.stdout).toMatch(/unknownQueryParameter" name="list\w+"><system-out>warning/);
    const strict = await run(emulator, 'check', '--format', 'junit', '--fail-on', 'warning');
    expect(strict.stdout).toContain('failures="2"');
    const clean = await run(await start(), 'check', '--format', 'junit');
    expect(clean.stdout).toContain('<testcase classname="contract" name="check"/>');
  });

  it('is one line and status 2 where it cannot be run', async () => {
    const emulator = await start();
    const off = await start({ noFindings: true });
    const none = await start({ noControl: true });
    const cases = [
      [emulator, ['check', '--format', 'xml'], '--format must be one of table, json, junit'],
      [emulator, ['check', '--fail-on', 'all'], '--fail-on must be one of error, warning, advice'],
      [emulator, ['check', '--ignore', 'nothing'], 'There is no rule nothing. There are: '],
      [emulator, ['check', '--project', 'f'.repeat(24)], 'There is no project ffff'],
      [off, ['check'], 'Requests are not judged: the emulator runs with --no-findings.'],
      [off, ['coverage'], '--no-findings'],
      [none, ['check'], 'there is no control API'],
      [emulator, ['coverage', '--min', 'fields'], '--min must be a percentage'],
      [emulator, ['coverage', '--min', '101'], '--min must be a percentage'],
      [emulator, ['coverage', '--min', 'pages=5'], '--min must be a percentage'],
      [emulator, ['coverage', '--html', '/nowhere/a.html'], '/nowhere/a.html cannot be written'],
    ] as const;
    for (const [at, args, line] of cases) {
      const { status, stdout, stderr } = await run(at, ...args);
      expect([status, stdout], args.join(' ')).toEqual([2, '']);
      expect(stderr).toContain(line);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    const down = await new Command(['check', '--url', 'http://127.0.0.1:9']).ended;
    expect([down.status, down.stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
  });
});

describe('atlas-streams-emulator coverage', () => {
  it('ends with 1 below a threshold, and writes the matrix', async () => {
    const emulator = await start();
    const project = await emulator.project({ profile: 'observed' });
    await project.fetch(LINKS);
    const out = temporaryFile();
    const whole = await run(emulator, 'coverage', '--html', out, '--min', '0', '--min', 'operations=5');
    expect(whole.status).toBe(0);
    expect(readFileSync(out, 'utf8')).toMatch(
      /^<!doctype html>[^]*listGroupStreamPrivateLinkConnections[^]*<\/html>\n$/,
    );
    const short = await run(emulator, 'coverage', '--min', '90', '--project', project.id);
    expect(short.status).toBe(1);
    expect(short.stdout).toMatch(/^all +\d+ % {2}\d+ of \d+, less than 90 %$/m);
    const json = await run(emulator, 'coverage', '--format', 'json');
    expect(JSON.parse(json.stdout)).toEqual(await emulator.contract.coverage());
  });
});
