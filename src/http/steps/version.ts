import { defineCondition, SOURCE } from '../../profiles/index.js';

/** `application/vnd.atlas.<date>+json`, whatever parameters follow. */
const ATLAS_JSON = /^application\/vnd\.atlas\.(\d{4}-\d{2}-\d{2})\+json$/i;

/** What a request's body may be called. */
export const BODY_TYPE = /^application\/(?:json|vnd\.atlas\.[^;+\s]+\+json)(?:\s*;|$)/i;

/**
 * `Accept` names no version that the operation has: it is missing, `application/json`, a wildcard, no calendar date, or
 * earlier than the first version.
 */
export const notAcceptable = defineCondition('notAcceptable', {
  observed: [406, 'INVALID_VERSION_DATE', 'Invalid accept header or version date.', SOURCE.recorded],
  problem: (_first: string, _newest: string) => 'Invalid accept header or version date.',
  remedy: (first, newest) =>
    `Send Accept: ${mediaType(newest)} (any calendar date from ${first} on is taken).`,
  example: ['2023-02-01', '2025-03-12'],
});

/**
 * Returns the version that answers: the newest of `versions` that is not after the date which `Accept` names.
 * Of several media types the one with the highest weight counts that can be answered.
 *
 * @param versions dates, oldest first
 * @throws {Refusal} `notAcceptable`
 */
export function acceptedVersion(accept = '', versions: readonly [string, ...string[]]): string {
  for (const date of acceptedDates(accept)) {
    const version = versions.findLast((known) => known <= date);
    if (version !== undefined) return version;
  }
  throw notAcceptable(versions[0], versions.at(-1) ?? versions[0]);
}

/** What was read of headers before: clients have few. */
const read = new Map<string, readonly string[]>();

/** The calendar dates that an `Accept` header names, in order of weight. */
export function acceptedDates(accept = ''): readonly string[] {
  const known = read.get(accept);
  if (known) return known;
  const wanted = accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.find((parameter) => /^q=/i.test(parameter));
    return { date: ATLAS_JSON.exec(type)?.[1] ?? '', weight: weight ? Number(weight.slice(2)) : 1 };
  });
  const dates = wanted
    .sort((one, other) => other.weight - one.weight)
    .filter(({ date, weight }) => weight > 0 && isCalendarDate(date))
    .map(({ date }) => date);
  if (read.size >= 100) read.clear();
  // A long header is rare, and would stay in memory.
  if (accept.length < 200) read.set(accept, dates);
  return dates;
}

/** The media type of a version, as `Accept` names it. */
export function mediaType(version: string): string {
  return `application/vnd.atlas.${version}+json`;
}

/** The types of answers, which are many and the same. */
const contentTypes = new Map<string, string>();

/** The type of an answer in a version of an operation. */
export function contentType(version: string): string {
  const known = contentTypes.get(version);
  if (known !== undefined) return known;
  const type = `${mediaType(version)};charset=utf-8`;
  contentTypes.set(version, type);
  return type;
}

function isCalendarDate(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
