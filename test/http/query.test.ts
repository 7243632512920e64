import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { flagsQuery, lenientFlags, pagingQuery, readQuery } from '../../src/http/steps/query.js';
import { Refusal, type Condition } from '../../src/profiles/index.js';
import { ACCEPT, API, linksPath, SEEDED } from '../support/emulator.js';
import { shareEmulator } from '../support/transport.js';

const shared = shareEmulator();

function conditionOf(work: () => unknown): Condition | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.condition;
    throw error;
  }
  return undefined;
}

describe('query parameters of an operation', () => {
  it.each([
    [{}, { envelope: false, pretty: false }],
    [{ pretty: 'true' }, { envelope: false, pretty: true }],
    [
      { envelope: 'true', pretty: 'false' },
      { envelope: true, pretty: false },
    ],
    [
      { unknown: 'x', __proto__: 'y' },
      { envelope: false, pretty: false },
    ],
  ])('readQuery() reads %j as %j', (raw, read) => {
    expect(readQuery(flagsQuery, raw)).toEqual(read);
  });

  it.each(['TRUE', 'True', '1', '0', 'yes', 'no', '', ' true', 'true ', 'null', ['true', 'true']])(
    'readQuery() refuses %j as a flag',
    (value) => {
      const condition = conditionOf(() => readQuery(flagsQuery, { envelope: value }));
      expect([condition?.name, condition?.parameters]).toEqual(['invalidQueryParameter', ['envelope']]);
      expect(condition?.remedy).toBe('Send true or false.');
    },
  );

  it.each([
    ['itemsPerPage', '1', 1],
    ['itemsPerPage', '500', 500],
    ['itemsPerPage', '007', 7],
    ['pageNum', '1', 1],
    ['pageNum', '1000000000', 1_000_000_000],
  ])('readQuery() accepts %s=%s', (name, text, value) => {
    expect(readQuery(pagingQuery, { [name]: text })[name]).toBe(value);
  });

  it.each([
    ['itemsPerPage', '0', 'Send a whole number from 1 to 500.'],
    ['itemsPerPage', '501', 'Send a whole number from 1 to 500.'],
    ['itemsPerPage', '1.0', 'Send a whole number from 1 to 500.'],
    ['pageNum', '0', 'Send a whole number from 1 to 1000000000.'],
    ['pageNum', '-1', 'Send a whole number from 1 to 1000000000.'],
    ['pageNum', '+1', 'Send a whole number from 1 to 1000000000.'],
    ['pageNum', '0x1', 'Send a whole number from 1 to 1000000000.'],
    ['pageNum', '1e0', 'Send a whole number from 1 to 1000000000.'],
    ['pageNum', '1000000001', 'Send a whole number from 1 to 1000000000.'],
    ['pageNum', '99999999999999999999', 'Send a whole number from 1 to 1000000000.'],
    ['pageNum', '', 'Send a whole number from 1 to 1000000000.'],
    ['pageNum', '١', 'Send a whole number from 1 to 1000000000.'],
  ])('readQuery() refuses %s=%s and says what to send', (name, text, remedy) => {
    const condition = conditionOf(() => readQuery(pagingQuery, { [name]: text }));
    expect([condition?.name, condition?.parameters, condition?.remedy]).toEqual([
      'invalidQueryParameter',
      [name],
      remedy,
    ]);
  });

  it.each([{}, { region: '' }])('readQuery() reports a required parameter as missing in %j', (raw) => {
    const condition = conditionOf(() => readQuery(Type.Object({ region: Type.String() }), raw));
    expect([condition?.name, condition?.parameters]).toEqual(['missingQueryParameter', ['region']]);
  });

  it.each([
    [{}, false, false],
    [{ envelope: 'true', pretty: 'true' }, true, true],
    [{ envelope: 'maybe', pretty: '1' }, false, false],
    [{ envelope: ['true', 'true'] }, false, false],
  ])('lenientFlags() reads %j as envelope %s and pretty %s', (raw, envelope, pretty) => {
    expect(lenientFlags(raw)).toEqual({ envelope, pretty });
  });
});

