import { readFileSync } from 'node:fs';
import { evidence, type RecordedAnswer, type Recording } from '../support/evidence.js';

type Headers = Readonly<Record<string, string>>;

/**
 * The facts of one recorded answer of Atlas: what it has in common with every other answer to the same request. Ids, times,
 * hosts and names are numbered or left out; words of the API, texts of errors and the order of keys stay.
 */
export interface AnswerFacts {
  readonly request: string;
  readonly status: number;
  /** The day, if it is known. */
  readonly date?: string;
  /** How the answer was found: recorded, in a log, or in the documentation. */
  readonly kind: string;
  /** Headers with a fixed value. */
  readonly headers?: Headers;
  /** Names of the others: their values change, or describe a server. */
  readonly otherHeaders?: string;
  /** One line for each value, in order: `results/0/state = "IDLE"`. Null without a body. */
  readonly body: readonly string[] | null;
  /** The length, if the JSON is not compact. */
  readonly bytes?: number;
}

/** The facts of each file of recordings. */
export interface Facts {
  readonly responses: readonly AnswerFacts[];
  readonly more: readonly AnswerFacts[];
  readonly streams: readonly AnswerFacts[];
}

export const FACTS_FILE = new URL('recorded-facts.json', import.meta.url);

export const FACTS = JSON.parse(readFileSync(FACTS_FILE, 'utf8')) as Facts;

/** Members whose values are words of the API or texts of errors. */
const WORDS = [
  ...['state', 'provider', 'vendor', 'cloudProvider', 'rel', 'type', 'tier', 'protocol', 'mechanism', 'role'],
  ...['detail', 'reason', 'errorCode', 'parameters', 'error', 'error_description'],
];

const FIXED_HEADERS = [
  ...['allow', 'content-type', 'location', 'www-authenticate', 'ratelimit-limit', 'referrer-policy'],
  ...['x-content-type-options', 'x-error-code', 'x-frame-options', 'x-java-method'],
  ...['x-permitted-cross-domain-policies'],
];

const HOST = 'http://localhost:8080';
const NONCE = 'A'.repeat(32);
const SAMPLES: Readonly<Record<string, string>> = {
  '{host}': HOST,
  '{nonce}': NONCE,
  '{time}': '2026-08-10T03:02:52Z',
};

/** Numbers the ids and names of one answer. */
class Numbers {
  readonly #ids: string[] = [];
  readonly #names: string[];

  constructor(body: unknown) {
    const { parameters } = (body ?? {}) as { parameters?: unknown };
    const texts = Array.isArray(parameters) ? parameters.map(String) : [];
    // Not numbers, sentences and templates.
    this.#names = texts.filter((text) => /^[\w-]+$/.test(text) && !/^(?:\d+|[a-f0-9]{24})$/.test(text));
  }

  hide(text: string): string {
    let hidden = text;
    for (const [index, name] of this.#names.entries()) hidden = hidden.replaceAll(name, `{name${index + 1}}`);
    return hidden
      .replace(/^https?:\/\/localhost:\d+/, '{host}')
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '{time}')
      .replace(/nonce="[^"]*"/, 'nonce="{nonce}"')
      .replace(/\b[a-f0-9]{24}\b/g, (id) => {
        if (!this.#ids.includes(id)) this.#ids.push(id);
        return `{id${this.#ids.indexOf(id) + 1}}`;
      });
  }
}

/** The lines of a body. */
function linesOf(value: unknown, numbers: Numbers, path = '', key = ''): string[] {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([name, item]) =>
      linesOf(item, numbers, path === '' ? name : `${path}/${name}`, Array.isArray(value) ? key : name),
    );
  }
  if (typeof value !== 'string' || value === '') return [`${path} = ${JSON.stringify(value)}`];
  const text = numbers.hide(value);
  const isFixed = WORDS.includes(key) || key === 'href' || /^\{\w+\}$/.test(text);
  return [isFixed ? `${path} = ${JSON.stringify(text)}` : `${path}: text`];
}

function factsOf(
  request: string,
  {
    status,
    date,
    body,
    headers,
    kind,
  }: Pick<RecordedAnswer, 'status' | 'body' | 'date'> & { headers?: Headers; kind: string },
): AnswerFacts {
  const numbers = new Numbers(body);
  const isDay = date !== undefined && !Number.isNaN(Date.parse(date));
  const length = headers?.['content-length'];
  const isSpaced = length !== undefined && body && Number(length) !== Buffer.byteLength(JSON.stringify(body));
  const lines = body === '' || body === null ? null : linesOf(body, numbers);
  const names = Object.keys(headers ?? {});
  const fixed = names
    .filter((name) => FIXED_HEADERS.includes(name))
    .map((name) => [name, numbers.hide(headers?.[name] ?? '')]);
  return {
    request,
    status,
    ...(isDay && { date: new Date(date).toISOString().slice(0, 10) }),
    kind,
    ...(headers && {
      headers: Object.fromEntries(fixed) as Record<string, string>,
      otherHeaders: names.filter((name) => !FIXED_HEADERS.includes(name)).join(' '),
    }),
    body: lines,
    ...(isSpaced && { bytes: Number(length) }),
  };
}

