import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Kind, type TSchema } from '@sinclair/typebox';
import { checkSetting, choicesOf, isSetting, noSetting, settings, type Config } from '../config.js';
import { UsageError } from '../exit.js';

/** What a command line asks for. */
export type Command =
  { readonly do: 'help' } | { readonly do: 'version' } | { readonly do: 'serve'; readonly config: Config };

/** Variables with the emulator's prefix that are for its clients, and none of its settings. */
const CLIENT_VARIABLES = ['ATLAS_EMULATOR_URL'];

const PREFIX = 'ATLAS_EMULATOR_';

const names = Object.keys(settings.properties) as (keyof Config)[];
const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const variableOf = (name: string): string => PREFIX + name.replace(/[A-Z]/g, '_$&').toUpperCase();

/**
 * Reads the settings: flag over variable over file over default.
 *
 * @param argv arguments behind the program's name
 * @param readFile reads the file that `--config` names
 * @throws {UsageError} for the first setting that is unknown or wrong
 */
export function loadConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Command {
  const flags = parseFlags(argv);
  if (flags.help) return { do: 'help' };
  if (flags.version) return { do: 'version' };

  const unknown = Object.keys(env).find(
    (name) =>
      name.startsWith(PREFIX) &&
      !CLIENT_VARIABLES.includes(name) &&
      name !== variableOf('config') &&
      !names.some((setting) => variableOf(setting) === name),
  );
  if (unknown !== undefined) throw new UsageError(noSetting(unknown));

  const path = flags.config ?? env[variableOf('config')];
  if (path === '') {
    const where = flags.config === undefined ? variableOf('config') : '--config';
    throw new UsageError(`${where} must be the path of a JSON file, and is ""`);
  }
  const file = typeof path === 'string' ? parseFile(path, readFile) : {};
  const config: Record<string, unknown> = {};
  for (const name of names) {
    const rule = settings.properties[name] as TSchema;
    const variable = env[variableOf(name)];
    const flag = flags[flagOf(name).slice(2)];
    const [raw, where] =
      flag !== undefined
        ? [flag, flagOf(name)]
        : variable !== undefined
          ? [variable, variableOf(name)]
          : [file[name], `${String(path)}: ${name}`];
    const isText = flag !== undefined || variable !== undefined;
    const value: unknown =
      isText && typeof raw === 'string' ? fromText(rule, raw) : raw === undefined ? rule.default : raw;
    if (value === undefined) continue;
    checkSetting(name, value, where, raw);
    config[name] = value;
  }
  return { do: 'serve', config: config as Config };
}

/** What `--help` prints. @param commands what the program does beside serving: each with what it does */
export function helpText(commands: readonly (readonly [string, string])[] = []): string {
  const rows = names.map((name) => {
    const rule = settings.properties[name] as TSchema;
    const value = rule[Kind] === 'Boolean' ? '' : ` <${rule[Kind] === 'Integer' ? 'number' : 'text'}>`;
    const standard = rule.default === undefined || rule.default === false ? '' : ` (${String(rule.default)})`;
    const choices = choicesOf(rule);
    return [
      `${flagOf(name)}${value}`,
      `${rule.description ?? ''}${choices ? `: ${choices.join(', ')}` : ''}${standard}`,
    ];
  });
  rows.push(['--config <text>', 'JSON file with settings']);
  rows.push(['--help, --version', 'print this, or the version']);
  const width = Math.max(...rows.map(([flag = '']) => flag.length)) + 2;
  return [
    'Usage: atlas-streams-emulator [settings]',
    '',
    'Emulates the MongoDB Atlas Administration API for stream processing.',
    '',
    ...rows.map(([flag = '', text = '']) => `  ${flag.padEnd(width)}${text}`),
    '',
    ...(commands.length === 0
      ? []
      : [
          'Commands, for an emulator that runs (atlas-streams-emulator <command> --help):',
          '',
          ...commands.map(([name, text]) => `  ${name.padEnd(width)}${text}`),
          '',
        ]),
    `Each setting is also a variable (--log-level: ${variableOf('logLevel')}) and a key of the file`,
    'that --config names (logLevel). A flag goes over a variable, a variable over the file.',
    'Exit status: 0 stopped, 2 wrong settings, fixture or certificate, 3 port in use, 4 database not usable.',
    '',
  ].join('\n');
}

function parseFlags(argv: readonly string[]): Record<string, string | boolean | undefined> {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    config: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean' },
  };
  for (const name of names) {
    options[flagOf(name).slice(2)] = {
      type: (settings.properties[name] as TSchema)[Kind] === 'Boolean' ? 'boolean' : 'string',
    };
  }
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${sentence.replace(/\.$/, '')}; see atlas-streams-emulator --help`);
  }
}

function parseFile(path: string, readFile: (path: string) => string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFile(path));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${path} must hold a JSON object`);
  }
  const unknown = Object.keys(value).find((name) => !isSetting(name));
  if (unknown !== undefined) throw new UsageError(`${path}: ${noSetting(unknown)}`);
  return value as Record<string, unknown>;
}

/** What a text of the command line or of a variable means; the text itself where it means nothing. */
function fromText(rule: TSchema, text: string): unknown {
  if (rule[Kind] === 'Integer') return /^\d+$/.test(text) ? Number(text) : text;
  if (rule[Kind] === 'Boolean') return text === 'true' || (text === 'false' ? false : text);
  return text;
}
