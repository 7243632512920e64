#!/usr/bin/env node
import { EmulatorError } from '../client/index.js';
import { commandRows, runCommand } from './commands/index.js';
import { Exit, STATUS } from '../exit.js';
import { VERSION } from '../version.js';

/** What takes time to load is imported where it is needed: a command, or wrong settings, do not wait for a server. */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const result = await runCommand(argv, process.env);
  if (result) {
    process.stdout.write(result.stdout ?? '');
    process.stderr.write(result.stderr ?? '');
    return;
  }
  const { helpText, loadConfig } = await import('./arguments.js');
  const command = loadConfig(argv, process.env);
  switch (command.do) {
    case 'help':
      process.stdout.write(helpText(commandRows));
      return;
    case 'version':
      process.stdout.write(`${VERSION}\n`);
      return;
    case 'serve': {
      const { serve } = await import('./serve.js');
      await serve(command.config);
    }
  }
}

/** Ends the process with one line that says what and where. */
function fail(error: unknown): never {
  process.stderr.write(`atlas-streams-emulator: ${lineOf(error)}\n`);
  process.exit(error instanceof Exit ? error.status : STATUS.failed);
}

function lineOf(error: unknown): string {
  if (error instanceof Exit) return error.message;
  if (error instanceof EmulatorError) return error.message.replace(/\s+/g, ' ');
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.on('uncaughtException', fail);
main().catch(fail);
