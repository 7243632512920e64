import { createInterface } from 'node:readline/promises';
import { isLoopback } from '../../addresses.js';
import { addressOf } from '../../client/index.js';
import { UsageError, STATUS } from '../../exit.js';
import { systemClock } from '../../kernel/clock.js';
import { readText } from '../../kernel/files.js';
import { parseFlags, readHelp } from '../arguments.js';
import type { Environment } from '../variables.js';
import { numberOf, type LocalCommand, type Report } from './command.js';

/** Compares an official description of Atlas with the digest of the package. */
const diff: LocalCommand = {
  takes: 'FILE',
  options: { format: 'string' },
  async run({ argument, options: { format = 'table' } }) {
    const contract = await import('../../contract/description/index.js');
    const write = Object.hasOwn(contract.FORMATS, format) ? contract.FORMATS[format] : undefined;
    if (!write) {
      const formats = Object.keys(contract.FORMATS).join(', ');
      throw new UsageError(
        `contract diff: --format must be one of ${formats}, and is ${JSON.stringify(format)}`,
      );
    }
    const { rows, from, to } = await contract.diffDescription(argument);
    return { text: write(rows, from, to), status: rows.length === 0 ? 0 : STATUS.failed };
  },
};

/** Records the answers of a server to a suite of calls. */
const record: LocalCommand = {
  options: {
    target: 'string',
    project: 'string',
    out: 'string',
    yes: 'boolean',
    ca: 'string',
    clean: 'string',
    'wait-ms': 'string',
  },
  async run({ options, env }) {
    const contract = await import('../../contract/recording/index.js');
    const { out, clean, 'wait-ms': wait = '60000' } = options;
    const waitMs = numberOf(wait, 'contract record: --wait-ms', 0, 3_600_000);
    const ca = options.ca === undefined ? undefined : readFile(options.ca, '--ca');
    if (clean !== undefined) {
      const count = await contract.cleanUp(clean, contract.credentialsOf(env), ca, waitMs);
      return `Links deleted: ${count}. ${clean} is removed.\n`;
    }
    const target = addressOf(options.target ?? '');
    if (options.target === undefined || target === undefined) {
      throw new UsageError(
        `contract record: --target must be an address such as https://cloud.mongodb.com, and is ${JSON.stringify(options.target ?? '')}`,
      );
    }
    if (!/^[a-f0-9]{24}$/.test(options.project ?? '')) {
      throw new UsageError('contract record: --project must be the id of a project, 24 hexadecimal digits');
    }
    if (out === undefined) throw new UsageError('contract record: --out must name the file to write');
    const url = new URL(target);
    const { project = '', yes } = options;
    if (!isLocal(url) && yes === undefined) await ask(contract.LINKS_CREATED, project, url);
    const interrupted = new AbortController();
    // A second signal ends the process.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        interrupted.abort();
      });
    }
    const { recording, deleted } = await contract.record({
      ...{ target: url, project, out, waitMs, signal: interrupted.signal },
      ...(ca !== undefined && { ca }),
      credentials: contract.credentialsOf(env),
      date: new Date(systemClock.now()).toISOString().slice(0, 10),
      onCall: (name) => {
        if (process.stderr.isTTY) process.stderr.write(`${name}\n`);
      },
    });
    return contract.summaryOf(recording, out, deleted);
  },
};

/** Whether an address is of this machine. */
function isLocal({ hostname }: URL): boolean {
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
}

/** Asks before links are created on a server that is not of this machine. @throws {UsageError} without consent */
async function ask(links: number, project: string, { origin }: URL): Promise<void> {
  const what = `${links} private links in project ${project} at ${origin}, and deletes them again`;
  if (!process.stdin.isTTY) {
    throw new UsageError(`contract record creates ${what}: add --yes to agree`);
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`This creates ${what}. Continue? [y/N] `);
  lines.close();
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new UsageError('contract record: nothing was done');
}

/** Replays a recording on an emulator of this process. */
const verify: LocalCommand = {
  takes: 'FILE',
  options: { profile: 'string' },
  async run({ argument, options: { profile = 'observed' } }) {
    if (profile !== 'observed' && profile !== 'documented') {
      throw new UsageError(
        `contract verify: --profile must be documented or observed, and is ${JSON.stringify(profile)}`,
      );
    }
    const contract = await import('../../contract/recording/index.js');
    const recording = contract.readRecording(argument);
    const findings = await contract.verify(recording, profile);
    const status = findings.some(({ known }) => known.length === 0) ? STATUS.failed : 0;
    return { text: contract.reportOf(findings, recording), status };
  },
};

function readFile(path: string, flag: string): string {
  try {
    return readText(path);
  } catch (error) {
    throw new UsageError(`contract record: ${flag}: ${path} cannot be read: ${(error as Error).message}`);
  }
}

const COMMANDS: Readonly<Record<string, LocalCommand>> = { diff, record, verify };

/**
 * Runs `contract <command>`.
 *
 * @throws {UsageError} if it could not be run
 */
export async function runContract(
  [name = '', ...argv]: readonly string[],
  env: Environment,
): Promise<string | Report> {
  if (['', '--help', '-h'].includes(name)) return readHelp('contract');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    throw new UsageError(
      `contract: there is no command ${JSON.stringify(name)}, but ${Object.keys(COMMANDS).join(', ')}; see atlas-streams-emulator contract --help`,
    );
  }
  const { flags, positionals } = parseFlags(argv, command.options, `contract ${name}`, true);
  if (flags.help) return readHelp('contract');
  const [argument = '', ...others] = positionals;
  if (others.length > 0 || (argument === '') !== (command.takes === undefined)) {
    const wanted = command.takes === undefined ? 'no arguments but options' : `one ${command.takes}`;
    const given = positionals.length === 0 ? '' : `, and not ${JSON.stringify(positionals.join(' '))}`;
    throw new UsageError(
      `contract ${name} takes ${wanted}${given}; see atlas-streams-emulator contract --help`,
    );
  }
  const options = Object.fromEntries(Object.entries(flags).map(([key, value]) => [key, String(value)]));
  return command.run({ argument, options, env });
}
