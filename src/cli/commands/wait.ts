import { setTimeout as after } from 'node:timers/promises';
import { Exit, STATUS, UsageError } from '../../exit.js';
import type { Command } from './command.js';

const TIMEOUT_MS = 30_000;

/** How long to let a server that is not ready alone, in milliseconds. */
const PAUSE_MS = 50;

/** Returns once an emulator is ready. */
export const wait: Command = {
  arguments: '',
  summary: 'Waits until an emulator is ready.',
  details: [`--timeout-ms says for how long, ${TIMEOUT_MS} unless given.`],
  options: ['timeout-ms'],
  async run({ url, positionals, options }) {
    const { 'timeout-ms': given = String(TIMEOUT_MS) } = options;
    if (positionals.length > 0) throw new UsageError('wait takes no arguments but its options');
    if (!/^\d{1,9}$/.test(given)) {
      throw new UsageError(`wait: --timeout-ms must be a whole number, and is ${JSON.stringify(given)}`);
    }
    const end = performance.now() + Number(given);
    for (;;) {
      const problem = await ask(url, Math.max(1, end - performance.now()));
      if (problem === undefined) return {};
      if (performance.now() + PAUSE_MS >= end) {
        throw new Exit(STATUS.failed, `no emulator is ready at ${url} after ${given} ms: ${problem}`);
      }
      await after(PAUSE_MS);
    }
  },
};

/** Asks an emulator whether it is ready. Returns why it is not. */
async function ask(url: string, forMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/_emulator/health`, {
      signal: AbortSignal.timeout(Math.ceil(forMs)),
    });
    await response.arrayBuffer();
    return response.status === 200 ? undefined : `it answers ${response.status}`;
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as Error & { code?: string };
    return typeof code === 'string' ? code : message;
  }
}
