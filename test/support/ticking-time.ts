/**
 * Makes each reading of the machine's clock later than the one before. Two readings in a row mostly show the same
 * millisecond: a test that takes them for one fails once in a hundred runs then, and each time here.
 */

const TICKING = Symbol.for('ticking-time');

// Files share modules, and each loads this one anew: the clock is replaced once.
if (!(TICKING in globalThis)) {
  const machine = Date.now;
  let ticks = 0;
  Date.now = () => machine() + ++ticks;
  Object.defineProperty(globalThis, TICKING, { value: true });
}

export {};
