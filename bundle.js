import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

/** Gathers the licenses of the packages that are in the bundle: they ask to be passed on with it. */
const licenses = {
  name: 'licenses',
  generateBundle() {
    const packages = new Set(
      [...this.getModuleIds()].flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
    );
    const texts = [...packages].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((one) => /^licen[cs]e(\.|$)/i.test(one));
      const text = file ? readFileSync(join(folder, file), 'utf8').trim() : 'Its package has no more to say.';
      return `${name} ${version} (${license})\n\n${text}\n`;
    });
    this.emitFile({
      type: 'asset',
      fileName: 'cli-licenses.txt',
      source: texts.join(`\n${'-'.repeat(80)}\n\n`),
    });
  },
};

/** The command with what it imports: most of its start was finding and reading some hundred files. */
await build({
  input: 'src/cli/main.ts',
  platform: 'node',
  // It finds its compiled part beside its own file.
  external: ['better-sqlite3'],
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  output: { dir: 'dist', entryFileNames: 'cli.js', chunkFileNames: 'cli-[name].js' },
  plugins: [licenses],
});
