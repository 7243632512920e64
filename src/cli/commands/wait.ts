import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setTimeout as after } from 'node:timers/promises';
import { Exit, STATUS } from '../../exit.js';
import { numberOf, type Command } from './command.js';

/** The pause between two health checks, in milliseconds. */
const PAUSE_MS = 50;

/** Returns once an emulator is ready. */
export const wait: Command = {
  options: { 'timeout-ms': 'string' },
  async run({ url, options }) {
    const { 'timeout-ms': given = '30000' } = options;
    const end = performance.now() + numberOf(given, 'wait: --timeout-ms', 0, 999_999_999);
    for (;;) {
      const problem = await checkHealth(url, Math.max(1, end - performance.now()));
      if (problem === undefined) return '';
      if (performance.now() + PAUSE_MS >= end) {
        throw new Exit(STATUS.failed, `no emulator is ready at ${url} after ${given} ms: ${problem}`);
      }
      await after(PAUSE_MS);
    }
  },
};

/** Returns why an emulator is not ready; undefined if it is. */
async function checkHealth(url: string, timeoutMs: number): Promise<string | undefined> {
  // Unlike fetch, it connects to any port, and needs no trust in the certificate to see that the server responds.
  const { get } = url.startsWith('https:') ? https : http;
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  try {
    const request = get(`${url}/_emulator/health`, { signal, agent: false, rejectUnauthorized: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.destroy();
    return response.statusCode === 200 ? undefined : `the response is ${response.statusCode}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return signal.aborted ? 'no response' : (code ?? message);
  }
}
