import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../support/links.js';
import { REQUESTS, requestBody } from '../../support/requests.js';
import { shareEmulator, TRANSPORTS } from '../../support/transport.js';

const shared = shareEmulator();

const OBJECT_ID = /^[a-f0-9]{24}$/;

/** Bodies whose values are easily lost or changed on their way through a parser and a database. */
const ODD: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'arrays in their order, doubles too': {
    provider: 'AWS',
    dnsSubDomain: ['z', 'a', 'm', 'a'],
    azureResourceIds: ['2', '1', '2'],
    gcpConnectionIds: ['9', '10'],
    gcpServiceAttachmentUris: ['b', 'a'],
  },
  'empty arrays': {
    provider: 'AWS',
    dnsSubDomain: [],
    azureResourceIds: [],
    gcpConnectionIds: [],
    gcpServiceAttachmentUris: [],
  },
  'empty strings inside an array': { provider: 'AWS', dnsSubDomain: ['', ' ', ''] },
  'other scripts': {
    provider: 'AWS',
    region: 'Zürich',
    dnsDomain: '例え.テスト',
    dnsSubDomain: ['🦊', 'e\u0301'],
  },
  'control characters': {
    provider: 'AWS',
    region: '\u0000\u0001\u0002\u001f\u007f',
    dnsDomain: '\u0001\u0002',
    dnsSubDomain: ['\u2028\u2029\ufeff', '\r\n\t\b\f'],
  },
  'half of a surrogate pair': { provider: 'AWS', region: '\ud83e', dnsSubDomain: ['\udd8a'] },
  'what another language would take for code': {
    provider: 'AWS',
    region: `'; DROP TABLE private_links; --`,
    dnsDomain: '"}],"state":"DONE',
    serviceEndpointId: '%s $1 $& \\u0041 \\ / </script> {{x}} ${x}',
  },
  'blanks around values': { provider: 'AWS', region: ' us-east-1 ', dnsDomain: '\tx\n' },
  'a long value': { provider: 'AWS', region: 'x'.repeat(100_000) },
  'every field there is': {
    ...(Object.assign({}, ...REQUESTS.values()) as object),
    ...requestBody('aws-confluent'),
    gcpConnectionIds: ['1'],
    authenticationScheme: 'SASL_SCRAM',
  },
};

describe.each(PROFILES)('sent fields (%s)', (profile) => {
  it.each([...REQUESTS.keys()])('create, get and list return the fields of %s as sent', async (name) => {
    const links = await shared.links(profile);
    const body = requestBody(name);

    const created = await links.create(body);
    const shown = await links.get(created._id);

    expect(created._id).toMatch(OBJECT_ID);
    expect(created).toMatchObject(body);
    expect(shown).toMatchObject(body);
    expect((await links.list()).results).toEqual([shown]);
  });

  it.each(Object.entries(ODD))('unusual values are returned as sent: %s', async (_, body) => {
    const links = await shared.links(profile);
    const created = await links.create(body);
    expect(created).toMatchObject(body);
    expect(await links.get(created._id)).toMatchObject(body);
    expect((await links.list()).results).toMatchObject([body]);
  });

  it.each([
    ['Azure', 'eventhub', 'US_EAST_2'],
    ['azure', 'EventHub', 'eastus2'],
    ['AZURE', 'EVENTHUB', 'East US 2'],
  ])('a link shows its provider in capitals, and vendor and region as sent: %s %s %s', async (...sent) => {
    const [provider, vendor, region] = sent;
    const links = await shared.links(profile);
    const { _id } = await links.create({ ...requestBody('azure-eventhub'), provider, vendor, region });
    expect(await links.get(_id)).toMatchObject({ provider: 'AZURE', vendor, region });
  });

  it('a link without a vendor, or with an empty or null one, has the vendor GENERIC', async () => {
    const links = await shared.links(profile);
    for (const fields of [{ region: '1' }, { region: '2', vendor: '' }, { region: '3', vendor: null }]) {
      const { _id } = await links.create({ provider: 'AWS', ...fields });
      expect(await links.get(_id)).toHaveProperty('vendor', 'GENERIC');
    }
  });

  it('a link lacks fields that were absent, empty, null or read-only in the request', async () => {
    const links = await shared.links(profile, { durations: { idleMs: 1000 } });
    const created = await links.create({
      provider: 'AWS',
      vendor: 'MSK',
      arn: 'arn:aws:kafka:us-east-1:1:cluster/x',
      region: '',
      dnsDomain: null,
      serviceEndpointId: '',
      _id: 'mine',
      errorMessage: 'none',
      interfaceEndpointId: 'mine',
      interfaceEndpointName: 7,
      links: [],
      providerAccountId: {},
      state: 'FAILED',
    });
    const ofServer = profile === 'documented' ? ['links', 'state'] : [];
    expect(Object.keys(created)).toEqual(
      [...new Set(['_id', 'arn', 'provider', ...ofServer, 'vendor'])].sort(),
    );

    const shown = await links.get(created._id);
    const fields = [
      '_id',
      'arn',
      'provider',
      'state',
      'vendor',
      ...(profile === 'documented' ? ['links'] : []),
    ];
    expect(Object.keys(shown)).toEqual(fields.sort());
    expect(shown._id).toMatch(OBJECT_ID);
    expect(shown.state).toBe(profile === 'documented' ? 'PENDING' : 'IDLE');
  });
});

