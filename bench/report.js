// The tables that the bench prints, one for each measurement.
import { CASES } from './cases.js';
import { median, quartiles, ratios, summary } from './statistics.js';

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const shown = ({ median, least, greatest }) =>
  Number.isFinite(median)
    ? `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`
    : 'none in time';
const goal = ({ must, aim } = {}) =>
  must === undefined ? '' : aim === undefined ? must : `${must} · ${aim}`;

/** A table as text: columns as wide as their longest cell, all but the first to the right. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    return cells.join('   ').trimEnd();
  };
  return [line(all[0]), widths.map((width) => '-'.repeat(width)).join('   '), ...all.slice(1).map(line)].join(
    '\n',
  );
}

/** The ratios of a case: of the emulator to each other server, in the same rounds. */
export function ratiosOf({ servers: { emulator, ...others } }) {
  return Object.fromEntries(
    Object.entries(others).map(([name, { rate }]) => [name, ratios(emulator.rate, rate)]),
  );
}

/** What a case's ratio to the reference must be and aims at. */
export function goalsOf({ case: name, connections }) {
  const { must, aim } = CASES[name];
  return { must: must?.[connections], aim: aim?.[connections] };
}

/** The cases of one profile. */
function casesTable(results) {
  const names = [...new Set(results.flatMap(({ servers }) => Object.keys(servers)))];
  const others = names.filter((name) => name !== 'emulator');
  const rows = results.map((result) => {
    const all = ratiosOf(result);
    const { emulator, reference } = result.servers;
    const { ofPrism, p99OfR } = CASES[result.case];
    const cpu = ratios(reference.cpu, emulator.cpu);
    const p99 = emulator.p99.map((value, round) => value / reference.p50[round]);
    return [
      `${result.title}, ${result.connections}`,
      ...others.map((name) => (all[name] ? shown(all[name]) + (name === 'Prism' ? `, ${ofPrism}` : '') : '')),
      goal(goalsOf(result)),
      shown(cpu),
      median(reference.rate).toFixed(0),
      median(emulator.rate).toFixed(0),
      (median(emulator.p99) / 1000).toFixed(2),
      p99OfR ? `${median(p99).toFixed(1)} (at most ${p99OfR})` : median(p99).toFixed(1),
    ];
  });
  const ratioTo = (name) => ({ reference: 'to R', Prism: 'to Prism, must' })[name] ?? `to ${name}`;
  const figures = ['R/s', 'emulator/s', 'p99, ms', 'p99 to the median of R'];
  return table(
    ['case, connections', ...others.map(ratioTo), 'must · aim', 'CPU time of R to its', ...figures],
    rows,
  );
}

/** What each step costs, one column for each case. */
function budgetTable(results) {
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
    ['step, microseconds of CPU time', ...Object.keys(results)],
    [
      ...order.map((step) => [step, ...all.map((result) => cell(result, step))]),
      ['the whole', ...all.map(({ us }) => us.toFixed(1))],
      ['the whole of R', ...all.map(({ usOfR }) => usOfR.toFixed(1))],
    ],
  );
}

/** Where the time of a profile goes. */
export function profileTables({ folders, natives, functions }) {
  const rows = (shares, count) => shares.slice(0, count).map(({ name, share }) => [name, percent(share)]);
  return [
    table(['folder of src, with what it calls', 'share'], rows(folders, 30)),
    table(['native work', 'share'], rows(natives, 10)),
    table(['function, alone', 'share'], rows(functions, 40)),
  ].join('\n\n');
}

function startsTable(results) {
  return table(
    ['start', 'ms to the first 200', 'to R (at most 0.6)', 'RSS idle, MB', 'to R (at most 1.1)'],
    Object.entries(results).map(([name, { ms, rss }]) => [
      name,
      shown(summary(ms)),
      shown(ratios(ms, results.reference.ms)),
      median(rss).toFixed(0),
      shown(ratios(rss, results.reference.rss)),
    ]),
  );
}

