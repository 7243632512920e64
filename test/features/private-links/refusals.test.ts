import { describe, expect, it } from 'vitest';
import { ACCEPT } from '../../support/emulator.js';
import { PROFILES, type ErrorBody, type Links } from '../../support/links.js';
import { requestBody } from '../../support/requests.js';
import { shareEmulator, TRANSPORTS } from '../../support/transport.js';

const shared = shareEmulator();

interface Fault {
  readonly fault: string;
  /** Fields laid over a good body. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the answer names. */
  readonly names: string;
  /** The code where recordings hold; where the page does it is always VALIDATION_ERROR. */
  readonly code: string;
}

const TYPE = 'INVALID_JSON_ATTRIBUTE';
const VALUE = 'INVALID_ATTRIBUTE';

const STRINGS = ['arn', 'dnsDomain', 'provider', 'region', 'serviceEndpointId', 'vendor'];
const ARRAYS = ['azureResourceIds', 'dnsSubDomain', 'gcpConnectionIds', 'gcpServiceAttachmentUris'];

const FAULTS: readonly Fault[] = [
  ...STRINGS.flatMap((names) =>
    [7, true, ['x'], { x: 1 }].map((value) => ({
      fault: `${names} is ${JSON.stringify(value)}`,
      fields: { [names]: value },
      names,
      code: TYPE,
    })),
  ),
  ...ARRAYS.flatMap((names) =>
    ['x', 7, false, { 0: 'x' }].map((value) => ({
      fault: `${names} is ${JSON.stringify(value)}`,
      fields: { [names]: value },
      names,
      code: TYPE,
    })),
  ),
  ...ARRAYS.flatMap((field) =>
    [7, null, ['x']].map((value) => ({
      fault: `the second of ${field} is ${JSON.stringify(value)}`,
      fields: { [field]: ['x', value] },
      names: `${field}[1]`,
      code: TYPE,
    })),
  ),
  ...['arn:aws:s3:::x', ' arn:aws:kafka:x', 'string', 'ARN:AWS:KAFKA'].map((arn) => ({
    fault: `arn is ${arn}`,
    fields: { arn },
    names: 'arn',
    code: VALUE,
  })),
  ...['gcpConnectionIds', 'gcpServiceAttachmentUris'].map((names) => ({
    fault: `${names} has four items`,
    fields: { [names]: ['1', '2', '3', '4'] },
    names,
    code: VALUE,
  })),
  ...['dnsdomain', 'DNSDomain', 'name', 'id', '__proto__', 'constructor', 'a/b~c', 'ünknown'].map(
    (names) => ({
      fault: `there is a field ${names}`,
      fields: Object.fromEntries([[names, 'x']]),
      names,
      code: VALUE,
    }),
  ),
  {
    fault: 'authenticationScheme is one that is not known',
    fields: { authenticationScheme: 'NONE' },
    names: 'authenticationScheme',
    code: VALUE,
  },
  { fault: 'the vendor is not one', fields: { vendor: 'KAFKA' }, names: 'KAFKA', code: 'INVALID_ENUM_VALUE' },
  {
    fault: 'the provider is nearly one',
    fields: { provider: 'awſ' },
    names: 'awſ',
    code: 'INVALID_PROVIDER',
  },
  {
    fault: 'the vendor is nearly one',
    fields: { provider: 'AWS', vendor: 'KıNESıS' },
    names: 'KıNESıS',
    code: 'INVALID_ENUM_VALUE',
  },
  { fault: 'the provider is not one', fields: { provider: 'IBM' }, names: 'IBM', code: 'INVALID_PROVIDER' },
  { fault: 'the provider is null', fields: { provider: null }, names: 'provider', code: 'MISSING_ATTRIBUTE' },
  { fault: 'the region is empty', fields: { region: '' }, names: 'region', code: 'MISSING_ATTRIBUTE' },
];

