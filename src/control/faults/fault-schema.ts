import { Type } from '@sinclair/typebox';
import { MOST } from '../../kernel/pace.js';

const strict = { additionalProperties: false };

const LONGEST_DELAY_MS = 3_600_000;

const match = Type.Object(
  {
    operation: Type.Optional(
      Type.String({
        description:
          'The operationId, such as createGroupStreamPrivateLinkConnection; createToken and revokeToken for the token endpoints.',
      }),
    ),
    method: Type.Optional(
      Type.Union(
        ['GET', 'POST', 'PATCH', 'DELETE'].map((method) => Type.Literal(method)),
        { description: 'The HTTP method.' },
      ),
    ),
    path: Type.Optional(
      Type.String({
        pattern: '^[/*]',
        maxLength: 2000,
        description: 'The path without its query; each * stands for any text.',
      }),
    ),
    caller: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'A public key, or a client id.' }),
    ),
  },
  {
    ...strict,
    description:
      'Which requests the rule is about; what is left out, any. The token endpoints are met only by rules of the whole server that name their operation or a path.',
  },
);

const answer = Type.Object(
  {
    status: Type.Integer({ minimum: 200, maximum: 599, description: 'The HTTP status.' }),
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
  {
    ...strict,
    description:
      'Answers in place of the emulator, with nothing done. A 401 carries the digest challenge in any case.',
  },
);

const fields = {
  match: Type.Optional(match),
  times: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST,
      description: 'How often it fires, before it rests; without it, always.',
    }),
  ),
  share: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'On which share of the matching requests it fires, spread evenly: with 0.5 on every second one.',
    }),
  ),
  skip: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MOST,
      description: 'How many matching requests pass before it begins.',
    }),
  ),
  before: Type.Optional(
    Type.Literal('credentials', {
      description:
        'Acts before the credentials are checked. It then meets the first leg of a digest handshake too.',
    }),
  ),
  answer: Type.Optional(answer),
  rateLimit: Type.Optional(
    Type.Object(
      {
        retryAfterS: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 86_400,
            default: 1,
            description: 'Retry-After, in seconds.',
          }),
        ),
      },
      {
        ...strict,
        description:
          'Answers 429 RATE_LIMITED as Atlas does, with Retry-After, RateLimit-Limit and RateLimit-Remaining.',
      },
    ),
  ),
  delayMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LONGEST_DELAY_MS,
      description: "Lets the request wait so long, in milliseconds of the emulator's clock, and go on.",
    }),
  ),
  drop: Type.Optional(
    Type.Union([Type.Literal('before'), Type.Literal('after')], {
      description:
        'Cuts the connection: before the work, or after it is done and committed, and before the answer.',
    }),
  ),
  truncate: Type.Optional(
    Type.Literal(true, {
      description: 'Does the work, sends half of the answer, and cuts the connection.',
    }),
  ),
};

// Dots alone are no part of a path.
const ID = '^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}$';

/** A rule as it is sent. */
export const newFault = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        pattern: ID,
        description: 'What the rule is called in its scope; one is made if none is given.',
      }),
    ),
    ...fields,
  },
  {
    ...strict,
    title: 'NewFault',
    description: 'A fault to inject. It has exactly one of answer, rateLimit, delayMs, drop and truncate.',
  },
);

const matched = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'How many requests it has matched; while it rests none is counted.',
});
const fired = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'How often it has fired.',
});

/** A rule as it is shown. */
export const fault = Type.Object(
  {
    id: Type.String({ pattern: ID, description: 'What the rule is called in its scope.' }),
    ...fields,
    matched,
    fired,
  },
  { ...strict, title: 'Fault', description: 'A fault rule.' },
);

/** A rule in a fixture: as it is sent, and optionally what it has counted. */
export const fixtureFault = Type.Object(
  { ...newFault.properties, matched: Type.Optional(matched), fired: Type.Optional(fired) },
  strict,
);

/** The rules of a scope. */
export const faults = Type.Object(
  { results: Type.Array(fault, { description: 'The rules of the scope, oldest first.' }) },
  { ...strict, title: 'Faults', description: 'The rules of a scope.' },
);
