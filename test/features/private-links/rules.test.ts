import { describe, expect, it } from 'vitest';
import { privateLinkProfiles } from '../../../src/features/private-links/profile.js';
import { checkVendor, prepare, targetOf } from '../../../src/features/private-links/rules.js';
import { readOnly, sentFields, type SentFields } from '../../../src/features/private-links/schema.js';
import { bodyCheck } from '../../../src/http/steps/fields.js';
import type { Condition } from '../../../src/profiles/index.js';
import { PROFILES } from '../../support/links.js';
import { refusalOf } from '../../support/refusal.js';
import { REQUESTS, requestBody, without, type RequestBody } from '../../support/requests.js';

type ProfileName = (typeof PROFILES)[number];

/** Fields that each request needs: in both profiles, and in `documented` alone, as the documentation page has it. */
const NEEDED: Readonly<Record<string, { both: readonly string[]; page?: readonly string[] }>> = {
  'aws-msk': { both: ['arn'] },
  'aws-confluent': { both: ['region', 'serviceEndpointId'], page: ['dnsDomain', 'dnsSubDomain'] },
  'aws-kinesis': { both: ['region', 'serviceEndpointId'] },
  'aws-s3': { both: ['region', 'serviceEndpointId'] },
  'aws-lambda': { both: ['region', 'serviceEndpointId'] },
  'azure-eventhub': { both: ['region', 'serviceEndpointId', 'dnsDomain'] },
  'azure-confluent': { both: ['region', 'azureResourceIds', 'dnsDomain'] },
  'azure-blob-storage': { both: ['region', 'serviceEndpointId', 'dnsDomain'] },
  'gcp-confluent': { both: ['region', 'dnsDomain', 'gcpServiceAttachmentUris'] },
  'gcp-pubsub': { both: ['region'] },
};

const check = bodyCheck(sentFields);

/** What the profile says of a body, from the first look at it to the vendor's rules. */
function refusalIn(profile: ProfileName, body: RequestBody): Condition | undefined {
  return refusalOf(() => {
    const sent = prepare(body);
    check(sent);
    checkVendor(sent as SentFields, privateLinkProfiles[profile].enforced);
  });
}

const rows = (inProfile: ProfileName, named: 'both' | 'page') =>
  Object.entries(NEEDED).flatMap(([request, needed]) =>
    (needed[named] ?? []).map((field) => ({ request, field, profile: inProfile })),
  );

