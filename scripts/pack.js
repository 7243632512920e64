/**
 * Packs the package into a folder, and prints the name of the tarball: `node scripts/pack.js <folder>`. It builds a copy of
 * the repository, because a build replaces `dist`, from which an emulator may be running.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const repository = join(import.meta.dirname, '..');
const folder = resolve(process.argv[2] ?? '.');
const copy = mkdtempSync(join(tmpdir(), 'pack-'));
try {
  const filter = (path) => path === repository || !['.git', 'dist', 'node_modules'].includes(basename(path));
  cpSync(repository, copy, { recursive: true, filter });
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'), 'dir');
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: copy, stdio: 'inherit' });
} finally {
  rmSync(copy, { recursive: true, force: true });
}
