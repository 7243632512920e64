import { spawn } from 'node:child_process';

/** Thrown for a client that cannot be installed on this machine; `message` says why. */
export class NotRun extends Error {}

/** Settings of the user's own shell must not reach a client: it could call another Atlas with them. */
const FOREIGN = /^(MONGODB_|MDB_|MCLI_|ATLAS_|TF_VAR_)|^(https?|all|no)_proxy$/i;

/** The environment of a client: the caller's without settings of Atlas, plus `extra`. Only this machine is reachable. */
export function cleanEnvironment(extra = {}) {
  const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const nowhere = 'http://127.0.0.1:9';
  const proxies = { HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: '127.0.0.1,localhost,::1' };
  return { ...Object.fromEntries(own), ...proxies, ...extra };
}

/**
 * Runs a program to its end, at most `limit` seconds.
 *
 * @returns its exit status and what it printed, on both streams and on each
 * @throws {NotRun} if there is no such program
 */
export function run(program, args, { cwd, env = process.env, limit = 300 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill(), limit * 1000);
    const printed = { output: '', stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        printed[stream] += text;
        printed.output += text;
      });
    }
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error.code === 'ENOENT' ? new NotRun(`${program} is not installed`) : error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const end = signal === null ? '' : `\n${program} was ended by ${signal} after ${limit} s\n`;
      resolve({ status: code ?? 1, ...printed, output: printed.output + end });
    });
  });
}

/** Runs a program that must succeed. @returns its standard output, trimmed */
export async function must(program, args, options) {
  const { status, stdout, output } = await run(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit status ${status}\n${output}`);
  return stdout.trim();
}
