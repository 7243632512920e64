/** Real time, in milliseconds since the epoch, and the only way to be woken at a moment of it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `ring` once, at or after `at` (milliseconds since the epoch). Returns a function that cancels it. */
  setAlarm(at: number, ring: () => void): () => void;
}

/** The longest delay that `setTimeout` keeps; a longer one would ring at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. Its alarms do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setAlarm(at, ring) {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = at - Date.now();
      timer =
        left > LONGEST_TIMEOUT_MS
          ? setTimeout(wait, LONGEST_TIMEOUT_MS)
          : setTimeout(ring, Math.max(0, left));
      timer.unref();
    };
    wait();
    return () => {
      clearTimeout(timer);
    };
  },
};
