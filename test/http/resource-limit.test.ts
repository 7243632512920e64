import { constants } from 'node:buffer';
import { expect, it } from 'vitest';
import { RESOURCE_LIMIT } from '../../src/http/steps/body.js';
import { pretty } from '../../src/http/replies/pretty.js';
import { API, linksPath, SEEDED } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import { openLine, type Line } from '../support/transport.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const PROJECT = `${API}/groups/${SEEDED.observed.project}`;

const send = (line: Line, method: string, path: string, body: unknown, accept: string) =>
  line.as('owner', 'observed', {
    method,
    path,
    headers: { ...JSON_TYPE, accept: `application/vnd.atlas.${accept}+json` },
    body: JSON.stringify(body),
  });

it.each(PROFILES)('a private link of up to 128 KiB of JSON is stored, as %s', async (profile) => {
  const line = await openLine('socket');
  const create = (bytes: number) => {
    const frame = JSON.stringify({ provider: 'AWS', region: '' }).length;
    const body = JSON.stringify({ provider: 'AWS', region: 'x'.repeat(bytes - frame) });
    return line.as('owner', profile, { method: 'POST', path: linksPath(profile), headers: JSON_TYPE, body });
  };
  const refused = await create(RESOURCE_LIMIT + 1);
  expect(refused.status).toBe(413);
  expect(refused.json()).toMatchObject({ error: 413, errorCode: 'REQUEST_TOO_LARGE' });
  expect(refused.header('x-emulator-reason')).toContain('to be kept');
  expect((await create(RESOURCE_LIMIT)).status).toBe(200);
});

it('the size limit of a resource counts bytes, not characters', async () => {
  const line = await openLine('socket');
  const region = 'é'.repeat(RESOURCE_LIMIT / 2);
  const sent = await send(line, 'POST', linksPath('observed'), { provider: 'AWS', region }, '2023-02-01');
  expect(sent.status).toBe(413);
});

it('a change cannot make a link larger than 128 KiB', async () => {
  const line = await openLine('socket');
  const big = 'x'.repeat(RESOURCE_LIMIT / 2);
  const made = await send(
    line,
    'POST',
    linksPath('observed'),
    { provider: 'AWS', region: big },
    '2023-02-01',
  );
  const { _id: id } = made.json<{ _id: string }>();
  const path = `${linksPath('observed')}/${id}`;
  expect((await send(line, 'PATCH', path, { dnsDomain: big }, '2025-03-12')).status).toBe(413);
  expect((await send(line, 'PATCH', path, { dnsDomain: 'x' }, '2025-03-12')).status).toBe(200);
});

it('a project with its settings and teams cannot grow beyond 128 KiB', async () => {
  const line = await openLine('socket');
  const tags = Array.from({ length: 600 }, (_, index) => ({ key: `k${index}`, value: 'v'.repeat(255) }));
  const name = 'new';
  const orgId = SEEDED.observed.organization;
  const groups = `${API}/groups`;
  expect((await send(line, 'POST', groups, { name, orgId, tags }, '2023-01-01')).status).toBe(413);
  expect((await send(line, 'PATCH', PROJECT, { tags }, '2023-01-01')).status).toBe(413);
  const teams = (from: number) =>
    Array.from({ length: 300 }, (_, index) => ({ teamId: `${from + index}`.repeat(60), roleNames: [] }));
  const statuses: number[] = [];
  for (const from of [1000, 2000]) {
    statuses.push((await send(line, 'POST', `${PROJECT}/teams`, teams(from), '2023-01-01')).status);
  }
  expect(statuses).toEqual([200, 413]);
  const limit = { value: 1 };
  const path = `${PROJECT}/limits/atlas.project.deployment.clusters`;
  expect((await send(line, 'PATCH', path, limit, '2023-01-01')).status).toBe(200);
});

it.each([
  ['privateLinks[0]', { privateLinks: [{ provider: 'AWS', region: 'x'.repeat(RESOURCE_LIMIT) }] }],
  ['settings', { settings: { tags: [{ key: 'x', value: 'x'.repeat(RESOURCE_LIMIT) }] } }],
  [
    'projectDefaults',
    { projectDefaults: { teams: [{ teamId: 'x'.repeat(RESOURCE_LIMIT), roleNames: [] }] } },
  ],
])('a fixture with a resource larger than 128 KiB is refused: %s', async (place, fields) => {
  const line = await openLine('socket');
  const exported = await line.send({ path: '/_emulator/fixture' });
  const fixture = exported.json<{ organizations: { projects: object[] }[] }>();
  Object.assign(fixture.organizations[0]?.projects[0] ?? {}, fields);
  const body = JSON.stringify(fixture);
  const refused = await line.send({ method: 'PUT', path: '/_emulator/fixture', headers: JSON_TYPE, body });
  expect([refused.status, refused.text]).toEqual([
    400,
    expect.stringContaining(`organizations[0].projects[0].${place}: What is to be kept`),
  ]);
});

// A page has 500 items at the most. The parts that grow most when they are indented are empty texts in an array, and
// the shortest tags.
it.each([
  ['links', { azureResourceIds: Array.from({ length: 1000 }, () => '') }],
  ['projects', { tags: Array.from({ length: 1000 }, () => ({ key: 'a', value: 'b' })) }],
])('the largest page of %s, indented, fits twice into a string of V8', (_what, item) => {
  const page = { results: [item] };
  const growth = pretty(page).length / JSON.stringify(item).length;
  expect(500 * RESOURCE_LIMIT * growth * 2).toBeLessThan(constants.MAX_STRING_LENGTH);
});
