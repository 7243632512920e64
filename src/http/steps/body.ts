import { Kind, type TSchema } from '@sinclair/typebox';
import { otherEncoding } from '../../kernel/files.js';
import { defineCondition, SOURCE } from '../../profiles/index.js';

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

/**
 * The largest resource that is stored, as JSON, in bytes. A body may be larger, in white space for one. The limit holds
 * a page of 500 of them, indented, far below the longest text that V8 can hold, 512 MiB, and below what a small machine
 * has.
 */
export const RESOURCE_LIMIT = 128 * 1024;

/** What a body is parsed into, as its schema wants it. */
export type ParsedBody = Record<string, unknown> | unknown[];

/** The body has another `Content-Type` than JSON, or is compressed. */
export const unsupportedMediaType = defineCondition('unsupportedMediaType', {
  observed: [415, 'UNSUPPORTED_MEDIA_TYPE', 'The media type %s is not supported.', SOURCE.standard],
  settledBy: 'POST /api/atlas/v2/groups with Content-Type: text/plain',
  rule: [SOURCE.standard, SOURCE.emulator],
  problem: (type: string) =>
    type === 'none' ? 'The body has no Content-Type.' : `The Content-Type ${type} is not supported.`,
  remedy: 'Send Content-Type: application/json.',
  example: ['text/plain'],
});

/**
 * The body is larger than 1 MiB, or what would be stored of it (a resource, the settings of a project) than 128 KiB.
 */
export const bodyTooLarge = defineCondition('bodyTooLarge', {
  observed: [413, 'REQUEST_TOO_LARGE', 'The request is larger than %s bytes.', SOURCE.standard],
  settledBy: 'POST /api/atlas/v2/groups with a body of 2 MiB',
  rule: [SOURCE.standard, SOURCE.emulator],
  problem: (limit: number) => `The body is larger than ${limit} bytes.`,
  remedy: 'Send a smaller one.',
  example: [BODY_LIMIT],
});

/** The encoding of a text that was not UTF-8. A byte order mark of UTF-16 was replaced when the body was decoded. */
const encodingOf = (text: string) => otherEncoding(Buffer.from(text.replace(/^\ufffd+/, '')));

/** The body is empty or not JSON. */
export const malformedJson = defineCondition('malformedJson', {
  observed: [400, 'MALFORMED_JSON', 'Received JSON is malformed.', SOURCE.atlasErrors],
  problem(text: string, _wanted: string) {
    if (text.trim() === '') return 'The body is empty.';
    const encoding = encodingOf(text);
    return `The body is not JSON${encoding === undefined ? '' : `: its encoding is ${encoding}`}.`;
  },
  remedy: (text, wanted) =>
    `Send a JSON ${wanted} as the body${encodingOf(text) === undefined ? '' : ', in UTF-8'}.`,
  example: ['{', 'object'],
});

/** The body is JSON, but not of the kind that the operation takes: nearly always an object. */
export const notAnObject = defineCondition('notAnObject', {
  observed: [400, 'INVALID_JSON', 'Received JSON does not match expected format.', SOURCE.atlasErrors],
  problem: (wanted: string) => `The body is JSON, but not an ${wanted}.`,
  remedy: (wanted) => `Send a JSON ${wanted} as the body.`,
  example: ['object'],
});

/** A text without its byte order mark. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

/**
 * Checks that a body is not compressed.
 *
 * @throws {Refusal} `unsupportedMediaType`
 */
export function checkEncoding(encoding = 'identity'): void {
  if (encoding.toLowerCase() === 'identity') return;
  const reason = { problem: 'The body is compressed.', remedy: 'Send it without Content-Encoding.' };
  throw unsupportedMediaType(encoding).because({ ...reason, source: SOURCE.emulator });
}

/**
 * Parses a body that must be an object, or an array if its schema is of one.
 *
 * @throws {Refusal} `malformedJson`, `notAnObject`
 */
export function parseBody(body: unknown, schema: TSchema): ParsedBody {
  const wanted = schema[Kind] === 'Array' ? 'array' : 'object';
  const text = typeof body === 'string' ? body : '';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformedJson(text, wanted);
  }
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (kind !== wanted) throw notAnObject(wanted);
  return value as ParsedBody;
}

/** Checks that a resource is small enough to be stored, new or changed. Returns its JSON. @throws {Refusal} `bodyTooLarge` */
export function refuseTooLarge(resource: object): string {
  const text = JSON.stringify(resource);
  if (Buffer.byteLength(text) <= RESOURCE_LIMIT) return text;
  const problem = `What is to be kept is larger than ${RESOURCE_LIMIT} bytes.`;
  throw bodyTooLarge(RESOURCE_LIMIT).because({ problem, remedy: 'Send less.', source: SOURCE.emulator });
}
