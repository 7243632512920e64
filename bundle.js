import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

/** Collects the licenses of the bundled packages, which must be distributed with the bundle. */
const licenses = (fileName) => ({
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
    this.emitFile({ type: 'asset', fileName, source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
  },
});

/** Escapes what is not ASCII, so that a file can be read without decoding, and takes one byte of memory for each character. */
const ascii = {
  name: 'ascii',
  renderChunk: (code) =>
    code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
};

// Before the bundle changes: V8 knows what its code belongs to only by the length of the source.
for (const name of readdirSync('dist')) if (name.startsWith('cli-')) rmSync(join('dist', name));

/** Bundles the command and its imports: loading about a hundred files took most of the startup time. */
await build({
  input: 'src/cli/main.ts',
  platform: 'node',
  // The addon is located relative to the file of its package. Fastify's compilers are for schemas, which no route has.
  external: ['better-sqlite3', '@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'],
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  output: {
    file: 'dist/cli-main.cjs',
    format: 'cjs',
    strict: true,
    codeSplitting: false,
    dynamicImportInCjs: false,
  },
  plugins: [licenses('cli-licenses.txt'), ascii],
});
await build({ input: 'src/cli/start.ts', platform: 'node', output: { file: 'dist/cli.js' } });
// Without the settings of this process. Windows needs one.
const { SystemRoot } = process.env;
execFileSync(process.execPath, ['code-cache.js'], { env: { SystemRoot }, stdio: 'inherit' });

// In a clone, `npx atlas-streams-emulator` runs the file itself; in a package npm makes it executable.
chmodSync('dist/cli.js', 0o755);

const SOURCES = 'src/inspector';
const PAGE = 'dist/inspector';

/**
 * Builds the page of the inspector, unless what it is made of is the same as at the last build: `npm start` builds first.
 * Rolldown bundles the command already; Vite would add its configuration and take longer for the same files.
 */
async function buildInspector() {
  const names = readdirSync(SOURCES, { recursive: true }).filter((name) =>
    /\.(tsx?|css|svg|html)$/.test(name),
  );
  const inputs = [...names.sort().map((name) => join(SOURCES, name)), 'package-lock.json', 'bundle.js'];
  const digest = createHash('sha256');
  for (const input of inputs) digest.update(input).update(readFileSync(input));
  const version = digest.digest('hex');
  const stamp = join(PAGE, 'built-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return;

  rmSync(PAGE, { recursive: true, force: true });
  mkdirSync(PAGE, { recursive: true });
  const { output } = await build({
    input: join(SOURCES, 'main.tsx'),
    platform: 'browser',
    tsconfig: join(SOURCES, 'tsconfig.json'),
    resolve: { extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } },
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    output: { dir: PAGE, entryFileNames: 'inspector-[hash].js', minify: true },
    plugins: [licenses('licenses.txt')],
  });
  const hashed = (name, text) => {
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 8);
    const file = name.replace('.', `-${hash}.`);
    writeFileSync(join(PAGE, file), text);
    return file;
  };
  const read = (name) => readFileSync(join(SOURCES, name), 'utf8');
  const sheets = names.filter((name) => name.endsWith('.css')).sort();
  const style = sheets
    .map(read)
    .join('\n')
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\n\s*/g, '\n');
  const files = {
    script: output.find(({ isEntry }) => isEntry).fileName,
    style: hashed('inspector.css', style),
    icon: hashed('icon.svg', read('icon.svg')),
  };
  const page = read('index.html').replaceAll(/\{(\w+)\}/g, (_, name) => `inspector/${files[name]}`);
  writeFileSync(join(PAGE, 'index.html'), page);
  writeFileSync(stamp, version);
}

await buildInspector();
