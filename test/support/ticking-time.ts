/**
 * Makes each reading of the machine's clock later than the one before. Two readings in a row mostly show the same
 * millisecond: a test that relies on it would fail once in a hundred runs, and always fails here.
 */

const TICKING = Symbol.for('ticking-time');

// Test files share modules but each loads this one again: the clock is replaced once.
if (!(TICKING in globalThis)) {
  const machine = Date.now;
  let ticks = 0;
  Date.now = () => machine() + ++ticks;
  Object.defineProperty(globalThis, TICKING, { value: true });
}

export {};
