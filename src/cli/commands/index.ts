import { parseArgs } from 'node:util';
import { addressOf, connectEmulator } from '../../client/index.js';
import { UsageError } from '../../exit.js';
import type { Command, CommandResult } from './command.js';
import { env } from './env.js';
import { wait } from './wait.js';
import { why } from './why.js';

const COMMANDS: Readonly<Record<string, Command>> = { env, wait, why };

/** Where an emulator is looked for. */
const DEFAULT_URL = 'http://127.0.0.1:27080';

/** Rows for the program's help: a command with its arguments, and what it does. */
export const commandRows: readonly (readonly [string, string])[] = Object.entries(COMMANDS).map(
  ([name, { arguments: rest, summary }]) => [`${name}${rest === '' ? '' : ` ${rest}`}`, summary],
);

/**
 * Runs the command that the arguments begin with.
 *
 * @returns what to print; undefined if they begin with none
 * @throws {UsageError} if its arguments are wrong
 * @throws {Exit} or {EmulatorError} if no emulator answers, or it refuses
 */
export async function runCommand(
  [name = '', ...argv]: readonly string[],
  { ATLAS_EMULATOR_URL, ATLAS_EMULATOR_CONTROL_TOKEN }: Readonly<Record<string, string | undefined>>,
): Promise<CommandResult | undefined> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return undefined;
  const options = {
    url: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
    ...Object.fromEntries(command.options.map((option) => [option, { type: 'string' } as const])),
  } as const;
  let parsed;
  try {
    parsed = parseArgs({ args: argv, options, strict: true, allowPositionals: true });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(
      `${name}: ${sentence.replace(/\.$/, '')}; see atlas-streams-emulator ${name} --help`,
    );
  }
  const { values, positionals } = parsed as {
    values: Record<string, string | undefined>;
    positionals: string[];
  };
  if (values.help) return { stdout: usage(name, command) };
  const wanted = values.url ?? given(ATLAS_EMULATOR_URL) ?? DEFAULT_URL;
  const url = addressOf(wanted);
  if (url === undefined) {
    throw new UsageError(
      `${name}: --url must be an address such as ${DEFAULT_URL}, and is ${JSON.stringify(wanted)}`,
    );
  }
  return command.run({
    url,
    positionals,
    options: values,
    connect: () => connectEmulator(url, given(ATLAS_EMULATOR_CONTROL_TOKEN)),
  });
}

/** A variable that is set to nothing is as good as none. */
function given(variable: string | undefined): string | undefined {
  return variable === '' ? undefined : variable;
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
