import { Type, type Static } from '@sinclair/typebox';
import { RUNGS } from '../../http/observation/exchange.js';
import type { RequestDetail } from '../../kernel/events.js';
import type { Entry } from './entry.js';

/** A step of the pipeline. */
export const rungSchema = Type.Union(
  RUNGS.map((rung) => Type.Literal(rung)),
  { description: 'Step of the ladder that decided the answer.' },
);

const refusalSchema = Type.Object(
  {
    name: Type.String({ description: 'Name of the condition, as in docs/errors.md.' }),
    rule: Type.String({ description: 'What was wrong with the request.' }),
    source: Type.String({ description: 'Where the rule was learned.' }),
    remedy: Type.String({ description: 'What would have passed.' }),
  },
  { title: 'Refusal', description: 'Why the request was refused; absent where it was not.' },
);

const messageSchema = (description: string) =>
  Type.Object(
    {
      headers: Type.Record(Type.String(), Type.String(), { description: 'Headers, secrets removed.' }),
      body: Type.Optional(
        Type.String({ description: 'Body as text, secrets removed; absent where none was read.' }),
      ),
      truncated: Type.Boolean({
        description: 'The body was longer than 16,384 characters and was cut, or did not come whole.',
      }),
    },
    { description },
  );

/** What every form of a request shows. */
const line = {
  seq: Type.Integer({ description: 'Number of the request; grows, with gaps.' }),
  at: Type.String({ format: 'date-time', description: 'When it was answered, in real time.' }),
  project: Type.Optional(Type.String({ description: 'Id of the project that the path names.' })),
  method: Type.String({ description: 'HTTP method.' }),
  path: Type.String({ description: 'Path and query.' }),
  operation: Type.Optional(Type.String({ description: 'operationId in the API description.' })),
  caller: Type.Optional(Type.String({ description: 'Public key or client id of who was let in.' })),
  status: Type.Integer({ description: 'Status of the answer; 0 where none was sent.' }),
  rung: rungSchema,
};

/** A request as the journal shows it. */
export const requestSchema = Type.Object(
  {
    ...line,
    version: Type.Optional(Type.String({ description: 'Version of the operation that answered.' })),
    tookMs: Type.Number({
      description: 'From the arrival of the request to the end of the answer, in milliseconds.',
    }),
    refusal: Type.Optional(refusalSchema),
    request: messageSchema('What the client sent.'),
    response: messageSchema('What was answered.'),
  },
  { title: 'Request', description: 'One request and its answer.' },
);

/** A refusal as `requests/refused` shows it. */
export const refusedSchema = Type.Object(
  { ...line, refusal: refusalSchema },
  { title: 'RefusedRequest', description: 'One request that was refused.' },
);

export type RenderedRequest = Static<typeof requestSchema>;

/** A request as the journal shows it; what is undefined is left out of the JSON. */
export function renderRequest({ event, detail }: Entry) {
  return {
    ...lineOf(event),
    version: event.data.version,
    tookMs: event.data.tookMs,
    refusal: refusalOf(detail),
    request: detail.request,
    response: detail.response,
  };
}

/** A request that was refused, and why; undefined if it was not. */
export function renderRefused({ event, detail }: Entry) {
  const refusal = refusalOf(detail);
  return refusal && { ...lineOf(event), refusal };
}

function lineOf({ seq, at, project, data }: Entry['event']) {
  const { method, path, operation, caller, status, rung } = data;
  return { seq, at: new Date(at).toISOString(), project, method, path, operation, caller, status, rung };
}

/** Why a request was refused; undefined if it was not. */
export function refusalOf({ condition }: RequestDetail): Static<typeof refusalSchema> | undefined {
  if (!condition) return undefined;
  const { name, problem, source, remedy } = condition;
  return { name, rule: problem, source, remedy };
}
