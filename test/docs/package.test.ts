import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../support/world.js';

// Builds and packs: many seconds on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

it('the npm package contains its license, and no build files', () => {
  const [pack] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' }),
  ) as [{ files: { path: string }[] }];
  const files = pack.files.map(({ path }) => path);
  expect(files).toContain('LICENSE');
  expect(files).toContain('dist/cli.js');
  expect(files.filter((path) => path.includes('tsbuildinfo'))).toEqual([]);
  const { license } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { license: string };
  expect(license).toBe('MIT');
  expect(readFileSync(`${ROOT}LICENSE`, 'utf8')).toMatch(
    /^MIT License\n\n.*the atlas-streams-emulator authors\n/,
  );
});

it('packing for the client tests leaves dist unchanged, because an emulator may run from it', () => {
  const filesOf = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => {
      const { ino, mtimeMs } = statSync(join(folder, path));
      return [path, ino, mtimeMs];
    });
  const before = filesOf(join(ROOT, 'dist'));
  const folder = temporaryFolder();
  execFileSync(process.execPath, [join(ROOT, 'scripts/pack.js'), folder]);
  expect(filesOf(join(ROOT, 'dist'))).toEqual(before);
  const [tarball = ''] = readdirSync(folder);
  const packed = execFileSync('tar', ['-tzf', join(folder, tarball)], { encoding: 'utf8' }).split('\n');
  expect(packed).toEqual(expect.arrayContaining(['package/dist/cli.js', 'package/dist/index.d.ts']));
  const runner = readFileSync(join(ROOT, 'test/clients/support/emulator.js'), 'utf8');
  expect(runner).toContain("'scripts/pack.js'");
  expect(runner).not.toContain("'pack',");
});
