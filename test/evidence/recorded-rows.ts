import { readFileSync } from 'node:fs';

/** A row of the table in docs/recorded.md. */
export interface RecordedRow {
  readonly number: number;
  readonly requests: string;
  readonly status: number;
  readonly verdict: string;
}

/** The rows of the table in docs/recorded.md. */
export function recordedRows(): RecordedRow[] {
  const page = readFileSync(new URL('../../docs/recorded.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^\| *(\d+) *\|(.*)\|$/gm)].map(([, number = '', rest = '']) => {
    const [requests = '', status = '', , , verdict = ''] = rest.split('|').map((cell) => cell.trim());
    return {
      number: Number(number),
      requests: requests.replaceAll('`', ''),
      status: Number(status),
      verdict,
    };
  });
}
