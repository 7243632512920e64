import { expect, it } from 'vitest';
import { API, SEEDED } from '../support/emulator.js';
import { openLine } from '../support/transport.js';

interface Fixture {
  readonly organizations: { name: string; projects: { name: string }[] }[];
}

// Atlas's description has one pattern for the names of projects and organizations.
it.each([
  ['a', true],
  ["Größe-проект_7.(),:&@+'", true],
  ['x'.repeat(64), true],
  ['𝒳'.repeat(64), true],
  ['', false],
  ['x'.repeat(65), false],
  ['two words', false],
  [' a', false],
  ['a/b', false],
  ['a\n', false],
  ['\u00a0', false],
])("the name %j is accepted by Atlas's API, the control API and a fixture alike: %s", async (name, taken) => {
  const line = await openLine('socket');
  const headers = { 'content-type': 'application/json' };
  const { text } = await line.send({ path: '/_emulator/fixture' });
  const byAtlas = await line.as('owner', 'observed', {
    method: 'POST',
    path: `${API}/groups`,
    headers,
    body: JSON.stringify({ name, orgId: SEEDED.observed.organization }),
  });
  const made = { method: 'POST', path: '/_emulator/projects', headers, body: JSON.stringify({ name }) };
  const byControl = await line.send(made);
  const load = async (change: (fixture: Fixture) => void) => {
    const fixture = JSON.parse(text) as Fixture;
    change(fixture);
    const body = JSON.stringify(fixture);
    return (await line.send({ method: 'PUT', path: '/_emulator/fixture', headers, body })).status;
  };
  const ofProject = await load(({ organizations: [first] }) => {
    if (first) first.projects = [{ ...first.projects[0], name }];
  });
  const ofOrganization = await load(({ organizations: [first] }) => {
    if (first) first.name = name;
  });
  expect([byAtlas.status, byControl.status, ofProject, ofOrganization]).toEqual(
    taken ? [201, 201, 204, 204] : [400, 400, 400, 400],
  );
});
