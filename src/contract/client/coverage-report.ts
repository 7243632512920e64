import type { CoverageReport } from '../../client/index.js';
import { readFixture } from '../../version.js';
import { xml } from './check-report.js';

type OperationRow = CoverageReport['operations'][number];

/** What is counted, in the order of the table. */
const DIMENSIONS = ['versions', 'statuses', 'errors', 'fields', 'values', 'states'] as const;

/** The names of all shares, each of which can have a threshold. */
export const SHARES = ['all', 'operations', ...DIMENSIONS] as const;
export type ShareName = (typeof SHARES)[number];

/** The least percentage of some shares. */
export type Thresholds = ReadonlyMap<ShareName, number>;

/** The shares that are below their thresholds. */
export function shortOf({ shares }: CoverageReport, thresholds: Thresholds): ShareName[] {
  return [...thresholds].filter(([name, least]) => shares[name].percent < least).map(([name]) => name);
}

/** The formats of the coverage. */
export const COVERAGE_FORMATS: Readonly<
  Record<string, (report: CoverageReport, thresholds: Thresholds) => string>
> = {
  table(report, thresholds) {
    const short = shortOf(report, thresholds);
    const shares = SHARES.map((name) => {
      const { covered, total, percent } = report.shares[name];
      const least = short.includes(name) ? `, less than ${thresholds.get(name)} %` : '';
      return `${name.padEnd(12)}${String(percent).padStart(3)} %  ${covered} of ${total}${least}`;
    });
    return [...rowsOf(report), '', ...shares, '', ...missedErrors(report)].join('\n');
  },
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
};

/** A row for each operation that was called. */
function rowsOf({ operations }: CoverageReport): string[] {
  const called = operations.filter(({ requests }) => requests > 0);
  const width = Math.max(9, ...called.map(({ id }) => id.length)) + 2;
  const head = ['operation'.padEnd(width), 'requests', ...DIMENSIONS.map((name) => name.padStart(8))].join(
    '  ',
  );
  const rows = called.map((operation) => {
    const cells = DIMENSIONS.map((name) => cellOf(operation, name).padStart(8));
    return [operation.id.padEnd(width), String(operation.requests).padStart(8), ...cells]
      .join('  ')
      .trimEnd();
  });
  return [head, ...rows];
}

/** Covered and all items, such as `2/6`; empty where there are none. */
function cellOf(operation: OperationRow, dimension: (typeof DIMENSIONS)[number]): string {
  const items = operation[dimension];
  return items.length === 0 ? '' : `${items.filter(({ covered }) => covered).length}/${items.length}`;
}

/** The errors that the client has never met, in operations that it called. */
function missedErrors({ operations }: CoverageReport): string[] {
  const missed = operations.filter(({ requests }) => requests > 0).flatMap(({ errors }) => errors);
  const met = new Set(missed.filter(({ covered }) => covered).map(({ name }) => name));
  const never = [...new Set(missed.map(({ name }) => name))].filter((name) => !met.has(name)).sort();
  return never.length === 0
    ? []
    : ['Errors that the client has never met:', ...never.map((name) => `  ${name}`), ''];
}

/** The matrix as a page that needs nothing else. */
export function coveragePage(report: CoverageReport, title: string): string {
  const { style } = readFixture('contract/page.json') as { readonly style: readonly string[] };
  const { shares, operations } = report;
  const cards = SHARES.map((name) => {
    const { covered, total, percent } = shares[name];
    return `<li><b>${percent} %</b> ${name}<small>${covered} of ${total}</small><meter max="100" value="${percent}">${percent} %</meter></li>`;
  });
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const bodies = tags.map((tag) => {
    const rows = operations.filter((one) => one.tag === tag).map(tableRow);
    return `<tbody><tr><th colspan="8" scope="rowgroup">${xml(tag)}</th></tr>\n${rows.join('\n')}\n</tbody>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${xml(title)}</title>
<style>${style.join('\n')}</style>
<h1>${xml(title)}</h1>
<p>What requests have exercised of what is emulated. <i class="yes">Exercised</i> <i>not exercised</i></p>
<ul class="shares">
${cards.join('\n')}
</ul>
<table>
<thead><tr><th>operation</th><th>requests</th>${DIMENSIONS.map((name) => `<th>${name}</th>`).join('')}</tr></thead>
${bodies.join('\n')}
</table>
</html>
`;
}

function tableRow(operation: OperationRow): string {
  const { id, method, path, requests } = operation;
  const cells = DIMENSIONS.map((dimension) => {
    const items = operation[dimension].map(
      ({ name, covered }) => `<i${covered ? ' class="yes"' : ''}>${xml(name)}</i>`,
    );
    const share = cellOf(operation, dimension);
    if (items.length < 4) return `<td>${items.join(' ')}</td>`;
    return `<td><details><summary>${share}</summary>${items.join(' ')}</details></td>`;
  });
  const head = `<th scope="row">${xml(id)}<code>${method} ${xml(path)}</code></th>`;
  return `<tr${requests > 0 ? '' : ' class="unused"'}>${head}<td>${requests}</td>${cells.join('')}</tr>`;
}
