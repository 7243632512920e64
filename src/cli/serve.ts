import { announce } from './banner.js';
import type { Config } from '../config.js';
import { Exit, STATUS, UsageError } from '../exit.js';
import { FixtureError } from '../world/index.js';
import { DatabaseUnusable } from '../kernel/database-file.js';
import { StorageError } from '../kernel/storage-error.js';
import { listen } from '../listener.js';

/**
 * Serves until SIGINT or SIGTERM, then finishes the requests in progress, closes the database and ends the process.
 *
 * @throws {Exit} if it cannot start
 */
export async function serve(config: Config): Promise<void> {
  try {
    const emulator = await listen(config);
    let stopped: Promise<never> | undefined;
    const stop = (): void => {
      void (stopped ??= emulator.close().then(() => process.exit(0)));
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    announce(emulator, config);
  } catch (error) {
    throw explained(error, config.db);
  }
}

/** The error of a failed start in one line; other errors stay as they are. */
function explained(error: unknown, db: string): unknown {
  if (error instanceof FixtureError) return new UsageError(`fixture ${error.message}`);
  if (error instanceof StorageError || (error as Error).name === 'SqliteError')
    return new Exit(STATUS.database, `database ${db} is damaged: ${(error as Error).message}`);
  if (error instanceof DatabaseUnusable) return new Exit(STATUS.database, `database ${error.message}`);
  // The listener adds the setting.
  const { code = '', port, address, hostname, setting = '--port' } = error as Partial<Record<string, string>>;
  if (code === 'EADDRINUSE') {
    const problem = `port ${port} on ${address} is in use by another process`;
    return new Exit(STATUS.portInUse, `${problem}; choose another with ${setting}, or 0 for any free one`);
  }
  const missing = `this machine does not have the address ${address}`;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: `port ${port} requires privileges; choose one from 1024 to 65535 with ${setting}`,
    EADDRNOTAVAIL: missing,
    EAFNOSUPPORT: missing,
    ENOTFOUND: `the name ${hostname} does not exist`,
    EAI_AGAIN: `the name ${hostname} cannot be resolved now`,
  };
  const reason = reasons[code];
  if (reason === undefined) return error;
  return new UsageError(`cannot listen (--host, ${setting}): ${reason} (${code})`);
}
