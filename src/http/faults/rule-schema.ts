import { Type } from '@sinclair/typebox';
import { object, oneOf, strict, text, within } from '../../http/schema.js';
import { MOST } from '../../kernel/pace.js';

const LONGEST_DELAY_MS = 3_600_000;

const match = Type.Partial(
  Type.Object({
    operation: text(
      'The operationId, such as createGroup; createToken and revokeToken for the token endpoints.',
    ),
    method: oneOf(['GET', 'POST', 'PATCH', 'DELETE'], 'The HTTP method.'),
    path: text('The path without its query; each * stands for any text.', {
      pattern: '^[/*]',
      maxLength: 2000,
    }),
    caller: text('A public key, or a client id.', { minLength: 1, maxLength: 200 }),
  }),
  {
    ...strict,
    description:
      'Which requests the rule is about; what is left out, any. The token endpoints are met only by rules of the whole server that name their operation or a path.',
  },
);

const answer = object(
  'Answers in place of the emulator, with nothing done. A 401 carries the digest challenge in any case.',
  {
    status: within(200, 599, 'The HTTP status.'),
    body: Type.Optional(
      Type.Unknown({
        description:
          'A text is sent as it is, anything else as JSON. Without one, an error has the body that Atlas has for its status, as the profile shows it, and any other status none.',
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String({ maxLength: 4000 }), {
        description: 'Headers of the answer; its Content-Type is application/json unless it is here.',
      }),
    ),
  },
  strict,
);

const rateLimit = object(
  'Answers 429 RATE_LIMITED as Atlas does, with Retry-After, RateLimit-Limit and RateLimit-Remaining.',
  { retryAfterS: Type.Optional(within(0, 86_400, 'Retry-After, in seconds.', { default: 1 })) },
  strict,
);

const fields = Type.Partial(
  Type.Object({
    match,
    times: within(1, MOST, 'How often it fires, before it rests; without it, always.'),
    share: Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'On which share of the matching requests it fires, spread evenly: with 0.5 on every second one.',
    }),
    skip: within(0, MOST, 'How many matching requests pass before it begins.'),
    before: Type.Literal('credentials', {
      description:
        'Acts before the credentials are checked. It then meets the first leg of a digest handshake too.',
    }),
    answer,
    rateLimit,
    delayMs: within(
      1,
      LONGEST_DELAY_MS,
      "Lets the request wait so long, in milliseconds of the emulator's clock, and go on.",
    ),
    drop: oneOf(
      ['before', 'after'],
      'Cuts the connection: before the work, or after it is done and committed, and before the answer.',
    ),
    truncate: Type.Literal(true, {
      description: 'Does the work, sends half of the answer, and cuts the connection.',
    }),
  }),
).properties;

// Dots alone are no part of a path.
const ID = '^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}$';

/** A rule as it is sent. */
export const newFault = object(
  'A fault to inject. It has exactly one of answer, rateLimit, delayMs, drop and truncate.',
  {
    id: Type.Optional(
      text('What the rule is called in its scope; one is made if none is given.', { pattern: ID }),
    ),
    ...fields,
  },
  { ...strict, title: 'NewFault' },
);

const count = (description: string) => within(0, Number.MAX_SAFE_INTEGER, description);
const counts = {
  matched: count('How many requests it has matched; while it rests none is counted.'),
  fired: count('How often it has fired.'),
};

/** A rule as it is shown. */
export const fault = object(
  'A fault rule.',
  { id: text('What the rule is called in its scope.', { pattern: ID }), ...fields, ...counts },
  { ...strict, title: 'Fault' },
);

/** A rule in a fixture: as it is sent, and optionally what it has counted. */
export const fixtureFault = Type.Object(
  { ...newFault.properties, ...Type.Partial(Type.Object(counts)).properties },
  strict,
);

/** The rules of a scope. */
export const faults = object(
  'The rules of a scope.',
  { results: Type.Array(fault, { description: 'The rules of the scope, oldest first.' }) },
  { ...strict, title: 'Faults' },
);
