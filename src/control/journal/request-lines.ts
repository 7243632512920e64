import { Type } from '@sinclair/typebox';
import { ControlError } from '../../http/control-error.js';
import { controlGroup, type ControlOperation } from '../../http/operation.js';
import { component, integer, list, text, within } from '../../http/schema.js';
import { LARGEST_INTEGER } from '../../http/steps/query.js';
import type { EventBus } from '../../kernel/events.js';
import type { Findings } from '../contract/findings.js';
import { findingTexts } from '../contract/operations.js';
import type { Entry, Journal } from './journal.js';
import { RelatedRequests } from './related.js';
import { refusedSchema, renderRequest, renderSummary, requestSchema } from './request.js';

/** Members of a request that follow from others. */
const related = {
  challenge: Type.Optional(
    integer('The number of the 401 whose digest challenge it answers, while that is recorded.'),
  ),
  token: Type.Optional(integer('The number of the request that issued its token, while that is recorded.')),
  item: Type.Optional(text('The id of the item that it names, or has created.')),
  faults: Type.Optional(list('The fault rules that acted on it.', Type.String())),
  projectTime: Type.Optional(text("When it arrived, in the project's time.", { format: 'date-time' })),
};

const { refusal, ...line } = refusedSchema.properties;
const { tookMs, version } = requestSchema.properties;

const lineSchema = component('RequestLine', 'A request without headers and bodies.', {
  ...line,
  version,
  tookMs,
  refusal: Type.Optional(refusal),
  ...related,
});

const reportSchema = component('RequestReport', 'A request, its response, and what belongs to it.', {
  ...requestSchema.properties,
  ...related,
  findings: list(
    'The rules of the contract that it broke, if it is not long ago.',
    Type.Object(findingTexts),
  ),
});

const group = controlGroup('/requests', {
  scope: 'both',
  tag: 'Recorded requests and their responses.',
  parameters: { seq: text('The number of a request.', { pattern: '^[0-9]{1,15}$' }) },
});

/**
 * The operations that show how recorded requests belong together.
 *
 * @param findings undefined if requests are not judged
 */
export function requestLineOperations(
  journal: Journal,
  events: EventBus,
  findings?: Findings,
): ControlOperation[] {
  const others = new RelatedRequests(journal);
  const render = (entry: Entry) => ({ ...renderSummary(entry), ...others.of(entry) });
  return [
    group('listRequestLines', 'GET', '/lines', {
      summary: 'Lists the last requests without headers and bodies, oldest first.',
      query: Type.Object({
        since: Type.Optional(within(0, LARGEST_INTEGER, 'Only requests with a higher number.')),
        before: Type.Optional(within(0, LARGEST_INTEGER, 'Only requests with a lower number.')),
        limit: within(1, 1000, 'The maximum number of requests.', { default: 100 }),
      }),
      response: Type.Object({
        requests: list('The requests, oldest first.', lineSchema),
        last: integer('The number of the last event, for since.'),
      }),
      handle({ project, query: { since, before = Infinity, limit } }) {
        const { entries } = journal.select(project?.id, since);
        const end = entries.findLastIndex(({ event }) => event.seq < before) + 1;
        const found = entries.slice(Math.max(0, end - limit), end);
        return { requests: found.map(render), last: events.last };
      },
    }),
    group('getRequest', 'GET', '/:seq', {
      summary: 'Returns a recorded request, and what belongs to it.',
      response: reportSchema,
      handle({ project, parameters: { seq } }) {
        const found = journal.select(project?.id).entries.find(({ event }) => String(event.seq) === seq);
        if (!found) throw new ControlError(404, `No request ${seq} is recorded here.`);
        return { ...renderRequest(found), ...others.of(found), findings: textsOf(findings?.of(Number(seq))) };
      },
    }),
  ];
}

function textsOf(findings: ReturnType<Findings['of']> = []) {
  return findings.map(({ rule, severity, source, problem, mend }) => ({
    rule,
    severity,
    source,
    problem,
    mend,
  }));
}
