import { Type, type Static, type TInteger, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { UsageError } from './exit.js';
import { features, type DurationName, type Feature } from './features/index.js';
import { LONGEST_MS } from './kernel/pace.js';
import { describeValue } from './kernel/schema-text.js';
import { PROFILE_NAMES } from './profiles/index.js';

const milliseconds = (standard: number, description: string, minimum = 0) =>
  Type.Integer({ default: standard, minimum, maximum: LONGEST_MS, description });

const port = (standard: number, description: string) =>
  Type.Integer({ default: standard, minimum: 0, maximum: 65535, description });

const flag = (description: string) => Type.Boolean({ default: false, description });

const text = (description: string, standard?: string) =>
  Type.String({
    ...(standard !== undefined && { default: standard }),
    minLength: 1,
    wanted: 'a text that is not empty',
    description,
  });

const choice = <const Name extends string>(
  names: readonly Name[],
  standard: NoInfer<Name>,
  description: string,
) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    { default: standard, description },
  );

/** The settings for how long passing states last, which features declare. */
export function durationSettings(declaring: readonly Feature[]) {
  const declared = declaring.flatMap(({ durations = {} }) => Object.entries(durations));
  return Object.fromEntries(
    declared.map(([name, { default: standard, description }]) => [name, milliseconds(standard, description)]),
  ) as Record<DurationName, TInteger>;
}

/** All settings. A key of the file is the name here, `--tls-port` its flag, `ATLAS_EMULATOR_TLS_PORT` its variable. */
export const settings = Type.Object(
  {
    host: text('address to listen on', '127.0.0.1'),
    port: port(27080, 'port to listen on, 0 for any free one'),
    tls: flag('serves https too, with a certificate that it makes itself'),
    tlsPort: port(27443, 'port for https, 0 for any free one'),
    tlsCert: Type.Optional(text('PEM file with a certificate of your own for https')),
    tlsKey: Type.Optional(text('PEM file with its private key')),
    db: text('SQLite file that persists across restarts; without it, state is in memory', ':memory:'),
    fixture: Type.Optional(text('JSON file with the organizations, projects and credentials to start with')),
    profile: choice(
      PROFILE_NAMES,
      'documented',
      'how requests are answered that name neither a project nor a caller',
    ),
    publicUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^/?#\\s]+$',
        wanted: 'an address such as http://emulator:27080',
        description: 'address that links in answers begin with, such as http://emulator:27080',
      }),
    ),
    ...durationSettings(features),
    nonceMs: milliseconds(300_000, 'how long a nonce of a digest challenge can be used', 1),
    limitTokens: flag("enforces Atlas's limits of tokens: 50 a minute, 100 at a time"),
    limitRequests: flag("enforces Atlas's limit of requests: 1,200 a minute for each project"),
    logLevel: choice(
      ['silent', 'error', 'warn', 'info', 'debug'],
      'warn',
      'what is logged to standard error; info has a line for each request',
    ),
    controlToken: Type.Optional(
      Type.String({
        pattern: '^[!-~]+$',
        wanted: 'a text without spaces',
        description:
          'bearer token of the control API; on addresses other than loopback one is generated if none is given',
      }),
    ),
    noControl: flag(
      'turns off what Atlas does not have: /_emulator (but its health and ca.pem) and Prefer: code=…',
    ),
  },
  { additionalProperties: false },
);

/** Settings as the emulator runs with them. */
export type Config = Static<typeof settings>;

/** Settings that can be told to anybody: those with a secret only as whether they are set. */
export function tellable({ controlToken, ...config }: Config): Readonly<Record<string, unknown>> {
  return { ...config, controlToken: controlToken === undefined ? 'not set' : 'set' };
}

/**
 * The settings of a start without arguments, some of them replaced; one that is undefined is not.
 *
 * @param usual what other defaults a start has that is none of the command's
 * @throws {UsageError} for the first setting that is unknown or wrong
 */
export function defaultConfig(changes: Partial<Config> = {}, usual: Partial<Config> = {}): Config {
  const given = Object.entries<unknown>(changes).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!isSetting(name)) throw new UsageError(noSetting(name));
    checkSetting(name, value, name);
  }
  return { ...Value.Create(settings), ...usual, ...Object.fromEntries(given) };
}

/** Whether there is a setting of this name. */
export function isSetting(name: string): name is keyof Config {
  return Object.hasOwn(settings.properties, name);
}

/** What is said of a setting that there is none of. */
export const noSetting = (name: string): string =>
  `there is no setting ${name}; see atlas-streams-emulator --help`;

/**
 * Checks the value of a setting.
 *
 * @param where it was read
 * @param given what stood there
 * @throws {UsageError}
 */
export function checkSetting(name: keyof Config, value: unknown, where: string, given = value): void {
  const rule = settings.properties[name] as TSchema;
  if (Value.Check(rule, value)) return;
  // A secret is not repeated, even one that cannot be used.
  const found = name === 'controlToken' ? '' : `, and is ${JSON.stringify(given)}`;
  throw new UsageError(`${where} must be ${describeValue(rule)}${found}`);
}

/** The texts that a setting takes, if it is a choice of some. */
export function choicesOf(rule: TSchema): string[] | undefined {
  const { anyOf } = rule as { anyOf?: readonly { const?: unknown }[] };
  return anyOf?.map((choice) => String(choice.const));
}
