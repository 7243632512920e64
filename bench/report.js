// The lines that the bench prints.
import { CASES } from './cases.js';
import { median, ratios, summary } from './statistics.js';

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const shown = ({ median, least, greatest }) =>
  `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`;

/** A table as text: columns as wide as their longest cell, numbers to the right. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('   ')
      .trimEnd();
  return [line(all[0]), widths.map((width) => '-'.repeat(width)).join('   '), ...all.slice(1).map(line)].join(
    '\n',
  );
}

/** The ratios of a case: of the emulator to each other server, in the same rounds. */
export function ratiosOf({ servers }) {
  const { emulator, ...others } = servers;
  return Object.fromEntries(
    Object.entries(others).map(([name, { rate }]) => [name, ratios(emulator.rate, rate)]),
  );
}

/** What the emulator's figures must be and aim at, against the reference. */
export function goalsOf(result) {
  const { must, aim } = CASES[result.case];
  return { must: must?.[result.connections], aim: aim?.[result.connections] };
}

/** The table of a profile's cases. */
export function throughputTable(results) {
  const names = [...new Set(results.flatMap(({ servers }) => Object.keys(servers)))];
  const others = names.filter((name) => name !== 'emulator');
  const rows = results.map((result) => {
    const all = ratiosOf(result);
    const { must, aim } = goalsOf(result);
    const { emulator, reference } = result.servers;
    return [
      `${result.title}, ${result.connections}`,
      ...others.map((name) => (all[name] ? shown(all[name]) : '')),
      must ? `${must} · ${aim}` : '',
      median(reference.rate).toFixed(0),
      median(emulator.rate).toFixed(0),
      (median(emulator.p99) / 1000).toFixed(1),
      (median(emulator.p99) / median(reference.p50)).toFixed(1),
    ];
  });
  const ratioOf = (name) => (name === 'reference' ? 'to R' : `to ${name}`);
  const head = [
    'case, connections',
    ...others.map(ratioOf),
    'must · aim',
    'R/s',
    'emulator/s',
    'p99, ms',
    'p99 to R p50',
  ];
  return table(head, rows);
}

/** The table of what each step costs, one column for each case. */
export function budgetTable(results) {
  const steps = new Map();
  for (const { steps: shares } of Object.values(results))
    for (const { name, share } of shares) steps.set(name, (steps.get(name) ?? 0) + share);
  const order = [...steps].sort(([, one], [, other]) => other - one).map(([name]) => name);
  const cell = ({ us, steps: shares }, step) => {
    const share = shares.find(({ name }) => name === step)?.share ?? 0;
    return share < 0.0005 ? '' : `${(share * us).toFixed(1)} (${percent(share)})`;
  };
  const all = Object.values(results);
  return table(
    ['step, microseconds of a request', ...Object.keys(results)],
    [
      ...order.map((step) => [step, ...all.map((result) => cell(result, step))]),
      ['the whole', ...all.map(({ us }) => us.toFixed(1))],
    ],
  );
}

/** The tables of a profile. */
export function profileTables({ folders, natives, functions }) {
  const rows = (shares, count) => shares.slice(0, count).map(({ name, share }) => [name, percent(share)]);
  return [
    table(['folder of src, with what it calls', 'share'], rows(folders, 30)),
    table(['native work', 'share'], rows(natives, 10)),
    table(['function, alone', 'share'], rows(functions, 40)),
  ].join('\n\n');
}

/** The tables of starts and memory, against the reference. */
export function startsTable({ reference, ...others }) {
  return table(
    ['start', 'ms to the first 200', 'to R', 'RSS idle, MB', 'to R'],
    Object.entries({ reference, ...others }).map(([name, { ms, rss }]) => [
      name,
      shown(summary(ms)),
      shown(ratios(ms, reference.ms)),
      median(rss).toFixed(0),
      shown(ratios(rss, reference.rss)),
    ]),
  );
}

export function memoryTable(results) {
  return table(
    ['memory', 'idle, MB', 'after, MB', 'ratio', 'requests'],
    Object.entries(results).map(([name, { idle, after, requests }]) => [
      ...[name, idle.toFixed(0), after.toFixed(0), (after / idle).toFixed(2), requests],
    ]),
  );
}
