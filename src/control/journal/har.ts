import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import type { Message } from '../../kernel/events.js';
import { readFixture, VERSION } from '../../version.js';
import type { Entry } from './journal.js';

/** An HTTP Archive. */
export const harSchema = Type.Unsafe(readFixture('openapi/har.json') as object);

/** Requests as an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/). JSON omits what is undefined. */
export function harOf(entries: readonly Entry[]) {
  const creator = { name: 'atlas-streams-emulator', version: VERSION };
  return { log: { version: '1.2', creator, entries: entries.map(harEntry) } };
}

/** A request and its response. Fields that the specification does not define begin with `_`. */
function harEntry({ event: { seq, at, data }, detail }: Entry) {
  const { method, status, rung, tookMs } = data;
  const { url, httpVersion, request, response, condition } = detail;
  return {
    // An event shows when the request was answered.
    startedDateTime: new Date(at - Math.round(tookMs)).toISOString(),
    time: tookMs,
    request: {
      method,
      url,
      ...messageOf(request, httpVersion),
      queryString: pairsOf(new URLSearchParams(/\?(.*)/s.exec(url)?.[1])),
      postData: request.body === undefined ? undefined : bodyOf(request),
    },
    response: {
      status,
      statusText: STATUS_CODES[status] ?? '',
      ...messageOf(response, httpVersion),
      content: { size: Math.max(0, sizeOf(response)), ...bodyOf(response) },
      redirectURL: '',
    },
    cache: {},
    timings: { send: 0, wait: tookMs, receive: 0 },
    comment: condition && `${condition.problem} ${condition.remedy}`,
    _seq: seq,
    _rung: rung,
  };
}

function messageOf(message: Message, version: string) {
  return {
    httpVersion: `HTTP/${version}`,
    // Cookies are secrets.
    cookies: [],
    headers: pairsOf(Object.entries(message.headers)),
    // Unknown.
    headersSize: -1,
    bodySize: sizeOf(message),
  };
}

function bodyOf({ headers, body, truncated }: Message) {
  return {
    mimeType: headers['content-type'] ?? (body === undefined ? 'x-unknown' : 'application/octet-stream'),
    text: body,
    comment: truncated ? 'Only the beginning was recorded.' : undefined,
  };
}

/** The size of a body in bytes; -1 if unknown. */
function sizeOf({ headers, body, truncated }: Message): number {
  const length = Number(headers['content-length'] ?? NaN);
  if (Number.isSafeInteger(length)) return length;
  return truncated ? -1 : Buffer.byteLength(body ?? '');
}

function pairsOf(entries: Iterable<[string, string]>) {
  return Array.from(entries, ([name, value]) => ({ name, value }));
}
