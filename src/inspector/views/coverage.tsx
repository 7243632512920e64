import { useEffect, useState } from 'preact/hooks';
import type { CoverageItem, CoverageReport, OperationCoverage } from '../../client/types.generated.js';
import { COVERAGE, useReport } from '../state/contract.js';
import { loadOperations, notEmulated } from '../state/operations.js';
import { goTo } from '../state/route.js';
import { ForgetButton } from '../ui/forget-button.js';
import { stateClass, toneOf } from '../ui/status.js';
import { filter } from './requests/filter.js';

/** What is counted of an operation, beside its statuses. */
const DETAILS = ['errors', 'states', 'versions', 'fields', 'values'] as const;

/** The kinds of what is counted, in the order in which they are shown. */
const TITLES: Readonly<Record<keyof CoverageReport['shares'], string>> = {
  all: 'Everything',
  operations: 'Operations',
  statuses: 'Statuses',
  errors: 'Errors',
  states: 'States',
  versions: 'Versions',
  fields: 'Fields',
  values: 'Values',
};

/** The operations by their documented responses, and the states: filled where a request has had them. */
export function CoverageView() {
  const { report, problem } = useReport(COVERAGE, 1000);
  useEffect(() => void loadOperations().catch(() => undefined), [report]);
  // Operations that a client used come first.
  const all = [...(report?.operations ?? [])].sort(
    (one, other) => Number(other.requests > 0) - Number(one.requests > 0),
  );
  const statuses = [...new Set(all.flatMap((one) => one.statuses.map(({ name }) => name)))].sort();
  return (
    <div class="page wide">
      <div class="view-head">
        <h1>Coverage</h1>
        {all.some(({ requests }) => requests > 0) && <ForgetButton />}
      </div>
      <p class="lead">
        What your clients have met of what is documented. An empty cell is a response that they were never
        tested with. Open an operation for its errors, states, versions and fields. The command{' '}
        <code>coverage</code> prints the same.
      </p>
      {problem !== '' && <p class="notice bad">{problem}</p>}
      {report && (
        <>
          <Shares shares={report.shares} />
          <div class="scroll-x" tabIndex={0} role="region" aria-label="Responses by operation">
            <table class="matrix">
              <thead>
                <tr>
                  <th scope="col">Operation</th>
                  {statuses.map((status) => (
                    <th scope="col" key={status}>
                      {status}
                    </th>
                  ))}
                  <th scope="col" class="number">
                    Requests
                  </th>
                </tr>
              </thead>
              <tbody>
                {all.map((one) => (
                  <OperationRows operation={one} statuses={statuses} key={one.id} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      {notEmulated.value.length > 0 && (
        <>
          <h2>Requested, and not emulated</h2>
          <p>{notEmulated.value.join(', ')}</p>
        </>
      )}
    </div>
  );
}

/** How much of each kind was exercised. */
function Shares({ shares }: { readonly shares: CoverageReport['shares'] }) {
  const names = Object.keys(TITLES) as (keyof typeof shares)[];
  return (
    <dl class="shares">
      {names.map((name) => (
        <div key={name}>
          <dt>{TITLES[name]}</dt>
          <dd>
            <meter min={0} max={shares[name].total} value={shares[name].covered} aria-label={TITLES[name]} />
            <span>{`${shares[name].covered} of ${shares[name].total}`}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A row with the statuses of an operation, and, if it is opened, one with everything else. */
function OperationRows(props: {
  readonly operation: OperationCoverage;
  readonly statuses: readonly string[];
}) {
  const { operation, statuses } = props;
  const { id, method, path, requests } = operation;
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <tr>
        <th scope="row" title={`${method} ${path}`}>
          <button type="button" class="disclosure" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {id}
          </button>
        </th>
        {statuses.map((status) => (
          <td key={status}>
            <Cell item={operation.statuses.find(({ name }) => name === status)} id={id} />
          </td>
        ))}
        <td class="number mono">{requests === 0 ? <span class="muted">0</span> : requests}</td>
      </tr>
      {isOpen && (
        <tr>
          <td class="details" colSpan={statuses.length + 2}>
            <dl class="facts">
              {DETAILS.map((name) => (
                <Items name={name} items={operation[name]} key={name} />
              ))}
            </dl>
          </td>
        </tr>
      )}
    </>
  );
}

/** A documented status: leads to the requests that had it. */
function Cell({ item, id }: { readonly item: CoverageItem | undefined; readonly id: string }) {
  if (!item) return null;
  const { name, covered } = item;
  if (!covered) {
    return (
      <span class="cell unseen">
        <span class="offscreen">not seen</span>
      </span>
    );
  }
  const show = (): void => {
    filter.operation.value = id;
    filter.status.value = name;
    goTo({ view: 'requests', item: '' });
  };
  return (
    <button
      type="button"
      class={`cell seen ${toneOf(Number(name))}`}
      aria-label={`${id} ${name}: show the requests`}
      onClick={show}
    >
      ✓
    </button>
  );
}

/** What is emulated of one kind, and what of it has occurred. */
function Items({
  name,
  items,
}: {
  readonly name: (typeof DETAILS)[number];
  readonly items: readonly CoverageItem[];
}) {
  if (items.length === 0) return null;
  const covered = items.filter((one) => one.covered).length;
  return (
    <>
      <dt>
        {TITLES[name]} <span class="muted">{`${covered} of ${items.length}`}</span>
      </dt>
      <dd class="items">
        {items.map((one) => (
          <span
            key={one.name}
            class={
              one.covered ? `item ${name === 'states' ? `state ${stateClass(one.name)}` : ''}` : 'item unseen'
            }
          >
            {one.name}
            <span class="offscreen">{one.covered ? ' seen' : ' not seen'}</span>
          </span>
        ))}
      </dd>
    </>
  );
}
