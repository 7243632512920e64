import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Kind, Type, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { UsageError } from './exit.js';
import { LONGEST_MS } from './kernel/pace.js';
import { PROFILE_NAMES } from './profiles/index.js';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

const milliseconds = (standard: number, description: string, minimum = 0) =>
  Type.Integer({ default: standard, minimum, maximum: LONGEST_MS, description });

/** All settings. A key of the file is the name here, `--pending-ms` its flag, `ATLAS_EMULATOR_PENDING_MS` its variable. */
const settings = Type.Object(
  {
    host: Type.String({ default: '127.0.0.1', minLength: 1, description: 'address to listen on' }),
    port: Type.Integer({
      default: 27080,
      minimum: 0,
      maximum: 65535,
      description: 'port to listen on, 0 for any free one',
    }),
    tls: Type.Boolean({
      default: false,
      description: 'serves https too, with a certificate that it makes itself',
    }),
    tlsPort: Type.Integer({
      default: 27443,
      minimum: 0,
      maximum: 65535,
      description: 'port for https, 0 for any free one',
    }),
    tlsCert: Type.Optional(
      Type.String({ minLength: 1, description: 'PEM file with a certificate of your own for https' }),
    ),
    tlsKey: Type.Optional(Type.String({ minLength: 1, description: 'PEM file with its private key' })),
    db: Type.String({
      default: ':memory:',
      minLength: 1,
      description: 'SQLite file, kept across restarts; without it all is gone on exit',
    }),
    fixture: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'JSON file with the organizations, projects and credentials to start with',
      }),
    ),
    profile: Type.Union(
      PROFILE_NAMES.map((name) => Type.Literal(name)),
      {
        default: 'documented',
        description: 'how requests are answered that name neither a project nor a caller',
      },
    ),
    publicUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^/?#\\s]+$',
        description: 'address that links in answers begin with, such as http://emulator:27080',
      }),
    ),
    pendingMs: milliseconds(2000, 'how long a documented link stays PENDING'),
    idleMs: milliseconds(0, 'how long an observed link stays IDLE'),
    workingMs: milliseconds(0, 'how long an observed link stays WORKING'),
    deleteRequestedMs: milliseconds(0, 'how long an observed link stays DELETE_REQUESTED'),
    deletingMs: milliseconds(0, 'how long an observed link stays DELETING'),
    nonceMs: milliseconds(300_000, 'how long a nonce of a digest challenge can be used', 1),
    limitTokens: Type.Boolean({
      default: false,
      description: "holds to Atlas's limits of tokens: 50 a minute, 100 at a time",
    }),
    limitRequests: Type.Boolean({
      default: false,
      description: "holds to Atlas's limit of requests: 1,200 a minute for each project",
    }),
    logLevel: Type.Union(
      LOG_LEVELS.map((level) => Type.Literal(level)),
      {
        default: 'warn',
        description: 'what is logged to standard error; info has a line for each request',
      },
    ),
    controlToken: Type.Optional(
      Type.String({
        pattern: '^\\S+$',
        description:
          'what the control API wants as bearer token; on other addresses than loopback one is made if none is given',
      }),
    ),
    noControl: Type.Boolean({
      default: false,
      description:
        'turns off what Atlas does not have: /_emulator (but its health and ca.pem) and Prefer: code=…',
    }),
  },
  { additionalProperties: false },
);

/** Settings as the emulator runs with them. */
export type Config = Static<typeof settings>;

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
    check(name, value, where, raw);
    config[name] = value;
  }
  return { do: 'serve', config: config as Config };
}

/** Settings that can be told to anybody: those with a secret only as whether they are set. */
export function tellable({ controlToken, ...config }: Config): Readonly<Record<string, unknown>> {
  return { ...config, controlToken: controlToken === undefined ? 'not set' : 'set' };
}

/**
 * The settings of a start without arguments, some of them replaced.
 *
 * @throws {UsageError} for the first setting that is unknown or wrong
 */
export function defaultConfig(changes: Partial<Config> = {}): Config {
  const given = Object.entries<unknown>(changes).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!isSetting(name)) throw new UsageError(noSetting(name));
    check(name, value, name);
  }
  return { ...Value.Create(settings), ...Object.fromEntries(given) };
}

function isSetting(name: string): name is keyof Config {
  return Object.hasOwn(settings.properties, name);
}

const noSetting = (name: string): string => `there is no setting ${name}; see atlas-streams-emulator --help`;

/**
 * Checks the value of a setting.
 *
 * @param where it was read
 * @param given what stood there
 * @throws {UsageError}
 */
function check(name: keyof Config, value: unknown, where: string, given = value): void {
  const rule = settings.properties[name] as TSchema;
  if (Value.Check(rule, value)) return;
  // A secret is not repeated, even one that cannot be used.
  const found = name === 'controlToken' ? '' : `, and is ${JSON.stringify(given)}`;
  throw new UsageError(`${where} must be ${describe(rule)}${found}`);
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
    'Emulates the MongoDB Atlas Administration API for stream processing private links.',
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
    `Each setting is also a variable (--pending-ms: ${variableOf('pendingMs')}) and a key of the file`,
    'that --config names (pendingMs). A flag goes over a variable, a variable over the file.',
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

function describe(rule: TSchema): string {
  const choices = choicesOf(rule);
  if (choices) return `one of ${choices.join(', ')}`;
  const { minimum, maximum, pattern } = rule as { minimum?: number; maximum?: number; pattern?: string };
  switch (rule[Kind]) {
    case 'Integer':
      return `a whole number from ${minimum ?? 0} to ${maximum ?? ''}`;
    case 'Boolean':
      return 'true or false';
    default:
      if (pattern === undefined) return 'a text that is not empty';
      return pattern.includes('https?')
        ? 'an address such as http://emulator:27080'
        : 'a text without spaces';
  }
}

function choicesOf(rule: TSchema): string[] | undefined {
  const { anyOf } = rule as { anyOf?: readonly { const?: unknown }[] };
  return anyOf?.map((choice) => String(choice.const));
}
