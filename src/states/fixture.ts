import { Type, type TObject } from '@sinclair/typebox';
import { MAX_COUNT, oneOf, strict, within } from '../http/schema.js';
import { LATEST, LONGEST_MS } from '../kernel/clock.js';
import { OBJECT_ID } from '../kernel/ids.js';
import { MESSAGE_MAX, type StatefulResource } from './resource.js';

/** An item of a fixture: what a client would send, and optionally its id and where it is in its life. */
export function itemSchema({ sent, states, settled, durations }: StatefulResource): TObject {
  const state = oneOf(states);
  const names = Object.keys(durations);
  // What is planned before a clock ends may be due after that.
  const last = LATEST + names.length * LONGEST_MS;
  const at = within(0, last, "milliseconds since the epoch, of the project's time");
  const entered = Type.Union([Type.Tuple([state, at]), Type.Tuple([state, at, Type.String()])]);
  const stage = Type.Object({ state, lasts: Type.Optional(oneOf(names)) }, strict);
  return Type.Object(
    {
      ...sent.properties,
      _id: Type.Optional(Type.String({ pattern: OBJECT_ID.source })),
      state: Type.Optional(oneOf(settled)),
      errorMessage: Type.Optional(Type.String({ maxLength: MESSAGE_MAX })),
      // Written by an export: see lifecycle.ts.
      path: Type.Optional(Type.Array(entered, { minItems: 1 })),
      rest: Type.Optional(Type.Array(stage)),
      readsLeft: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_COUNT })),
    },
    strict,
  );
}
