import type { Fault, KeptPrivateLinkRule } from '../../../client/types.generated.js';
import { call, scopeOf } from '../../state/api.js';
import { nameOf } from '../../state/projects.js';
import { selectedProject } from '../../state/route.js';
import { faults, linkRules, loadRules, type Scoped } from '../../state/rules.js';
import { loadOperations } from '../../state/operations.js';
import { useProblem } from '../../ui/use-problem.js';
import { useRefresh } from '../../ui/use-refresh.js';
import { FaultForm } from './fault-form.js';
import { LinkRuleForm } from './link-rule-form.js';

/** Fault rules and rules for links to come, with how often each acted, and forms that add them. */
export function FaultsView() {
  const project = selectedProject.value;
  const { attempt, problem } = useProblem('notice bad');
  const load = (): Promise<void> => attempt(Promise.all([loadRules(project), loadOperations()]));
  // A rule can match without an event: while it skips the first requests.
  useRefresh(load, 1000, project);
  const remove =
    (path: string, { id, scope }: Scoped<{ readonly id: string }>) =>
    () => {
      const removed = call('DELETE', `${scopeOf(scope)}${path}/${encodeURIComponent(id)}`);
      void attempt(removed.then(() => loadRules(project)));
    };
  return (
    <div class="page">
      <h1>Faults and rules</h1>
      <p class="lead">
        A fault rule changes how the requests that it matches are answered. A link rule changes what becomes
        of links that are not created yet.
      </p>
      {problem}
      <section aria-labelledby="faults-title">
        <h2 id="faults-title">Fault rules</h2>
        {faults.value.length === 0 ? (
          <p class="nothing">No fault rule: every request is answered as Atlas would.</p>
        ) : (
          <div class="scroll-x" tabIndex={0} role="region" aria-label="Table of fault rules">
            <table>
              <thead>
                <tr>
                  <th scope="col">Rule</th>
                  <th scope="col">Scope</th>
                  <th scope="col">Matches</th>
                  <th scope="col">Does</th>
                  <th scope="col" class="number">
                    Matched
                  </th>
                  <th scope="col" class="number">
                    Fired
                  </th>
                  <th scope="col">
                    <span class="offscreen">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {faults.value.map((fault) => (
                  <tr key={fault.scope + fault.id}>
                    <td class="mono">{fault.id}</td>
                    <td>{fault.scope === '' ? 'server' : nameOf(fault.scope)}</td>
                    <td class="breaks">{matchText(fault)}</td>
                    <td>{actionText(fault)}</td>
                    <td class="number mono">{fault.matched}</td>
                    <td class="number mono">
                      {fault.fired}
                      {fault.times !== undefined && <span class="muted">{` of ${fault.times}`}</span>}
                    </td>
                    <td class="number">
                      <button
                        type="button"
                        class="small"
                        onClick={remove('faults', fault)}
                        aria-label={`Delete ${fault.id}`}
                      >
                        Delete
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <FaultForm />
      </section>
      <section aria-labelledby="rules-title">
        <h2 id="rules-title">Link rules</h2>
        {linkRules.value.length === 0 ? (
          <p class="nothing">No link rule: new links move through the states of their profile.</p>
        ) : (
          <div class="scroll-x" tabIndex={0} role="region" aria-label="Table of link rules">
            <table>
              <thead>
                <tr>
                  <th scope="col">Scope</th>
                  <th scope="col">New links</th>
                  <th scope="col">What becomes of them</th>
                  <th scope="col" class="number">
                    Left
                  </th>
                  <th scope="col">
                    <span class="offscreen">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {linkRules.value.map((kept) => (
                  <tr key={kept.id}>
                    <td>{kept.scope === '' ? 'server' : nameOf(kept.scope)}</td>
                    <td>{linkText(kept)}</td>
                    <td>
                      {'fail' in kept.rule ? `end FAILED: ${kept.rule.fail}` : `stay ${kept.rule.staysIn}`}
                    </td>
                    <td class="number mono">{kept.timesLeft ?? 'all'}</td>
                    <td class="number">
                      <button type="button" class="small" onClick={remove('private-link-rules', kept)}>
                        Delete
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <LinkRuleForm />
      </section>
    </div>
  );
}

/** The requests that a rule matches, in words. */
function matchText({ match = {}, skip, share, before }: Fault): string {
  const { operation, method, path, caller, body } = match;
  const parts = [
    operation ?? [method, path].filter(Boolean).join(' '),
    caller === undefined ? '' : `from ${caller}`,
    body === undefined ? '' : `with ${JSON.stringify(body)}`,
    skip === undefined ? '' : `after the first${skip === 1 ? '' : ` ${skip}`}`,
    share === undefined ? '' : `${Math.round(share * 100)} % of them`,
    before === undefined ? '' : 'before the credentials',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'every request' : parts.join(', ');
}

/** What a rule does, in words. */
function actionText(fault: Fault): string {
  if ('answer' in fault) return `answers ${fault.answer.status}`;
  if ('error' in fault) return `answers ${fault.error}`;
  if ('rateLimit' in fault) return `429, retry after ${fault.rateLimit.retryAfterS ?? 1} s`;
  if ('delayMs' in fault) return `delays by ${fault.delayMs} ms`;
  if ('drop' in fault) return `closes the connection ${fault.drop} the work`;
  return 'cuts the response in half';
}

/** The links that a rule is for, in words. */
function linkText({ rule: { match = {} } }: KeptPrivateLinkRule): string {
  const parts = Object.values(match).filter((part) => typeof part === 'string');
  return parts.length === 0 ? 'all' : parts.join(' · ');
}
