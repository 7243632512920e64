import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cleanEnvironment, must } from './programs.js';

const repository = join(import.meta.dirname, '../../..');

/** Packs the package and installs the tarball in an empty folder, as a user would; returns the program's path. */
async function installPacked(home) {
  const packed = await must('node', [join(repository, 'scripts/pack.js'), home]);
  await must('npm', ['init', '--yes', '--silent'], { cwd: home });
  const install = ['install', '--silent', '--no-audit', '--no-fund', `./${packed.split('\n').at(-1)}`];
  // Where no prebuilt addon of SQLite can be had, it is compiled.
  await must('npm', install, { cwd: home, limit: 600 });
  return join(home, 'node_modules/.bin/atlas-streams-emulator');
}

/** Starts the packed package by its name; `EMULATOR_PROGRAM` names another to try a client with, not packed. */
export async function startPacked(work) {
  const home = join(work, 'emulator');
  await mkdir(home);
  const program = process.env.EMULATOR_PROGRAM ?? (await installPacked(home));
  const version = await must(program, ['--version']);
  const child = spawn(program, ['--port', '0', '--tls', '--tls-port', '0'], {
    cwd: home,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`the emulator ended with status ${code}`))),
  ]);
  const { url, tlsUrl } = JSON.parse(line);
  const ca = join(work, 'ca.pem');
  await writeFile(ca, await (await fetch(`${url}/_emulator/ca.pem`)).text());

  const title = process.env.EMULATOR_PROGRAM ?? `the packed package ${version}`;
  return {
    title,
    url,
    tlsUrl,
    ca,
    makeProject: (profile) => makeProject(url, profile),
    stop,
  };

  async function stop() {
    child.kill();
    await ended;
  }
}

/** Creates a project with its own credentials; `control` sends requests to its control API. */
async function makeProject(url, profile) {
  const ask = async (method, path, body) => {
    const response = await fetch(`${url}/_emulator/projects${path}`, {
      method,
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };
  const made = await ask('POST', '', { profile });
  // A private link that is PENDING stays so on the slowest machine, until a script moves the time.
  await ask('POST', `/${made.id}/clock/freeze`);
  return { ...made, control: (method, path, body) => ask(method, `/${made.id}${path}`, body) };
}
