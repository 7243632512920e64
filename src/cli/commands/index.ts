import { addressOf, connectEmulator } from '../../client/index.js';
import { UsageError } from '../../exit.js';
import { addressesOf, urlHost } from '../../addresses.js';
import { flagTypes, parseFlags, readHelp, readSettings, type Flags } from '../arguments.js';
import { ownVariables, type Environment } from '../variables.js';
import type { Command, Report } from './command.js';
import { check, coverage } from './check.js';
import { runContract } from './contract.js';
import { env } from './env.js';
import { wait } from './wait.js';
import { why } from './why.js';

const COMMANDS: Readonly<Record<string, Command>> = { check, coverage, env, wait, why };

/** The settings that say where the emulator is. */
const CONNECTION = ['host', 'port', 'controlToken'] as const;

/**
 * Runs the command that the arguments begin with.
 *
 * @returns what to print, with the exit status if it can be another than 0; undefined if the arguments do not begin with a command
 * @throws {UsageError} if the arguments are wrong
 * @throws {Exit} or {EmulatorError} if no emulator responds, or it refuses
 */
export async function runCommand(
  [name = '', ...argv]: readonly string[],
  env: Environment,
): Promise<string | Report | undefined> {
  if (name === 'contract') return runContract(argv, env);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return undefined;
  const types = { ...flagTypes(CONNECTION), url: 'string', ...command.options } as const;
  const { flags, positionals } = parseFlags(argv, types, name, command.allowPositionals, command.lists);
  if (flags.help) return readHelp(name);
  const { url, controlToken } = connectionOf(name, flags, ownVariables(env));
  const options = Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, String(value)]));
  const values = Object.fromEntries(
    (command.lists ?? []).map((name) => [name, [flags[name] ?? []].flat().map(String)]),
  );
  return command.run({
    url,
    positionals,
    options,
    values,
    connect: () => connectEmulator(url, controlToken),
  });
}

/** Where the emulator is: at `--url`, else `ATLAS_EMULATOR_URL`, else where the server's settings make it listen. */
function connectionOf(name: string, flags: Flags, variables: Environment) {
  const { host, port, controlToken } = readSettings(CONNECTION, flags, variables);
  const { ATLAS_EMULATOR_URL: variable } = variables;
  const given = flags.url === undefined ? variable : String(flags.url);
  if (given === undefined && port === 0) {
    const problem = 'with the port 0, the emulator listens on any free port: name it with --url';
    throw new UsageError(`${name}: ${problem}`);
  }
  const wanted = given ?? `http://${urlHost(addressesOf(host)[0] ?? '')}:${port}`;
  const url = addressOf(wanted);
  if (url !== undefined) return { url, controlToken };
  const where = flags.url === undefined ? 'ATLAS_EMULATOR_URL' : '--url';
  const problem = `${where} must be an address such as http://127.0.0.1:27080`;
  throw new UsageError(`${name}: ${problem}, and is ${JSON.stringify(wanted)}`);
}
