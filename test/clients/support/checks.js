/** Checks of one script: each prints a line, which the runner counts. */
export function checks() {
  let failed = 0;
  return {
    /** Checks one expectation, and prints `seen` if it fails. */
    check(title, held, seen) {
      if (!held) failed += 1;
      console.log(held ? `ok   ${title}` : `FAIL ${title}: ${JSON.stringify(seen)?.slice(0, 500)}`);
    },
    /** Sets the exit status. Call it last. */
    end() {
      process.exitCode = failed === 0 ? 0 : 1;
    },
  };
}
