import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startEmulator } from '../../src/index.js';
import { CLI, cleanEnvironment } from '../support/command.js';

// Starts processes.
vi.setConfig({ testTimeout: 60_000 });

const page = readFileSync(new URL('../../docs/contract.md', import.meta.url), 'utf8');

/** The code blocks of the page. */
const blocks = [...page.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, code = '']) => code);

/** The block that has a text, and the next one: what it prints. */
function blockWith(text: string): readonly [code: string, printed: string] {
  const index = blocks.findIndex((code) => code.includes(text));
  return [blocks[index] ?? '', blocks[index + 1] ?? ''];
}

/** A folder in which the blocks run, as after `npm install`; each emulator that they start runs already. */
async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'pasted-'));
  const emulators = [await startEmulator(), await startEmulator()] as const;
  onTestFinished(async () => {
    for (const emulator of emulators) await emulator.close();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${CLI}' "$@"\n`, {
    mode: 0o755,
  });
  const [first, second] = emulators.map(({ url }) => url);
  const env = { ...cleanEnvironment(), PATH: `${folder}:${process.env.PATH}`, ATLAS_EMULATOR_URL: first };
  const run = (code: string) =>
    new Promise<{ status: number; stdout: string }>((resolve) => {
      const here = code
        .replace(/^npx atlas-streams-emulator --quiet.*&\n/m, '')
        .replaceAll('http://127.0.0.1:27080', String(first))
        .replaceAll('http://127.0.0.1:27081', String(second));
      execFile('sh', ['-c', here], { cwd: folder, env }, (error, stdout) => {
        resolve({ status: Number(error?.code ?? 0), stdout });
      });
    });
  return { folder, run };
}

/** Output without times, which differ. */
const masked = (text: string): string => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'TIME').trimEnd();

it('docs/contract.md: a client fails its check and then passes, as printed, and is covered as printed', async () => {
  const { folder, run } = await start();
  const [client] = blockWith('call "$links"');
  writeFileSync(join(folder, 'client.sh'), client);
  for (const [text, status] of [
    ['sh client.sh\nnpx atlas-streams-emulator check\n', 1],
    ['sed -i.old', 0],
  ] as const) {
    const [code, printed] = blockWith(text);
    const { stdout, ...ended } = await run(code.replace('sh client.sh', 'sh client.sh > responses'));
    expect(masked(stdout)).toBe(masked(printed));
    expect(ended.status).toBe(status);
  }
  const [code, printed] = blockWith('coverage --html');
  const { status, stdout } = await run(code);
  expect(stdout.startsWith(printed.replace(/ *…\n$/, ''))).toBe(true);
  expect(status).toBe(0);
  expect(readFileSync(join(folder, 'coverage.html'), 'utf8')).toContain('<!doctype html>');
});

it('docs/contract.md: an emulator is recorded and verified as printed', async () => {
  const { run } = await start();
  const [code, printed] = blockWith('--out emulator.json');
  expect(await run(code)).toEqual({ status: 0, stdout: printed });
});
