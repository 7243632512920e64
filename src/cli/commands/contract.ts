import { UsageError, STATUS } from '../../exit.js';
import { parseFlags, readHelp } from '../arguments.js';
import type { Environment } from '../variables.js';
import type { LocalCommand, Report } from './command.js';

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

const COMMANDS: Readonly<Record<string, LocalCommand>> = { diff };

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
    const wanted = command.takes === undefined ? 'no other arguments' : `one ${command.takes}`;
    throw new UsageError(
      `contract ${name} takes ${wanted}, and not ${JSON.stringify(positionals.join(' '))}; see atlas-streams-emulator contract --help`,
    );
  }
  const options = Object.fromEntries(Object.entries(flags).map(([key, value]) => [key, String(value)]));
  return command.run({ argument, options, env });
}
