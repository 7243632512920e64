import { useEffect, useState } from 'preact/hooks';
import type { RequestReport } from '../../../client/types.generated.js';
import { call, EMULATOR_URL, messageOf } from '../../state/api.js';
import { nameOf } from '../../state/projects.js';
import { goTo, hrefOf } from '../../state/route.js';
import { preparationsOf, rowOf } from '../../state/rows.js';
import { CopyButton } from '../../ui/copy-button.js';
import { duration, moment, shortId } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { toneOf } from '../../ui/status.js';
import { asAssertion, asCurl, asFaultRule } from './copies.js';
import { Message } from './message.js';
import { Why } from './why.js';

/** One request: why it was answered so, and both messages. */
export function RequestDetail({ seq }: { readonly seq: number }) {
  const row = rowOf(seq);
  const parts = row ? [...preparationsOf(row), row].map((one) => one.seq) : [seq];
  const [part, setPart] = useState(seq);
  const [report, setReport] = useState<RequestReport>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let isCurrent = true;
    call<RequestReport>('GET', `requests/${part}`).then(
      (found) => {
        if (!isCurrent) return;
        setReport(found);
        setProblem('');
      },
      (error: unknown) => {
        if (isCurrent) setProblem(messageOf(error));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [part]);
  const close = (): void => {
    goTo({ view: 'requests', item: '' });
    document.querySelector<HTMLElement>('.rows')?.focus();
  };
  return (
    <section
      class="pane detail"
      aria-label={`Request ${seq}`}
      onKeyDown={({ key }) => key === 'Escape' && close()}
    >
      <div class="detail-head">
        <h2>
          <b class="method">{report?.method ?? '…'}</b> {report?.operation ?? `Request ${seq}`}
          {report && <span class={`status ${toneOf(report.status)}`}>{report.status || 'no response'}</span>}
        </h2>
        <button type="button" class="plain" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {parts.length > 1 && <Parts parts={parts} part={part} choose={setPart} />}
      {problem !== '' && <p class="notice bad">{problem}</p>}
      {report && problem === '' && <Report report={report} />}
    </section>
  );
}

/** The requests that belong together: a challenge or a token, and the call. */
function Parts(props: {
  readonly parts: readonly number[];
  readonly part: number;
  readonly choose: (seq: number) => void;
}) {
  const { parts, part, choose } = props;
  const last = rowOf(parts.at(-1) ?? 0);
  const titleOf = (seq: number): string =>
    seq === last?.challenge ? 'Challenge' : seq === last?.token ? 'Token' : 'Call';
  return (
    <div class="parts" role="group" aria-label="Requests that belong together">
      {parts.map((seq) => (
        <button key={seq} type="button" aria-pressed={seq === part} onClick={() => choose(seq)}>
          {titleOf(seq)} <span class="muted">{rowOf(seq)?.status}</span>
        </button>
      ))}
    </div>
  );
}

/** What is known of a request: why, what belongs to it, and the messages. */
function Report({ report }: { readonly report: RequestReport }) {
  const { seq, path, project, caller, tookMs, version, at, faults = [], item, request, response } = report;
  // The rule that refused it is shown already.
  const broken = report.findings.filter(({ rule }) => rule !== report.refusal?.name);
  return (
    <div class="detail-body">
      <p class="path mono">{path}</p>
      <div class="copies">
        <CopyButton label="Copy as curl" text={() => asCurl(report)} />
        <CopyButton label="Copy as fault rule" text={() => asFaultRule(report)} />
        <CopyButton label="Copy as assertion" text={() => asAssertion(report)} />
      </div>
      <Why report={report} />
      {broken.map(({ rule, severity, source, problem, mend }) => (
        <p class="notice warn" key={rule + problem}>
          <span class={`badge ${severity}`}>{severity}</span> <b>{problem}</b> {mend}{' '}
          <span class="muted">{`Rule ${rule}, source: ${source}.`}</span>
        </p>
      ))}
      <dl class="facts">
        <dt>Answered</dt>
        <dd>{`${moment(Date.parse(at))}, after ${duration(tookMs)}`}</dd>
        {report.projectTime !== undefined && (
          <>
            <dt>Project's time</dt>
            <dd>{moment(Date.parse(report.projectTime))}</dd>
          </>
        )}
        <dt>Project</dt>
        <dd>{project === undefined ? 'none' : `${nameOf(project)} (${project})`}</dd>
        <dt>Caller</dt>
        <dd>{caller ?? 'not authenticated'}</dd>
        {version !== undefined && (
          <>
            <dt>Version</dt>
            <dd>{version}</dd>
          </>
        )}
        {item !== undefined && project !== undefined && (
          <>
            <dt>Link</dt>
            <dd>
              <a href={hrefOf({ view: 'timeline', item, project })}>{`${shortId(item)} on the timeline`}</a>
            </dd>
          </>
        )}
        {faults.length > 0 && (
          <>
            <dt>Fault rules</dt>
            <dd>
              <a href={hrefOf({ view: 'faults' })}>{faults.join(', ')}</a>
            </dd>
          </>
        )}
        <dt>Number</dt>
        <dd>
          <a href={`${EMULATOR_URL}/_emulator/requests/${seq}`}>{seq}</a>
        </dd>
      </dl>
      <Message title="Request" line={`${report.method} ${path}`} message={request} />
      <Message
        title="Response"
        line={report.status === 0 ? 'none was sent' : `HTTP ${report.status}`}
        message={response}
      />
    </div>
  );
}
