// What a client is, and the kinds of it. A `client.js` exports one, or an array:
//   name      how it is chosen and shown
//   did       what it does, for the table
//   optional  no package registry gives it: where it is missing, that is no failure even with --all
//   profiles  the profiles that it is run with, both unless given
//   prepare   fetches and builds it in a copy of its folder, and returns its version and `run`, which takes a project
//             and returns how many checks passed and failed; throws NotRun where this machine cannot have it
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
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

/** A client that one script drives; `build` returns its version and the command, given the copy of its folder. */
export function scripted({ build, ...client }) {
  return {
    ...client,
    async prepare({ folder, work, emulator }) {
      const cwd = await copyOf(folder, work);
      const { version, command } = await build(cwd, emulator);
      const [program, ...args] = command;
      return {
        version,
        run: async ({ project }) =>
          tally(await run(program, args, { cwd, env: variablesOf(project, emulator) })),
      };
    },
  };
}

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

/** A client from PyPI, by its requirements.txt with hashes. */
export function fromPyPI({ package: name, ...client }) {
  return scripted({
    ...client,
    async build(cwd) {
      const python = join(cwd, 'venv/bin/python');
      const made = await run('python3', ['-m', 'venv', 'venv'], { cwd });
      if (made.status !== 0) throw new NotRun('python3 cannot make a virtual environment');
      const install = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', 'requirements.txt'];
      await must(python, install, { cwd });
      const ask = `from importlib.metadata import version; print(version("${name}"))`;
      return { version: await must(python, ['-c', ask]), command: [python, 'run.py'] };
    },
  });
}
