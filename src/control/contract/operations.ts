import { Type, type Static } from '@sinclair/typebox';
import { ControlError } from '../../http/control-error.js';
import { stepConditions } from '../../http/conditions.js';
import { controlGroup, type AtlasOperation, type ControlOperation } from '../../http/operation.js';
import { redactTarget } from '../../http/observation/redaction.js';
import { component, integer, moment, object, oneOf, strict, text } from '../../http/schema.js';
import { DIMENSIONS, SCOPES, sharesOf } from './coverage.js';
import type { Finding } from './findings.js';
import type { Judge } from './judge.js';
import { isMistake, RULES, SEVERITIES, type Severity } from './rules.js';

const severity = oneOf(SEVERITIES, 'How much it weighs.');

/** What a finding says. */
export const findingTexts = {
  rule: text('The rule: a condition of docs/errors.md, or a rule of docs/rules.md.'),
  severity,
  source: text('The source of the rule.'),
  problem: text('What is wrong.'),
  mend: text('What the client should do.'),
};

const findingSchema = component('Finding', 'A rule that requests have broken.', {
  ...findingTexts,
  operation: Type.Optional(text('The operationId.')),
  project: Type.Optional(text('The id of the project, even if it was deleted.')),
  expected: Type.Boolean({ description: 'Whether the check expects it.' }),
  count: integer('The number of requests.'),
  requests: Type.Array(
    Type.Object({
      seq: integer('The number of the request.'),
      at: moment('When it was answered, in real time.'),
      method: text('The HTTP method.'),
      path: text('The path and the query.'),
      status: integer('The status of the response; 0 if none was sent.'),
      caller: Type.Optional(text('The public key or client id of the caller.')),
    }),
    { description: 'The last of them, oldest first.' },
  ),
});

const counts = object(
  'The number of findings of each severity that are not expected.',
  Object.fromEntries(SEVERITIES.map((name) => [name, integer(`Findings of the severity ${name}.`)])),
);

const checkReport = component('CheckReport', 'What clients have done wrong.', {
  passed: Type.Boolean({
    description: 'Whether there is no finding that fails, and each expected one is there.',
  }),
  judged: integer('The number of requests that were judged.'),
  counts,
  findings: Type.Array(findingSchema, { description: 'The worst first.' }),
  missing: Type.Array(Type.String(), { description: 'Expected rules that no request has broken.' }),
  dropped: integer('Findings that fail and were dropped: there were too many.'),
});

const rules = (description: string) =>
  Type.Optional(Type.Array(Type.String(), { description, maxItems: 100 }));

const checkOptions = Type.Object(
  {
    ignore: rules('Rules whose findings are left out.'),
    expect: rules('Rules that requests break on purpose: their findings do not fail, and their lack does.'),
    failOn: Type.Optional(oneOf(SEVERITIES, 'The least severity that fails.', { default: 'error' })),
  },
  strict,
);

const share = object('A share of what is emulated.', {
  covered: integer('How many were exercised.'),
  total: integer('How many are emulated.'),
  percent: integer('The share, from 0 to 100.'),
});

const item = component('CoverageItem', 'Something that is emulated.', {
  name: text('What it is.'),
  covered: Type.Boolean({ description: 'Whether a request has exercised it.' }),
});

const DIMENSION_TEXTS = {
  versions: 'Versions of the API.',
  statuses: 'Statuses of responses.',
  errors: 'Error codes, with the condition.',
  fields: 'Fields of bodies and, after a question mark, query parameters.',
  values: 'Values of enumerations.',
  states: 'States in responses.',
} as const;

const coverageReport = component('CoverageReport', 'What requests have exercised of what is emulated.', {
  shares: object(
    'Shares of all operations together.',
    Object.fromEntries(['all', 'operations', ...DIMENSIONS].map((name) => [name, share])),
  ),
  operations: Type.Array(
    component('OperationCoverage', 'What was exercised of an operation.', {
      id: text('The operationId.'),
      method: text('The HTTP method.'),
      path: text('The path.'),
      tag: text('The group of operations.'),
      requests: integer('The number of requests.'),
      ...(Object.fromEntries(
        DIMENSIONS.map((name) => [name, Type.Array(item, { description: DIMENSION_TEXTS[name] })]),
      ) as Record<(typeof DIMENSIONS)[number], ReturnType<typeof Type.Array<typeof item>>>),
    }),
    { description: 'All operations that are emulated.' },
  ),
});