/** JSON with every field, `__proto__` too, which a literal would take for the prototype. */
function textWith(fields: Fault['fields']): string {
  const all = new Map([...Object.entries(requestBody('aws-confluent')), ...Object.entries(fields)]);
  return `{${[...all].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

async function refused(links: Links, payload: string) {
  const response = await links.as('owner', {
    method: 'POST',
    url: links.path,
    headers: { 'content-type': 'application/json' },
    payload,
  });
  return {
    status: response.statusCode,
    reason: response.headers['x-emulator-reason'],
    body: response.json<ErrorBody>(),
  };
}

it.each(FAULTS)(
  'a create is refused, with the field named and nothing created, if $fault',
  async ({ fields, names, code }) => {
    const projects = await Promise.all(PROFILES.map((profile) => shared.links(profile)));
    const payload = textWith(fields);

    const [documented, observed] = await Promise.all(projects.map((links) => refused(links, payload)));
    if (!documented || !observed) throw new Error('there are two profiles');
    expect(documented.status).toBe(400);
    expect(Object.keys(documented.body)).toEqual(['error', 'detail', 'reason', 'errorCode']);
    expect(documented.body).toMatchObject({
      error: 400,
      reason: 'Bad Request',
      errorCode: 'VALIDATION_ERROR',
    });
    expect(documented.body.detail).toContain(names);

    expect(observed.status).toBe(400);
    expect(observed.body).toMatchObject({ errorCode: code, parameters: [names] });
    expect(observed.body.detail).toContain(names);

    for (const { reason } of [documented, observed]) expect(reason).toMatch(/^step 9 \(fields\): /);
    for (const links of projects) expect((await links.list()).results).toEqual([]);
  },
);

/** The source page's own payload. */
const PAGE_PAYLOAD = {
  arn: 'string',
  azureResourceIds: ['string'],
  dnsDomain: 'string',
  dnsSubDomain: ['string'],
  gcpConnectionIds: ['string'],
  gcpServiceAttachmentUris: ['string'],
  provider: 'string',
  region: 'string',
  serviceEndpointId: 'string',
  vendor: 'string',
};

describe.each(PROFILES)('invalid bodies (%s)', (profile) => {
  it('the payload of the documentation page is refused because there is no provider "string"', async () => {
    const links = await shared.links(profile);
    const { status, body } = await refused(links, JSON.stringify(PAGE_PAYLOAD));
    expect(status).toBe(400);
    expect(body.detail).toBe('No provider string exists.');
  });

  it.each([
    { text: '{ <Payload> }', code: 'MALFORMED_JSON', named: 'the placeholder of the page' },
    { text: '', code: 'MALFORMED_JSON', named: 'nothing' },
    { text: '  \n', code: 'MALFORMED_JSON', named: 'blanks' },
    { text: '{"provider":"AWS"', code: 'MALFORMED_JSON', named: 'an object that does not end' },
    { text: '{"provider":"AWS"}{}', code: 'MALFORMED_JSON', named: 'two objects' },
    { text: "{'provider':'AWS'}", code: 'MALFORMED_JSON', named: 'an object in single quotes' },
    { text: '[{"provider":"AWS"}]', code: 'INVALID_JSON', named: 'an array' },
    { text: '"AWS"', code: 'INVALID_JSON', named: 'a string' },
    { text: '7', code: 'INVALID_JSON', named: 'a number' },
    { text: 'null', code: 'INVALID_JSON', named: 'null' },
    { text: '{}', code: 'MISSING_ATTRIBUTE', named: 'an empty object' },
    {
      text: `{"provider":"AWS","arn":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      code: TYPE,
      named: 'a deep one',
    },
  ])('a create whose body is $named is refused with 400', async ({ text, code }) => {
    const links = await shared.links(profile);
    const { status, body } = await refused(links, text);
    expect(status).toBe(400);
    expect(body.errorCode).toBe(profile === 'documented' ? 'VALIDATION_ERROR' : code);
    expect((await links.list()).totalCount).toBe(0);
  });

  it.each(TRANSPORTS)(
    'a body of 1 MiB is accepted, and one of a byte more is a 413 (%s)',
    async (transport) => {
      const line = await shared.line(transport);
      const send = (bytes: number) => {
        const start = '{"provider":"AWS","region":"';
        return line.as('owner', profile, {
          method: 'POST',
          path: line.linksPath(profile),
          headers: { 'content-type': 'application/json', accept: ACCEPT },
          body: `${start}one"}${' '.repeat(bytes - start.length - 5)}`,
        });
      };
      const refusedOne = await send(1024 * 1024 + 1);
      expect(refusedOne.status).toBe(413);
      expect(refusedOne.json()).toMatchObject({ error: 413, errorCode: 'REQUEST_TOO_LARGE' });
      expect((await send(1024 * 1024)).status).toBe(200);
    },
  );

  it('a refused create leaves the list unchanged', async () => {
    const links = await shared.links(profile);
    await links.create(requestBody('aws-confluent'));
    const before = await links.list();
    for (const body of [
      requestBody('aws-confluent'),
      { provider: 'AWS', vendor: 'MSK' },
      { provider: 'IBM' },
      { ...requestBody('aws-s3'), nonsense: 1 },
    ]) {
      expect((await links.post(body)).statusCode).toBeGreaterThanOrEqual(400);
    }
    expect(await links.list()).toEqual(before);
  });
});
