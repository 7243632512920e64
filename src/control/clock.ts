import { Type } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { component, moment, strict } from '../http/schema.js';
import { advanced, frozen, LONGEST_MS, parseTime, resumed } from '../kernel/clock.js';
import { movedTo, type WorldTime } from '../world/world-time.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;

const FORMS = 'milliseconds, or a text such as 500ms, 90s, 30m, 1h, 2d';

const milliseconds = Type.Integer({ minimum: 0, maximum: LONGEST_MS });
const duration = Type.Union([milliseconds, Type.String({ pattern: DURATION.source, maxLength: 40 })], {
  description: `${FORMS}; a year at most`,
  wanted: `a duration: ${FORMS}; a year at most`,
});
const wanted = 'a moment, as a string such as 2026-01-31T09:00:00Z';
const target = moment('a moment, such as 2026-01-31T09:00:00Z', { wanted });

const clock = controlGroup('/clock', {
  scope: 'both',
  tag: 'Time of one project or of all.',
  response: component('Clock', 'The state of a clock.', {
    now: moment('the time of the clock'),
    frozen: Type.Boolean({ description: 'whether it is frozen' }),
  }),
});

/** Reads and moves the clock of one project, or of all. Everything that becomes due is done before an operation responds. */
export function clockOperations(time: WorldTime): readonly ControlOperation[] {
  return [
    clock('getClock', 'GET', '', {
      summary: 'Returns the time of the clock.',
      handle: ({ project }) => time.reading(project?.id),
    }),
    clock('freezeClock', 'POST', '/freeze', {
      summary: 'Freezes the clock, optionally at a later moment.',
      body: { schema: Type.Object({ at: Type.Optional(target) }, strict), optional: true },
      handle: ({ project, body: { at } }) =>
        time.change(project?.id, 'frozen', (state, now) =>
          frozen(at === undefined ? state : movedTo(parseTime(at), state, now), now),
        ),
    }),
    clock('resumeClock', 'POST', '/resume', {
      summary: 'Resumes the clock from the time that it shows.',
      handle: ({ project }) => time.change(project?.id, 'resumed', resumed),
    }),
    clock('advanceClock', 'POST', '/advance', {
      summary: 'Advances the clock, running or frozen.',
      body: { schema: Type.Object({ by: duration }, strict) },
      handle: ({ project, body }) =>
        time.change(project?.id, 'advanced', (state) => advanced(state, millisecondsOf(body.by))),
    }),
    clock('setClock', 'PUT', '', {
      summary: 'Sets the clock to a later moment.',
      body: { schema: Type.Object({ now: target }, strict) },
      handle: ({ project, body }) =>
        time.change(project?.id, 'set', (...from) => movedTo(parseTime(body.now), ...from)),
    }),
  ];
}

/** Milliseconds of a {@link duration}. @throws {ControlError} 400 if it is longer than a year */
function millisecondsOf(value: string | number): number {
  if (typeof value === 'number') return value;
  const [, count, unit = ''] = DURATION.exec(value) ?? [];
  const ms = Math.round(Number(count) * (UNITS[unit] ?? NaN));
  if (ms <= LONGEST_MS) return ms;
  throw new ControlError(400, `${value} is longer than a year: send ${FORMS}.`);
}
