import { Type } from '@sinclair/typebox';
import { duration, millisecondsAt, millisecondsOf, moment } from './durations.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import type { WorldTime } from '../world/world-time.js';

const reading = Type.Object(
  {
    now: Type.String({ description: 'what the clock shows (ISO 8601)' }),
    frozen: Type.Boolean({ description: 'whether it stands still' }),
  },
  { title: 'Clock', description: 'What a clock shows.' },
);

const clock = controlGroup('/clock', {
  scope: 'both',
  tag: { name: 'clock', description: 'Time: of one project, or of all.' },
  response: reading,
});

/** Time, of one project or of all: read, stopped, moved, started. All that falls due is done before it answers. */
export function clockOperations(time: WorldTime): readonly ControlOperation[] {
  return [
    clock('GET', '', {
      id: 'getClock',
      summary: 'Returns the time of the clock.',
      handle: ({ project }) => time.reading(project?.id),
    }),
    clock('POST', '/freeze', {
      id: 'freezeClock',
      summary: 'Stops the clock, at a moment ahead if one is sent.',
      body: {
        schema: Type.Object({ at: Type.Optional(moment) }, { additionalProperties: false }),
        optional: true,
      },
      handle: ({ project, body: { at } }) =>
        time.freeze(project?.id, at === undefined ? undefined : millisecondsAt(at)),
    }),
    clock('POST', '/resume', {
      id: 'resumeClock',
      summary: 'Lets the clock go on from what it shows.',
      handle: ({ project }) => time.resume(project?.id),
    }),
    clock('POST', '/advance', {
      id: 'advanceClock',
      summary: 'Moves the clock on, whether it runs or stands still.',
      body: { schema: Type.Object({ by: duration }, { additionalProperties: false }) },
      handle: ({ project, body }) => time.advance(project?.id, millisecondsOf(body.by)),
    }),
    clock('PUT', '', {
      id: 'setClock',
      summary: 'Moves the clock to a moment ahead.',
      body: { schema: Type.Object({ now: moment }, { additionalProperties: false }) },
      handle: ({ project, body }) => time.set(project?.id, millisecondsAt(body.now)),
    }),
  ];
}
