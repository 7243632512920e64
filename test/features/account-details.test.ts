import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { API, SEEDED, TestEmulator, type SeededCaller, type SeededProfile } from '../support/emulator.js';
import { codeOf } from '../support/link-changes.js';
import { PROFILES, type ErrorBody } from '../support/links.js';
import { fixtureWith, OTHER_PROJECT } from '../support/world.js';
import { shareEmulator } from '../support/transport.js';

const shared = shareEmulator();

const VERSION = 'application/vnd.atlas.2024-11-13+json';

interface Asked {
  readonly profile?: SeededProfile;
  readonly caller?: SeededCaller;
  readonly project?: string;
  readonly accept?: string;
}

function ask(
  emulator: TestEmulator,
  query: string,
  { profile = 'observed', caller = 'owner', project = SEEDED[profile].project, accept = VERSION }: Asked = {},
): Promise<LightMyRequestResponse> {
  const url = `${API}/groups/${project}/streams/accountDetails${query}`;
  return emulator.as(caller, profile, { url, headers: { accept } });
}

function query(cloudProvider: string, regionName = 'us-east-1'): string {
  return `?cloudProvider=${cloudProvider}&regionName=${regionName}`;
}

describe.each(PROFILES)('account details, %s', (profile) => {
  it.each([
    [
      'aws',
      {
        awsAccountId: /^\d{12}$/,
        cidrBlock: /^192\.168\.248\.0\/21$/,
        cloudProvider: /^aws$/,
        vpcId: /^vpc-0[0-9a-f]{16}$/,
      },
    ],
    [
      'azure',
      {
        azureSubscriptionId: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        cidrBlock: /^192\.168\.248\.0\/21$/,
        cloudProvider: /^azure$/,
        virtualNetworkName: /^vnet_[0-9a-f]{24}_[0-9a-f]{8}$/,
      },
    ],
    [
      'gcp',
      {
        cidrBlock: /^192\.168\.248\.0\/21$/,
        cloudProvider: /^gcp$/,
        gcpProjectId: /^p-[0-9a-f]+$/,
        vpcNetworkName: /^nt-[0-9a-f]{24}-[0-9a-f]{8}$/,
      },
    ],
  ])(
    'account details of %s have the fields of that provider only, in alphabetical order',
    async (cloud, shape) => {
      const emulator = shared.emulator;
      const response = await ask(emulator, query(cloud), { profile });
      expect(response.statusCode, response.body).toBe(200);
      const details = response.json<Record<string, string>>();
      expect(Object.keys(details)).toEqual(Object.keys(shape));
      for (const [name, pattern] of Object.entries(shape)) expect(details[name], name).toMatch(pattern);
    },
  );

  it('account details refuse a provider that equals a known one only after Unicode case folding', async () => {
    const emulator = shared.emulator;
    const response = await ask(emulator, query(encodeURIComponent('awſ')), { profile });
    expect(response.statusCode).toBe(400);
  });

  it.each(['AWS', 'Aws', 'aWS'])(
    'account details match the provider regardless of case: %s',
    async (cloud) => {
      const emulator = shared.emulator;
      const response = await ask(emulator, query(cloud), { profile });
      expect(response.body).toBe((await ask(emulator, query('aws'), { profile })).body);
    },
  );

  it.each([
    ['', 'MISSING_QUERY_PARAMETER', 'cloudProvider'],
    ['?regionName=us-east-1', 'MISSING_QUERY_PARAMETER', 'cloudProvider'],
    ['?cloudProvider=&regionName=us-east-1', 'MISSING_QUERY_PARAMETER', 'cloudProvider'],
    ['?cloudProvider=aws', 'MISSING_QUERY_PARAMETER', 'regionName'],
    ['?cloudProvider=aws&regionName=', 'MISSING_QUERY_PARAMETER', 'regionName'],
    ['?cloudProvider=ibm&regionName=us-east-1', 'INVALID_QUERY_PARAMETER', 'cloudProvider'],
    ['?cloudProvider=aws&cloudProvider=gcp&regionName=us-east-1', 'INVALID_QUERY_PARAMETER', 'cloudProvider'],
  ])('account details refuse the query %s', async (text, code, names) => {
    const emulator = shared.emulator;
    const response = await ask(emulator, text, { profile });
    expect(codeOf(response)).toBe(`400 ${profile === 'observed' ? code : 'VALIDATION_ERROR'}`);
    expect(response.json<ErrorBody>().detail).toContain(names);
  });

  it('account details are available to every caller who may read the project', async () => {
    const emulator = shared.emulator;
    for (const caller of ['owner', 'streams', 'reader'] as const) {
      expect((await ask(emulator, query('aws'), { profile, caller })).statusCode, caller).toBe(200);
    }
    const denied = await ask(emulator, query('aws'), { profile, caller: 'outsider' });
    expect(denied.statusCode).toBe(profile === 'observed' ? 401 : 403);
  });
});

describe('account details in all profiles', () => {
  it('account details are available from version 2024-11-13 on, which the response names', async () => {
    const emulator = shared.emulator;
    for (const date of ['2023-02-01', '2024-11-12']) {
      const accept = `application/vnd.atlas.${date}+json`;
      expect((await ask(emulator, query('aws'), { accept })).statusCode, date).toBe(406);
    }
    for (const date of ['2024-11-13', '2025-03-12']) {
      const response = await ask(emulator, query('aws'), { accept: `application/vnd.atlas.${date}+json` });
      expect(response.headers['content-type']).toBe(`${VERSION};charset=utf-8`);
    }
  });

  it('account details are stable for a project and region, and differ between them', async () => {
    const emulator = await TestEmulator.start({ fixture: fixtureWith('observed', [], []) });
    const details = async (region: string, project?: string): Promise<Record<string, string>> => {
      const response = await ask(emulator, query('aws', region), {
        ...(project !== undefined && { project }),
      });
      return response.json();
    };
    const here = await details('us-east-1');
    expect(await details('us-east-1')).toEqual(here);
    const otherRegion = await details('eu-west-1');
    expect(otherRegion.awsAccountId).toBe(here.awsAccountId);
    expect(otherRegion.vpcId).not.toBe(here.vpcId);
    const otherProject = await details('us-east-1', OTHER_PROJECT);
    expect(otherProject.awsAccountId).not.toBe(here.awsAccountId);
    expect(otherProject.vpcId).not.toBe(here.vpcId);
  });

  it('account details accept any region in any spelling', async () => {
    const emulator = shared.emulator;
    for (const region of ['US_EAST_1', 'us-east-1', 'VIRGINIA_USA', 'nowhere']) {
      expect((await ask(emulator, query('aws', region))).statusCode, region).toBe(200);
    }
  });
});
