import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Kind, type TSchema } from '@sinclair/typebox';
import { checkSetting, defaultConfig, isSetting, settings, unknownSetting, type Config } from '../config.js';
import { UsageError } from '../exit.js';
import { readText } from '../kernel/files.js';
import { FIXTURES } from '../version.js';
import { ownVariables, PREFIX, type Environment } from './variables.js';

/** What a command line asks for. */
export type Command =
  { readonly do: 'help' } | { readonly do: 'version' } | { readonly do: 'serve'; readonly config: Config };

/** The values of flags, by name: an array if a flag is given more than once. */
export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** Variables with the emulator's prefix that are not settings: the file with settings, and the address for clients. */
const OTHER_VARIABLES = ['ATLAS_EMULATOR_CONFIG', 'ATLAS_EMULATOR_URL'];

const names = Object.keys(settings.properties) as (keyof Config)[];
const ruleOf = (name: keyof Config): TSchema => settings.properties[name];
const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const variableOf = (name: string): string => PREFIX + name.replace(/[A-Z]/g, '_$&').toUpperCase();

/**
 * Reads the command line and the settings of a start.
 *
 * @param argv arguments after the program's name
 * @throws {UsageError} for the first setting that is unknown or invalid
 */
export function loadConfig(argv: readonly string[], env: Environment): Command {
  const { flags } = parseFlags(argv, { ...flagTypes(names), version: 'boolean' });
  if (flags.help) return { do: 'help' };
  if (flags.version) return { do: 'version' };
  return { do: 'serve', config: readSettings(names, flags, ownVariables(env)) };
}

/** The types of the flags of settings, and of `--config`. */
export function flagTypes(of: readonly (keyof Config)[]): Record<string, 'boolean' | 'string'> {
  const types = of.map((name) => [flagOf(name), ruleOf(name)[Kind] === 'Boolean' ? 'boolean' : 'string']);
  return { ...(Object.fromEntries(types) as Record<string, 'boolean' | 'string'>), config: 'string' };
}

/**
 * Reads settings: flag over variable over file over default.
 *
 * @param of names of the settings to read; the others have their defaults
 * @param variables those of the emulator
 * @throws {UsageError} for the first setting that is unknown or invalid
 */
export function readSettings(of: readonly (keyof Config)[], flags: Flags, variables: Environment): Config {
  const known = [...OTHER_VARIABLES, ...names.map(variableOf)];
  const unknown = Object.keys(variables).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownSetting(unknown);

  const path = flags.config ?? variables[variableOf('config')];
  const file = typeof path === 'string' ? parseFile(path) : {};
  const config: Record<string, unknown> = {};
  for (const name of of) {
    const rule = ruleOf(name);
    const flag = flags[flagOf(name)];
    const variable = variables[variableOf(name)];
    const [given, value, where] =
      flag !== undefined
        ? [flag, fromText(rule, flag, ','), `--${flagOf(name)}`]
        : variable !== undefined
          ? [variable, fromText(rule, variable, rule.separator as string), variableOf(name)]
          : [file[name], file[name], `${String(path)}: ${name}`];
    if (value !== undefined) checkSetting(name, value, where, given);
    config[name] = value;
  }
  return defaultConfig(config);
}

/**
 * Parses the flags of the program, or of one of its commands.
 *
 * @param types of the flags; `--help` is added
 * @param command name of the command, which takes other arguments if `allowPositionals` is true
 * @param repeatable flags that can be given more than once
 * @throws {UsageError} if a flag is unknown, or given twice but not a list
 */
export function parseFlags(
  argv: readonly string[],
  types: Readonly<Record<string, 'boolean' | 'string'>>,
  command?: string,
  allowPositionals = false,
  repeatable: readonly string[] = [],
): { readonly flags: Flags; readonly positionals: readonly string[] } {
  const [at, program] = command === undefined ? ['', ''] : [`${command}: `, ` ${command}`];
  const refuse = (why: string): never => {
    throw new UsageError(`${at}${why}; see atlas-streams-emulator${program} --help`);
  };
  const options: NonNullable<ParseArgsConfig['options']> = {
    help: { type: 'boolean', short: 'h', multiple: true },
  };
  for (const [name, type] of Object.entries(types)) options[name] = { type, multiple: true };
  // `parseArgs` has no flags whose value is optional.
  const limits = names.filter((name) => ruleOf(name).isLimit).map((name) => `--${flagOf(name)}`);
  const args = argv.map((arg) => (limits.includes(arg) ? `${arg}=true` : arg));
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    return refuse(sentence.replace(/\.$/, ''));
  }
  const lists = [...repeatable, ...names.filter((name) => ruleOf(name).separator).map(flagOf)];
  const flags: Record<string, Flags[string]> = {};
  for (const [name, values] of Object.entries(parsed.values as Record<string, (string | boolean)[]>)) {
    const isRepeated = values.length > 1;
    if (isRepeated && !lists.includes(name) && !parsed.values.help) refuse(`--${name} is given twice`);
    if (values[0] === '' && command !== undefined) refuse(`--${name} has no value`);
    flags[name] = isRepeated ? values : values[0];
  }
  return { flags, positionals: parsed.positionals };
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = names.map((name) => {
    const rule = ruleOf(name);
    const { anyOf = [] } = rule as { anyOf?: readonly { const?: string }[] };
    const type = ` <${rule[Kind] === 'Integer' ? 'number' : 'text'}>`;
    const value = rule.isLimit ? '[=<number>]' : rule[Kind] === 'Boolean' ? '' : type;
    const consts = anyOf.flatMap((choice) => choice.const ?? []);
    const choices = consts.length > 0 ? `: ${consts.join(', ')}` : '';
    const usual = (rule.default ?? false) === false ? '' : ` (${String(rule.default)})`;
    return [`--${flagOf(name)}${value}`, `${rule.description ?? ''}${choices}${usual}`] as const;
  });
  const width = Math.max(...rows.map(([flag]) => flag.length)) + 2;
  const table = rows.map(([flag, text]) => `  ${flag.padEnd(width)}${text}`).join('\n');
  return readHelp('emulator').replace('{settings}', () => table);
}

/** The text of the help of the emulator, or of one of its commands. */
export function readHelp(name: string): string {
  return readText(new URL(`help/${name}.txt`, FIXTURES));
}

function parseFile(path: string): Record<string, unknown> {
  if (path.trim() === '')
    throw new UsageError(`--config must be the path of a JSON file, and is ${JSON.stringify(path)}`);
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
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

/**
 * The value that a text of the command line or a variable means; the text itself if it is invalid.
 *
 * @param separator splits lists that have it; a path on the command line can contain any character
 */
function fromText(rule: TSchema, text: Flags[string], separator: string): unknown {
  if (typeof text !== 'string') return text;
  if (rule.separator === separator && text.includes(separator)) {
    const parts = text.split(separator).map((part) => part.trim());
    return parts.filter((part) => part !== '');
  }
  if ((rule[Kind] === 'Integer' || rule.isLimit) && /^\d+$/.test(text)) return Number(text);
  if (rule[Kind] === 'Boolean' || rule.isLimit) return text === 'true' || (text === 'false' ? false : text);
  return text;
}
