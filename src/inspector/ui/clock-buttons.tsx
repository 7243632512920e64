import { useState } from 'preact/hooks';
import { clockOf, moveClock } from '../state/clocks.js';
import { useProblem } from './use-problem.js';

/** The steps that are offered: as the control API takes them, and as text. */
const STEPS = [
  ['1s', '+1 s'],
  ['1m', '+1 min'],
  ['1h', '+1 h'],
] as const;

/** Freezes, resumes and advances a clock. @param project empty for the server's */
export function ClockButtons({ project }: { readonly project: string }) {
  const [by, setBy] = useState('');
  const { attempt, problem } = useProblem();
  const frozen = clockOf(project)?.frozen ?? false;
  const move = (how: string, body?: object): void => void attempt(moveClock(project, how, body));
  return (
    <form
      class="clock-buttons"
      onSubmit={(event) => {
        event.preventDefault();
        move('advance', { by: /^\d+$/.test(by.trim()) ? Number(by) : by.trim() });
      }}
    >
      <button type="button" aria-pressed={frozen} onClick={() => move(frozen ? 'resume' : 'freeze')}>
        {frozen ? 'Resume clock' : 'Freeze clock'}
      </button>
      <span class="buttons joined">
        {STEPS.map(([step, label]) => (
          <button type="button" key={step} onClick={() => move('advance', { by: step })}>
            {label}
          </button>
        ))}
      </span>
      <span class="buttons joined">
        <input
          class="short"
          aria-label="Advance by, such as 90s"
          placeholder="90s"
          required
          value={by}
          onInput={({ currentTarget }) => setBy(currentTarget.value)}
        />
        <button type="submit">Advance</button>
      </span>
      {problem}
    </form>
  );
}
