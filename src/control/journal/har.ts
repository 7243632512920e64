import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import type { Message } from '../../kernel/events.js';
import type { Entry } from './entry.js';
import { refusalOf } from './request-entry.js';

/** HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/). Fields that it does not define begin with `_`. */

const pairs = (description: string) =>
  Type.Array(
    Type.Object({
      name: Type.String({ description: 'Its name.' }),
      value: Type.String({ description: 'Its value.' }),
    }),
    { description },
  );

const ms = (description: string) => Type.Number({ description: `${description}, in milliseconds.` });
const size = (description: string) =>
  Type.Integer({ description: `${description}, in bytes; -1 if unknown.` });

const side = {
  httpVersion: Type.String({ description: 'Version of HTTP.' }),
  cookies: pairs('Always empty: cookies are not shown.'),
  headers: pairs('Headers, secrets removed.'),
  headersSize: size('Size of the headers'),
  bodySize: size('Size of the body'),
};

const mimeType = Type.String({ description: 'Media type.' });
const text = Type.String({ description: 'Body, secrets removed.' });
const comment = Type.Optional(Type.String({ description: 'Says that the body was cut.' }));

const requestSchema = Type.Object(
  {
    method: Type.String({ description: 'HTTP method.' }),
    url: Type.String({ description: 'Absolute address.' }),
    ...side,
    queryString: pairs('Parameters of the query.'),
    postData: Type.Optional(Type.Object({ mimeType, text, comment }, { description: 'What was sent.' })),
  },
  { description: 'What the client sent.' },
);

const responseSchema = Type.Object(
  {
    status: Type.Integer({ description: 'Status; 0 where no answer was sent.' }),
    statusText: Type.String({ description: 'Reason phrase.' }),
    ...side,
    content: Type.Object(
      {
        size: Type.Integer({ description: 'Size of the body, in bytes.' }),
        mimeType,
        text: Type.Optional(text),
        comment,
      },
      { description: 'What was answered.' },
    ),
    redirectURL: Type.String({ description: 'Always empty.' }),
  },
  { description: 'What was answered.' },
);

const entrySchema = Type.Object(
  {
    startedDateTime: Type.String({ format: 'date-time', description: 'When the request came.' }),
    time: ms('How long it took'),
    request: requestSchema,
    response: responseSchema,
    cache: Type.Object({}, { description: 'Always empty.' }),
    timings: Type.Object(
      { send: ms('Sending'), wait: ms('Waiting'), receive: ms('Receiving') },
      { description: 'What the time was spent on.' },
    ),
    comment: Type.Optional(Type.String({ description: 'Why the request was refused.' })),
    _seq: Type.Integer({ description: 'Number of the request.' }),
    _rung: Type.String({ description: 'Step of the ladder that decided the answer.' }),
  },
  { description: 'One request and its answer.' },
);

/** An HTTP Archive. */
export const harSchema = Type.Object(
  {
    log: Type.Object(
      {
        version: Type.Literal('1.2', { description: 'Version of the format.' }),
        creator: Type.Object(
          {
            name: Type.String({ description: 'Its name.' }),
            version: Type.String({ description: 'Its version.' }),
          },
          { description: 'What wrote the archive.' },
        ),
        entries: Type.Array(entrySchema, { description: 'The requests, oldest first.' }),
      },
      { description: 'The archive.' },
    ),
  },
  { title: 'HttpArchive', description: 'Requests as an HTTP Archive.' },
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
