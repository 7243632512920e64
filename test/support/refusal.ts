import { Refusal, type Condition } from '../../src/profiles/index.js';

/** The condition that `work` raises; undefined if it raises none. */
export function refusalOf(work: () => unknown): Condition | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.condition;
    throw error;
  }
  return undefined;
}
