import { randomBytes } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Type, type Static } from '@sinclair/typebox';
import { FAULT_ACTIONS, type FaultRule, type KeptFault } from '../http/fault-rule.js';
import type { AnyOperation } from '../http/operation.js';
import type { FaultStore } from './fault-store.js';
import { ControlError, controlOperation, type AnyControlOperation } from './operation.js';

const strict = { additionalProperties: false };

const LONGEST_DELAY_MS = 3_600_000;

/** The operations of the token endpoints, which name no project. */
const TOKEN_OPERATIONS = ['createToken', 'revokeToken'];

/** Headers that the server writes itself. */
const FRAMING = ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'trailer'];

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
      maximum: 1_000_000,
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
      maximum: 1_000_000,
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

const ID = '^[A-Za-z0-9._-]{1,64}$';

const newFault = Type.Object(
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
    description: 'A fault to inject. It has exactly one of answer, rateLimit, delayMs, drop and truncate.',
  },
);

const fault = Type.Object(
  {
    id: Type.String({ pattern: ID, description: 'What the rule is called in its scope.' }),
    ...fields,
    matched: Type.Integer({
      description: 'How many requests it has matched; while it rests none is counted.',
    }),
    fired: Type.Integer({ description: 'How often it has fired.' }),
  },
  { ...strict, description: 'A fault rule.' },
);

const faults = Type.Object(
  { results: Type.Array(fault, { description: 'The rules of the scope, oldest first.' }) },
  strict,
);

/**
 * The operations on fault rules. A project sees and touches its own alone; those of the whole server act on every
 * request, behind the project's.
 *
 * @param operations those that a rule can name
 */
export function faultOperations(
  store: FaultStore,
  operations: readonly Pick<AnyOperation, 'id' | 'path'>[],
): readonly AnyControlOperation[] {
  return [
    controlOperation({
      id: 'listFaults',
      method: 'GET',
      path: '/faults',
      scope: 'both',
      summary: 'List the fault rules.',
      response: faults,
      handle: ({ project }) => ({ results: store.list(project?.id).map(shown) }),
    }),
    controlOperation({
      id: 'createFault',
      method: 'POST',
      path: '/faults',
      scope: 'both',
      summary: 'Inject a fault into the requests that a rule matches.',
      body: newFault,
      response: fault,
      status: 201,
      async handle({ project, body }) {
        const rule = { id: `fault-${randomBytes(5).toString('hex')}`, ...body } as FaultRule;
        checkRule(rule, project?.id, operations);
        if (store.find(project?.id, rule.id)) {
          throw new ControlError(
            409,
            `There is a fault rule ${rule.id} already: delete it, or use another id.`,
          );
        }
        return shown(await store.add(project?.id, rule));
      },
    }),
    controlOperation({
      id: 'getFault',
      method: 'GET',
      path: '/faults/:faultId',
      scope: 'both',
      summary: 'Get a fault rule, and how often it has fired.',
      response: fault,
      handle({ project, parameters }) {
        const id = parameters.faultId ?? '';
        const kept = store.find(project?.id, id);
        return kept ? shown(kept) : refuseUnknown(id);
      },
    }),
    controlOperation({
      id: 'deleteFault',
      method: 'DELETE',
      path: '/faults/:faultId',
      scope: 'both',
      summary: 'Delete a fault rule.',
      status: 204,
      async handle({ project, parameters }) {
        const id = parameters.faultId ?? '';
        if ((await store.remove(project?.id, (rule) => rule.id === id)) === 0) refuseUnknown(id);
      },
    }),
    controlOperation({
      id: 'deleteFaults',
      method: 'DELETE',
      path: '/faults',
      scope: 'both',
      summary: 'Delete all fault rules of the scope.',
      status: 204,
      async handle({ project }) {
        await store.remove(project?.id, () => true);
      },
    }),
  ];
}

function shown({ rule, matched, fired }: KeptFault): Static<typeof fault> {
  return { ...(rule as Static<typeof newFault> & { id: string }), matched, fired };
}

function refuseUnknown(id: string): never {
  throw new ControlError(404, `There is no fault rule ${id} here.`);
}

/** Checks what the schema cannot say. @throws {ControlError} 400 */
function checkRule(
  rule: FaultRule,
  project: string | undefined,
  operations: readonly Pick<AnyOperation, 'id' | 'path'>[],
): void {
  const actions = FAULT_ACTIONS.filter((name) => rule[name] !== undefined);
  if (actions.length !== 1) {
    const has = actions.length === 0 ? 'none' : actions.join(' and ');
    throw expected(`The rule has ${has} of ${FAULT_ACTIONS.join(', ')}: send exactly one.`);
  }
  const { before, match: { operation, caller } = {} } = rule;
  if (before && caller !== undefined) {
    throw expected('Before the credentials no caller is known: leave out before, or match.caller.');
  }
  if (operation !== undefined) checkOperation(operation, project, operations);
  if (rule.answer) checkAnswer(rule.answer);
}

function checkOperation(
  name: string,
  project: string | undefined,
  operations: readonly Pick<AnyOperation, 'id' | 'path'>[],
): void {
  const ofProject = operations.filter(({ path }) => path.startsWith('/groups/:groupId')).map(({ id }) => id);
  const all = [...operations.map(({ id }) => id), ...TOKEN_OPERATIONS];
  const known = project === undefined ? all : ofProject;
  if (known.includes(name)) return;
  if (all.includes(name)) {
    throw expected(
      `${name} names no project, so no rule of a project meets it: send the rule to /_emulator/faults.`,
    );
  }
  throw expected(`There is no operation ${name}. There are: ${known.join(', ')}.`);
}

function checkAnswer({ status, body, headers = {} }: NonNullable<FaultRule['answer']>): void {
  if (body !== undefined && (status === 204 || status === 304)) {
    throw expected(`An answer of ${status} has no body: leave out answer.body.`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (FRAMING.includes(name.toLowerCase())) {
      throw expected(`The server writes ${name} itself: leave it out of answer.headers.`);
    }
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw expected(`answer.headers.${name} is no header that HTTP can carry.`);
    }
  }
}

function expected(sentence: string): ControlError {
  return new ControlError(400, sentence);
}
