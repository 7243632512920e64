import { Type } from '@sinclair/typebox';
import { duration, millisecondsAt, millisecondsOf, moment } from './durations.js';
import { controlOperation, type AnyControlOperation } from './operation.js';
import type { WorldTime } from '../world/world-time.js';

const reading = Type.Object(
  {
    now: Type.String({ description: 'what the clock shows (ISO 8601)' }),
    frozen: Type.Boolean({ description: 'whether it stands still' }),
  },
  { title: 'Clock', description: 'What a clock shows.' },
);

/** Time, of one project or of all: read, stopped, moved, started. All that falls due is done before it answers. */
export function clockOperations(time: WorldTime): readonly AnyControlOperation[] {
  const common = { scope: 'both', response: reading } as const;
  return [
    controlOperation({
      ...common,
      id: 'getClock',
      method: 'GET',
      path: '/clock',
      summary: 'Tells what the clock shows.',
      handle: ({ project }) => time.reading(project?.id),
    }),
    controlOperation({
      ...common,
      id: 'freezeClock',
      method: 'POST',
      path: '/clock/freeze',
      summary: 'Stops the clock, at a moment ahead if one is sent.',
      body: Type.Object({ at: Type.Optional(moment) }, { additionalProperties: false }),
      bodyOptional: true,
      handle({ project, body }) {
        const at = (body as { at?: string } | undefined)?.at;
        return time.freeze(project?.id, at === undefined ? undefined : millisecondsAt(at));
      },
    }),
    controlOperation({
      ...common,
      id: 'resumeClock',
      method: 'POST',
      path: '/clock/resume',
      summary: 'Lets the clock go on from what it shows.',
      handle: ({ project }) => time.resume(project?.id),
    }),
    controlOperation({
      ...common,
      id: 'advanceClock',
      method: 'POST',
      path: '/clock/advance',
      summary: 'Moves the clock on, whether it runs or stands still.',
      body: Type.Object({ by: duration }, { additionalProperties: false }),
      handle: ({ project, body }) => time.advance(project?.id, millisecondsOf(body.by)),
    }),
    controlOperation({
      ...common,
      id: 'setClock',
      method: 'PUT',
      path: '/clock',
      summary: 'Moves the clock to a moment ahead.',
      body: Type.Object({ now: moment }, { additionalProperties: false }),
      handle: ({ project, body }) => time.set(project?.id, millisecondsAt(body.now)),
    }),
  ];
}
