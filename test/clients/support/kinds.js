// Defines clients. A `client.js` exports one, or an array:
//   name      how it is chosen and shown
//   did       what it does, for the table
//   optional  if it is missing, that is no failure, even with --all
//   breaks    rules of `check` that it breaks on purpose, and always, beside those of a link's life
//   profiles  the profiles that it is run with, both unless given
//   page      some text of its code block in docs/clients.md, which is run too, after the script
//   prepare   fetches and builds it in a copy of its folder, and returns its version and `run`, which takes a project
//             and returns how many checks passed and failed; throws NotRun if it cannot be installed here
import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { cleanEnvironment, must, NotRun, run } from './programs.js';

/** A copy of the client's folder: nothing is fetched or built in the repository. */
async function copyOf(folder, work) {
  const copy = join(work, basename(folder));
  await cp(folder, copy, { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
  await cp(import.meta.dirname, join(work, 'support'), { recursive: true });
  return copy;
}

/** Counts the lines `ok …` and `FAIL …` that a script prints; one that ends badly has failed at least once. */
export function tally({ status, output }) {
  const count = (start) => output.split('\n').filter((line) => line.startsWith(start)).length;
  const passed = count('ok ');
  const failed = count('FAIL ');
  return { passed, failed: failed === 0 && (status !== 0 || passed === 0) ? 1 : failed, output };
}

/** The variables that scripts get: those of each client that the emulator names, and credentials of a reader. */
export function variablesOf(project, { ca, tlsUrl }) {
  const { reader } = project.credentials;
  return cleanEnvironment({
    ...Object.assign({}, ...Object.values(project.environment)),
    PROFILE: project.profile,
    CONTROL_URL: `${project.url}/_emulator/projects/${project.id}`,
    READER_PUBLIC_KEY: reader.apiKey.publicKey,
    READER_PRIVATE_KEY: reader.apiKey.privateKey,
    READER_CLIENT_ID: reader.serviceAccount.clientId,
    READER_CLIENT_SECRET: reader.serviceAccount.clientSecret,
    TLS_URL: tlsUrl,
    CA_FILE: ca,
  });
}

/** Writes the one code block of docs/clients.md that contains `text` to a file, with the address of this emulator. */
async function writePasted(text, file, url) {
  const page = await readFile(join(import.meta.dirname, '../../../docs/clients.md'), 'utf8');
  const blocks = [...page.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, code]) => code);
  const [block, ...others] = blocks.filter((code) => code.includes(text));
  if (!block || others.length > 0) throw new Error(`not one code block of docs/clients.md has ${text}`);
  await writeFile(file, block.replaceAll('http://127.0.0.1:27080', url));
}

/**
 * A client that one script drives. Given the copy of its folder, `build` returns its version and the command of the
 * script; the command of its code block in docs/clients.md is the same with the file `page`, unless `paste` is given.
 */
export function scripted({ build, page, ...client }) {
  return {
    ...client,
    page,
    async prepare({ folder, work, emulator }) {
      const cwd = await copyOf(folder, work);
      const {
        version,
        command,
        paste = withLast(command, `page${extname(command.at(-1))}`),
      } = await build(cwd, emulator);
      if (page) await writePasted(page, join(cwd, paste.at(-1)), emulator.url);
      return {
        version,
        run: async ({ project }) => {
          const runIn = ([program, ...args], where) =>
            run(program, args, { cwd, env: variablesOf(where, emulator) });
          const script = await runIn(command, project);
          if (!page) return tally(script);
          const { status, output } = await runIn(paste, await emulator.makeProject(project.profile));
          const pasted =
            status === 0
              ? 'ok   the block of docs/clients.md'
              : `FAIL the block of docs/clients.md: ${output}`;
          return tally({ status: script.status, output: `${script.output}\n${pasted}` });
        },
      };
    },
  };
}

const withLast = (command, last) => [...command.slice(0, -1), last];

/** Installs what a folder's package-lock.json names, and returns the version of one of its packages. */
export async function installFromNpm(cwd, name) {
  await must('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd });
  return versionFromNpm(cwd, name);
}

/** The version of an installed package. */
export async function versionFromNpm(cwd, name) {
  const listed = JSON.parse(await must('npm', ['ls', name, '--json', '--depth=0'], { cwd }));
  return listed.dependencies[name].version;
}

/** A client from the npm registry, by its package-lock.json. */
export function fromNpm({ package: name, ...client }) {
  return scripted({
    ...client,
    build: async (cwd) => ({ version: await installFromNpm(cwd, name), command: ['node', 'run.js'] }),
  });
}

/** Installs what a folder's requirements.txt names into `venv`, and returns the version of one of its packages. */
export async function installFromPyPI(cwd, name) {
  const python = join(cwd, 'venv/bin/python');
  const made = await run('python3', ['-m', 'venv', 'venv'], { cwd });
  if (made.status !== 0) throw new NotRun('python3 cannot make a virtual environment');
  await must(python, ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', 'requirements.txt'], {
    cwd,
  });
  return must(python, ['-c', `from importlib.metadata import version; print(version("${name}"))`]);
}

/** A client from PyPI, by its requirements.txt with hashes. */
export function fromPyPI({ package: name, ...client }) {
  return scripted({
    ...client,
    build: async (cwd) => ({
      version: await installFromPyPI(cwd, name),
      command: [join(cwd, 'venv/bin/python'), 'run.py'],
    }),
  });
}
