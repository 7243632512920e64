// The consumer's side: runs the client against Pact's mock, and writes the contract to pacts/.
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MatchersV3, PactV4 } from '@pact-foundation/pact';
import { countLinks, stateOf } from './links.js';

const { fromProviderState, regex, string } = MatchersV3;
const TYPE = 'application/vnd.atlas.2023-02-01+json';
const GROUP = '32b6e34b3d91647abb20e7b9';
const LINK = '6912a0d1c2e4f3a5b6978801';

const pact = new PactV4({
  consumer: 'links',
  provider: 'atlas',
  dir: fileURLToPath(new URL('pacts', import.meta.url)),
});

// The emulator returns groupId and connectionId when it sets a state up.
const links = '/api/atlas/v2/groups/${groupId}/streams/privateLinkConnections';
const link = fromProviderState(
  links + '/${connectionId}',
  `/api/atlas/v2/groups/${GROUP}/streams/privateLinkConnections/${LINK}`,
);
const list = fromProviderState(links, `/api/atlas/v2/groups/${GROUP}/streams/privateLinkConnections`);

const headers = { Authorization: regex(/^Bearer .+$/, 'Bearer token'), Accept: TYPE };

const get = (state, parameters, path, body) =>
  pact
    .addInteraction()
    .given(state, parameters)
    .uponReceiving(`a GET with ${state}`)
    .withRequest('GET', path, (request) => request.headers(headers))
    .willRespondWith(200, (response) =>
      response.headers({ 'Content-Type': `${TYPE};charset=utf-8` }).jsonBody(body),
    );

test('a link that is done', () =>
  get('a private link that is DONE', {}, link, { _id: string(LINK), state: 'DONE' }).executeTest(
    async ({ url }) => {
      deepEqual(await stateOf(url, 'token', GROUP, LINK), { state: 'DONE', why: undefined });
    },
  ));

test('a link that has failed', () => {
  const parameters = { errorMessage: 'The endpoint service does not exist.' };
  const body = { state: 'FAILED', errorMessage: parameters.errorMessage };
  return get('a private link that is FAILED', parameters, link, body).executeTest(async ({ url }) => {
    equal((await stateOf(url, 'token', GROUP, LINK)).why, parameters.errorMessage);
  });
});

test('a project without links', () =>
  get('a project without links', {}, list, { results: [], totalCount: 0 }).executeTest(async ({ url }) => {
    equal(await countLinks(url, 'token', GROUP), 0);
  }));
