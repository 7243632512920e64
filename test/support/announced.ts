import { announce } from '../../src/cli/banner.js';
import { defaultConfig, type Config } from '../../src/config.js';
import type { Listening } from '../../src/listener.js';

/** What the command prints of an emulator, so far: on a terminal, or elsewhere. */
export function announced(emulator: Listening, settings: Partial<Config> = {}, isTTY = true) {
  const written = { stdout: '', stderr: '' };
  announce(emulator, defaultConfig(settings), {
    stdout: { isTTY, write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
  });
  return written;
}
