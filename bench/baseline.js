// The ratios of a run beside those of an earlier one. Machines are noisy: only what is below half of the baseline, in the best
// of three tries, is a failure.
import { goalsOf, ratiosOf, table } from './report.js';

/** How often a case is tried. */
export const TRIES = 3;
const LEAST = 0.5;

const keyOf = ({ case: name, connections, profile }) => `${name}, ${connections}, ${profile}`;

/** The ratios to the reference, by case. */
export function baselineOf(results) {
  return Object.fromEntries(
    results.map((result) => [keyOf(result), Number(ratiosOf(result).reference.median.toFixed(2))]),
  );
}

/** The results whose ratio is below half of the baseline's. A case that the baseline lacks is never. */
export function slower(results, baseline) {
  return results.filter(
    (result) => ratiosOf(result).reference.median < LEAST * (baseline[keyOf(result)] ?? 0),
  );
}

/** The better of two results of the same case. */
export function better(one, other) {
  return ratiosOf(one).reference.median >= ratiosOf(other).reference.median ? one : other;
}

/** The ratios beside the baseline's. */
export function baselineTable(results, baseline) {
  return table(
    ['case, connections, profile', 'ratio to R', 'baseline', 'must'],
    results.map((result) => [
      keyOf(result),
      ratiosOf(result).reference.median.toFixed(2),
      baseline[keyOf(result)] ?? '',
      goalsOf(result).must ?? '',
    ]),
  );
}
