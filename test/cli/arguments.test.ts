import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { helpText, loadConfig } from '../../src/cli/arguments.js';
import { defaultConfig, type Config } from '../../src/config.js';
import { UsageError } from '../../src/exit.js';

const folder = mkdtempSync(join(tmpdir(), 'emulator-settings-'));
const PATH = join(folder, 'settings.json');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Sources {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The contents of the file that `--config` names: an object, or text. */
  readonly file?: unknown;
}

function load({ argv = [], env = {}, file }: Sources) {
  if (file === undefined) return loadConfig(argv, env);
  writeFileSync(PATH, typeof file === 'string' ? file : JSON.stringify(file));
  return loadConfig(['--config', PATH, ...argv], env);
}

function settingsOf(sources: Sources): Config {
  const command = load(sources);
  if (command.do !== 'serve') throw new Error(`the command line asks for ${command.do}`);
  return command.config;
}

/** The message that refuses the settings, which is one line. */
function refusalOf(sources: Sources): string {
  try {
    load(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as UsageError;
    expect(message.split('\n')).toHaveLength(1);
    return message;
  }
  throw new Error(`nothing is refused in ${JSON.stringify(sources)}`);
}

/** Every setting: its key, its flag, its variable, a value that is not its default, and the same as text. */
const SETTINGS: readonly (readonly [keyof Config, string, string, string | number, string])[] = [
  ['host', '--host', 'ATLAS_EMULATOR_HOST', '0.0.0.0', '0.0.0.0'],
  ['port', '--port', 'ATLAS_EMULATOR_PORT', 0, '0'],
  ['db', '--db', 'ATLAS_EMULATOR_DB', 'world.db', 'world.db'],
  ['fixture', '--fixture', 'ATLAS_EMULATOR_FIXTURE', 'world.json', 'world.json'],
  ['idSeed', '--id-seed', 'ATLAS_EMULATOR_ID_SEED', 'mine', 'mine'],
  ['profile', '--profile', 'ATLAS_EMULATOR_PROFILE', 'observed', 'observed'],
  ['publicUrl', '--public-url', 'ATLAS_EMULATOR_PUBLIC_URL', 'https://atlas.test', 'https://atlas.test'],
  ['cors', '--cors', 'ATLAS_EMULATOR_CORS', 'http://localhost:5173', 'http://localhost:5173'],
  ['pendingMs', '--pending-ms', 'ATLAS_EMULATOR_PENDING_MS', 1, '1'],
  ['idleMs', '--idle-ms', 'ATLAS_EMULATOR_IDLE_MS', 2, '2'],
  ['workingMs', '--working-ms', 'ATLAS_EMULATOR_WORKING_MS', 3, '3'],
  ['deleteRequestedMs', '--delete-requested-ms', 'ATLAS_EMULATOR_DELETE_REQUESTED_MS', 4, '4'],
  ['deletingMs', '--deleting-ms', 'ATLAS_EMULATOR_DELETING_MS', 5, '5'],
  ['nonceMs', '--nonce-ms', 'ATLAS_EMULATOR_NONCE_MS', 6, '6'],
  ['tlsPort', '--tls-port', 'ATLAS_EMULATOR_TLS_PORT', 7, '7'],
  ['tlsName', '--tls-name', 'ATLAS_EMULATOR_TLS_NAME', 'emulator.test', 'emulator.test'],
  ['tlsCert', '--tls-cert', 'ATLAS_EMULATOR_TLS_CERT', 'cert.pem', 'cert.pem'],
  ['tlsKey', '--tls-key', 'ATLAS_EMULATOR_TLS_KEY', 'key.pem', 'key.pem'],
  ['controlToken', '--control-token', 'ATLAS_EMULATOR_CONTROL_TOKEN', 'secret', 'secret'],
  ['logLevel', '--log-level', 'ATLAS_EMULATOR_LOG_LEVEL', 'debug', 'debug'],
];

describe('settings', () => {
  it.each(SETTINGS)(
    'the setting %s is read from the flag %s, the variable %s and the settings file',
    (key, flag, name, value, text) => {
      const expected = { ...defaultConfig(), [key]: value };
      expect(settingsOf({ argv: [flag, text] })).toEqual(expected);
      expect(settingsOf({ argv: [`${flag}=${text}`] })).toEqual(expected);
      expect(settingsOf({ env: { [name]: text } })).toEqual(expected);
      expect(settingsOf({ file: { [key]: value } })).toEqual(expected);
    },
  );

  it.each([
    [true, { argv: ['--no-control'] }],
    [true, { env: { ATLAS_EMULATOR_NO_CONTROL: 'true' } }],
    [false, { env: { ATLAS_EMULATOR_NO_CONTROL: 'false' } }],
    [true, { file: { noControl: true } }],
    [false, { file: { noControl: true }, env: { ATLAS_EMULATOR_NO_CONTROL: 'false' } }],
    [true, { argv: ['--no-control'], env: { ATLAS_EMULATOR_NO_CONTROL: 'false' } }],
  ])('the setting noControl is %s with %j', (noControl, sources) => {
    expect(settingsOf(sources).noControl).toBe(noControl);
  });

  it.each([
    ['limitTokens', '--limit-tokens', 'ATLAS_EMULATOR_LIMIT_TOKENS'],
    ['limitRequests', '--limit-requests', 'ATLAS_EMULATOR_LIMIT_REQUESTS'],
    ['tls', '--tls', 'ATLAS_EMULATOR_TLS'],
    ['quiet', '--quiet', 'ATLAS_EMULATOR_QUIET'],
  ] as const)(
    'the setting %s is off by default and turned on by %s, %s or the settings file',
    (key, flag, name) => {
      expect(settingsOf({})[key]).toBe(false);
      for (const sources of [{ argv: [flag] }, { env: { [name]: 'true' } }, { file: { [key]: true } }]) {
        expect(settingsOf(sources)).toEqual({ ...defaultConfig(), [key]: true });
      }
    },
  );

  it.each([
    ['limitTokens', '--limit-tokens', 'ATLAS_EMULATOR_LIMIT_TOKENS'],
    ['limitRequests', '--limit-requests', 'ATLAS_EMULATOR_LIMIT_REQUESTS'],
  ] as const)(
    'the setting %s accepts a number, from %s=10, %s=10 or the settings file',
    (key, flag, name) => {
      for (const sources of [{ argv: [`${flag}=10`] }, { env: { [name]: '10' } }, { file: { [key]: 10 } }]) {
        expect(settingsOf(sources)[key]).toBe(10);
      }
      for (const wrong of ['0', '1.5', 'ten', '']) {
        expect(() => settingsOf({ argv: [`${flag}=${wrong}`] })).toThrow(
          `${flag} must be true, false or a whole number from 1 to 1000000, and is "${wrong}"`,
        );
      }
      expect(helpText()).toContain(`  ${flag}[=<number>] `);
    },
  );

  it('the tables of these tests list every setting', () => {
    const known = [
      ...SETTINGS.map(([key]) => key),
      'noControl',
      'noFindings',
      'strict',
      'quiet',
      'limitTokens',
      'limitRequests',
      'tls',
    ];
    const unset = {
      fixture: 'x',
      idSeed: 'x',
      publicUrl: 'http://x',
      cors: '*',
      tlsCert: 'x',
      tlsKey: 'x',
      tlsName: 'x',
      controlToken: 'x',
    };
    expect(Object.keys(defaultConfig(unset)).sort()).toEqual(known.sort());
    for (const [, flag] of SETTINGS) expect(helpText()).toContain(`  ${flag} <`);
    expect(helpText()).toContain('  --no-control ');
  });

  it.each<readonly [keyof Config, readonly unknown[]]>([
    ['port', [27080, 1, 2, 3]],
    ['host', ['127.0.0.1', 'file.test', 'variable.test', 'flag.test']],
    ['profile', ['documented', 'observed', 'documented', 'observed']],
    ['publicUrl', [undefined, 'http://file', 'http://variable', 'http://flag']],
    ['pendingMs', [2000, 10, 20, 0]],
  ])(
    'the setting %s: a flag overrides a variable, a variable overrides the settings file, the file overrides the default',
    (key, values) => {
      const [standard, ofFile, ofVariable, ofFlag] = values;
      const [, flag = '', name = ''] = SETTINGS.find(([setting]) => setting === key) ?? [];
      const file = { [key]: ofFile };
      const env = { [name]: String(ofVariable) };
      expect(settingsOf({})[key]).toBe(standard);
      expect(settingsOf({ file })[key]).toBe(ofFile);
      expect(settingsOf({ file, env })[key]).toBe(ofVariable);
      expect(settingsOf({ file, env, argv: [flag, String(ofFlag)] })[key]).toBe(ofFlag);
      expect(settingsOf({ env, argv: [flag, String(ofFlag)] })[key]).toBe(ofFlag);
    },
  );

  it('a number given by flag is accepted even if the settings file has the same digits as a string', () => {
    expect(settingsOf({ argv: ['--port', '8080'], file: { port: '8080' } }).port).toBe(8080);
  });

  it('without any setting, the defaults are those of the README', () => {
    expect(settingsOf({ env: { HOME: '/root', ATLAS_EMULATOR: 'x' } })).toEqual({
      host: '127.0.0.1',
      port: 27080,
      db: ':memory:',
      profile: 'documented',
      pendingMs: 2000,
      idleMs: 0,
      workingMs: 0,
      deleteRequestedMs: 0,
      deletingMs: 0,
      nonceMs: 300_000,
      logLevel: 'warn',
      noControl: false,
      noFindings: false,
      strict: false,
      quiet: false,
      limitTokens: false,
      limitRequests: false,
      tls: false,
      tlsPort: 27443,
    });
  });
});

const PORTS = 'a whole number from 0 to 65535';
const YEAR = 'a whole number from 0 to 31536000000';
const LEVELS = 'one of silent, error, warn, info, debug';
const ORIGIN = 'an origin such as http://localhost:5173, without a path, or *, or several';
const ADDRESS = 'an address such as http://emulator:27080 or http://proxy/atlas, without a slash at its end';

describe('invalid values of settings', () => {
  it.each([
    ['--port', '70000', PORTS],
    ['--port', 'x', PORTS],
    ['--port', '-1', PORTS],
    ['--port', '1.5', PORTS],
    ['--port', '1e3', PORTS],
    ['--port', '0x10', PORTS],
    ['--pending-ms', '31536000001', YEAR],
    ['--pending-ms', '2s', YEAR],
    ['--nonce-ms', '0', 'a whole number from 1 to 31536000000'],
    ['--profile', 'Documented', 'one of documented, observed'],
    ['--log-level', 'trace', LEVELS],
    ['--public-url', 'http://emulator:27080/', ADDRESS],
    ['--public-url', 'http://emulator/atlas/', ADDRESS],
    ['--public-url', 'http://emulator/a/../b', ADDRESS],
    ['--public-url', 'http://emulator/atlas?x', ADDRESS],
    ['--public-url', 'emulator:27080', ADDRESS],
    ['--cors', 'http://localhost:5173/', ORIGIN],
    ['--cors', 'localhost:5173', ORIGIN],
  ])('%s=%s is rejected: it must be %s', (flag, text, expected) => {
    const name = `ATLAS_EMULATOR_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`;
    const rest = `must be ${expected}, and is ${JSON.stringify(text)}`;
    expect(refusalOf({ argv: [`${flag}=${text}`] })).toBe(`${flag} ${rest}`);
    expect(refusalOf({ env: { [name]: text } })).toBe(`${name} ${rest}`);
  });

  it.each([
    ['port', '8080', PORTS],
    ['port', 70000, PORTS],
    ['port', 1.5, PORTS],
    ['port', null, PORTS],
    ['pendingMs', -1, YEAR],
    ['pendingMs', true, YEAR],
    ['profile', 'both', 'one of documented, observed'],
    ['logLevel', 30, LEVELS],
    ['publicUrl', 'http://emulator//atlas', ADDRESS],
    ['host', [], 'a text that is not empty, or several'],
    ['host', ['127.0.0.1', 1], 'a text that is not empty, or several'],
    ['db', ['a.db', 'b.db'], 'a text that is not empty'],
    ['noControl', 'true', 'true or false'],
    ['noControl', 1, 'true or false'],
  ])('the setting %s with %j in the settings file is rejected: it must be %s', (key, value, expected) => {
    expect(refusalOf({ file: { [key]: value } })).toBe(
      `${PATH}: ${key} must be ${expected}, and is ${JSON.stringify(value)}`,
    );
  });

  it.each(['yes', '1', 'TRUE'])('ATLAS_EMULATOR_NO_CONTROL=%s is rejected', (text) => {
    expect(refusalOf({ env: { ATLAS_EMULATOR_NO_CONTROL: text } })).toBe(
      `ATLAS_EMULATOR_NO_CONTROL must be true or false, and is ${JSON.stringify(text)}`,
    );
  });
});

describe('blank values of settings', () => {
  it.each(['', ' ', '\t'])('a variable with the blank value %j counts as unset', (blank) => {
    const names = ['URL', 'CONFIG', 'NO_CONTROL', 'PROT', ...SETTINGS.map(([, , name]) => name.slice(15))];
    const env = Object.fromEntries(names.map((name) => [`ATLAS_EMULATOR_${name}`, blank]));
    expect(settingsOf({ env })).toEqual(defaultConfig());
  });

  it.each([
    ['--port', PORTS],
    ['--db', 'a text that is not empty'],
    ['--fixture', 'a text that is not empty, or several'],
    ['--host', 'a text that is not empty, or several'],
    ['--profile', 'one of documented, observed'],
  ])('a blank value of the flag %s is rejected', (flag, expected) => {
    for (const blank of ['', ' ']) {
      expect(refusalOf({ argv: [`${flag}=${blank}`] })).toBe(
        `${flag} must be ${expected}, and is "${blank}"`,
      );
    }
  });
});

describe('repeated flags', () => {
  it.each([
    ['--port', ['--port', '1', '--port', '2']],
    ['--db', ['--db=a.db', '--pending-ms', '1', '--db=a.db']],
    ['--tls', ['--tls', '--tls']],
    ['--config', ['--config', 'a.json', '--config', 'b.json']],
  ])('a repeated %s is rejected', (flag, argv) => {
    expect(refusalOf({ argv })).toBe(`${flag} is given twice; see atlas-streams-emulator --help`);
  });

  it('--fixture accepts several values: repeated flags, the path delimiter in a variable, an array in the file', () => {
    const fixture = ['a.json', 'b, c.json'];
    expect(settingsOf({ argv: ['--fixture', 'a.json', '--fixture=b, c.json'] }).fixture).toEqual(fixture);
    const several = { ATLAS_EMULATOR_FIXTURE: fixture.join(delimiter) };
    expect(settingsOf({ env: several }).fixture).toEqual(fixture);
    // As a blank variable is not set, a blank part of one is left out.
    const blank = { ATLAS_EMULATOR_FIXTURE: ['', ...fixture, ' '].join(delimiter) };
    expect(settingsOf({ env: blank }).fixture).toEqual(fixture);
    expect(settingsOf({ file: { fixture } }).fixture).toEqual(fixture);
    const one = `a${delimiter}b,c.json`;
    expect(settingsOf({ argv: ['--fixture', one] }).fixture).toBe(one);
    expect(settingsOf({ file: { fixture: one } }).fixture).toBe(one);
    expect(refusalOf({ file: { fixture: ['a.json', ''] } })).toContain('fixture must be a text');
  });

  it('--host and --tls-name accept several values: repeated flags, commas in a variable, an array in the file', () => {
    const host = ['127.0.0.1', '::1'];
    expect(settingsOf({ argv: ['--host', '127.0.0.1', '--host=::1'] }).host).toEqual(host);
    expect(settingsOf({ env: { ATLAS_EMULATOR_HOST: '127.0.0.1,::1' } }).host).toEqual(host);
    expect(settingsOf({ file: { host } }).host).toEqual(host);
    expect(refusalOf({ argv: ['--host', '127.0.0.1', '--host', ''] })).toContain('--host must be a text');
    const tlsName = ['a.test', '10.0.0.1'];
    expect(settingsOf({ argv: ['--tls-name', 'a.test', '--tls-name', '10.0.0.1'] }).tlsName).toEqual(tlsName);
    expect(settingsOf({ env: { ATLAS_EMULATOR_TLS_NAME: 'a.test, 10.0.0.1' } }).tlsName).toEqual(tlsName);
    expect(refusalOf({ argv: ['--tls-name', 'https://a.test'] })).toContain('a host name or an address');
  });
});

describe('variables that an orchestrator injects', () => {
  it.each<readonly [string, Readonly<Record<string, string>>]>([
    [
      'Kubernetes, the Service atlas-emulator',
      {
        ATLAS_EMULATOR_SERVICE_HOST: '10.96.12.3',
        ATLAS_EMULATOR_SERVICE_PORT: '27080',
        ATLAS_EMULATOR_SERVICE_PORT_HTTP: '27080',
        ATLAS_EMULATOR_SERVICE_PORT_WEB_UI: '80',
        ATLAS_EMULATOR_PORT: 'tcp://10.96.12.3:27080',
        ATLAS_EMULATOR_PORT_27080_TCP: 'tcp://10.96.12.3:27080',
        ATLAS_EMULATOR_PORT_27080_TCP_PROTO: 'tcp',
        ATLAS_EMULATOR_PORT_27080_TCP_PORT: '27080',
        ATLAS_EMULATOR_PORT_27080_TCP_ADDR: '10.96.12.3',
        ATLAS_EMULATOR_PORT_53_UDP: 'udp://10.96.12.3:53',
        ATLAS_EMULATOR_PORT_53_SCTP_ADDR: '10.96.12.3',
      },
    ],
    [
      'Kubernetes, the Service atlas-emulator-tls',
      {
        ATLAS_EMULATOR_TLS_SERVICE_HOST: '10.96.12.4',
        ATLAS_EMULATOR_TLS_PORT: 'tcp://10.96.12.4:27443',
        ATLAS_EMULATOR_TLS_PORT_27443_TCP: 'tcp://10.96.12.4:27443',
        ATLAS_EMULATOR_TLS_NAME: '/tests/atlas-emulator-tls',
      },
    ],
    [
      'Docker, links to atlas-emulator, atlas-emulator-db and atlas-emulator_1',
      {
        ATLAS_EMULATOR_PORT: 'tcp://172.17.0.5:27080',
        ATLAS_EMULATOR_PORT_27080_TCP_START: 'tcp://172.17.0.5:27080',
        ATLAS_EMULATOR_PORT_27080_TCP_PORT_END: '27081',
        ATLAS_EMULATOR_NAME: '/tests/atlas-emulator',
        ATLAS_EMULATOR_ENV_NODE_ENV: 'production',
        ATLAS_EMULATOR_ENV_ATLAS_EMULATOR_HOST: '0.0.0.0',
        ATLAS_EMULATOR_DB_PORT: 'tcp://172.17.0.6:5432',
        ATLAS_EMULATOR_DB_NAME: '/tests/db',
        ATLAS_EMULATOR_1_PORT_27080_TCP_ADDR: '172.17.0.5',
      },
    ],
  ])('variables injected for a service or container named like the emulator are ignored: %s', (_by, env) => {
    expect(settingsOf({ env })).toEqual(defaultConfig());
    expect(settingsOf({ env, argv: ['--port', '1234', '--tls-port', '1235'] })).toMatchObject({
      port: 1234,
      tlsPort: 1235,
    });
  });

  it.each([
    ['ATLAS_EMULATOR_SERVICE', 'x'],
    ['ATLAS_EMULATOR_PORTS', '1'],
    ['ATLAS_EMULATOR_HTTP_PORT', '27080'],
    ['ATLAS_EMULATOR_NAME', 'atlas'],
    ['ATLAS_EMULATOR_PORT_TCP', '1'],
    ['ATLAS_EMULATOR_ENV', 'test'],
    ['ATLAS_EMULATOR_SERVICEHOST', '10.96.12.3'],
  ])('a misspelt setting that resembles an injected variable is rejected: %s=%s', (name, value) => {
    expect(refusalOf({ env: { [name]: value } })).toContain(`there is no setting ${name}`);
  });

  it('an invalid ATLAS_EMULATOR_PORT is rejected unless it has the form of an injected one', () => {
    expect(refusalOf({ env: { ATLAS_EMULATOR_PORT: 'http://10.96.12.3:27080' } })).toContain(PORTS);
  });
});

describe('settings of startEmulator()', () => {
  it.each([
    [{ prot: 1 }, 'there is no setting prot; see atlas-streams-emulator --help'],
    [{ port: '1' }, 'port must be a whole number from 0 to 65535, and is "1"'],
    [{ port: null }, 'port must be a whole number from 0 to 65535, and is null'],
    [{ profile: 'seen' }, 'profile must be one of documented, observed, and is "seen"'],
  ])('defaultConfig(%j) is rejected', (changes, message) => {
    expect(() => defaultConfig(changes as Partial<Config>)).toThrow(new UsageError(message));
  });

  it('an undefined setting of defaultConfig() has its default', () => {
    expect(defaultConfig({ db: undefined } as unknown as Partial<Config>)).toEqual(defaultConfig());
  });
});

it('the message about an invalid control token does not repeat the token', () => {
  expect(refusalOf({ argv: ['--control-token', 'my secret'] })).toBe(
    '--control-token must be a text without spaces',
  );
  expect(() => defaultConfig({ controlToken: 'my secret' })).toThrow(/^controlToken must be [a-z ]+$/);
});

describe('unknown settings', () => {
  it.each([
    [['--prot', '1'], '--prot'],
    [['--pendingMs', '1'], '--pendingMs'],
    [['--control'], '--control'],
    [['-p', '1'], '-p'],
    [['serve'], 'serve'],
    [['--port', '1', 'extra'], 'extra'],
    [['--', 'extra'], 'extra'],
    [['--port'], '--port'],
    [['--port', '-1'], '--port'],
    [['--no-control=true'], '--no-control'],
  ])('unknown or incomplete arguments %j are rejected', (argv, named) => {
    const message = refusalOf({ argv });
    expect(message).toContain(`'${named}`);
    expect(message).toMatch(/; see atlas-streams-emulator --help$/);
  });

  it.each(['ATLAS_EMULATOR_PROT', 'ATLAS_EMULATOR_', 'ATLAS_EMULATOR_pendingMs', 'ATLAS_EMULATOR_HELP'])(
    'the unknown variable %s is rejected',
    (name) => {
      expect(refusalOf({ env: { [name]: '1' } })).toBe(
        `there is no setting ${name}; see atlas-streams-emulator --help`,
      );
    },
  );

  it.each(['prot', 'pending-ms', 'config', 'toString', '__proto__'])(
    'the unknown key %s of the settings file is rejected',
    (key) => {
      expect(refusalOf({ file: `{"${key}": 1}` })).toBe(
        `${PATH}: there is no setting ${key}; see atlas-streams-emulator --help`,
      );
    },
  );

  it('the variable ATLAS_EMULATOR_URL, which clients read, is ignored by the server', () => {
    expect(settingsOf({ env: { ATLAS_EMULATOR_URL: 'x' } })).toEqual(defaultConfig());
  });
});

describe('the settings file', () => {
  it('the settings file is named by --config, else by ATLAS_EMULATOR_CONFIG', () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, '{"db": "of-variable.db"}');
    const env = { ATLAS_EMULATOR_CONFIG: other };
    expect(loadConfig([], env)).toMatchObject({ config: { db: 'of-variable.db' } });
    expect(settingsOf({ env, file: { db: 'of-flag.db' } })).toMatchObject({ db: 'of-flag.db' });
  });

  it.each([
    ['port = 1', 'cannot be read: '],
    ['{"port": 1,\n\n}', 'cannot be read: '],
    ['', 'cannot be read: '],
    ['[]', 'must hold a JSON object'],
    ['null', 'must hold a JSON object'],
    ['"port"', 'must hold a JSON object'],
  ])('a settings file that contains %j is rejected', (text, expected) => {
    expect(refusalOf({ file: text })).toContain(`${PATH} ${expected}`);
  });

  it('a settings file that does not exist is rejected', () => {
    expect(refusalOf({ argv: ['--config', 'none.json'] })).toMatch(/^none\.json cannot be read: ENOENT/);
  });

  it('an empty --config is rejected', () => {
    expect(refusalOf({ argv: ['--config', ''] })).toBe('--config must be the path of a JSON file, and is ""');
  });
});

describe('--help and --version', () => {
  const wrong: Sources = {
    argv: ['--port', 'x', '--config', 'none.json'],
    env: { ATLAS_EMULATOR_PROT: '1' },
  };

  it.each([
    ['help', '--help'],
    ['help', '-h'],
    ['version', '--version'],
  ])('the command is %s with %s, even if the settings are invalid', (command, flag) => {
    expect(load({ ...wrong, argv: [...(wrong.argv ?? []), flag] })).toEqual({ do: command });
  });
});
