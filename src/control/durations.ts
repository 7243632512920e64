import { Type } from '@sinclair/typebox';
import { parseMoment } from '../kernel/moment.js';
import { LONGEST_MS } from '../kernel/pace.js';
import { ControlError } from '../http/control-error.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration as a client sends it: milliseconds, or a number and a unit. */
export const duration = Type.Union([Type.Integer({ minimum: 0, maximum: LONGEST_MS }), Type.String()], {
  description: 'milliseconds, or a text such as 500ms, 90s, 30m, 1h, 2d',
});

/** Milliseconds of a {@link duration}. @throws {ControlError} 400 */
export function millisecondsOf(value: string | number): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(String(value)) ?? [];
  const ms = typeof value === 'number' ? value : Math.round(Number(count) * (UNITS[unit ?? ''] ?? NaN));
  if (Number.isNaN(ms) || ms > LONGEST_MS) {
    throw new ControlError(
      400,
      `${JSON.stringify(value)} is no duration: send milliseconds, or a text such as 500ms, 90s, 30m, 1h, 2d; a year at most.`,
    );
  }
  return ms;
}

/** A moment as a client sends it. */
export const moment = Type.String({ description: 'a moment, such as 2026-01-31T09:00:00Z' });

/** Milliseconds since the epoch of a {@link moment}. @throws {ControlError} 400 */
export function millisecondsAt(value: string): number {
  const at = parseMoment(value);
  if (Number.isNaN(at)) {
    throw new ControlError(
      400,
      `${JSON.stringify(value)} is no moment: send one such as 2026-01-31T09:00:00Z.`,
    );
  }
  return at;
}