describe('rules of the vendors', () => {
  const all = PROFILES.flatMap((profile) => [...REQUESTS.keys()].map((request) => ({ request, profile })));

  it.each(all)('the example $request passes the rules unchanged ($profile)', ({ request, profile }) => {
    expect(refusalIn(profile, requestBody(request))).toBeUndefined();
  });

  it.each([...rows('documented', 'both'), ...rows('documented', 'page'), ...rows('observed', 'both')])(
    'a missing, empty or null $field of $request is refused by name ($profile)',
    ({ request, field, profile }) => {
      const body = requestBody(request);
      for (const incomplete of [without(body, field), { ...body, [field]: '' }, { ...body, [field]: null }]) {
        expect(refusalIn(profile, incomplete)).toMatchObject({
          name: 'missingAttribute',
          field,
          parameters: [field],
        });
      }
    },
  );

  it.each(rows('observed', 'page'))(
    '$field of $request is required in documented projects only',
    ({ request, field }) => {
      expect(refusalIn('observed', without(requestBody(request), field))).toBeUndefined();
    },
  );

  it.each(['AWS', 'AZURE', 'GCP'])(
    'a link of %s without a vendor, or of GENERIC, has no required fields',
    (provider) => {
      for (const vendor of [undefined, 'GENERIC', 'generic', '', null]) {
        expect(refusalIn('documented', { provider, vendor })).toBeUndefined();
      }
    },
  );

  it('an empty dnsSubDomain counts as a value', () => {
    const body = { ...requestBody('aws-confluent'), dnsSubDomain: [] };
    expect(refusalIn('documented', body)).toBeUndefined();
  });

  it.each(PROFILES)('AZURE CONFLUENT requires at least one item in azureResourceIds (%s)', (profile) => {
    const body = { ...requestBody('azure-confluent'), azureResourceIds: [] };
    expect(refusalIn(profile, body)).toMatchObject({
      name: 'missingAttribute',
      field: 'azureResourceIds',
      remedy: 'Send azureResourceIds with at least one item.',
    });
  });

  it.each(PROFILES)(
    'AZURE CONFLUENT does not accept serviceEndpointId in place of azureResourceIds (%s)',
    (profile) => {
      const body = { ...without(requestBody('azure-confluent'), 'azureResourceIds'), serviceEndpointId: 'x' };
      expect(refusalIn(profile, body)).toMatchObject({ name: 'missingAttribute', field: 'azureResourceIds' });
    },
  );

  it.each(
    PROFILES.flatMap((profile) =>
      [
        ['azure-confluent', 'serviceEndpointId', 'x'],
        ['azure-eventhub', 'azureResourceIds', ['x']],
        ['gcp-confluent', 'serviceEndpointId', 'x'],
      ].map(([request, field, value]) => ({
        profile,
        request: String(request),
        field: String(field),
        value,
      })),
    ),
  )('$field of $request is refused unless it counts as absent ($profile)', (row) => {
    const { profile, request, field, value } = row;
    const send = (sent: unknown) => refusalIn(profile, { ...requestBody(request), [field]: sent });
    expect(send(value)).toMatchObject({
      name: 'invalidAttribute',
      field,
      parameters: [field],
      source: "stated by MongoDB's own tools",
    });
    for (const absent of ['', null, ...(Array.isArray(value) ? [[]] : [])]) {
      expect(send(absent)).toBeUndefined();
    }
  });

  it.each(['aws-confluent', 'azure-confluent', 'gcp-confluent'])(
    'each dnsSubDomain of %s must end with the dnsDomain if both are sent',
    (request) => {
      const { dnsDomain, ...bare } = requestBody(request);
      const inside = `az1.${String(dnsDomain)}`;
      for (const profile of PROFILES) {
        expect(refusalIn(profile, { ...bare, dnsDomain, dnsSubDomain: [inside, inside] })).toBeUndefined();
        expect(refusalIn(profile, { ...bare, dnsDomain, dnsSubDomain: [inside, 'elsewhere'] })).toMatchObject(
          {
            name: 'invalidAttribute',
            field: 'dnsSubDomain',
            parameters: ['dnsSubDomain[1]'],
          },
        );
      }
      if (request !== 'aws-confluent') return;
      expect(refusalIn('observed', { ...bare, dnsSubDomain: ['elsewhere'] })).toBeUndefined();
    },
  );

  it('vendors other than CONFLUENT accept any dnsSubDomain', () => {
    const body = { ...requestBody('azure-eventhub'), dnsSubDomain: ['elsewhere'] };
    expect(refusalIn('documented', body)).toBeUndefined();
  });

  it.each([
    { count: 0, name: 'missingAttribute' },
    { count: 1, name: undefined },
    { count: 3, name: undefined },
    { count: 4, name: 'invalidAttribute' },
  ])('GCP CONFLUENT with $count gcpServiceAttachmentUris is accepted only if there are 1 to 3', (row) => {
    const gcpServiceAttachmentUris = Array.from({ length: row.count }, (_, index) => `projects/p/${index}`);
    const condition = refusalIn('observed', { ...requestBody('gcp-confluent'), gcpServiceAttachmentUris });
    expect(condition?.name).toBe(row.name);
    expect(condition?.field).toBe(row.name && 'gcpServiceAttachmentUris');
  });

  it('fields of other vendors are accepted unless a rule forbids them', () => {
    const all = Object.assign({}, ...REQUESTS.values(), requestBody('aws-confluent')) as RequestBody;
    expect(refusalIn('documented', all)).toBeUndefined();
  });
});

describe('rules of provider and vendor', () => {
  it.each([
    ['AWS', 'EVENTHUB'],
    ['AWS', 'PUBSUB'],
    ['AZURE', 'MSK'],
    ['AZURE', 'S3'],
    ['GCP', 'KINESIS'],
    ['GCP', 'string'],
    ['AWS', '__proto__'],
    ['AWS', 'toString'],
  ])('the provider %s refuses the vendor %s', (provider, vendor) => {
    for (const profile of PROFILES) {
      expect(refusalIn(profile, { provider, vendor })).toMatchObject({
        name: 'unknownVendor',
        field: 'vendor',
        parameters: [vendor],
      });
    }
  });

  it.each([
    ['aws', 'msk'],
    ['Aws', 'Msk'],
    ['aWS', 'mSK'],
  ])('provider and vendor match regardless of case: %s %s', (provider, vendor) => {
    expect(refusalIn('documented', { ...requestBody('aws-msk'), provider, vendor })).toBeUndefined();
    expect(refusalIn('documented', { provider, vendor })).toMatchObject({ field: 'arn' });
  });

  it.each(['string', 'AWS ', 'IBM', 'constructor', '__proto__', 'awſ', 'Aẃs'])(
    'the unknown provider %j is refused before any other mistake',
    (provider) => {
      const body = { provider, vendor: 7, arn: 'string', nonsense: true, dnsSubDomain: 'string' };
      expect(refusalIn('documented', body)).toMatchObject({
        name: 'unknownProvider',
        parameters: [provider],
        field: 'provider',
        problem: `No provider ${provider} exists.`,
      });
    },
  );

  it.each([
    ['left out', {}],
    ['empty', { provider: '' }],
    ['null', { provider: null }],
  ])('a provider that is %s is refused before any other mistake', (_, fields) => {
    expect(refusalIn('documented', { ...fields, vendor: 7, nonsense: true })).toMatchObject({
      name: 'missingAttribute',
      field: 'provider',
    });
  });

  it.each([7, true, false, 0, [], ['AWS'], {}])('a provider of the wrong type is refused: %j', (provider) => {
    expect(refusalIn('documented', { provider, nonsense: true })).toMatchObject({
      name: 'wrongType',
      field: 'provider',
    });
  });
});

