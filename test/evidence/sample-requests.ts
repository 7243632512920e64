import {
  ACCEPT,
  API,
  linksPath,
  SEEDED,
  type SeededCaller,
  type SeededProfile,
} from '../support/emulator.js';
import { REQUESTS, requestBody } from '../support/requests.js';

/** A request of the conformance tests; by default of the owner, with an `Accept` that every operation supports. */
export interface SampleRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  readonly url: string;
  readonly caller?: SeededCaller | 'nobody';
  readonly accept?: string;
  readonly type?: string;
  readonly prefer?: string;
  readonly payload?: object | string;
}

/** The newest version of each operation. */
export const NEWEST = 'application/vnd.atlas.2025-03-12+json';

const UNKNOWN = 'f'.repeat(24);

/** The name of a project that the requests create. */
export const SAMPLE_PROJECT = 'sample';

/** The ids of what the requests have created so far. */
export interface Created {
  /** The link that was created last. */
  readonly link: string;
  /** The project that was created last. */
  readonly project: string;
}

/** Requests to every operation; all succeed, in this order. */
export function successes(profile: SeededProfile): readonly ((made: Created) => SampleRequest)[] {
  const { organization, project } = SEEDED[profile];
  const links = linksPath(profile);
  const group = `${API}/groups/${project}`;
  const team = { teamId: UNKNOWN, roleNames: ['GROUP_OWNER'] };
  return [
    ...[...REQUESTS.values()].map((payload) => () => ({ method: 'POST', url: links, payload }) as const),
    () => ({ url: links }),
    ({ link }) => ({ url: `${links}/${link}` }),
    () => ({ method: 'POST', url: links, payload: { provider: 'AWS' } }),
    ({ link }) => ({ method: 'PATCH', url: `${links}/${link}`, payload: { dnsDomain: 'a.example' } }),
    ({ link }) => ({ method: 'DELETE', url: `${links}/${link}` }),
    ...['aws', 'azure', 'gcp'].map((cloud) => () => ({
      url: `${group}/streams/accountDetails?cloudProvider=${cloud}&regionName=anywhere`,
    })),

    () => ({ url: `${API}/orgs` }),
    () => ({ url: `${API}/orgs/${organization}` }),
    () => ({ url: `${API}/orgs/${organization}/groups` }),
    () => ({ url: `${API}/orgs/${organization}/users` }),
    () => ({ url: `${API}/groups` }),
    () => ({ method: 'POST', url: `${API}/groups`, payload: { name: SAMPLE_PROJECT, orgId: organization } }),
    (created) => ({ url: `${API}/groups/${created.project}` }),
    () => ({ url: `${API}/groups/byName/${SAMPLE_PROJECT}` }),
    (created) => ({
      method: 'PATCH',
      url: `${API}/groups/${created.project}`,
      payload: { tags: [{ key: 'a', value: 'b' }] },
    }),
    (created) => ({ method: 'DELETE', url: `${API}/groups/${created.project}` }),

    () => ({ url: `${group}/settings` }),
    () => ({ method: 'PATCH', url: `${group}/settings`, payload: { isDataExplorerEnabled: false } }),
    () => ({
      method: 'PATCH',
      url: `${group}/limits/atlas.project.deployment.clusters`,
      payload: { value: 7 },
    }),
    () => ({ url: `${group}/limits` }),
    () => ({ url: `${group}/limits/atlas.project.deployment.clusters` }),
    () => ({ method: 'DELETE', url: `${group}/limits/atlas.project.deployment.clusters` }),
    () => ({ method: 'POST', url: `${group}/teams`, payload: [team] }),
    () => ({ url: `${group}/teams` }),
    () => ({
      method: 'PATCH',
      url: `${group}/teams/${UNKNOWN}`,
      payload: { roleNames: ['GROUP_READ_ONLY'] },
    }),
    () => ({ method: 'DELETE', url: `${group}/teams/${UNKNOWN}` }),
    () => ({ url: `${group}/ipAddresses` }),
    () => ({ url: `${group}/managedSlowMs` }),
    () => ({ method: 'POST', url: `${group}/managedSlowMs/enable` }),
    () => ({ method: 'DELETE', url: `${group}/managedSlowMs/disable` }),
    () => ({ url: `${group}/users` }),
    () => ({ url: `${group}/clusters` }),
  ];
}

