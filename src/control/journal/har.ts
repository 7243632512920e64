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
  Type.Array(Type.Object({ name: text('Its name.'), value: text('Its value.') }), { description }),
  (entry) => Array.from(entries(entry), ([name, value]) => ({ name, value })),
];

const ms = (description: string, value: (entry: Entry) => number): Field => [
  Type.Number({ description: `${description}, in milliseconds.` }),
  value,
];

const took = ({ event }: Entry): number => event.data.tookMs;

type Side = 'request' | 'response';

const sideFields = (side: Side): Fields => ({
  httpVersion: [text('Version of HTTP.'), ({ detail }) => `HTTP/${detail.httpVersion}`],
  cookies: pairs('Always empty: cookies are not shown.', () => []),
  headers: pairs('Headers, secrets removed.', ({ detail }) => Object.entries(detail[side].headers)),
  headersSize: [integer('Size of the headers, in bytes; -1 if unknown.'), () => -1],
  bodySize: [integer('Size of the body, in bytes; -1 if unknown.'), ({ detail }) => sizeOf(detail[side])],
});

const bodyText = text('Body, secrets removed.');
const bodyFields = (side: Side, textSchema: TSchema): Fields => ({
  mimeType: [text('Media type.'), ({ detail }) => typeOf(detail[side])],
  text: [textSchema, ({ detail }) => detail[side].body],
  comment: [
    Type.Optional(text('Says that the body was cut.')),
    ({ detail }) => (detail[side].truncated ? 'Only its beginning was kept.' : undefined),
  ],
});

const [postData, postDataOf] = group('What was sent.', bodyFields('request', bodyText));

const [entrySchema, harEntry] = group('One request and its answer.', {
  startedDateTime: [
    text('When the request came.', { format: 'date-time' }),
    // An event shows when the request was answered.
    ({ event }) => new Date(event.at - Math.round(event.data.tookMs)).toISOString(),
  ],
  time: ms('How long it took', took),
  request: group('What the client sent.', {
    method: [text('HTTP method.'), ({ event }) => event.data.method],
    url: [text('Absolute address.'), ({ detail }) => detail.url],
    ...sideFields('request'),
    queryString: pairs(
      'Parameters of the query.',
      ({ detail }) => new URLSearchParams(/\?(.*)/s.exec(detail.url)?.[1]),
    ),
    postData: [
      Type.Optional(postData),
      (entry) => (entry.detail.request.body === undefined ? undefined : postDataOf(entry)),
    ],
  }),
  response: group('What was answered.', {
    status: [integer('Status; 0 where no answer was sent.'), ({ event }) => event.data.status],
    statusText: [text('Reason phrase.'), ({ event }) => STATUS_CODES[event.data.status] ?? ''],
    ...sideFields('response'),
    content: group('What was answered.', {
      size: [integer('Size of the body, in bytes.'), ({ detail }) => Math.max(0, sizeOf(detail.response))],
      ...bodyFields('response', Type.Optional(bodyText)),
    }),
    redirectURL: [text('Always empty.'), () => ''],
  }),
  cache: group('Always empty.', {}),
  timings: group('What the time was spent on.', {
    send: ms('Sending', () => 0),
    wait: ms('Waiting', took),
    receive: ms('Receiving', () => 0),
  }),
  comment: [
    Type.Optional(text('Why the request was refused.')),
    ({ detail: { condition } }) => condition && `${condition.problem} ${condition.remedy}`,
  ],
  _seq: [integer('Number of the request.'), ({ event }) => event.seq],
  _rung: [text('Step that decided the response.'), ({ event }) => event.data.rung],
});

/** An HTTP Archive. */
export const harSchema = object(
  'Requests as an HTTP Archive.',
  {
    log: object('The archive.', {
      version: Type.Literal('1.2', { description: 'Version of the format.' }),
      creator: object('What wrote the archive.', {
        name: text('Its name.'),
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
