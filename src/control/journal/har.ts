import { STATUS_CODES } from 'node:http';
import { Type, type TSchema } from '@sinclair/typebox';
import { integer, object, text } from '../../http/schema.js';
import type { Message } from '../../kernel/events.js';
import { VERSION } from '../../version.js';
import type { Entry } from './journal.js';

/** HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/). Fields that it does not define begin with `_`. */

/** A field: its schema, and its value in the archive of an entry, which the JSON leaves out if it is undefined. */
type Field = readonly [schema: TSchema, value: (entry: Entry) => unknown];
type Fields = Readonly<Record<string, Field>>;

const group = (description: string, fields: Fields): Field => {
  const members = Object.entries(fields);
  return [
    object(description, Object.fromEntries(members.map(([name, [schema]]) => [name, schema]))),
    (entry) => Object.fromEntries(members.map(([name, [, value]]) => [name, value(entry)])),
  ];
};

const pairs = (description: string, entries: (entry: Entry) => Iterable<[string, string]>): Field => [
  Type.Array(Type.Object({ name: text('The name.'), value: text('The value.') }), { description }),
  (entry) => Array.from(entries(entry), ([name, value]) => ({ name, value })),
];

const ms = (description: string, value: (entry: Entry) => number): Field => [
  Type.Number({ description: `${description}, in milliseconds.` }),
  value,
];

const took = ({ event }: Entry): number => event.data.tookMs;

type Side = 'request' | 'response';

const sideFields = (side: Side): Fields => ({
  httpVersion: [text('The version of HTTP.'), ({ detail }) => `HTTP/${detail.httpVersion}`],
  cookies: pairs('Always empty: cookies are secrets.', () => []),
  headers: pairs('The headers, with secrets redacted.', ({ detail }) => Object.entries(detail[side].headers)),
  headersSize: [integer('Always -1: unknown.'), () => -1],
  bodySize: [integer('The size of the body in bytes; -1 if unknown.'), ({ detail }) => sizeOf(detail[side])],
});

const bodyText = text('The body, with secrets redacted.');
const bodyFields = (side: Side, textSchema: TSchema): Fields => ({
  mimeType: [text('The media type.'), ({ detail }) => typeOf(detail[side])],
  text: [textSchema, ({ detail }) => detail[side].body],
  comment: [
    Type.Optional(text('Present if the body is incomplete.')),
    ({ detail }) => (detail[side].truncated ? 'Only the beginning was recorded.' : undefined),
  ],
});

const [postData, postDataOf] = group('The body.', bodyFields('request', bodyText));

const [entrySchema, harEntry] = group('A request and its response.', {
  startedDateTime: [
    text('When the request arrived.', { format: 'date-time' }),
    // An event shows when the request was answered.
    ({ event }) => new Date(event.at - Math.round(event.data.tookMs)).toISOString(),
  ],
  time: ms('The duration', took),
  request: group('The request.', {
    method: [text('The HTTP method.'), ({ event }) => event.data.method],
    url: [text('The absolute URL.'), ({ detail }) => detail.url],
    ...sideFields('request'),
    queryString: pairs(
      'The query parameters.',
      ({ detail }) => new URLSearchParams(/\?(.*)/s.exec(detail.url)?.[1]),
    ),
    postData: [
      Type.Optional(postData),
      (entry) => (entry.detail.request.body === undefined ? undefined : postDataOf(entry)),
    ],
  }),
  response: group('The response.', {
    status: [integer('The status; 0 if no response was sent.'), ({ event }) => event.data.status],
    statusText: [text('The reason phrase.'), ({ event }) => STATUS_CODES[event.data.status] ?? ''],
    ...sideFields('response'),
    content: group('The body.', {
      size: [integer('The size of the body in bytes.'), ({ detail }) => Math.max(0, sizeOf(detail.response))],
      ...bodyFields('response', Type.Optional(bodyText)),
    }),
    redirectURL: [text('Always empty.'), () => ''],
  }),
  cache: group('Always empty.', {}),
  timings: group('The parts of the duration.', {
    send: ms('The time to send the request', () => 0),
    wait: ms('The time to wait for the response', took),
    receive: ms('The time to receive the response', () => 0),
  }),
  comment: [
    Type.Optional(text('Why the request was refused.')),
    ({ detail: { condition } }) => condition && `${condition.problem} ${condition.remedy}`,
  ],
  _seq: [integer('The number of the request.'), ({ event }) => event.seq],
  _rung: [text('The step that decided the response.'), ({ event }) => event.data.rung],
});

/** An HTTP Archive. */
export const harSchema = object(
  'Requests as an HTTP Archive.',
  {
    log: object('The archive.', {
      version: Type.Literal('1.2', { description: 'The version of the format.' }),
      creator: object('The program that wrote the archive.', {
        name: text('The name.'),
        version: text('Its version.'),
      }),
      entries: Type.Array(entrySchema, { description: 'The requests, oldest first.' }),
    }),
  },
  { title: 'HttpArchive' },
);

/** Requests as an HTTP Archive. */
export function harOf(entries: readonly Entry[]) {
  const creator = { name: 'atlas-streams-emulator', version: VERSION };
  return { log: { version: '1.2', creator, entries: entries.map(harEntry) } };
}

function sizeOf({ headers, body, truncated }: Message): number {
  const length = Number(headers['content-length'] ?? NaN);
  if (Number.isSafeInteger(length)) return length;
  return truncated ? -1 : Buffer.byteLength(body ?? '');
}

function typeOf({ headers, body }: Message): string {
  return headers['content-type'] ?? (body === undefined ? 'x-unknown' : 'application/octet-stream');
}
