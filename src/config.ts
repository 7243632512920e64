import { delimiter } from 'node:path';
import { Type, type SchemaOptions, type Static, type TInteger, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { UsageError } from './exit.js';
import { features, type DurationName, type Feature } from './features/index.js';
import { oneOf, strict } from './http/schema.js';
import { LONGEST_MS } from './kernel/clock.js';
import { describeValue } from './kernel/schema-text.js';
import { PROFILE_NAMES } from './profiles/index.js';
import { readFixture } from './version.js';

/** The description and the default of each setting, and what its value must be, in words. */
const about = readFixture('settings.json') as Readonly<Record<string, SchemaOptions>>;

const duration = { minimum: 0, maximum: LONGEST_MS };

const port = { minimum: 0, maximum: 65_535 };

const text = { pattern: '\\S', wanted: 'a text that is not empty' };

/** An address without a slash at its end, and without segments that a client would resolve. */
const PUBLIC_URL = '^https?://[^/?#\\s]+(?:/(?!\\.{1,2}(?:/|$))[\\w.~-]+)*$';

/** Off, on, or on with another number: `--limit-tokens=10`. */
const limit = (options?: SchemaOptions) =>
  Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 1_000_000 })], {
    ...options,
    wanted: 'true, false or a whole number from 1 to 1000000',
    isLimit: true,
  });

/** One text or several: a flag that can be repeated, a variable with separators, an array in the file. */
const list = (options?: SchemaOptions, pattern = text.pattern, separator = ',') => {
  const item = Type.String({ pattern });
  const wanted = `${text.wanted}, or several`;
  return Type.Union([item, Type.Array(item, { minItems: 1 })], { wanted, separator, ...options });
};

/** The settings for the durations of states, which features declare. */
export function durationSettings(declaring: readonly Feature[]) {
  const declared = declaring.flatMap(({ durations = {} }) => Object.entries(durations));
  return Object.fromEntries(
    declared.map(([name, about]) => [name, Type.Integer({ ...duration, ...about })]),
  ) as Record<DurationName, TInteger>;
}

/** All settings. A key of the file is the name here, `--tls-port` its flag, `ATLAS_EMULATOR_TLS_PORT` its variable. */
export const settings = Type.Object(
  {
    host: list(about.host),
    port: Type.Integer({ ...port, ...about.port }),
    tls: Type.Boolean(about.tls),
    tlsPort: Type.Integer({ ...port, ...about.tlsPort }),
    tlsName: Type.Optional(list(about.tlsName, '^[\\w*.:[\\]-]+$')),
    tlsCert: Type.Optional(Type.String({ ...text, ...about.tlsCert })),
    tlsKey: Type.Optional(Type.String({ ...text, ...about.tlsKey })),
    db: Type.String({ ...text, ...about.db }),
    fixture: Type.Optional(list(about.fixture, text.pattern, delimiter)),
    idSeed: Type.Optional(Type.String({ ...text, ...about.idSeed })),
    profile: oneOf(PROFILE_NAMES, undefined, about.profile),
    publicUrl: Type.Optional(Type.String({ pattern: PUBLIC_URL, ...about.publicUrl })),
    cors: Type.Optional(list(about.cors, '^(?:\\*|null|https?://[^/?#\\s,]+)$')),
    ...durationSettings(features),
    nonceMs: Type.Integer({ ...duration, ...about.nonceMs, minimum: 1 }),
    limitTokens: limit(about.limitTokens),
    limitRequests: limit(about.limitRequests),
    strict: Type.Boolean(about.strict),
    noFindings: Type.Boolean(about.noFindings),
    logLevel: oneOf(['silent', 'error', 'warn', 'info', 'debug'], undefined, about.logLevel),
    quiet: Type.Boolean(about.quiet),
    controlToken: Type.Optional(Type.String({ pattern: '^[!-~]+$', ...about.controlToken })),
    noControl: Type.Boolean(about.noControl),
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
