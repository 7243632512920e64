import { useState } from 'preact/hooks';
import { call, scopeOf } from '../../state/api.js';
import { selectedProject } from '../../state/route.js';
import { loadRules } from '../../state/rules.js';
import { useProblem } from '../../ui/use-problem.js';
import { ScopeField } from './scope-field.js';

/** States that a link passes, and can stay in. */
const STAYS = ['PENDING', 'IDLE', 'WORKING'];

/** The fields of a new form. */
const EMPTY = { vendor: '', becomes: 'fail', message: 'The endpoint service refused.', times: '' };

/** A form for what becomes of links that are not created yet. */
export function LinkRuleForm() {
  const [fields, setFields] = useState(EMPTY);
  const [scope, setScope] = useState(selectedProject.value);
  const { attempt, problem } = useProblem();
  const of = (name: keyof typeof EMPTY) => ({
    value: fields[name],
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
      setFields((old) => ({ ...old, [name]: currentTarget.value })),
  });
  const { vendor, becomes, message, times } = fields;
  const rule = {
    ...(vendor.trim() !== '' && { match: { vendor: vendor.trim() } }),
    ...(times !== '' && { times: Number(times) }),
    ...(becomes === 'fail' ? { fail: message } : { staysIn: becomes }),
  };
  const add = async (): Promise<void> => {
    await call('POST', `${scopeOf(scope)}private-link-rules`, rule);
    await loadRules(selectedProject.value);
  };
  return (
    <form
      class="card rule-form"
      aria-label="Add a link rule"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(add());
      }}
    >
      <h3>Add a link rule</h3>
      <div class="fields">
        <ScopeField scope={scope} choose={setScope} />
        <label>
          Vendor
          <input placeholder="any" {...of('vendor')} />
        </label>
        <label>
          New links
          <select {...of('becomes')}>
            <option value="fail">end FAILED</option>
            {STAYS.map((state) => (
              <option value={state} key={state}>{`stay ${state}`}</option>
            ))}
          </select>
        </label>
        {becomes === 'fail' && (
          <label>
            errorMessage
            <input required {...of('message')} />
          </label>
        )}
        <label>
          How many
          <input type="number" min="1" placeholder="all" {...of('times')} />
        </label>
      </div>
      <div class="form-end">
        <button type="submit" class="primary">
          Add rule
        </button>
        <code class="preview">{JSON.stringify(rule)}</code>
      </div>
      {problem}
    </form>
  );
}
