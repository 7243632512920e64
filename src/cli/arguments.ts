import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Kind, type TSchema } from '@sinclair/typebox';
import { checkSetting, defaultConfig, isSetting, settings, unknownSetting, type Config } from '../config.js';
import { UsageError } from '../exit.js';

/** What a command line asks for. */
export type Command =
  { readonly do: 'help' } | { readonly do: 'version' } | { readonly do: 'serve'; readonly config: Config };

/** The values of flags, by name. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables with the emulator's prefix that are not settings: the file with settings, and the address for clients. */
const OTHER_VARIABLES = ['ATLAS_EMULATOR_CONFIG', 'ATLAS_EMULATOR_URL'];

const PREFIX = 'ATLAS_EMULATOR_';

const names = Object.keys(settings.properties) as (keyof Config)[];
const ruleOf = (name: keyof Config): TSchema => settings.properties[name];
const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const variableOf = (name: string): string => PREFIX + name.replace(/[A-Z]/g, '_$&').toUpperCase();

/**
 * Reads the settings: flag over variable over file over default.
 *
 * @param argv arguments after the program's name
 * @param readFile reads the file that `--config` names
 * @throws {UsageError} for the first setting that is unknown or invalid
 */
export function loadConfig(
  argv: readonly string[],
  env: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Command {
  const types = names.map((name) => [flagOf(name), ruleOf(name)[Kind] === 'Boolean' ? 'boolean' : 'string']);
  const { flags } = parseFlags(argv, {
    ...(Object.fromEntries(types) as Record<string, 'boolean' | 'string'>),
    config: 'string',
    version: 'boolean',
  });
  if (flags.help) return { do: 'help' };
  if (flags.version) return { do: 'version' };

  const known = [...OTHER_VARIABLES, ...names.map(variableOf)];
  const unknown = Object.keys(env).find((name) => name.startsWith(PREFIX) && !known.includes(name));
  if (unknown !== undefined) throw unknownSetting(unknown);

  const path = flags.config ?? env[variableOf('config')];
  if (path === '') {
    const where = flags.config === undefined ? variableOf('config') : '--config';
    throw new UsageError(`${where} must be the path of a JSON file, and is ""`);
  }
  const file = typeof path === 'string' ? parseFile(path, readFile) : {};
  const config: Record<string, unknown> = {};
  for (const name of names) {
    const [flag, variable] = [flagOf(name), variableOf(name)];
    const text = flags[flag] ?? env[variable];
    const given = text ?? file[name];
    const where =
      flags[flag] !== undefined ? `--${flag}` : text !== undefined ? variable : `${String(path)}: ${name}`;
    const value = typeof text === 'string' ? fromText(ruleOf(name), text) : given;
    if (value !== undefined) checkSetting(name, value, where, given);
    config[name] = value;
  }
  return { do: 'serve', config: defaultConfig(config) };
}

/**
 * Parses the flags of the program, or of one of its commands.
 *
 * @param types of the flags; `--help` is added
 * @param command name of the command, which takes other arguments if `allowPositionals` is true
 * @throws {UsageError}
 */
export function parseFlags(
  argv: readonly string[],
  types: Readonly<Record<string, 'boolean' | 'string'>>,
  command?: string,
  allowPositionals = false,
): { readonly flags: Flags; readonly positionals: readonly string[] } {
  const options = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]));
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals,
    });
    return { flags: values, positionals };
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    const [at, program] = command === undefined ? ['', ''] : [`${command}: `, ` ${command}`];
    throw new UsageError(`${at}${sentence.replace(/\.$/, '')}; see atlas-streams-emulator${program} --help`);
  }
}

/** The text of `--help`. @param commands each with its summary */
export function helpText(commands: readonly (readonly [string, string])[] = []): string {
  const rows = names.map((name) => {
    const rule = ruleOf(name) as TSchema & { anyOf?: readonly TSchema[] };
    const value = rule[Kind] === 'Boolean' ? '' : ` <${rule[Kind] === 'Integer' ? 'number' : 'text'}>`;
    const choices = rule.anyOf ? `: ${rule.anyOf.map((choice) => String(choice.const)).join(', ')}` : '';
    const usual = (rule.default ?? false) === false ? '' : ` (${String(rule.default)})`;
    return [`--${flagOf(name)}${value}`, `${rule.description ?? ''}${choices}${usual}`] as const;
  });
  const flags = [
    ...rows,
    ['--config <text>', 'JSON file with settings'],
    ['--help, --version', 'print this, or the version'],
  ] as const;
  const width = Math.max(...flags.map(([flag]) => flag.length)) + 2;
  const table = (lines: readonly (readonly [string, string])[]): string =>
    lines.map(([name, text]) => `  ${name.padEnd(width)}${text}\n`).join('');
  return `Usage: atlas-streams-emulator [settings]

Emulates the MongoDB Atlas Administration API for stream processing.

${table(flags)}
Commands for a running emulator (atlas-streams-emulator <command> --help):

${table(commands)}
Each setting is also a variable (--log-level: ${variableOf('logLevel')}) and a key of the file
that --config names (logLevel). A flag overrides a variable, a variable overrides the file.
Exit status: 0 stopped, 2 wrong settings, fixture or certificate, 3 port in use, 4 database not usable.
`;
}

function parseFile(path: string, readFile: (path: string) => string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFile(path));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${path} must hold a JSON object`);
  }
  const unknown = Object.keys(value).find((name) => !isSetting(name));
  if (unknown !== undefined) throw new UsageError(`${path}: ${unknownSetting(unknown).message}`);
  return value as Record<string, unknown>;
}

/** The value that a text of the command line or a variable means; the text itself if it is invalid. */
function fromText(rule: TSchema, text: string): unknown {
  if (rule[Kind] === 'Integer') return /^\d+$/.test(text) ? Number(text) : text;
  if (rule[Kind] === 'Boolean') return text === 'true' || (text === 'false' ? false : text);
  return text;
}
