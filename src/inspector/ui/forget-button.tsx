import { useState } from 'preact/hooks';
import { messageOf } from '../state/api.js';
import { forgetContract } from '../state/contract.js';

/** A button that begins findings and coverage anew, in the scope of the page. */
export function ForgetButton() {
  const [problem, setProblem] = useState('');
  const forget = (): void => {
    forgetContract().then(
      () => setProblem(''),
      (error: unknown) => setProblem(messageOf(error)),
    );
  };
  return (
    <span class="buttons">
      <button type="button" title="Forgets findings and coverage, not the requests" onClick={forget}>
        Start over
      </button>
      {problem !== '' && (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}
