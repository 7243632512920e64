import { addressOf, connectEmulator } from '../../client/index.js';
import { UsageError } from '../../exit.js';
import { parseFlags, type Environment } from '../arguments.js';
import type { Command } from './command.js';
import { env } from './env.js';
import { wait } from './wait.js';
import { why } from './why.js';

const COMMANDS: Readonly<Record<string, Command>> = { env, wait, why };

/** The emulator's default address. */
const DEFAULT_URL = 'http://127.0.0.1:27080';

/** Rows for the program's help: each command with its arguments, and its summary. */
export const commandRows: readonly (readonly [string, string])[] = Object.entries(COMMANDS).map(
  ([name, command]) => [`${name} ${command.arguments}`.trimEnd(), command.summary],
);

/**
 * Runs the command that the arguments begin with.
 *
 * @returns what to print; undefined if the arguments do not begin with a command
 * @throws {UsageError} if the arguments are wrong
 * @throws {Exit} or {EmulatorError} if no emulator responds, or it refuses
 */
export async function runCommand(
  [name = '', ...argv]: readonly string[],
  variables: Environment,
): Promise<string | undefined> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return undefined;
  const types = Object.fromEntries(['url', ...command.options].map((option) => [option, 'string' as const]));
  const { flags, positionals } = parseFlags(argv, types, name, command.arguments !== '');
  if (flags.help) return usage(name, command);
  const options = flags as Readonly<Record<string, string | undefined>>;
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const wanted = options.url ?? set.ATLAS_EMULATOR_URL ?? DEFAULT_URL;
  const url = addressOf(wanted);
  if (url === undefined) {
    throw new UsageError(
      `${name}: --url must be an address such as ${DEFAULT_URL}, and is ${JSON.stringify(wanted)}`,
    );
  }
  const connect = () => connectEmulator(url, set.ATLAS_EMULATOR_CONTROL_TOKEN);
  return command.run({ url, positionals, options, connect });
}

function usage(name: string, { arguments: rest, summary, details, options }: Command): string {
  const words = [name, rest, ...['url', ...options].map((option) => `[--${option} …]`)];
  return [
    `Usage: atlas-streams-emulator ${words.filter((word) => word !== '').join(' ')}`,
    '',
    summary,
    ...details,
    '',
    `The emulator is at --url, else ATLAS_EMULATOR_URL, else ${DEFAULT_URL}; its control token is in`,
    'ATLAS_EMULATOR_CONTROL_TOKEN. Exit status: 0 done, 1 no emulator there or a refusal, 2 wrong arguments.',
    '',
  ].join('\n');
}
