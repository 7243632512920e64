#!/usr/bin/env node
import { VERSION } from './app.js';
import { banner, readyLine } from './banner.js';
import { EmulatorError } from './client/index.js';
import { CommandFailed, commandRows, runCommand, UsageError } from './commands/index.js';
import { ConfigError, helpText, loadConfig, type Config } from './config.js';
import { FixtureError } from './identity/index.js';
import { listen } from './listener.js';
import { TlsError } from './tls/index.js';
import { DatabaseUnusable } from './kernel/database.js';

/** Exit statuses; `--help` names them too. */
const USAGE = 2;
const PORT_IN_USE = 3;
const DATABASE = 4;

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const result = await runCommand(argv, process.env);
  if (result) {
    process.stdout.write(result.stdout ?? '');
    process.stderr.write(result.stderr ?? '');
    return;
  }
  const command = loadConfig(argv, process.env);
  if (command.do === 'help') {
    process.stdout.write(helpText(commandRows));
    return;
  }
  if (command.do === 'version') {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  await serve(command.config);
}

async function serve(config: Config): Promise<void> {
  const emulator = await listen(config);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    emulator.close().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.stdout.write(
    process.stdout.isTTY ? banner(emulator, config, VERSION) : readyLine(emulator, config, process.pid),
  );
}

/** Ends the process with one line that says what and where. */
function fail(error: unknown): never {
  const { status, line } = explain(error);
  process.stderr.write(`atlas-streams-emulator: ${line}\n`);
  process.exit(status);
}

function explain(error: unknown): { status: number; line: string } {
  if (error instanceof ConfigError || error instanceof UsageError)
    return { status: USAGE, line: error.message };
  if (error instanceof TlsError) return { status: USAGE, line: error.message.replace(/\s+/g, ' ') };
  if (error instanceof FixtureError) return { status: USAGE, line: `fixture ${error.message}` };
  if (error instanceof DatabaseUnusable) return { status: DATABASE, line: `database ${error.message}` };
  if (error instanceof CommandFailed || error instanceof EmulatorError) {
    return { status: 1, line: error.message.replace(/\s+/g, ' ') };
  }
  const {
    code,
    port,
    address,
    message,
    setting = '--port',
  } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
    setting?: string;
  };
  switch (code) {
    case 'EADDRINUSE':
      return {
        status: PORT_IN_USE,
        line: `port ${port ?? ''} on ${address ?? ''} is in use by another process; choose another with ${setting}, or 0 for any free one`,
      };
    case 'EACCES':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EAI_AGAIN':
    case 'ENOTFOUND':
      return { status: USAGE, line: `cannot listen (--host, --port): ${message}` };
    default:
      return { status: 1, line: error instanceof Error ? (error.stack ?? message) : String(error) };
  }
}

process.on('uncaughtException', fail);
main().catch(fail);
