import { Type, type Static } from '@sinclair/typebox';
import { component, integer, object, oneOf, record, text } from '../../http/schema.js';
import { STEPS } from '../../http/observation/exchange.js';
import type { RequestDetail } from '../../kernel/events.js';
import type { Entry } from './journal.js';

/** A step of the pipeline. */
export const stepSchema = oneOf(STEPS, 'The step that decided the response.');

const refusalSchema = component('Refusal', 'Why the request was refused; absent if it was not.', {
  name: text('The name of the condition, as in docs/errors.md.'),
  rule: text('What is wrong with the request.'),
  source: text('The source of the rule.'),
  remedy: text('What the emulator would accept.'),
});

const INCOMPLETE = 'Whether the body is incomplete: longer than 16,384 characters, or not all of it arrived.';

const messageSchema = (description: string) =>
  object(description, {
    headers: record('The headers, with secrets redacted.', Type.String()),
    body: Type.Optional(text('The body as text, with secrets redacted; absent if none was read.')),
    truncated: Type.Boolean({ description: INCOMPLETE }),
  });

/** Members of both representations of a request. */
const line = {
  seq: integer('The number of the request. Numbers increase, with gaps.'),
  at: text('When the response was sent, in real time.', { format: 'date-time' }),
  project: Type.Optional(text('The id of the project in the path.')),
  method: text('The HTTP method.'),
  path: text('The path and the query.'),
  operation: Type.Optional(text('The operationId of the API description.')),
  caller: Type.Optional(text('The public key or client id of the authenticated caller.')),
  status: integer('The status of the response; 0 if none was sent.'),
  rung: stepSchema,
};

/** A request as the journal shows it. */
export const requestSchema = component('Request', 'A request and its response.', {
  ...line,
  version: Type.Optional(text('The version of the operation.')),
  tookMs: Type.Number({
    description: 'The time from the arrival of the request to the end of the response, in milliseconds.',
  }),
  refusal: Type.Optional(refusalSchema),
  request: messageSchema('The message that the client sent.'),
  response: messageSchema('The message that the emulator sent.'),
});

/** A request as `GET /requests/refused` shows it. */
export const refusedSchema = component('RefusedRequest', 'A refused request, without headers and bodies.', {
  ...line,
  refusal: refusalSchema,
});

/** Renders a request without headers and bodies, which take long to redact; JSON omits what is undefined. */
export function renderSummary({ event: { seq, at, project, data }, detail }: Entry) {
  const { method, path, operation, caller, version, status, rung, tookMs } = data;
  const line = { method, path, operation, caller, version, status, rung, tookMs };
  return { seq, at: new Date(at).toISOString(), project, ...line, refusal: refusalOf(detail) };
}

/** Renders a request. */
export function renderRequest(entry: Entry) {
  const { request, response } = entry.detail;
  return { ...renderSummary(entry), request, response };
}

/** Renders a refused request. */
export function renderLine(entry: Entry) {
  const { version, tookMs, ...line } = renderSummary(entry);
  return line;
}

/** Why a request was refused; undefined if it was not. */
function refusalOf({ condition }: RequestDetail): Static<typeof refusalSchema> | undefined {
  if (!condition) return undefined;
  const { name, problem, source, remedy } = condition;
  return { name, rule: problem, source, remedy };
}
