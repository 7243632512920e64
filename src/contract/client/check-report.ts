import type { CheckReport, Finding } from '../../client/index.js';

/** How much a finding weighs, the worst first. */
export const SEVERITIES = ['error', 'warning', 'advice'] as const;
type Severity = (typeof SEVERITIES)[number];

/** Clients can send control characters, which would move a terminal's cursor. */
const plain = (text: string): string => text.replace(/\p{Cc}/gu, '?');

/** The formats of a check. */
export const CHECK_FORMATS: Readonly<Record<string, (report: CheckReport, failOn: Severity) => string>> = {
  table: (report) =>
    [
      ...report.findings.flatMap((one) => [...linesOf(one), '']),
      ...report.missing.map((rule) => `expected, and no request has broken it: ${rule}`),
      summaryOf(report),
      '',
    ].join('\n'),
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  junit: junitOf,
};

/** A finding, what to do about it, and its requests. */
function linesOf({ severity, rule, count, expected, ...finding }: Finding): string[] {
  const { problem, mend, source, operation, project, requests } = finding;
  const times = count === 1 ? '1 request' : `${count} requests`;
  const where = [operation ?? 'no operation', ...(project === undefined ? [] : [`project ${project}`])];
  const left = count - requests.length;
  return [
    `${expected ? 'expected' : severity}  ${rule}: ${problem}`,
    `  mend    ${mend}`,
    `  source  ${source}`,
    `  where   ${where.join(', ')} (${times})`,
    ...requests.map(({ at, status, method, path }) => {
      const answer = status === 0 ? 'no response' : status;
      return `          ${at.replace('T', ' ').replace(/\.\d+Z$/, 'Z')}  ${answer}  ${method} ${path}`;
    }),
    ...(left > 0 ? [`          and ${left} before`] : []),
  ].map(plain);
}

function summaryOf({ judged, counts, dropped, missing, findings }: CheckReport): string {
  const { error, warning, advice } = counts;
  const parts = [
    `${error} ${error === 1 ? 'error' : 'errors'}`,
    `${warning} ${warning === 1 ? 'warning' : 'warnings'}`,
    ...(advice > 0 ? [`${advice} advice`] : []),
  ];
  const expected = findings.filter((one) => one.expected).length;
  if (expected > 0) parts.push(`${expected} expected`);
  if (missing.length > 0) parts.push(`${missing.length} missing`);
  if (dropped > 0) parts.push(`${dropped} dropped, because there are too many`);
  return `${parts.join(', ')} in ${judged} ${judged === 1 ? 'request' : 'requests'}.`;
}

/**
 * A test case for each finding; those that do not fail have their text as output.
 *
 * @param failOn the least severity that fails
 */
function junitOf(report: CheckReport, failOn: Severity): string {
  const failing: readonly Severity[] = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  const fails = ({ severity, expected }: Finding): boolean => !expected && failing.includes(severity);
  const cases = report.findings.map((finding) => {
    const { rule, operation = 'no operation', severity, problem } = finding;
    const text = xml(linesOf(finding).join('\n'));
    const outcome = fails(finding)
      ? `<failure type="${severity}" message="${xml(problem)}">${text}</failure>`
      : `<system-out>${text}</system-out>`;
    return `    <testcase classname="contract.${xml(rule)}" name="${xml(operation)}">${outcome}</testcase>`;
  });
  const others = [
    ...report.missing.map((rule) => [rule, 'expected, and no request has broken it'] as const),
    ...(report.dropped > 0
      ? [['dropped', `${report.dropped} findings were dropped, because there are too many`] as const]
      : []),
  ].map(([name, message]) => {
    const failure = `<failure type="error" message="${xml(message)}"/>`;
    return `    <testcase classname="contract" name="${xml(name)}">${failure}</testcase>`;
  });
  const none = cases.length + others.length > 0 ? [] : ['    <testcase classname="contract" name="check"/>'];
  const all = [...cases, ...others, ...none];
  const failures = report.findings.filter(fails).length + others.length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="contract" tests="${all.length}" failures="${failures}">`,
    ...all,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

/** Text of XML or HTML; characters that XML cannot have become question marks. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd]/g, '?')
    .replace(/[<>&"]/g, (character) => ENTITIES[character] ?? '');
}
