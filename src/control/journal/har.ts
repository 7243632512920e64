import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import { integer, object, text } from '../../http/schema.js';
import type { Message } from '../../kernel/events.js';
import type { Entry } from './entry.js';
import { refusalOf } from './request-entry.js';

/** HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/). Fields that it does not define begin with `_`. */

const pairs = (description: string) =>
  Type.Array(Type.Object({ name: text('Its name.'), value: text('Its value.') }), { description });
const ms = (description: string) => Type.Number({ description: `${description}, in milliseconds.` });
const size = (description: string) => integer(`${description}, in bytes; -1 if unknown.`);

const side = {
  httpVersion: text('Version of HTTP.'),
  cookies: pairs('Always empty: cookies are not shown.'),
  headers: pairs('Headers, secrets removed.'),
  headersSize: size('Size of the headers'),
  bodySize: size('Size of the body'),
};

const mimeType = text('Media type.');
const bodyText = text('Body, secrets removed.');
const comment = Type.Optional(text('Says that the body was cut.'));

const requestSchema = object('What the client sent.', {
  method: text('HTTP method.'),
  url: text('Absolute address.'),
  ...side,
  queryString: pairs('Parameters of the query.'),
  postData: Type.Optional(object('What was sent.', { mimeType, text: bodyText, comment })),
});

const responseSchema = object('What was answered.', {
  status: integer('Status; 0 where no answer was sent.'),
  statusText: text('Reason phrase.'),
  ...side,
  content: object('What was answered.', {
    size: integer('Size of the body, in bytes.'),
    mimeType,
    text: Type.Optional(bodyText),
    comment,
  }),
  redirectURL: text('Always empty.'),
});

const entrySchema = object('One request and its answer.', {
  startedDateTime: text('When the request came.', { format: 'date-time' }),
  time: ms('How long it took'),
  request: requestSchema,
  response: responseSchema,
  cache: object('Always empty.', {}),
  timings: object('What the time was spent on.', {
    send: ms('Sending'),
    wait: ms('Waiting'),
    receive: ms('Receiving'),
  }),
  comment: Type.Optional(text('Why the request was refused.')),
  _seq: integer('Number of the request.'),
  _rung: text('Step that decided the response.'),
});

const creator = object('What wrote the archive.', { name: text('Its name.'), version: text('Its version.') });

/** An HTTP Archive. */
export const harSchema = object(
  'Requests as an HTTP Archive.',
  {
    log: object('The archive.', {
      version: Type.Literal('1.2', { description: 'Version of the format.' }),
      creator,
      entries: Type.Array(entrySchema, { description: 'The requests, oldest first.' }),
    }),
  },
  { title: 'HttpArchive' },
);

/** Requests as an HTTP Archive; what is undefined is left out of the JSON. */
export function harOf(entries: readonly Entry[], version: string) {
  const creator = { name: 'atlas-streams-emulator', version };
  return { log: { version: '1.2', creator, entries: entries.map(harEntry) } };
}

function harEntry({ event, detail }: Entry) {
  const { at, seq, data } = event;
  const { request, response, url } = detail;
  const httpVersion = `HTTP/${detail.httpVersion}`;
  const refusal = refusalOf(detail);
  return {
    // An archive shows when requests came, an event when they were answered.
    startedDateTime: new Date(at - Math.round(data.tookMs)).toISOString(),
    time: data.tookMs,
    request: {
      method: data.method,
      url,
      ...sideOf(request, httpVersion),
      queryString: pairsOf(new URLSearchParams(/\?(.*)/s.exec(url)?.[1])),
      postData: request.body === undefined ? undefined : contentOf(request),
    },
    response: {
      status: data.status,
      statusText: STATUS_CODES[data.status] ?? '',
      ...sideOf(response, httpVersion),
      content: { size: Math.max(0, bodySize(response)), ...contentOf(response) },
      redirectURL: '',
    },
    cache: {},
    timings: { send: 0, wait: data.tookMs, receive: 0 },
    comment: refusal && `${refusal.rule} ${refusal.remedy}`,
    _seq: seq,
    _rung: data.rung,
  };
}

function sideOf(message: Message, httpVersion: string) {
  return {
    httpVersion,
    cookies: [],
    headers: pairsOf(Object.entries(message.headers)),
    headersSize: -1,
    bodySize: bodySize(message),
  };
}

function pairsOf(entries: Iterable<[string, string]>) {
  return [...entries].map(([name, value]) => ({ name, value }));
}

function bodySize({ headers, body, truncated }: Message): number {
  const length = Number(headers['content-length'] ?? NaN);
  if (Number.isSafeInteger(length)) return length;
  return truncated ? -1 : Buffer.byteLength(body ?? '');
}

function contentOf({ headers, body, truncated }: Message) {
  return {
    mimeType: headers['content-type'] ?? (body === undefined ? 'x-unknown' : 'application/octet-stream'),
    text: body,
    comment: truncated ? 'Only its beginning was kept.' : undefined,
  };
}
