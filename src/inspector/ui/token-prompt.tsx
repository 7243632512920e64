import { useState } from 'preact/hooks';
import { setToken } from '../state/api.js';
import { isLoaded, start, want } from '../state/start.js';

/** Asks for the control token. */
export function TokenPrompt() {
  const [value, setValue] = useState('');
  return (
    <form
      class="card token-prompt"
      onSubmit={(event) => {
        event.preventDefault();
        setToken(value);
        if (isLoaded.value) want('all');
        else void start();
      }}
    >
      <h1>Control token</h1>
      <p>
        This emulator listens on more than loopback, so its control API requires a token. It is printed at the
        start, and set by <code>--control-token</code>. This tab remembers it until you close it.
      </p>
      <label>
        Token
        <input
          type="password"
          autocomplete="off"
          required
          value={value}
          onInput={({ currentTarget }) => setValue(currentTarget.value)}
        />
      </label>
      <button class="primary" type="submit">
        Open the inspector
      </button>
    </form>
  );
}
