import { Type, type TObject, type TSchema } from '@sinclair/typebox';
import { object, oneOf, strict, text, within } from '../http/schema.js';
import { OBJECT_ID } from '../kernel/ids.js';
import { LATEST, LONGEST_MS, MOST } from '../kernel/pace.js';
import { namesOf } from './names.js';
import { passingStates, type StateModel } from './resource.js';

/** How long an `errorMessage` may be, in characters: far less than the rest of an item. */
const MESSAGE_MAX = 10_000;

/** A state as the control API takes and shows it. */
function stateSchema({ name, states, gone }: StateModel): TSchema {
  return oneOf(states, `a state of a ${name.one}; ${gone} removes it`);
}

/** The state that an item is forced into. */
export function forceSchema(model: StateModel): TObject {
  const { failed } = model;
  const message = text(`shown while it is ${failed ?? ''}`, { minLength: 1, maxLength: MESSAGE_MAX });
  const errorMessage = failed === undefined ? {} : { errorMessage: Type.Optional(message) };
  return Type.Object({ state: stateSchema(model), ...errorMessage }, strict);
}

/** What the control API shows of an item: where it is, and how it came there. */
export function reportSchema(resource: StateModel): TObject {
  const { one, title } = namesOf(resource.name);
  const state = stateSchema(resource);
  const step = object(
    'A state that was entered.',
    {
      state,
      at: text("when it was entered, in the project's time (ISO 8601)"),
      why: text('created, updated, deleted, time, read, forced, released or fixture'),
    },
    { title: `${title}Step` },
  );
  return object(
    `Where a ${one} is, and how it came there.`,
    {
      id: text(`the _id of the ${one}`),
      state,
      held: Type.Boolean({ description: 'whether it waits for a hand or for reads to move on' }),
      history: Type.Array(step, { description: 'the states it has gone through, oldest first' }),
    },
    { title: `${title}State` },
  );
}

/** An item of a fixture: what a client would send, and optionally its id and where it is in its life. */
export function itemSchema({ sent, states, settled, durations }: StateModel): TObject {
  const state = oneOf(states);
  const names = Object.keys(durations);
  const at = Type.Integer({
    minimum: 0,
    // What is planned before a clock ends may be due after that.
    maximum: LATEST + names.length * LONGEST_MS,
    description: "milliseconds since the epoch, of the project's time",
  });
  const stage = Type.Object({ state, lasts: Type.Optional(oneOf(names)) }, strict);
  return Type.Object(
    {
      ...sent.properties,
      _id: Type.Optional(Type.String({ pattern: OBJECT_ID.source })),
      state: Type.Optional(oneOf(settled)),
      errorMessage: Type.Optional(Type.String({ maxLength: MESSAGE_MAX })),
      // Written by an export: see lifecycle.ts.
      path: Type.Optional(
        Type.Array(Type.Union([Type.Tuple([state, at]), Type.Tuple([state, at, Type.String()])]), {
          minItems: 1,
        }),
      ),
      rest: Type.Optional(Type.Array(stage)),
      readsLeft: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST })),
    },
    strict,
  );
}

/** What becomes of items that are not created yet. */
export function ruleSchema(resource: StateModel): TObject {
  const { name, complete, failed, rules } = resource;
  const { one, many, title } = namesOf(name);
  return object(
    `What happens to a ${one} that is not created yet.`,
    {
      match: Type.Optional({
        ...(rules?.schema ?? Type.Object({})),
        description: `which ${many} it is for; all if left out`,
      }),
      times: Type.Optional(within(1, MOST, `for how many ${many}; all if left out`)),
      ...(failed !== undefined && {
        fail: Type.Optional(
          text(`they end ${failed} instead of ${complete}, with this errorMessage`, {
            minLength: 1,
            maxLength: MESSAGE_MAX,
          }),
        ),
      }),
      staysIn: Type.Optional(oneOf(passingStates(resource), 'they stay in this state for good')),
    },
    { ...strict, title: `${title}Rule` },
  );
}

/** A rule as the control API shows it. */
export function storedRuleSchema({ name }: StateModel, rule: TObject): TObject {
  return object(
    'A stored rule.',
    {
      id: text('the id of the rule'),
      rule,
      timesLeft: Type.Union([Type.Integer(), Type.Null()], {
        description: `for how many more ${name.many}; null for all`,
      }),
    },
    { title: `Kept${namesOf(name).title}Rule` },
  );
}
