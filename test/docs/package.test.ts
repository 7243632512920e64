import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

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
