import { useState } from 'preact/hooks';
import { call, scopeOf } from '../../state/api.js';
import { operations } from '../../state/operations.js';
import { selectedProject } from '../../state/route.js';
import { loadRules } from '../../state/rules.js';
import { useProblem } from '../../ui/use-problem.js';
import { ScopeField } from './scope-field.js';

/** What a rule does, as the form offers it. */
const ACTIONS = {
  error: 'Answer a documented error',
  answer: 'Answer a status',
  rateLimit: 'Answer 429 with Retry-After',
  delayMs: 'Delay',
  drop: 'Close the connection',
  truncate: 'Cut the response in half',
} as const;
type Action = keyof typeof ACTIONS;

/** Tokens are requested by operations that belong to no project. */
const TOKEN_OPERATIONS = ['createToken', 'revokeToken'];

/** The fields of a new form, as text: those of actions that are not chosen are not sent. */
const EMPTY = {
  action: 'error' as Action,
  operation: '',
  error: '',
  status: '503',
  retryAfterS: '2',
  delayMs: '1000',
  drop: 'before',
  times: '1',
  skip: '',
  caller: '',
  before: false,
};
type Fields = typeof EMPTY;

/** A form that knows the operations and the errors that they document. */
export function FaultForm() {
  const [fields, setFields] = useState(EMPTY);
  const [scope, setScope] = useState(selectedProject.value);
  const { attempt, problem } = useProblem();
  const set = (changed: Partial<Fields>): void => setFields((old) => ({ ...old, ...changed }));
  const of = (name: keyof Fields) => ({
    value: String(fields[name]),
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
      set({ [name]: currentTarget.value }),
  });
  const isToken = TOKEN_OPERATIONS.includes(fields.operation);
  const known = operations.value.filter(({ path }) => scope === '' || path.includes('{groupId}'));
  const codes = codesOf(fields.operation);
  const rule = ruleOf({ ...fields, error: fields.error || (codes[0]?.code ?? '') });
  const add = async (): Promise<void> => {
    await call('POST', `${scopeOf(isToken ? '' : scope)}faults`, rule);
    await loadRules(selectedProject.value);
  };
  return (
    <form
      class="card rule-form"
      aria-label="Add a fault rule"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(add());
      }}
    >
      <h3>Add a fault rule</h3>
      <div class="fields">
        <ScopeField scope={scope} choose={setScope} />
        <label>
          Operation
          <select {...of('operation')} onChange={() => set({ error: '' })}>
            <option value="">Any operation</option>
            {known.map(({ id }) => (
              <option key={id}>{id}</option>
            ))}
            {scope === '' && TOKEN_OPERATIONS.map((id) => <option key={id}>{id}</option>)}
          </select>
        </label>
        <label>
          What it does
          <select {...of('action')}>
            {Object.entries(ACTIONS).map(([name, title]) => (
              <option value={name} key={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {fields.action === 'error' && (
          <label>
            Error
            <select {...of('error')} value={fields.error || codes[0]?.code}>
              {codes.map(({ code, status }) => (
                <option value={code} key={code}>{`${status} ${code}`}</option>
              ))}
            </select>
          </label>
        )}
        {fields.action === 'answer' && (
          <label>
            Status
            <input type="number" min="200" max="599" required {...of('status')} />
          </label>
        )}
        {fields.action === 'rateLimit' && (
          <label>
            Retry after, seconds
            <input type="number" min="0" required {...of('retryAfterS')} />
          </label>
        )}
        {fields.action === 'delayMs' && (
          <label>
            Milliseconds
            <input type="number" min="1" required {...of('delayMs')} />
          </label>
        )}
        {fields.action === 'drop' && (
          <label>
            When
            <select {...of('drop')}>
              <option value="before">before the work</option>
              <option value="after">after the work, so the client does not learn of it</option>
            </select>
          </label>
        )}
        <label>
          How often
          <input type="number" min="1" placeholder="always" {...of('times')} />
        </label>
        <label>
          Skip the first
          <input type="number" min="0" placeholder="0" {...of('skip')} />
        </label>
        <label>
          Caller
          <input placeholder="any" disabled={fields.before} {...of('caller')} />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={fields.before}
            onChange={({ currentTarget }) => set({ before: currentTarget.checked })}
          />
          Before the credentials
        </label>
      </div>
      <div class="form-end">
        <button type="submit" class="primary" disabled={operations.value.length === 0}>
          Add rule
        </button>
        <code class="preview">{JSON.stringify(rule)}</code>
      </div>
      {problem}
    </form>
  );
}

/** The errors that an operation documents, or all operations. */
function codesOf(operation: string): { readonly code: string; readonly status: number }[] {
  const answers = operations.value
    .filter(({ id }) => operation === '' || id === operation)
    .flatMap((one) => one.answers);
  const found = new Map(answers.flatMap(({ status, codes }) => codes.map((code) => [code, status] as const)));
  return [...found]
    .map(([code, status]) => ({ code, status }))
    .sort((one, other) => one.status - other.status);
}

/** The body of the call that adds the rule. */
function ruleOf({ action, operation, caller, times, skip, before, ...fields }: Fields): object {
  const match = {
    ...(operation !== '' && { operation }),
    ...(caller !== '' && !before && { caller }),
  };
  const does = {
    error: { error: fields.error },
    answer: { answer: { status: Number(fields.status) } },
    rateLimit: { rateLimit: { retryAfterS: Number(fields.retryAfterS) } },
    delayMs: { delayMs: Number(fields.delayMs) },
    drop: { drop: fields.drop },
    truncate: { truncate: true },
  }[action];
  return {
    ...(Object.keys(match).length > 0 && { match }),
    ...(times !== '' && { times: Number(times) }),
    ...(skip !== '' && { skip: Number(skip) }),
    ...(before && { before: 'credentials' }),
    ...does,
  };
}
