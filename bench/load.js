// Load by wrk: see load.lua. wrk keeps up with servers that an HTTP client in JavaScript does not (bare node:http), and
// measures latency in microseconds.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('load.lua', import.meta.url));

/** Servers run on the first core and clients on the second, where there are two and taskset. */
const PINNED = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

/** A command that runs on one core. */
export function pinned(core, command) {
  return PINNED ? ['taskset', '-c', String(core), ...command] : command;
}

/** What wrk says of its version; undefined if it is not installed. */
export function wrkVersion() {
  return /^wrk (\S+)/.exec(spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout ?? '')?.[1];
}

/** A value as Lua text. */
function lua(value) {
  if (Array.isArray(value)) return `{${value.map(lua).join()}}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `[${JSON.stringify(name)}]=${lua(field)}`).join()}}`;
}

/**
 * Sends a plan's requests.
 *
 * @param plan `paths` of GETs; `create`: `paths`, a `body` with a mark of eight # for a number, and how many requests one
 * create is `every` of; `tokens`; `first`: how many requests were sent in earlier runs; `digest`: `username`, `password`, `realm`, and a `nonce` if it is reused; `headers`
 * @returns requests a second, how many were refused, and the latency in microseconds
 */
export async function load(url, plan, connections, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const file = join(folder, 'plan.lua');
    writeFileSync(file, `return ${lua({ paths: [], tokens: [], headers: {}, ...plan })}`);
    const [command, ...args] = pinned(1, [
      ...['wrk', '-t1', `-c${connections}`, `-d${seconds}`, '--timeout', '10', '-s', SCRIPT, url, '--', file],
    ]);
    const output = await new Promise((resolve, reject) => {
      execFile(command, args, (error, stdout, stderr) => {
        if (error) reject(new Error(`wrk failed: ${stdout}${stderr}`, { cause: error }));
        else resolve(stdout);
      });
    });
    const { us, ...counts } = JSON.parse(output.trim().split('\n').at(-1));
    return {
      ...counts,
      rate: ((counts.requests - counts.refused) / us) * 1e6,
      all: (counts.requests / us) * 1e6,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
