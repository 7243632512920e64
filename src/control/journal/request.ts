import { Type, type Static } from '@sinclair/typebox';
import { integer, object, oneOf, text } from '../../http/schema.js';
import { RUNGS } from '../../http/observation/exchange.js';
import type { RequestDetail } from '../../kernel/events.js';
import type { Entry } from './journal.js';

/** A step of the pipeline. */
export const rungSchema = oneOf(RUNGS, 'Step that decided the response.');

const refusalSchema = object(
  'Why the request was refused; absent where it was not.',
  {
    name: text('Name of the condition, as in docs/errors.md.'),
    rule: text('What was wrong with the request.'),
    source: text('Where the rule was learned.'),
    remedy: text('What would have passed.'),
  },
  { title: 'Refusal' },
);

const messageSchema = (description: string) =>
  object(description, {
    headers: Type.Record(Type.String(), Type.String(), { description: 'Headers, secrets removed.' }),
    body: Type.Optional(text('Body as text, secrets removed; absent where none was read.')),
    truncated: Type.Boolean({
      description: 'The body was longer than 16,384 characters and was cut, or did not come whole.',
    }),
  });

/** What every form of a request shows. */
const line = {
  seq: integer('Number of the request; grows, with gaps.'),
  at: text('When it was answered, in real time.', { format: 'date-time' }),
  project: Type.Optional(text('Id of the project that the path names.')),
  method: text('HTTP method.'),
  path: text('Path and query.'),
  operation: Type.Optional(text('operationId in the API description.')),
  caller: Type.Optional(text('Public key or client id of who was let in.')),
  status: integer('Status of the answer; 0 where none was sent.'),
  rung: rungSchema,
};

/** A request as the journal shows it. */
export const requestSchema = object(
  'One request and its answer.',
  {
    ...line,
    version: Type.Optional(text('Version of the operation that answered.')),
    tookMs: Type.Number({
      description: 'From the arrival of the request to the end of the answer, in milliseconds.',
    }),
    refusal: Type.Optional(refusalSchema),
    request: messageSchema('What the client sent.'),
    response: messageSchema('What was answered.'),
  },
  { title: 'Request' },
);

/** A refusal as `requests/refused` shows it. */
export const refusedSchema = object(
  'One request that was refused.',
  { ...line, refusal: refusalSchema },
  { title: 'RefusedRequest' },
);

export type RenderedRequest = Static<typeof requestSchema>;

/** A request as the journal shows it; what is undefined is left out of the JSON. */
export function renderRequest({ event: { seq, at, project, data }, detail }: Entry) {
  const { control, reason, ...line } = data;
  const { request, response } = detail;
  const refusal = refusalOf(detail);
  return { seq, at: new Date(at).toISOString(), project, ...line, refusal, request, response };
}

/** A request without headers and bodies. */
export function renderLine(entry: Entry) {
  const { version, tookMs, request, response, ...line } = renderRequest(entry);
  return line;
}

/** Why a request was refused; undefined if it was not. */
function refusalOf({ condition }: RequestDetail): Static<typeof refusalSchema> | undefined {
  if (!condition) return undefined;
  const { name, problem, source, remedy } = condition;
  return { name, rule: problem, source, remedy };
}
