import { Type } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { object, strict, text } from '../http/schema.js';
import { LONGEST_MS, parseTime } from '../kernel/clock.js';
import type { WorldTime } from '../world/world-time.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const duration = Type.Union([Type.Integer({ minimum: 0, maximum: LONGEST_MS }), Type.String()], {
  description: 'milliseconds, or a text such as 500ms, 90s, 30m, 1h, 2d',
});
const moment = text('a moment, such as 2026-01-31T09:00:00Z');

const clock = controlGroup('/clock', {
  scope: 'both',
  tag: { name: 'clock', description: 'Time of one project or of all.' },
  response: object(
    'The state of a clock.',
    {
      now: text('the time of the clock (ISO 8601)'),
      frozen: Type.Boolean({ description: 'whether it is frozen' }),
    },
    { title: 'Clock' },
  ),
});

/** Reads and moves the clock of one project, or of all. Everything that becomes due is done before an operation responds. */
export function clockOperations(time: WorldTime): readonly ControlOperation[] {
  return [
    clock('GET', '', {
      id: 'getClock',
      summary: 'Returns the time of the clock.',
      handle: ({ project }) => time.reading(project?.id),
    }),
    clock('POST', '/freeze', {
      id: 'freezeClock',
      summary: 'Freezes the clock, optionally at a later moment.',
      body: { schema: Type.Object({ at: Type.Optional(moment) }, strict), optional: true },
      handle: ({ project, body: { at } }) =>
        time.freeze(project?.id, at === undefined ? undefined : millisecondsAt(at)),
    }),
    clock('POST', '/resume', {
      id: 'resumeClock',
      summary: 'Resumes the clock from the time that it shows.',
      handle: ({ project }) => time.resume(project?.id),
    }),
    clock('POST', '/advance', {
      id: 'advanceClock',
      summary: 'Advances the clock, running or frozen.',
      body: { schema: Type.Object({ by: duration }, strict) },
      handle: ({ project, body }) => time.advance(project?.id, millisecondsOf(body.by)),
    }),
    clock('PUT', '', {
      id: 'setClock',
      summary: 'Sets the clock to a later moment.',
      body: { schema: Type.Object({ now: moment }, strict) },
      handle: ({ project, body }) => time.set(project?.id, millisecondsAt(body.now)),
    }),
  ];
}

/** Milliseconds of a {@link duration}. @throws {ControlError} 400 */
function millisecondsOf(value: string | number): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(String(value)) ?? [];
  const ms = typeof value === 'number' ? value : Math.round(Number(count) * (UNITS[unit ?? ''] ?? NaN));
  if (ms <= LONGEST_MS) return ms;
  throw new ControlError(
    400,
    `${JSON.stringify(value)} is no duration: send milliseconds, or a text such as 500ms, 90s, 30m, 1h, 2d; a year at most.`,
  );
}

/** Milliseconds since the epoch of a {@link moment}. @throws {ControlError} 400 */
function millisecondsAt(value: string): number {
  const at = parseTime(value);
  if (!Number.isNaN(at)) return at;
  throw new ControlError(
    400,
    `${JSON.stringify(value)} is no moment: send one such as 2026-01-31T09:00:00Z.`,
  );
}