/** A request for each condition that a request can raise, by the name of the condition. They expect links in the seeded project. */
export function refusals(profile: SeededProfile): Readonly<Record<string, SampleRequest>> {
  const { organization, project } = SEEDED[profile];
  const links = linksPath(profile);
  const groups = `${API}/groups`;
  const create = (payload: object | string): SampleRequest => ({ method: 'POST', url: links, payload });
  const newProject = (payload: object): SampleRequest => ({ method: 'POST', url: groups, payload });
  return {
    pathNotFound: { url: `${groups}/${project}/nothing` },
    methodNotAllowed: { method: 'PUT', url: links },
    notEmulated: { url: `${groups}/${project}/streams` },
    misspelledPath: { url: `${groups}/${project}/streams/privatelinkconnections` },
    malformedRequest: { url: `${groups}/${project}/%zz` },
    noScriptedAnswer: { url: links, prefer: 'code=418' },
    unauthenticated: { url: links, caller: 'nobody' },
    notAcceptable: { url: links, accept: 'application/json' },
    invalidQueryParameter: { url: `${groups}?pageNum=0` },
    missingQueryParameter: { url: `${groups}/${project}/streams/accountDetails` },
    invalidProjectId: { url: `${groups}/nothex` },
    projectNotFound: { url: `${groups}/${UNKNOWN}` },
    invalidOrganizationId: { url: `${API}/orgs/nothex` },
    organizationNotFound: { url: `${API}/orgs/${UNKNOWN}` },
    projectExists: newProject({ name: profile, orgId: organization }),
    invalidTag: newProject({ name: 'new', orgId: organization, tags: [{ key: 'a', value: 'b/c' }] }),
    projectNameNotFound: { url: `${groups}/byName/nothing` },
    projectInUse: { method: 'DELETE', url: `${groups}/${project}` },
    notPermitted: { ...create(requestBody('aws-s3')), caller: 'reader' },
    unsupportedMediaType: { ...create('{}'), type: 'text/plain' },
    bodyTooLarge: create(`{"region":"${'x'.repeat(1024 * 1024)}"}`),
    malformedJson: create('{ <Payload> }'),
    notAnObject: create('[]'),
    missingAttribute: create({ provider: 'AWS', vendor: 'MSK' }),
    wrongType: create({ provider: 'AWS', region: 7 }),
    invalidAttribute: create({ provider: 'AWS', regoin: 'us-east-1' }),
    unknownProvider: create({ provider: 'AWSS' }),
    unknownVendor: create({ provider: 'AWS', vendor: 'EVENTHUB' }),
    malformedParameter: { url: `${links}/nothex` },
    linkNotFound: { url: `${links}/${UNKNOWN}` },
    limitNotFound: { url: `${groups}/${project}/limits/incorrect.name` },
    duplicateLink: create(requestBody('aws-s3')),
    updateNotAllowed: { method: 'PATCH', url: `${links}/{withDomain}`, payload: { dnsDomain: 'b.example' } },
  };
}

/** Requests that every operation refuses: without credentials, with an invalid flag, with unsupported versions. */
export function refusedEverywhere(method: string, url: string): readonly SampleRequest[] {
  const request = { method: method as 'GET', url };
  return [
    { ...request, caller: 'nobody' },
    { ...request, url: `${url}?envelope=maybe` },
    { ...request, accept: 'application/json' },
    { ...request, accept: ACCEPT.replace('2024', '2022') },
  ];
}