const contract = controlGroup('/contract', {
  scope: 'both',
  tag: 'Whether clients keep to the contract of Atlas.',
});

/** The operations on findings and coverage. @param judge undefined if requests are not judged */
export function contractOperations(
  judge: Judge | undefined,
  operations: readonly AtlasOperation[],
): readonly ControlOperation[] {
  const judging = (): Judge => {
    if (judge) return judge;
    throw new ControlError(409, 'Requests are not judged: the emulator runs with --no-findings.');
  };
  return [
    contract('checkContract', 'POST', '/check', {
      summary: 'Returns what clients have done wrong. Findings outlive the recorded requests.',
      body: { schema: checkOptions, optional: true },
      response: checkReport,
      errors: [409],
      handle: ({ project, body }) => check(judging(), project?.id, body, operations),
    }),
    contract('getCoverage', 'GET', '/coverage', {
      summary:
        'Returns which operations, versions, statuses, errors, fields, values and states were exercised.',
      response: coverageReport,
      errors: [409, 410],
      handle({ project }) {
        const { coverage } = judging();
        if (project && !coverage.isWhole(project.id)) {
          const problem = `The requests of project ${project.id} are no longer counted separately: more than ${SCOPES} projects were used since.`;
          throw new ControlError(410, problem);
        }
        const report = coverage.report(project?.id);
        return { shares: sharesOf(report), operations: report };
      },
    }),
    contract('forgetContract', 'DELETE', '', {
      summary: 'Forgets findings and coverage; later checks begin here.',
      errors: [409],
      handle: ({ project }) => judging().forget(project?.id),
    }),
  ];
}

/** @throws {ControlError} 400 for a rule that does not exist: it would silently match nothing */
function checkRules(named: readonly string[], operations: readonly AtlasOperation[]): void {
  const all = [
    ...Object.values(stepConditions),
    ...operations.map(({ conditions = [] }) => conditions),
  ].flat();
  const known = [...all.map(({ name }) => name).filter(isMistake), ...Object.keys(RULES)];
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const names = [...new Set(known)].sort().join(', ');
  throw new ControlError(400, `There is no rule ${unknown}. There are: ${names}.`);
}

function check(
  judge: Judge,
  project: string | undefined,
  { ignore = [], expect = [], failOn = 'error' }: Static<typeof checkOptions>,
  operations: readonly AtlasOperation[],
): Static<typeof checkReport> {
  checkRules([...ignore, ...expect], operations);
  const { findings } = judge;
  const failing = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  const found = findings.select(project).filter(({ rule }) => !ignore.includes(rule));
  const unexpected = found.filter(({ rule }) => !expect.includes(rule));
  const missing = expect.filter((rule) => !found.some((one) => one.rule === rule));
  const dropped = failing.reduce((sum, name) => sum + findings.dropped[name], 0);
  const countOf = (name: Severity): number => unexpected.filter((one) => one.severity === name).length;
  const fails = unexpected.some((one) => failing.includes(one.severity));
  return {
    passed: !fails && missing.length === 0 && dropped === 0,
    judged: judge.judged(project),
    counts: Object.fromEntries(SEVERITIES.map((name) => [name, countOf(name)])),
    findings: SEVERITIES.flatMap((name) => found.filter((one) => one.severity === name)).map((one) =>
      shown(one, expect.includes(one.rule)),
    ),
    missing,
    dropped,
  };
}

function shown(finding: Finding, expected: boolean): Static<typeof findingSchema> {
  const { rule, severity, source, problem, mend, operation, project, count, requests } = finding;
  return {
    ...{ rule, severity, source, problem, mend, expected, count },
    ...(operation !== undefined && { operation }),
    ...(project !== undefined && { project }),
    requests: requests.map(({ seq, at, method, url, status, caller }) => ({
      ...{ seq, at: new Date(at).toISOString(), method, path: redactTarget(url), status },
      ...(caller !== undefined && { caller }),
    })),
  };
}
