import { EmulatorError } from '../client/index.js';
import { helpText, loadConfig } from './arguments.js';
import { runCommand } from './commands/index.js';
import { Exit, STATUS } from '../exit.js';
import { VERSION } from '../version.js';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const output = await runCommand(argv, process.env);
  if (output !== undefined) {
    const { text, status } = typeof output === 'string' ? { text: output, status: 0 } : output;
    process.exitCode = status;
    process.stdout.write(text);
    return;
  }
  const command = loadConfig(argv, process.env);
  if (command.do === 'help') process.stdout.write(helpText());
  else if (command.do === 'version') process.stdout.write(`${VERSION}\n`);
  // Loaded on demand: nothing else needs the server.
  else await (await import('./serve.js')).serve(command.config);
}

/** Ends the process with one line on standard error. */
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
