import type { Reporter, TestModule, Vitest } from 'vitest/node';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test is skipped. */
    skipReason?: string;
  }
}

/** Options of a test or a suite that is skipped, with this reason, unless the machine has what it needs. */
export function skippedUnless(
  possible: boolean,
  reason: string,
): { skip?: true; meta?: { skipReason: string } } {
  return possible ? {} : { skip: true, meta: { skipReason: reason } };
}

/** Ends the output with one line for each reason why tests were skipped. */
export class SkipReasons implements Reporter {
  #filtered = false;

  onInit(vitest: Vitest): void {
    // Vitest counts the tests that `-t` leaves out as skipped.
    this.#filtered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const reason =
          test.meta().skipReason ?? (this.#filtered ? undefined : `no reason given: ${test.fullName}`);
        if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
    }
    for (const [reason, count] of counts) console.log(`skipped: ${count} (${reason})`);
  }
}
