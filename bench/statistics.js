// What is made of the figures of several rounds.

/** The middle of several numbers; of an even count the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of several numbers, the least and the greatest. */
export function summary(values) {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

/** The median of many numbers, and the quartiles: the extremes of many are accidents. */
export function quartiles(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)];
  return { median: median(values), least: at(0.25), greatest: at(0.75) };
}

/** The ratios of two servers in the same rounds. */
export function ratios(own, others) {
  return summary(own.map((value, round) => value / others[round]));
}
