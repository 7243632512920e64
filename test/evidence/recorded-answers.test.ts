import { describe, expect, it } from 'vitest';
import { nonceOf } from '../support/digest.js';
import { API, SEEDED, TestEmulator } from '../support/emulator.js';
import {
  describeWithEvidence,
  evidence,
  EVIDENCE_PRESENT,
  type RecordedAnswer,
} from '../support/evidence.js';
import { FACTS, sampleAnswers } from './facts.js';
import { recordedRows } from './recorded-rows.js';
import { REPLAYS, type Replayed } from './recorded-replays.js';

const { answers: ANSWERS } = evidence('recorded-responses-2', { answers: [] });

/** The answers, and others with the same facts. */
const SOURCES = [
  { source: 'facts of the recordings', answers: sampleAnswers(FACTS) },
  ...(EVIDENCE_PRESENT ? [{ source: 'recordings', answers: ANSWERS }] : []),
];

const ROWS = recordedRows();

const NOT_EMULATED = ROWS.filter(({ verdict }) => verdict.startsWith('not emulated'));

/** Headers of Atlas's servers and of the transport, and those that the emulator adds. */
const NOT_COMPARED = [
  ...['connection', 'content-length', 'date', 'server', 'strict-transport-security', 'vary'],
  ...['x-xgen-up-proto', 'cache-control', 'pragma', 'x-emulator-reason'],
];

/** Headers that the errors of older recordings lack. */
const SINCE: Readonly<Record<string, string>> = {
  'x-error-code': '2025-11-01',
  'ratelimit-limit': '2026-01-01',
  'ratelimit-remaining': '2026-01-01',
};

type Header = string | number | string[] | undefined;
type Headers = Readonly<Record<string, Header>>;

function expectSame(replayed: Replayed, recorded: RecordedAnswer): void {
  const { response, replace = {}, anyValue = [], anyHeader = [] } = replayed;
  expect(response.statusCode, response.body).toBe(recorded.status);
  const body = Object.entries(replace).reduce(
    (text, [own, theirs]) => text.replaceAll(own, theirs),
    response.body,
  );
  const hideValue = (name: string, value: unknown): unknown => (anyValue.includes(name) ? 'any' : value);
  if (!recorded.body) expect(body).toBe('');
  else expect(JSON.stringify(JSON.parse(body), hideValue)).toBe(JSON.stringify(recorded.body, hideValue));
  if (recorded.headers) expectSameHeaders(response.headers, recorded, anyHeader);
}

function expectSameHeaders(own: Headers, recorded: RecordedAnswer, anyHeader: readonly string[]): void {
  const { headers = {}, date = '', body } = recorded;
  const day = new Date(date).toISOString();
  for (const name of new Set([...Object.keys(headers), ...Object.keys(own)])) {
    if (NOT_COMPARED.includes(name) || anyHeader.includes(name)) continue;
    if (body && headers[name] === undefined && day < (SINCE[name] ?? '')) continue;
    expect(shown(name, own[name]), name).toBe(shown(name, headers[name]));
  }
}

/** A header's value without what changes from response to response. */
function shown(name: string, value: Header): string | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  if (name === 'ratelimit-remaining') return text.replace(/^\d+$/, 'a number');
  return name === 'www-authenticate' ? text.replace(nonceOf(text), 'a nonce') : text;
}

/** A request in one form, whatever its parameters are called. */
const formOf = (method: string, path: string, status: number): string =>
  `${method} ${path} ${status}`
    .replaceAll('/', '_')
    .replace('_api_atlas_v2', '')
    .replace(/(?<=_clusters_)[^_]*(?=_)/, '{}')
    .replace(/\{[^}]*\}/g, '{}');

describe('docs/recorded.md', () => {
  it('docs/recorded.md has a row for each of the 34 recorded responses, in order', () => {
    expect(ROWS.map(({ number }) => number)).toEqual(Array.from({ length: 34 }, (_, index) => index + 1));
  });

  it.each(ROWS)(
    'row $number of docs/recorded.md is held, superseded or not emulated, and held rows are replayed',
    (row) => {
      expect(row.verdict).toMatch(/^(held|superseded by|not emulated)\b/);
      if (row.verdict.startsWith('held')) expect(REPLAYS).toHaveProperty(String(row.number));
      if (row.verdict.startsWith('superseded')) expect(REPLAYS).not.toHaveProperty(String(row.number));
    },
  );

  it.each(NOT_EMULATED)('the request of row $number of docs/recorded.md is a 501', async ({ requests }) => {
    const [method = '', path = ''] = requests.split(' ');
    const { organization, project } = SEEDED.observed;
    const url = path
      .replace('{groupId}', project)
      .replace('{orgId}', organization)
      .replaceAll('{name}', 'name')
      .replace('{id}', 'f'.repeat(24));
    const emulator = await TestEmulator.start();
    const response = await emulator.as('owner', 'observed', { method: method as 'GET', url: API + url });
    expect([response.statusCode, response.json<{ errorCode: string }>().errorCode]).toEqual([
      501,
      'NOT_EMULATED',
    ]);
  });
});

describeWithEvidence('recorded responses of Atlas', () => {
  it('docs/recorded.md lists exactly the recorded responses', () => {
    const shown = ROWS.map(({ requests, status }) => {
      const [method = '', path = ''] = requests.split(/ (.*)/);
      return formOf(method, path, status);
    });
    expect(shown).toEqual(
      ANSWERS.map(({ method, path, path_flat, status }) => formOf(method, path ?? path_flat ?? '', status)),
    );
  });
});

describe.each(SOURCES)('recorded responses of Atlas (November 2026): $source', ({ answers }) => {
  it.each(Object.keys(REPLAYS).map(Number))(
    'the emulator responds as in row %i of docs/recorded.md',
    async (number) => {
      const recorded = answers[number - 1];
      const replay = REPLAYS[number];
      if (!recorded || !replay) throw new Error(`no answer ${number}`);
      const emulator = await TestEmulator.start({ profile: 'observed', publicUrl: 'http://localhost:8080' });
      const replayed = await replay(emulator, recorded.body === '' ? {} : (recorded.body ?? {}));
      expect(replayed.length).toBeGreaterThan(0);
      for (const one of replayed) expectSame(one, recorded);
    },
  );
});
