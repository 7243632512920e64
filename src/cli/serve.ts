import { banner, readyLine } from './banner.js';
import type { Config } from '../config.js';
import { Exit, STATUS, UsageError } from '../exit.js';
import { FixtureError } from '../world/index.js';
import { DatabaseUnusable } from '../kernel/database-file.js';
import { listen } from '../listener.js';
import { TlsError } from '../tls/identity.js';
import { VERSION } from '../version.js';

/**
 * Serves until SIGINT or SIGTERM, then finishes the requests in progress, closes the database and ends the process.
 *
 * @throws {Exit} if it cannot start
 */
export async function serve(config: Config): Promise<void> {
  const emulator = await listen(config).catch((error: unknown) => {
    throw explained(error);
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void emulator.close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.stdout.write(
    process.stdout.isTTY ? banner(emulator, config, VERSION) : readyLine(emulator, config, process.pid),
  );
}

/** The error of a failed start in one line; other errors stay as they are. */
function explained(error: unknown): unknown {
  if (error instanceof TlsError) return new UsageError(error.message);
  if (error instanceof FixtureError) return new UsageError(`fixture ${error.message}`);
  if (error instanceof DatabaseUnusable) return new Exit(STATUS.database, `database ${error.message}`);
  const {
    code,
    port = '',
    address = '',
    message,
    setting = '--port',
  } = error as NodeJS.ErrnoException & { port?: number; address?: string; setting?: string };
  switch (code) {
    case 'EADDRINUSE':
      return new Exit(
        STATUS.portInUse,
        `port ${port} on ${address} is in use by another process; choose another with ${setting}, or 0 for any free one`,
      );
    case 'EACCES':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EAI_AGAIN':
    case 'ENOTFOUND':
      return new UsageError(`cannot listen (--host, --port): ${message}`);
    default:
      return error;
  }
}
