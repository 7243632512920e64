import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

/** Collects the licenses of the bundled packages, which must be distributed with the bundle. */
const licenses = {
  name: 'licenses',
  generateBundle() {
    const packages = new Set(
      [...this.getModuleIds()].flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
    );
    const texts = [...packages].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((one) => /^licen[cs]e(\.|$)/i.test(one));
      const text = file
        ? readFileSync(join(folder, file), 'utf8').trim()
        : 'The package has no license file.';
      return `${name} ${version} (${license})\n\n${text}\n`;
    });
    this.emitFile({
      type: 'asset',
      fileName: 'cli-licenses.txt',
      source: texts.join(`\n${'-'.repeat(80)}\n\n`),
    });
  },
};

/** Bundles the command and its imports: loading about a hundred files took most of the startup time. */
await build({
  input: 'src/cli/main.ts',
  platform: 'node',
  // It locates its native addon relative to its own file.
  external: ['better-sqlite3'],
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  output: { dir: 'dist', entryFileNames: 'cli.js', chunkFileNames: 'cli-[name].js' },
  plugins: [licenses],
});

// In a clone, `npx atlas-streams-emulator` runs the file itself; in a package npm makes it executable.
chmodSync('dist/cli.js', 0o755);