function memoryTable(results) {
  return table(
    ['RSS', 'idle, MB', 'after, MB', 'ratio (at most 1.6)', 'requests'],
    Object.entries(results).map(([name, { idle, after, requests }]) => [
      ...[name, idle.toFixed(0), after.toFixed(0), (after / idle).toFixed(2), requests],
    ]),
  );
}

/** Durations in milliseconds. @param ms of each build, by name @param spread of several durations */
function timesTable(what, rows, spread) {
  const hasOther = 'against' in rows[0].ms;
  return table(
    [what, 'emulator', 'at most', ...(hasOther ? ['against', 'to against'] : [])],
    rows.map(({ what, goal = '', ms: { emulator, against } }) => {
      const ratio = hasOther && spread(emulator.map((value, index) => value / against[index]));
      const others = hasOther ? [shown(spread(against)), shown(ratio)] : [];
      return [what, shown(spread(emulator)), goal, ...others];
    }),
  );
}

/** The rows of results of each build in each round. */
function stallRows(results) {
  return results.emulator[0].map((row, index) => ({
    ...row,
    ms: Object.fromEntries(
      Object.entries(results).map(([name, rounds]) => [name, rounds.map((round) => round[index].ms)]),
    ),
  }));
}

function inputsTable({ emulator: [results] }) {
  const cell = (ms, [one]) => `${ms.toFixed(2)} ms (${(ms / one).toFixed(1)})`;
  return table(
    ['input of a client', 'n', 'n', '2n', '4n', 'status'],
    results.map(({ name, least, costs, statuses }) => [
      ...[name, least, ...costs.map((ms) => cell(ms, costs)), statuses.join()],
    ]),
  );
}

function growthTable(results) {
  const [kinds, [worlds]] = [Object.keys(results), Object.values(results).map(Object.keys)];
  const cell = (kind, world) => shown(ratios(results[kind][world], results[kind][worlds[0]]));
  return table(
    ['links', ...kinds.map((kind) => `${kind} (at least 0.8)`)],
    worlds.map((world) => [world, ...kinds.map((kind) => cell(kind, world))]),
  );
}

function inspectorTable(results) {
  if (!results) return 'The inspector was not measured: there is no Chromium.';
  const { throughput, smooth } = results;
  const costs = table(
    [
      'with the page open',
      'throughput to closed (at least 0.9; quartiles)',
      'CPU time of the emulator to closed',
    ],
    Object.entries(throughput).map(([view, { ratios: all, cpu }]) => [
      view,
      shown(quartiles(all)),
      (median(cpu.open) / median(cpu.closed)).toFixed(2),
    ]),
  );
  const frames = table(
    ['scrolled while a client runs', 'longest task, ms', 'frames over 50 ms', 'of', '95 % of frames, ms'],
    Object.entries(smooth).map(([view, { longestTask, late, frames, p95 }]) => [
      ...[view, longestTask.toFixed(0), late, frames, p95.toFixed(0)],
    ]),
  );
  return `${costs}\n\n${frames}`;
}

/** The tables of each part of a report. */
export const TABLES = {
  throughput: (results) =>
    [...new Set(results.map(({ profile }) => profile))]
      .map((profile) => `${profile}\n${casesTable(results.filter((result) => result.profile === profile))}`)
      .join('\n\n'),
  budget: budgetTable,
  start: startsTable,
  memory: memoryTable,
  stall: (results) => timesTable('longest turn of the event loop, ms', stallRows(results), summary),
  suite: (results) => timesTable('part of a test suite, ms (quartiles)', results, quartiles),
  inputs: inputsTable,
  growth: growthTable,
  inspector: inspectorTable,
};

/** The versions and the machine, in two lines. */
export function heading({ versions, machine }) {
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${all.join(', ')}\n${machine}`;
}
