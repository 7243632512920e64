import { createHash } from 'node:crypto';

/**
 * Values that look made up but follow from an id, so that the same thing always has the same.
 *
 * @param seed an id and what the value is for
 */
export function hexDigits(seed: string, length: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, length);
}

/** Decimal digits, the first of them not 0. See {@link hexDigits}. */
export function decimalDigits(seed: string, length: number): string {
  const digits = hexDigits(seed, length).replace(/[a-f]/g, (digit) => String(parseInt(digit, 16) - 10));
  return digits.replace(/^0/, '1');
}

/** A UUID of version 4's form. See {@link hexDigits}. */
export function uuid(seed: string): string {
  const hex = hexDigits(seed, 32);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}