/** The request of a recording, with its ids and names as parameters. */
function requestOf({ method, path_flat }: Recording): string {
  const path = path_flat
    .replace(/^api_atlas_v2_/, '')
    .replace(/[a-f0-9]{24}/g, '{id}')
    .replace(/instance-\d+/, '{tenantName}')
    .replace(/connection-\d+/, '{connectionName}');
  return `${method} /${path.replaceAll('_', '/')}`;
}

/** The facts of the recordings that are present. @param requests of docs/recorded.md, in order */
export function factsOfEvidence(requests: readonly string[]): Facts {
  const { answers: more } = evidence('recorded-responses-2', { answers: [] });
  const { answers: streams } = evidence('recorded-streams', { answers: [] });
  return {
    responses: evidence('recorded-responses', []).map((one) =>
      factsOf(requestOf(one), { ...one, kind: 'recorded by the tests of the Atlas CLI' }),
    ),
    more: more.map((one, index) => factsOf(requests[index] ?? '', { ...one, kind: one.kind ?? '' })),
    streams: streams.map(({ method, path, javaMethod, contentType, ...one }) =>
      factsOf(`${method} ${path}`, {
        ...one,
        headers: {
          'content-type': contentType,
          ...(javaMethod !== undefined && { 'x-java-method': javaMethod }),
        },
        kind: 'recorded by the tests of the Atlas CLI',
      }),
    ),
  };
}

/** A text with samples for what it leaves out. */
function sampled(text: string): string {
  return text
    .replace(/\{(?:host|nonce|time)\}/g, (name) => SAMPLES[name] ?? '')
    .replace(/\{id(\d)\}/g, (_, number: string) => `${'0'.repeat(22)}a${Number(number) - 1}`)
    .replace(/\{name(\d)\}/g, 'sample-$1');
}

function bodyOf(lines: AnswerFacts['body']): Readonly<Record<string, unknown>> | null {
  if (!lines) return null;
  let root: unknown = {};
  for (const line of lines) {
    const [, path = '', value] = /^(.*?)(?: = (.*)|: text)$/s.exec(line) ?? [];
    const keys = path.split('/');
    // Two tags have different keys; a link has the same texts in a list.
    const name = path.replace(/^results\/\d+\//, '').replaceAll('/', '-');
    const sample: unknown = value === undefined ? `sample-${name}` : JSON.parse(sampled(value));
    if (path === '') root = sample;
    else put(root as Record<string, unknown>, keys, sample);
  }
  return root as Readonly<Record<string, unknown>>;
}

function put(into: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  const [next] = rest;
  if (next === undefined) into[key] = value;
  else put((into[key] ??= /^\d+$/.test(next) ? [] : {}) as Record<string, unknown>, rest, value);
}

function headersOf(
  { headers = {}, otherHeaders = '', bytes }: AnswerFacts,
  body: unknown,
): Record<string, string> {
  const others = otherHeaders
    .split(' ')
    .map((name) => [name, name === 'ratelimit-remaining' ? '1199' : 'any'] as const);
  const shown = Object.entries(headers).map(([name, value]) => [name, sampled(value)] as const);
  const length = bytes ?? (body === null ? 0 : Buffer.byteLength(JSON.stringify(body)));
  return { ...Object.fromEntries([...others, ...shown]), 'content-length': String(length) };
}

/** Recordings that have these facts, with samples for the rest. */
export function sampleRecordings({ responses }: Facts): Recording[] {
  return responses.map((facts) => {
    const [method = '', path = ''] = facts.request.split(' /');
    const body = bodyOf(facts.body) ?? {};
    const flat = path
      .replaceAll('/', '_')
      .replace('{tenantName}', 'instance-1')
      .replace('{connectionName}', 'connection-1')
      .replaceAll('{id}', sampled('{id1}'));
    const headers = headersOf(facts, body);
    return {
      source: 'facts',
      method,
      path_flat: `api_atlas_v2_${flat}`,
      status: facts.status,
      headers,
      body,
    };
  });
}

/** The same of the answers that were found later. */
export function sampleAnswers({ more }: Facts): RecordedAnswer[] {
  return more.map((facts) => {
    const [, method = '', path = ''] = /^`?(\w+)`? `?(.*?)`?$/.exec(facts.request) ?? [];
    const body = bodyOf(facts.body);
    return {
      ...{ method, path, status: facts.status, body },
      ...(facts.date !== undefined && { date: facts.date }),
      ...(facts.headers && { headers: headersOf(facts, body) }),
    };
  });
}
