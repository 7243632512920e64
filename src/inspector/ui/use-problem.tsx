import { useState } from 'preact/hooks';
import { messageOf } from '../state/api.js';

/**
 * Shows why the last action failed.
 *
 * @param style of the message
 * @returns `attempt`, which waits for an action, and `problem`, the message; nothing if the action succeeded
 */
export function useProblem(style = 'bad') {
  const [text, setText] = useState('');
  const attempt = (action: Promise<unknown>): Promise<void> =>
    action.then(
      () => setText(''),
      (error: unknown) => setText(messageOf(error)),
    );
  const problem = text !== '' && (
    <p class={style} role="alert">
      {text}
    </p>
  );
  return { attempt, problem };
}
