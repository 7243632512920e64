/** HTTP Archive 1.2 as its specification has it (http://www.softwareishard.com/blog/har-12-spec/), as JSON Schema. */

const text = { type: 'string' };
const size = { type: 'integer', minimum: -1 };
const time = { type: 'number', minimum: 0 };

const object = (
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
) => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional, comment: text },
  // Fields of one's own begin with an underscore.
  patternProperties: { '^_': {} },
  additionalProperties: false,
});

const list = (items: object) => ({ type: 'array', items });
const pair = object({ name: text, value: text });

const cookie = object(
  { name: text, value: text },
  {
    path: text,
    domain: text,
    expires: text,
    httpOnly: { type: 'boolean' },
    secure: { type: 'boolean' },
  },
);

const request = object(
  {
    method: text,
    url: { type: 'string', pattern: '^https?://' },
    httpVersion: text,
    cookies: list(cookie),
    headers: list(pair),
    queryString: list(pair),
    headersSize: size,
    bodySize: size,
  },
  { postData: object({ mimeType: text }, { text, params: list(object({ name: text })) }) },
);

const response = object({
  status: { type: 'integer' },
  statusText: text,
  httpVersion: text,
  cookies: list(cookie),
  headers: list(pair),
  content: object({ size: { type: 'integer' }, mimeType: text }, { text, encoding: text }),
  redirectURL: text,
  headersSize: size,
  bodySize: size,
});

export const HAR_SCHEMA = object({
  log: object({
    version: { const: '1.2' },
    creator: object({ name: text, version: text }),
    entries: list(
      object({
        startedDateTime: {
          type: 'string',
          pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
        },
        time,
        request,
        response,
        cache: object({}, { beforeRequest: {}, afterRequest: {} }),
        timings: object({ send: time, wait: time, receive: time }),
      }),
    ),
  }),
});