describe('prepare()', () => {
  it('prepare() drops read-only fields of any type', () => {
    const body = requestBody('aws-confluent');
    const ignored = Object.fromEntries(
      Object.keys(readOnly).map((field, index) => [field, [7, 'x', {}, []][index % 4]]),
    );
    expect(prepare({ ...ignored, ...body })).toEqual(body);
  });

  it('prepare() drops empty strings and nulls at the top level only', () => {
    const base = { provider: 'AWS', dnsSubDomain: ['', null, []], gcpConnectionIds: [] };
    expect(prepare({ ...base, region: '', vendor: null, arn: '' })).toEqual(base);
  });

  it('prepare() leaves all other values as sent, including false, 0 and blanks', () => {
    const sent = { provider: 'aws', region: ' ', vendor: 0, nonsense: false };
    expect(prepare(sent)).toEqual(sent);
  });
});

describe('target of a link', () => {
  const base: SentFields = {
    provider: 'AWS',
    vendor: 'MSK',
    region: 'us-east-1',
    arn: 'arn:aws:kafka:1',
    serviceEndpointId: 'endpoint',
    azureResourceIds: ['one', 'two'],
    gcpServiceAttachmentUris: ['one', 'two'],
  };
  const bare: SentFields = { provider: 'GCP', region: 'us-central1', dnsDomain: 'one.example.com' };

  it.each<[string, SentFields, SentFields]>([
    ['provider and vendor differ in case', base, { ...base, provider: 'aws', vendor: 'msk' }],
    ['vendor is left out or GENERIC', bare, { ...bare, vendor: 'generic' }],
    ['sub-domains differ', base, { ...base, dnsSubDomain: ['x'] }],
    ['connection ids differ', base, { ...base, gcpConnectionIds: ['1'] }],
    ['authentication differs', base, { ...base, authenticationScheme: 'IAM' }],
    ['domains differ beside an endpoint', base, { ...base, dnsDomain: 'other' }],
    ['fields come in another order', bare, Object.fromEntries(Object.entries(bare).reverse()) as SentFields],
  ])('two links have the same target if %s', (_, one, other) => {
    expect(targetOf(other)).toBe(targetOf(one));
  });

  it.each<[string, SentFields, SentFields]>([
    ['providers', bare, { ...bare, provider: 'AWS' }],
    ['vendors', base, { ...base, vendor: 'S3' }],
    ['regions', base, { ...base, region: 'us-east-2' }],
    ["regions' case", base, { ...base, region: 'US-EAST-1' }],
    ['arns', base, { ...base, arn: 'arn:aws:kafka:2' }],
    ['endpoints', base, { ...base, serviceEndpointId: 'other' }],
    ['azureResourceIds', base, { ...base, azureResourceIds: ['one'] }],
    ['gcpServiceAttachmentUris', base, { ...base, gcpServiceAttachmentUris: ['one'] }],
    ['domains where nothing else names the target', bare, { ...bare, dnsDomain: 'other' }],
    [
      'the field that has the name',
      { provider: 'AWS', arn: 'x' },
      { provider: 'AWS', serviceEndpointId: 'x' },
    ],
    [
      'how the items are cut',
      { ...bare, azureResourceIds: ['a,b'] },
      { ...bare, azureResourceIds: ['a', 'b'] },
    ],
  ])('two links have different targets if they differ in %s', (_, one, other) => {
    expect(targetOf(other)).not.toBe(targetOf(one));
  });
});
