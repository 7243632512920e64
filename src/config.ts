import { delimiter } from 'node:path';
import { Type, type Static, type TInteger, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { UsageError } from './exit.js';
import { features, type DurationName, type Feature } from './features/index.js';
import { oneOf, strict, text, within } from './http/schema.js';
import { LONGEST_MS } from './kernel/clock.js';
import { describeValue } from './kernel/schema-text.js';
import { PROFILE_NAMES } from './profiles/index.js';

const milliseconds = (standard: number, description: string, minimum = 0) =>
  within(minimum, LONGEST_MS, description, { default: standard });

const port = (standard: number, description: string) => within(0, 65535, description, { default: standard });

const flag = (description: string) => Type.Boolean({ default: false, description });

/** Off, on, or on with another number: `--limit-tokens=10`. */
const limit = (description: string) =>
  Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 1_000_000 })], {
    default: false,
    description,
    wanted: 'true, false or a whole number from 1 to 1000000',
    isLimit: true,
  });

const NOT_EMPTY = { pattern: '\\S', wanted: 'a text that is not empty' };

const SEVERAL = { pattern: '\\S', wanted: 'a text that is not empty, or several', separator: ',' };

/** One text or several: a flag that can be repeated, a variable with separators, an array in the file. */
const list = (description: string, changes: Partial<typeof SEVERAL> & { default?: string } = {}) => {
  const { pattern, ...options } = { ...SEVERAL, ...changes };
  const item = Type.String({ pattern });
  return Type.Union([item, Type.Array(item, { minItems: 1 })], { description, ...options });
};

/** The settings for the durations of states, which features declare. */
export function durationSettings(declaring: readonly Feature[]) {
  const declared = declaring.flatMap(({ durations = {} }) => Object.entries(durations));
  return Object.fromEntries(
    declared.map(([name, { default: standard, description }]) => [name, milliseconds(standard, description)]),
  ) as Record<DurationName, TInteger>;
}

/** All settings. A key of the file is the name here, `--tls-port` its flag, `ATLAS_EMULATOR_TLS_PORT` its variable. */
export const settings = Type.Object(
  {
    host: list('address or name to listen on; repeatable', { default: '127.0.0.1' }),
    port: port(27080, 'port to listen on, 0 for any free one'),
    tls: flag('serves HTTPS too, with a generated certificate'),
    tlsPort: port(27443, 'port for HTTPS, 0 for any free one'),
    tlsName: Type.Optional(
      list('further name or address in the generated certificate; repeatable', {
        pattern: '^[\\w*.:[\\]-]+$',
        wanted: 'a host name or an address, or several',
      }),
    ),
    tlsCert: Type.Optional(text('PEM file with a certificate of your own for HTTPS', NOT_EMPTY)),
    tlsKey: Type.Optional(text('PEM file with its private key', NOT_EMPTY)),
    db: text('SQLite file that persists across restarts; without it, state is in memory', {
      ...NOT_EMPTY,
      default: ':memory:',
    }),
    fixture: Type.Optional(
      list(
        'JSON file, or folder of such, with the organizations, projects and credentials to start with; repeatable',
        { separator: delimiter },
      ),
    ),
    idSeed: Type.Optional(
      text('makes ids repeatable, but not secrets: they follow from this text', NOT_EMPTY),
    ),
    profile: oneOf(PROFILE_NAMES, 'profile of requests that name neither a project nor a caller', {
      default: 'documented',
    }),
    publicUrl: Type.Optional(
      text(
        'address that links in responses begin with; behind a proxy with its path, as in http://proxy/atlas',
        {
          pattern: '^https?://[^/?#\\s]+(?:/(?!\\.{1,2}(?:/|$))[\\w.~-]+)*$',
          wanted:
            'an address such as http://emulator:27080 or http://proxy/atlas, without a slash at its end',
        },
      ),
    ),
    cors: Type.Optional(
      list('origin whose web pages may use the Atlas API, such as http://localhost:5173, or *; repeatable', {
        pattern: '^(?:\\*|null|https?://[^/?#\\s,]+)$',
        wanted: 'an origin such as http://localhost:5173, without a path, or *, or several',
      }),
    ),
    ...durationSettings(features),
    nonceMs: milliseconds(300_000, 'how long a nonce of a digest challenge can be used', 1),
    limitTokens: limit("enforces Atlas's limits of tokens: 50 (or another number) a minute, 100 at a time"),
    limitRequests: limit(
      "enforces Atlas's limits of requests, such as 1,200 a minute for each project, or another",
    ),
    logLevel: oneOf(
      ['silent', 'error', 'warn', 'info', 'debug'],
      'what is logged to standard error; info has a line for each request',
      { default: 'warn' },
    ),
    quiet: flag('on a terminal, prints no line for each request; elsewhere, nothing but the line of JSON'),
    controlToken: Type.Optional(
      text(
        'bearer token of the control API; on addresses other than loopback one is generated if none is given',
        { pattern: '^[!-~]+$', wanted: 'a text without spaces' },
      ),
    ),
    noControl: flag(
      'turns off what Atlas does not have: /_emulator (but its health and ca.pem) and Prefer: code=…',
    ),
  },
  strict,
);

/** Settings as the emulator runs with them. */
export type Config = Static<typeof settings>;

/** Settings without secrets: a token is only `set` or `not set`. */
export function redacted({ controlToken, ...config }: Config): Readonly<Record<string, unknown>> {
  return { ...config, controlToken: controlToken === undefined ? 'not set' : 'set' };
}

/** The origins of `--cors` as browsers send them: in lower case, without the usual port. */
export function originsOf({ cors = [] }: Pick<Config, 'cors'>): readonly string[] {
  return [cors].flat().map((one) => (URL.canParse(one) ? new URL(one).origin : one));
}

/**
 * The default settings, with changes; a change that is undefined or a blank text is ignored.
 *
 * @param usual other defaults than those of the command
 * @throws {UsageError} for the first setting that is unknown or invalid
 */
export function defaultConfig(changes: Partial<Config> = {}, usual: Partial<Config> = {}): Config {
  const given = Object.entries<unknown>(changes).filter(
    ([, value]) => value !== undefined && !(typeof value === 'string' && value.trim() === ''),
  );
  for (const [name, value] of given) checkSetting(name, value, name);
  return { ...Value.Create(settings), ...usual, ...Object.fromEntries(given) };
}

/** Whether a setting of this name exists. */
export function isSetting(name: string): name is keyof Config {
  return Object.hasOwn(settings.properties, name);
}

/** The error of a setting that does not exist. */
export const unknownSetting = (name: string): UsageError =>
  new UsageError(`there is no setting ${name}; see atlas-streams-emulator --help`);

/**
 * Checks the value of a setting.
 *
 * @param where the value was read
 * @param given the value as it was written
 * @throws {UsageError}
 */
export function checkSetting(name: string, value: unknown, where: string, given = value): void {
  if (!isSetting(name)) throw unknownSetting(name);
  const rule = settings.properties[name] as TSchema;
  if (Value.Check(rule, value)) return;
  // Errors do not contain secrets, even invalid ones.
  const found = name === 'controlToken' ? '' : `, and is ${JSON.stringify(given)}`;
  throw new UsageError(`${where} must be ${describeValue(rule)}${found}`);
}
