import type { RequestReport } from '../../../client/types.generated.js';

/** The steps of a request, in order, as docs/architecture.md describes them. */
const STEPS: readonly RequestReport['rung'][] = [
  ...(['route', 'scripted answer', 'credentials', 'faults', 'media type', 'query'] as const),
  ...(['project', 'body', 'fields', 'state', 'answer'] as const),
];

/** Which step decided the response, and for a refusal by which rule, where that comes from, and what would pass. */
export function Why({ report: { rung, refusal, status } }: { readonly report: RequestReport }) {
  const decided = STEPS.indexOf(rung);
  const isRefused = refusal !== undefined;
  return (
    <section class={isRefused ? 'why refused' : 'why'} aria-label="What decided the response">
      <ol class="steps">
        {STEPS.map((step, index) => (
          <li
            key={step}
            class={index < decided ? 'passed' : index === decided ? 'decided' : 'not-reached'}
            aria-current={index === decided ? 'step' : undefined}
          >
            {step}
          </li>
        ))}
      </ol>
      {isRefused ? (
        <dl>
          <dt>Refused by</dt>
          <dd>
            {`step ${decided + 1}, ${rung} `}
            <code>{refusal.name}</code>
          </dd>
          <dt>Rule</dt>
          <dd>{refusal.rule}</dd>
          <dt>Source</dt>
          <dd>{refusal.source}</dd>
          <dt>What would pass</dt>
          <dd class="remedy">{refusal.remedy}</dd>
        </dl>
      ) : (
        <p class="muted">
          {status === 0 ? 'The connection closed before a response was sent.' : 'It passed all steps.'}
        </p>
      )}
    </section>
  );
}
