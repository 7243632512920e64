import type { Finding } from '../../client/types.generated.js';
import { CHECK, useReport } from '../state/contract.js';
import { nameOf } from '../state/projects.js';
import { hrefOf } from '../state/route.js';
import { ForgetButton } from '../ui/forget-button.js';
import { counted } from '../ui/format.js';
import { toneOf } from '../ui/status.js';

/** What the contract check found, grouped by rule. */
export function ContractView() {
  const { report, problem } = useReport(CHECK, 500);
  const byRule = new Map<string, Finding[]>();
  for (const one of report?.findings ?? []) byRule.set(one.rule, [...(byRule.get(one.rule) ?? []), one]);
  return (
    <div class="page">
      <div class="view-head">
        <h1>Contract</h1>
        {byRule.size > 0 && <ForgetButton />}
      </div>
      <p class="lead">
        What your clients do wrong, even where they were answered. The command <code>check</code> prints the
        same, and fails a build.
      </p>
      {problem !== '' && <p class="notice bad">{problem}</p>}
      {report && (
        <p class="muted" role="status">
          {counted(report.judged, 'request')} judged
          {report.findings.length > 0 && `: ${summaryOf(report.counts)}`}
        </p>
      )}
      {report?.findings.length === 0 && (
        <p class="nothing">
          {report.judged === 0
            ? 'Requests are judged as they are answered. Send some, and what is wrong with them appears here.'
            : 'Nothing is wrong with them.'}
        </p>
      )}
      {[...byRule].map(([rule, all]) => (
        <RuleCard rule={rule} all={all} key={rule} />
      ))}
    </div>
  );
}

/** The number of findings, in words. */
function summaryOf({ error, warning, advice }: Readonly<Record<Finding['severity'], number>>): string {
  const parts = [
    error > 0 ? counted(error, 'error') : '',
    warning > 0 ? counted(warning, 'warning') : '',
    advice > 0 ? counted(advice, 'piece of advice', 'pieces of advice') : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** The findings of a rule, whose source is that of the rule. */
function RuleCard({ rule, all }: { readonly rule: string; readonly all: readonly Finding[] }) {
  const [first] = all;
  const count = all.reduce((sum, one) => sum + one.count, 0);
  return (
    <section class="card" aria-label={rule}>
      <h2>
        <code>{rule}</code> <span class={`badge ${first?.severity ?? ''}`}>{first?.severity}</span>{' '}
        <span class="muted">{`${counted(count, 'request')}, source: ${first?.source ?? ''}`}</span>
      </h2>
      {all.map((finding, index) => (
        <FindingItem finding={finding} key={index} />
      ))}
    </section>
  );
}

/** One finding: what is wrong, what to do, and the requests. */
function FindingItem({ finding }: { readonly finding: Finding }) {
  const { problem, mend, operation, project, count, requests } = finding;
  const where = [operation, project === undefined ? '' : nameOf(project)].filter(Boolean).join(' · ');
  return (
    <div class="finding">
      <p>
        <b>{problem}</b> {mend}
      </p>
      <p class="muted">
        {where}
        {count > requests.length && ` · the last ${requests.length} of ${counted(count, 'request')}`}
      </p>
      <ul class="touches">
        {requests.map(({ seq, method, path, status }) => (
          <li key={seq}>
            <a href={hrefOf({ view: 'requests', item: String(seq) })}>
              <span class="mono">{`#${seq}`}</span>
              <span class={`status ${toneOf(status)}`}>{status || 'none'}</span>
              <b class="method">{method}</b>
              <span class="operation mono">{path.replace('/api/atlas/v2', '')}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
