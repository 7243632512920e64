import { describe, expect, it } from 'vitest';
import { computedFields } from '../../../src/features/private-links/representation.js';
import type { SentFields } from '../../../src/features/private-links/schema.js';
import { TestEmulator } from '../../support/emulator.js';
import { Links, PROFILES } from '../../support/links.js';
import { REQUESTS, requestBody, without } from '../../support/requests.js';
import { shareEmulator } from '../../support/transport.js';
import { fixtureWith } from '../../support/world.js';

const shared = shareEmulator();

const AWS_ENDPOINT = /^vpce-[0-9a-f]{17}$/;
const AWS_ENDPOINT_NAME = /^vpce-[0-9a-f]{17}-[0-9a-f]{8}$/;
const AWS_ACCOUNT = /^[1-9][0-9]{11}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const AZURE_ENDPOINT =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[\w-]+\/providers\/Microsoft\.Network\/privateEndpoints\/[\w-]+$/;
const GCP_CONNECTION = /^[1-9][0-9]{16}$/;

const azure = {
  interfaceEndpointId: AZURE_ENDPOINT,
  interfaceEndpointName: /^[\w-]{1,80}$/,
  providerAccountId: UUID,
};
const awsService = { interfaceEndpointId: AWS_ENDPOINT, providerAccountId: AWS_ACCOUNT };
const awsCluster = { ...awsService, interfaceEndpointName: AWS_ENDPOINT_NAME };

/** What each example gets, and what it looks like. */
const COMPUTED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'aws-confluent': awsCluster,
  'aws-generic': awsCluster,
  'aws-kinesis': awsService,
  'aws-lambda': awsService,
  'aws-msk': { region: /^eu-west-1$/ },
  'aws-s3': awsService,
  'azure-blob-storage': azure,
  'azure-confluent': azure,
  'azure-eventhub': azure,
  'azure-generic': azure,
  'gcp-confluent': { gcpConnectionIds: GCP_CONNECTION },
  'gcp-generic': { gcpConnectionIds: GCP_CONNECTION },
  'gcp-pubsub': { dnsDomain: /^[\w.-]+\.googleapis\.com$/ },
};

/** Terraform takes any of these for a change behind its back, if it is added. */
const NEVER_ADDED = [
  'serviceEndpointId',
  'arn',
  'gcpServiceAttachmentUris',
  'azureResourceIds',
  'dnsSubDomain',
];

/** Fields of `after` that `before` does not have. */
function added(before: object, after: object): string[] {
  return Object.keys(after)
    .filter((name) => !(name in before))
    .sort();
}

const ID = '6a7941d3c0eb9e7a17722d71';
const names = [...REQUESTS.keys()];

it('these tests cover every example body', () => {
  expect(Object.keys(COMPUTED).sort()).toEqual(names);
});

describe.each(PROFILES)('computed fields of links that are DONE (%s)', (profile) => {
  it.each(names)('%s has its computed fields when it is DONE, well-formed, and no others', async (name) => {
    const links = await shared.links(profile, { durations: { pendingMs: 10, workingMs: 10 } });
    const { _id } = await links.create(requestBody(name));
    const before = await links.get(_id);
    expect(before.state).not.toBe('DONE');
    expect(added(requestBody(name), before)).toEqual(
      [
        '_id',
        'state',
        ...(profile === 'documented' ? ['links'] : []),
        ...('vendor' in requestBody(name) ? [] : ['vendor']),
      ].sort(),
    );

    links.emulator.clock.advance(10);
    const after = await links.get(_id);

    expect(after).toMatchObject({ ...before, state: 'DONE' });
    expect(added(before, after)).toEqual(Object.keys(COMPUTED[name] ?? {}).sort());
    for (const [field, form] of Object.entries(COMPUTED[name] ?? {})) {
      for (const value of [after[field]].flat()) expect(value, field).toMatch(form);
    }
    links.emulator.clock.advance(60_000);
    expect(await links.get(_id)).toEqual(after);
    expect((await links.list()).results).toEqual([after]);
  });

  it('a create that is DONE at once responds like GET in a documented project, and with the sent fields in an observed one', async () => {
    const links = await shared.links(profile, { durations: { pendingMs: 0 } });
    const created = await links.create(requestBody('aws-confluent'));
    expect('interfaceEndpointId' in created).toBe(profile === 'documented');
    expect(await links.get(created._id)).toMatchObject(created);
  });

  it.each(['FAILED', 'IDLE'])('a link in the state %s has no computed fields', async (state) => {
    const fixture = fixtureWith(
      profile,
      [...REQUESTS.values()].map((body) => ({ ...body, state })),
    );
    const { results } = await new Links(await TestEmulator.start({ fixture }), profile).list();
    expect(results).toHaveLength(REQUESTS.size);
    results.forEach((shown, index) => {
      const own = ['_id', 'links', 'state', 'vendor'];
      expect(
        added([...REQUESTS.values()][index] ?? {}, shown).filter((field) => !own.includes(field)),
      ).toEqual([]);
    });
  });

  it('a link of the fixture that is DONE has computed fields from the start', async () => {
    const fixture = fixtureWith(profile, [{ ...requestBody('aws-s3'), _id: ID, state: 'DONE' }]);
    const shown = await new Links(await TestEmulator.start({ fixture }), profile).get(ID);
    expect(shown.interfaceEndpointId).toMatch(AWS_ENDPOINT);
  });
});

