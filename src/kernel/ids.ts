import { randomBytes, randomInt } from 'node:crypto';

const LARGEST_COUNT = 0xff_ff_ff;

/**
 * Returns a maker of ids shaped like Atlas's: 24 lower-case hexadecimal digits, a second, a random part that
 * is the maker's own, and a count. Ids of one maker grow, so that an index on them is filled at its end.
 *
 * @param firstCount what the count begins after
 */
export function objectIds(now: () => number, firstCount = randomInt(LARGEST_COUNT)): () => string {
  const own = randomBytes(5).toString('hex');
  let second = Math.floor(now() / 1000);
  let count = firstCount;
  return () => {
    second = Math.max(second, Math.floor(now() / 1000));
    if (count === LARGEST_COUNT) {
      count = 0;
      second += 1;
    }
    count += 1;
    return second.toString(16).padStart(8, '0') + own + count.toString(16).padStart(6, '0');
  };
}

/** What an id of Atlas looks like (source page). */
export const OBJECT_ID = /^[a-f0-9]{24}$/;
