import type { RefusedRequest } from '../../client/index.js';
import { UsageError } from '../../exit.js';
import type { Command } from './command.js';

const LIMIT = 10;

/** Prints why the last requests were refused. */
export const why: Command = {
  arguments: '',
  summary: 'Prints why the last requests were refused, and what would have passed.',
  details: [`The last ${LIMIT}, the newest last; --limit says how many; --project those of one, by its id.`],
  options: ['project', 'limit'],
  async run({ positionals, options, connect }) {
    const { project: id, limit = String(LIMIT) } = options;
    if (positionals.length > 0) throw new UsageError('why takes no arguments but its options');
    if (!/^[1-9]\d{0,2}$|^1000$/.test(limit)) {
      throw new UsageError(
        `why: --limit must be a whole number from 1 to 1000, and is ${JSON.stringify(limit)}`,
      );
    }
    const emulator = await connect();
    const scope = id === undefined ? emulator : await emulator.projectById(id);
    const refused = await scope.requests.refused({ limit: Number(limit) });
    const blocks = [...refused].reverse().map(block);
    return { stdout: blocks.length === 0 ? 'No request was refused.\n' : blocks.join('\n') };
  },
};

function block({ at, method, path, caller, status, rung, refusal }: RefusedRequest): string {
  const answer = status === 0 ? 'no answer' : String(status);
  const rows = [
    ['who', caller ?? 'nobody that it knows'],
    ['rung', `${rung} (${refusal.name})`],
    ['rule', refusal.rule],
    ['source', refusal.source],
    ['to pass', refusal.remedy],
  ];
  return [
    `${at.replace('T', ' ').replace(/\.\d+Z$/, 'Z')}  ${answer}  ${method} ${path}`,
    ...rows.map(([name = '', text = '']) => `  ${name.padEnd(8)}${text}`),
    '',
  ]
    .map(printable)
    .join('\n');
}

/** A line without what would move a terminal's cursor: clients send what they like. */
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '?');
}
