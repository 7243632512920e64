import type { RefusedRequest } from '../../client/index.js';
import { numberOf, type Command } from './command.js';

/** Prints why the last requests were refused. */
export const why: Command = {
  options: { project: 'string', limit: 'string', all: 'boolean' },
  async run({ options, connect }) {
    const { project: id, limit: given = '10', all } = options;
    const limit = numberOf(given, 'why: --limit', 1, 1000);
    const emulator = await connect();
    const { requests } = id === undefined ? emulator : await emulator.projectById(id);
    const blocks = (await requests.refused({ limit, all: all !== undefined })).map(block);
    return blocks.reverse().join('\n') || 'No request was refused.\n';
  },
};

function block({ at, method, path, caller, status, rung, refusal }: RefusedRequest): string {
  const answer = status === 0 ? 'no response' : status;
  const rows = [
    ['who', caller ?? 'not authenticated'],
    ['step', `${rung} (${refusal.name})`],
    ['rule', refusal.rule],
    ['source', refusal.source],
    ['to pass', refusal.remedy],
  ] as const;
  const lines = [
    `${at.replace('T', ' ').replace(/\.\d+Z$/, 'Z')}  ${answer}  ${method} ${path}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(8)}${text}`),
  ];
  // Clients can send control characters, which would move a terminal's cursor.
  return lines.map((line) => `${line.replace(/\p{Cc}/gu, '?')}\n`).join('');
}
