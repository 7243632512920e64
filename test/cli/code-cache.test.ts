import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { CLI, cleanEnvironment } from '../support/command.js';
import { temporaryFolder } from '../support/world.js';

// Each test starts the program: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const DIST = dirname(CLI);
const CODE = readdirSync(DIST).find((name) => name.startsWith('cli-code-')) ?? 'no compiled code';

const { version } = JSON.parse(readFileSync(join(DIST, '../package.json'), 'utf8')) as { version: string };

/**
 * Runs `--version` of a built command.
 *
 * @returns what it printed, and whether V8 rejected the compiled code; undefined if it was not given any
 */
function run(cli: string, flags: readonly string[] = []): readonly [printed: string, isRejected?: boolean] {
  const program = `
    process.argv.push('cli.js', '--version');
    const { script } = await import(${JSON.stringify(cli)});
    process.on('exit', () => console.log(script.cachedDataRejected));
  `;
  const [printed = '', isRejected = ''] = execFileSync(
    process.execPath,
    [...flags, '--input-type=module', '--eval', program],
    { encoding: 'utf8', env: cleanEnvironment() },
  ).split('\n');
  return isRejected === 'undefined' ? [printed] : [printed, isRejected === 'true'];
}

/** A copy of the built command. @param changes change the content of files of these names */
function copyWith(changes: Readonly<Record<string, (content: Buffer) => Buffer>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'dist'));
  for (const name of ['package.json', 'fixtures', 'node_modules'])
    symlinkSync(join(DIST, '..', name), join(folder, name));
  for (const name of ['cli.js', 'cli-main.cjs', CODE]) {
    const content = readFileSync(join(DIST, name));
    writeFileSync(join(folder, 'dist', name), changes[name]?.(content) ?? content);
  }
  return join(folder, 'dist/cli.js');
}

it('the build stores compiled code that the same version of Node accepts', () => {
  expect(run(CLI)).toEqual([version, false]);
});

it('compiled code does not depend on the folder', () => {
  expect(run(copyWith({}))).toEqual([version, false]);
});

it('V8 compiles the command itself if its flags are others', () => {
  expect(run(CLI, ['--no-opt'])).toEqual([version, true]);
});

/** Changes the content of a file, but not its length. */
function damaged(content: Buffer): Buffer {
  const place = Math.floor(content.length / 2);
  content.writeUInt8(content.readUInt8(place) ^ 0x55, place);
  return content;
}

it.each<[string, (content: Buffer) => Buffer]>([
  ['is damaged', damaged],
  ['is cut off', (code) => code.subarray(0, code.length / 2)],
  ['is empty', (code) => code.subarray(0, 0)],
])('the command starts if its compiled code %s', (_, change) => {
  expect(run(copyWith({ [CODE]: change }))).toEqual([version]);
});

it('compiled code of another source of the same length is not used', () => {
  const changed = (source: Buffer): Buffer =>
    Buffer.from(source.toString('latin1').replace('// ', '//-'), 'latin1');
  expect(run(copyWith({ 'cli-main.cjs': changed }))).toEqual([version]);
});
