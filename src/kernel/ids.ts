import { hash, randomBytes, randomInt } from 'node:crypto';

const LARGEST_COUNT = 0xff_ff_ff;

/** The form of Atlas's ids (source page). */
export const OBJECT_ID = /^[a-f0-9]{24}$/;

/**
 * Returns a generator of ids of Atlas's form: a second, a random part that is the generator's own, and a count. Its ids
 * increase, so that an index on them is filled at its end.
 *
 * @param firstCount the count before the first id
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

/**
 * Returns a generator of ids that follow from a seed: a hash of it, and a count.
 *
 * @param seed returns the present one; each has ids of its own
 */
export function seededIds(seed: () => string): () => string {
  let count = 0;
  return () => {
    count += 1;
    return hexDigits(seed(), 14) + count.toString(16).padStart(10, '0');
  };
}

/** Hexadecimal digits that look random but follow from `seed`: an id, and what the digits are for. */
export function hexDigits(seed: string, length: number): string {
  return hash('sha256', seed).slice(0, length);
}

/** Decimal digits, the first of them not 0. See {@link hexDigits}. */
export function decimalDigits(seed: string, length: number): string {
  const digits = hexDigits(seed, length).replace(/[a-f]/g, (digit) => String(parseInt(digit, 16) - 10));
  return digits.replace(/^0/, '1');
}

/** A UUID of version 4's form. See {@link hexDigits}. */
export function uuid(seed: string): string {
  const digits = hexDigits(seed, 32);
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
  ];
  return `${parts.join('-')}-${digits.slice(20)}`;
}

/**
 * Makes the ASCII letters of a name upper-case, to compare names without case. `toUpperCase` makes `ſ` an S, `ı` an I
 * and `ß` SS, so that names that do not exist would match.
 */
export function asciiUpperCase(name: string): string {
  return name.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
