import fc, { type RunDetails } from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { buildApp } from '../../src/app.js';
import { defaultConfig } from '../../src/config.js';
import { declaredOperations } from '../evidence/operations.js';
import { TestEmulator } from '../support/emulator.js';
import { ServedDocument, type OpenApi } from '../support/served-document.js';
import { Api, PROPERTIES, type Bug } from './properties.js';

// Hundreds of requests each.
vi.setConfig({ testTimeout: 120_000 });

/** `PROPERTY_SEED=… PROPERTY_RUNS=…` repeats a run, or makes a longer one. */
const SEED = Number(process.env.PROPERTY_SEED ?? 20_261_129);
const RUNS = Number(process.env.PROPERTY_RUNS ?? 40);

let served: ServedDocument;
const operations = declaredOperations();

beforeAll(async () => {
  const { server } = await buildApp(defaultConfig({ logLevel: 'silent' }));
  served = new ServedDocument((await server.inject('/_emulator/openapi.json')).json<OpenApi>());
  await server.close();
});

async function run(
  name: string,
  bug?: Bug,
  parameters: fc.Parameters<unknown[]> = {},
): Promise<RunDetails<unknown[]>> {
  const api = new Api(await TestEmulator.start(), bug);
  const property = PROPERTIES[name]?.(api, served, operations);
  if (!property) throw new Error(`there is no property ${name}`);
  const details = await fc.check(property, { seed: SEED, numRuns: RUNS, ...parameters });
  return details;
}

/** How to repeat a failure. */
const report = ({ seed, counterexamplePath, counterexample, errorInstance }: RunDetails<unknown[]>): string =>
  `PROPERTY_SEED=${seed}, path ${counterexamplePath}: ${String(errorInstance)}\n${JSON.stringify(counterexample).slice(0, 2000)}`;

describe('requests made from the contract', () => {
  it.each(Object.keys(PROPERTIES))('%s', async (name) => {
    const details = await run(name);
    expect(details.failed, report(details)).toBe(false);
    expect(details.numRuns).toBe(RUNS);
  });
});

type Json = Record<string, unknown>;

const LINK = /privateLinkConnections\/[a-f0-9]{24}$/;
const LIST = /privateLinkConnections(?:\?|$)/;

/** Changes the JSON of the answers that match. */
const json =
  (method: string, url: RegExp, edit: (body: Json, request: Parameters<Bug>[0]) => unknown): Bug =>
  (request, response) => {
    if (request.method !== method || !url.test(request.url) || response.status >= 300) return;
    response.body = JSON.stringify(edit(JSON.parse(response.body) as Json, request));
  };

const DESCRIBED = 'every answer is as described, and what is wrong is refused';
const ECHO = 'a link has what was sent, until it is deleted';
const PAGES = 'pages are parts of the whole list';

/** Seeded bugs, each with the property that finds it. */
const BUGS: Readonly<Record<string, readonly [property: string, bug: Bug]>> = {
  'a field is not stored': [ECHO, json('GET', LINK, ({ region: _region, ...body }) => body)],
  'an empty array is dropped': [
    ECHO,
    json('GET', LINK, (body) =>
      Object.fromEntries(Object.entries(body).filter(([, value]) => JSON.stringify(value) !== '[]')),
    ),
  ],
  'the order of an array changes': [
    ECHO,
    json('GET', LINK, (body) => ({
      ...body,
      ...(Array.isArray(body.azureResourceIds) && {
        azureResourceIds: body.azureResourceIds.toReversed().concat('x'),
      }),
    })),
  ],
  'texts are trimmed': [
    ECHO,
    json('GET', LINK, (body) => ({
      ...body,
      ...(typeof body.region === 'string' && { region: body.region.trim() }),
    })),
  ],
  'keys are in another order': [
    ECHO,
    json('GET', LINK, (body) => Object.fromEntries(Object.entries(body).reverse())),
  ],
  'a state is shown that the contract lacks': [
    DESCRIBED,
    ({ method }, response) => {
      if (method === 'GET') response.body = response.body.replace(/"state"( ?: ?)"DONE"/, '"state"$1"READY"');
    },
  ],
  'pages overlap': [
    PAGES,
    json('GET', /pageNum=2/, ({ results, ...body }) => ({
      ...body,
      results: [{}, ...(results as Json[])].slice(0, 5),
    })),
  ],
  'the last page has a link to a next one': [
    PAGES,
    json('GET', /pageNum=/, ({ links, ...body }) => ({
      ...body,
      links: [...(links as Json[]), { href: 'x', rel: 'next' }],
    })),
  ],
  'the count is that of the page': [
    PAGES,
    json('GET', LIST, ({ results, ...body }) => ({
      ...body,
      results,
      totalCount: (results as Json[]).length,
    })),
  ],
  'an unknown field is taken': [
    DESCRIBED,
    ({ body }, response) => {
      if (response.status === 400 && JSON.stringify([body]).includes('zzUnknown')) response.status = 200;
    },
  ],
  'a wrong type fails': [
    DESCRIBED,
    ({ method, body }, response) => {
      if (method === 'POST' && /"\w+":(?:7|true|1\.5)/.test(JSON.stringify([body]))) response.status = 500;
    },
  ],
  'a deletion answers 204': [
    ECHO,
    ({ method }, response) => {
      if (method === 'DELETE' && response.status === 202) response.status = 204;
    },
  ],
  'an error lacks its parameters': [
    DESCRIBED,
    (_request, response) => {
      if (response.status === 400) response.body = response.body.replace(/"parameters":\[.*?\],/, '');
    },
  ],
  'an envelope lacks its status': [
    'pretty and envelope change the form alone',
    (_request, response) => {
      response.body = response.body.replace(/"status":\d+,/, '');
    },
  ],
};

describe('seeded bugs', () => {
  it.each(Object.keys(BUGS))('are found, shrunk and found again from the seed: %s', async (name) => {
    const [property = '', bug] = BUGS[name] ?? [];
    const details = await run(property, bug, { numRuns: 400 });
    expect(details.failed, 'it was found').toBe(true);
    // The same counterexample at once.
    const path = details.counterexamplePath ?? '';
    const again = await run(property, bug, { seed: details.seed, path, endOnFailure: true });
    expect([again.failed, JSON.stringify(again.counterexample)]).toEqual([
      true,
      JSON.stringify(details.counterexample),
    ]);
    // Without the bug it holds.
    const sound = await run(property, undefined, { seed: details.seed, path, endOnFailure: true });
    expect(sound.failed, report(sound)).toBe(false);
  });

  it('are ten at least', () => {
    expect(Object.keys(BUGS).length).toBeGreaterThanOrEqual(10);
  });
});
