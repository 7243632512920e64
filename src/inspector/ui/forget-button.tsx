import { forgetContract } from '../state/contract.js';
import { useProblem } from './use-problem.js';

/** A button that begins findings and coverage anew, in the scope of the page. */
export function ForgetButton() {
  const { attempt, problem } = useProblem();
  const forget = (): void => void attempt(forgetContract());
  return (
    <div class="buttons">
      <button type="button" title="Forgets findings and coverage, not the requests" onClick={forget}>
        Start over
      </button>
      {problem}
    </div>
  );
}