const ONE_PROJECT = `${API}/groups/${SEEDED.observed.project}`;

it.each(
  [`${API}/groups`, ONE_PROJECT, linksPath('observed')].flatMap((path) =>
    ['envelope=yes', 'pretty=1', 'envelope=', 'pretty=true&pretty=true'].map((query) => ({ path, query })),
  ),
)('a flag that is neither true nor false is a 400: $path?$query', async ({ path, query }) => {
  const emulator = shared.emulator;
  const response = await emulator.as('owner', 'observed', { url: `${path}?${query}` });
  const { errorCode, parameters } = response.json<{ errorCode: string; parameters: string[] }>();
  expect([response.statusCode, errorCode]).toEqual([400, 'INVALID_QUERY_PARAMETER']);
  expect(parameters).toEqual([query.split('=')[0]]);
});

describe('envelope', () => {
  it('envelope=true wraps a resource in its status and content', async () => {
    const emulator = shared.emulator;
    const bare = await emulator.as('owner', 'observed', { url: ONE_PROJECT });
    const wrapped = await emulator.as('owner', 'observed', { url: `${ONE_PROJECT}?envelope=true` });
    expect(wrapped.body).toBe(`{"status":200,"content":${bare.body}}`);
    expect([wrapped.statusCode, wrapped.headers['content-type']]).toEqual([
      200,
      bare.headers['content-type'],
    ]);
  });

  it('envelope=true puts the status beside the results of a list, in alphabetical order', async () => {
    const emulator = shared.emulator;
    const response = await emulator.as('owner', 'observed', { url: `${API}/groups?envelope=true` });
    const page = response.json<{ status: number }>();
    expect(Object.keys(page)).toEqual(['links', 'results', 'status', 'totalCount']);
    expect(page.status).toBe(200);
  });

  const errors = [
    { status: 400, path: `${API}/groups?pageNum=0` },
    { status: 401, path: ONE_PROJECT, headers: { authorization: 'Bearer nobody' } },
    { status: 404, path: `${API}/groups/${'f'.repeat(24)}` },
    { status: 404, path: `${API}/nothing` },
    { status: 406, path: ONE_PROJECT, headers: { accept: '*/*' } },
  ];

  it.each(errors)('envelope=true wraps an error of $status at $path and keeps its status', async (row) => {
    const emulator = shared.emulator;
    const send = (query: string) =>
      emulator.as('owner', 'observed', {
        url: `${row.path}${row.path.includes('?') ? '&' : '?'}${query}`,
        headers: { accept: ACCEPT, ...row.headers },
      });
    const [bare, wrapped, both] = [
      await send('x=y'),
      await send('envelope=true'),
      await send('envelope=true&pretty=true'),
    ];
    expect([bare.statusCode, wrapped.statusCode, both.statusCode]).toEqual(Array(3).fill(row.status));
    expect(wrapped.json()).toEqual({ status: row.status, content: bare.json<unknown>() });
    expect(both.json()).toEqual(wrapped.json());
    expect(both.body).toMatch(/^\{\n {2}"status" : \d+,\n {2}"content" : \{\n {4}"/);
    expect(wrapped.headers['www-authenticate'] === undefined).toBe(row.status !== 401);
  });
});

it.each([ONE_PROJECT, `${API}/groups`, linksPath('observed')])(
  'pretty=true indents %s and changes nothing else',
  async (path) => {
    const emulator = shared.emulator;
    const compact = await emulator.as('owner', 'observed', { url: path });
    const indented = await emulator.as('owner', 'observed', { url: `${path}?pretty=true` });
    expect(compact.body).not.toMatch(/\n| : /);
    expect(indented.body).toMatch(/^\{\n {2}"[a-zA-Z]+" : /);
    // The links of a page repeat the query.
    expect(JSON.stringify(indented.json()).replace('?pretty=true&', '?')).toBe(compact.body);
    expect(indented.headers['content-type']).toBe(compact.headers['content-type']);
  },
);