describe('computed fields', () => {
  const computed = (name: string, id = ID, more: object = {}) =>
    computedFields(id, { ...requestBody(name), ...more } as SentFields);

  it.each(names)('computed fields of %s are the same for the same id', (name) => {
    expect(computed(name)).toEqual(computed(name));
  });

  it.each(names.filter((name) => !['aws-msk', 'gcp-pubsub'].includes(name)))(
    'computed fields of %s all differ from those of another id',
    (name) => {
      const [one, other] = [computed(name), computed(name, '6a7941d3c0eb9e7a17722d72')];
      for (const field of Object.keys(one)) {
        expect(one[field], field).not.toEqual(other[field]);
      }
    },
  );

  it.each(names)('computed fields of %s are well-formed for any id', (name) => {
    for (let count = 0; count < 300; count += 1) {
      const id = `${ID.slice(0, 21)}${count.toString(16).padStart(3, '0')}`;
      for (const [field, value] of Object.entries(computed(name, id))) {
        for (const item of [value].flat()) expect(item, field).toMatch(COMPUTED[name]?.[field] ?? /^$/);
      }
    }
  });

  it.each(names)(
    'computed fields of %s never contain a value that Terraform would take for a change',
    (name) => {
      const bare = { provider: requestBody(name).provider, vendor: requestBody(name).vendor };
      for (const sent of [requestBody(name), bare]) {
        const fields = Object.keys(computedFields(ID, sent as SentFields));
        expect(fields.filter((field) => NEVER_ADDED.includes(field))).toEqual([]);
      }
    },
  );

  it.each([
    { name: 'aws-msk', sent: { region: 'eu-north-1' } },
    { name: 'gcp-pubsub', sent: { dnsDomain: 'pubsub.example.com' } },
    { name: 'gcp-confluent', sent: { gcpConnectionIds: ['1'] } },
    { name: 'gcp-confluent', sent: { gcpConnectionIds: [] } },
    { name: 'gcp-generic', sent: { gcpConnectionIds: ['3', '1', '2'] } },
  ])('computed fields never replace what was sent: $name with $sent', async ({ name, sent }) => {
    const links = await shared.links('documented', { durations: { pendingMs: 0 } });
    expect(await links.create({ ...requestBody(name), ...sent })).toMatchObject({ state: 'DONE', ...sent });
  });

  it('the computed region of an MSK link comes from its arn', () => {
    expect(computed('aws-msk')).toEqual({ region: 'eu-west-1' });
    expect(computed('aws-msk', ID, { vendor: 'msk', provider: 'aws' })).toEqual({ region: 'eu-west-1' });
    expect(computed('aws-msk', ID, { arn: 'arn:aws:kafka' })).toEqual({});
    expect(computed('aws-msk', ID, { arn: 'arn:aws:kafka::1:cluster/x' })).toEqual({});
  });

  it('a GCP link has one computed connection for each service attachment', () => {
    const ids = computed('gcp-confluent').gcpConnectionIds;
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
    const one = computedFields(
      ID,
      without(requestBody('gcp-generic'), 'gcpServiceAttachmentUris') as SentFields,
    );
    expect(one.gcpConnectionIds).toHaveLength(1);
  });
});