describe('response of a create', () => {
  it('a documented create responds with the whole link, with keys in the order of the page', async () => {
    const links = await shared.links('documented');
    const response = await links.post({
      ...requestBody('azure-generic'),
      provider: 'Azure',
    });
    const body = requestBody('azure-generic');
    const { _id } = response.json<{ _id: string }>();
    expect(response.body).toBe(
      JSON.stringify({
        _id,
        dnsDomain: body.dnsDomain,
        links: [{ href: `http://localhost:80${links.path}/${_id}`, rel: 'self' }],
        provider: 'AZURE',
        region: body.region,
        serviceEndpointId: body.serviceEndpointId,
        state: 'PENDING',
        vendor: 'GENERIC',
      }),
    );
  });

  it('an observed create responds with the sent fields and the id only: no state, vendor or links', async () => {
    const links = await shared.links('observed');
    const body = { ...requestBody('azure-generic'), provider: 'Azure' };
    const response = await links.post(body);
    const { _id } = response.json<{ _id: string }>();
    expect(response.body).toBe(
      JSON.stringify({
        _id,
        dnsDomain: requestBody('azure-generic').dnsDomain,
        provider: 'Azure',
        region: requestBody('azure-generic').region,
        serviceEndpointId: requestBody('azure-generic').serviceEndpointId,
      }),
    );
  });

  it('an observed create echoes a vendor that was sent', async () => {
    const links = await shared.links('observed');
    const body = { ...requestBody('aws-msk'), vendor: 'msk' };
    const created = await links.create(body);
    expect(created).toEqual({ ...body, _id: created._id });
  });

  it.each(PROFILES)(
    'the JSON of a link begins with _id and has its keys in alphabetical order (%s)',
    async (profile) => {
      const links = await shared.links(profile, { durations: { pendingMs: 0 } });
      for (const name of REQUESTS.keys()) {
        const created = await links.create(requestBody(name));
        for (const link of [created, await links.get(created._id)]) {
          expect(Object.keys(link)[0]).toBe('_id');
          expect(Object.keys(link)).toEqual(Object.keys(link).sort());
        }
      }
    },
  );

  it.each(TRANSPORTS)(
    'a create with Unicode and long values responds the same over both transports (%s)',
    async (transport) => {
      const line = await shared.line(transport);
      const body = {
        provider: 'AWS',
        region: 'Zürich 🦊',
        dnsSubDomain: ['z', 'a'],
        dnsDomain: 'x'.repeat(70_000),
      };
      const headers = { 'content-type': 'application/vnd.atlas.2024-05-30+json' };
      const path = line.linksPath('observed');
      const created = await line.as('owner', 'observed', {
        method: 'POST',
        path,
        headers,
        body: JSON.stringify(body),
      });
      expect(created.status).toBe(200);
      expect(created.header('content-type')).toBe('application/vnd.atlas.2023-02-01+json;charset=utf-8');
      const { _id } = created.json<{ _id: string }>();
      expect(created.json()).toEqual({ ...body, _id });
      const shown = await line.as('reader', 'observed', { path: `${path}/${_id}` });
      expect(shown.json()).toMatchObject({ ...body, _id, state: 'DONE', vendor: 'GENERIC' });
    },
  );
});

describe('duplicate links', () => {
  it.each([
    { profile: 'documented', status: 409, reason: 'Conflict' },
    { profile: 'observed', status: 400, reason: 'Bad Request' },
  ] as const)(
    'a second link with the same target is a $status ($profile)',
    async ({ profile, status, reason }) => {
      const links = await shared.links(profile);
      const { _id } = await links.create(requestBody('azure-eventhub'));
      const again = {
        ...requestBody('azure-eventhub'),
        provider: 'azure',
        vendor: 'eventhub',
        dnsDomain: 'x.example',
      };

      const response = await links.post(again);

      expect(response.statusCode).toBe(status);
      expect(response.json()).toMatchObject({
        error: status,
        errorCode: 'STREAM_PRIVATE_LINK_ALREADY_EXISTS',
        reason,
        detail: expect.stringContaining(_id) as string,
        ...(profile === 'observed' && { parameters: [_id] }),
      });
      expect((await links.list()).totalCount).toBe(1);
    },
  );

  it.each(PROFILES)('of concurrent creates with the same target only one succeeds (%s)', async (profile) => {
    const links = await shared.links(profile);
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => links.post(requestBody('gcp-pubsub'))),
    );
    expect(responses.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    expect((await links.list()).totalCount).toBe(1);
  });

  it('links with the same target can exist in two projects', async () => {
    for (const profile of PROFILES) await (await shared.links(profile)).create(requestBody('aws-s3'));
    await (await shared.links('documented')).create(requestBody('aws-s3'));
  });

  it.each(PROFILES)('links with different targets have different ids (%s)', async (profile) => {
    const links = await shared.links(profile);
    const ids = [];
    for (const body of REQUESTS.values()) ids.push((await links.create(body))._id);
    expect(new Set(ids).size).toBe(REQUESTS.size);
    expect((await links.list()).results.map(({ _id }) => _id)).toEqual(ids);
  });
});

it('a link is created in the project that the path names, and is visible in no other', async () => {
  const links = await shared.links('documented');
  const { _id } = await links.create(requestBody('aws-msk'));
  for (const profile of PROFILES) {
    const other = await shared.links(profile);
    expect((await other.as('owner', { url: `${other.path}/${_id}` })).statusCode).toBe(404);
  }
});
