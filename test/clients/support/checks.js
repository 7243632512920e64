/** Checks of one script: each prints a line, which the runner counts. */
export function checks() {
  let failed = 0;
  return {
    /** One expectation; `seen` is printed where it does not hold. */
    check(title, held, seen) {
      if (!held) failed += 1;
      console.log(held ? `ok   ${title}` : `FAIL ${title}: ${JSON.stringify(seen)?.slice(0, 500)}`);
    },
    /** What a script ends with. */
    end() {
      process.exitCode = failed === 0 ? 0 : 1;
    },
  };
}
