import { Type } from '@sinclair/typebox';
import { expect, it } from 'vitest';
import { clockOperations } from '../../src/control/clock.js';
import { projectControl } from '../../src/control/projects.js';
import { worldOperations } from '../../src/control/world.js';
import { declaredControl } from '../evidence/operations.js';
import { ControlledEmulator, type TestProject } from './world-support.js';

const shared = ControlledEmulator.shared();

/** What is wrong with a body, and what the answer must say of it. */
type Wrong = readonly (readonly [body: unknown, says: string | RegExp])[];

const MOVEMENTS: Wrong = [
  [{ movement: 'never' }, /movement.*time, at once, by hand.*reads/],
  [{ movement: { reads: 0 } }, /movement.*time, at once, by hand.*reads/],
  [{ movement: { reads: 1e20 } }, /movement.*reads \(a whole number from 1 to 1000000\)/],
  [{ movement: { reads: 1, more: 1 } }, /no attribute movement\.more\..*there are reads/],
  [{ movement: { read: 1 } }, /no attribute movement\.read\..*there are reads/],
  [{ movement: null }, /movement/],
  [{ durations: { pendingMs: -1 } }, /durations\.pendingMs.*whole number from 0 to 31536000000/],
  [{ durations: { pendingMs: '1' } }, /durations\.pendingMs.*whole number/],
  [{ durations: { pendingMs: 1.5 } }, /durations\.pendingMs.*whole number/],
  [{ durations: { pendingMs: 31_536_000_001 } }, /durations\.pendingMs.*31536000000/],
  [{ durations: { wrongMs: 1 } }, /no attribute durations\.wrongMs/],
  [{ durations: [] }, /durations.*an object of pendingMs, idleMs/],
];

/** Bodies that each operation refuses; what is no object, or unknown in it, is tried on all. */
const WRONG: Readonly<Record<string, Wrong>> = {
  freezeClock: [
    [{ at: 5 }, /at.*a string/],
    [{ at: 'now' }, '2026-01-31T09:00:00Z'],
  ],
  advanceClock: [
    [{}, 'by'],
    [{ by: -1 }, /by.*500ms/],
    [{ by: 'soon' }, '500ms'],
  ],
  setClock: [
    [{}, 'now'],
    [{ now: null }, /now.*a string/],
    [{ now: 'soon' }, '2026-01-31T09:00:00Z'],
    [{ now: '2025-12-31T23:59:59Z' }, 'not set back'],
  ],
  takeSnapshot: [
    [{}, 'name'],
    [{ name: '' }, /name.*100/],
    [{ name: '..' }, 'No path can name a snapshot ..'],
    [{ name: '.' }, 'send another name'],
    [{ name: 'x'.repeat(101) }, /name.*of 1 to 100/],
    [{ name: 7 }, /name.*a string/],
  ],
  loadFixture: [
    [{}, 'organizations'],
    [{ organizations: [{}] }, 'organizations[0].'],
  ],
  makeProject: [
    [{ profile: 'atlas' }, /profile.*documented, observed|profile.*observed, documented/],
    [{ name: '' }, /name.*64/],
    [{ name: 'x'.repeat(65) }, /name.*1,64/],
    [{ name: 'with space' }, 'name'],
    ...MOVEMENTS,
  ],
  changeProject: [
    [{ name: 'new' }, 'no attribute name'],
    [{ profile: 'observed' }, 'no attribute profile'],
    ...MOVEMENTS,
  ],
  forcePrivateLinkState: [
    [{}, 'state'],
    [{ state: 'done' }, /state.*PENDING, IDLE, WORKING, DONE, FAILED/],
    [{ state: 'DONE', errorMessage: 'no' }, /errorMessage.*FAILED/],
    [{ state: 'FAILED', errorMessage: '' }, 'errorMessage'],
    [{ state: 'FAILED', errorMessage: 1 }, /errorMessage.*a string/],
    [{ state: 'FAILED', errorMessage: 'x'.repeat(10_001) }, /errorMessage.*of 1 to 10000 characters/],
  ],
  addPrivateLinkRule: [
    [
      { fail: 'x', match: { provider: 'AMAZON' } },
      /"AMAZON" for match.provider. Send one of AWS, AZURE, GCP\./,
    ],
    [
      { fail: 'x', match: { vendor: 'MKS' } },
      /"MKS" for match.vendor. Send one of MSK, .*, PUBSUB, GENERIC\./,
    ],
    [{ fail: 'x', match: { provider: 'gcp', vendor: 'MSK' } }, /Send one of CONFLUENT, PUBSUB, GENERIC\./],
    [{}, /fail.*staysIn/],
    [{ match: {} }, /fail.*staysIn/],
    [{ fail: 'no', staysIn: 'WORKING' }, /fail.*staysIn/],
    [{ fail: '' }, 'fail'],
    [{ fail: true }, /fail.*a string/],
    [{ fail: 'x'.repeat(10_001) }, /fail.*of 1 to 10000 characters/],
    [{ fail: 'no', match: { region: '' } }, /match\.region.*not empty/],
    [{ staysIn: 'DONE' }, /staysIn.*PENDING, IDLE, WORKING/],
    [{ fail: 'no', times: 0 }, /times.*whole number from 1/],
    [{ fail: 'no', times: 1.5 }, /times.*whole number/],
    [{ fail: 'no', times: 1e20 }, /times.*whole number from 1 to 1000000/],
    [{ fail: 'no', match: { state: 'x' } }, 'no attribute match.state'],
    [{ fail: 'no', match: { provider: 1 } }, /match\.provider.*a string/],
    [{ fail: 'no', match: [] }, /match.*an object of provider, vendor, region/],
  ],
};

const ANYWHERE: Wrong = [
  ['{', 'not JSON'],
  ['', 'empty'],
  ['   ', 'empty'],
  ['\ufeff\ufeff{}', 'not JSON'],
  [[], 'JSON object'],
  ['null', 'JSON object'],
  ['"text"', 'JSON object'],
  ['7', 'JSON object'],
  [{ unknown: 1 }, /unknown|organizations|state|name|now|by/],
  ['{"__proto__":{"by":1}}', /__proto__|organizations|state|name|now|by/],
];

const operations = [
  ...clockOperations(undefined as never),
  ...worldOperations(undefined as never, Type.Object({})),
  ...projectControl({ sections: [] } as never, undefined as never, () => undefined),
  ...declaredControl(),
];
const withBody = operations.filter(({ body }) => body !== undefined);

const cases = withBody.flatMap((operation) => {
  const scopes = operation.scope === 'both' ? (['server', 'project'] as const) : ([operation.scope] as const);
  return scopes.map((scope) => [operation.id, scope, operation] as const);
});

it('the table of invalid bodies covers exactly the control operations that accept a body', () => {
  expect(Object.keys(WRONG).sort()).toEqual(withBody.map(({ id }) => id).sort());
});

it.each(cases)(
  'an invalid body of %s (%s) is a 400 that says what was expected, and changes nothing',
  async (id, scope, operation) => {
    const { emulator } = shared;
    const project = await emulator.make({ movement: 'by hand' });
    const link = await project.create();
    await project.done('POST', '/private-link-rules', { match: { region: 'x' }, fail: 'no' });
    await project.done('POST', '/snapshots', { name: 'mine' });
    const of: Pick<TestProject, 'control'> = scope === 'project' ? project : emulator;
    const path = operation.path.replace(':connectionId', link);
    const before = await emulator.dump(project);
    const emitted: string[] = [];
    const unsubscribe = emulator.listening.events.subscribe(({ type }) => emitted.push(type));

    for (const [body, says] of [...(WRONG[id] ?? []), ...ANYWHERE]) {
      if (operation.body?.optional && typeof body === 'string' && body.trim() === '') continue;
      const { status, text } = await of.control(operation.method, path, body);
      const what = `${JSON.stringify(body)}: ${text}`;
      expect(status, what).toBe(400);
      const answer = JSON.parse(text) as { error: number; reason: string; detail: string };
      expect(answer, what).toEqual({
        error: 400,
        reason: 'Bad Request',
        detail: (typeof says === 'string'
          ? expect.stringContaining(says)
          : expect.stringMatching(says)) as string,
      });
      expect(answer.detail, what).not.toMatch(/undefined|null|\[object|  /);
    }
    expect(await emulator.dump(project)).toEqual(before);
    unsubscribe();
    expect(emitted.filter((type) => type !== 'request.finished')).toEqual([]);
  },
);

it.each(
  operations
    .filter(({ body, method }) => body === undefined && method !== 'GET')
    .map(({ id, method, path, scope }) => [id, method, path, scope] as const),
)(
  '%s accepts no body: any but an empty one is a 400 that changes nothing',
  async (_id, method, path, scope) => {
    const { emulator } = shared;
    const project = await emulator.make({ movement: 'by hand' });
    const link = await project.create();
    await project.done('POST', '/snapshots', { name: 'mine' });
    await emulator.done('POST', '/snapshots', { name: 'mine' });
    const { id: rule } = await project.done<{ id: string }>('POST', '/private-link-rules', { fail: 'no' });
    await project.done('POST', `/private-links/${link}/hold`);
    const of: Pick<TestProject, 'control'> = scope === 'server' ? emulator : project;
    const real = path.replace(':connectionId', link).replace(':name', 'mine').replace(':ruleId', rule);
    const before = await emulator.dump(project);
    for (const body of ['{"any":1}', '{"any":', '[]', 'null']) {
      const { status, text } = await of.control(method, real, body);
      expect([status, text]).toEqual([400, expect.stringContaining(`${method} ${path} takes no body`)]);
    }
    expect(await emulator.dump(project)).toEqual(before);
    expect((await of.control(method, real, '{ }')).status).toBeLessThan(300);
  },
);

it.each(['operation', 'method', 'path', 'caller', 'status'])(
  'an empty query parameter %s of the journal is a 400, because it would filter nothing',
  async (name) => {
    const { emulator } = shared;
    const { status, text } = await emulator.control('GET', `/requests?${name}=`);
    expect([status, text]).toEqual([400, expect.stringContaining(`The query parameter ${name} is empty`)]);
  },
);

it('a body of the control API above 1 MiB is a 413, except a fixture', async () => {
  const { emulator } = shared;
  const name = 'x'.repeat(2 * 1024 * 1024);
  const large = await emulator.control('POST', '/snapshots', { name });
  expect([large.status, large.json().reason]).toEqual([413, 'Payload Too Large']);
  const fixture = await emulator.control('PUT', '/fixture', { organizations: [], name });
  expect([fixture.status, fixture.text]).toEqual([400, expect.stringContaining('no attribute name')]);
});

it('a method that a path of the control API lacks is a 405, and changes nothing', async () => {
  const { emulator } = shared;
  interface Description {
    readonly paths: Readonly<Record<string, object>>;
  }
  const { paths } = await emulator.done<Description>('GET', '/control-openapi.json');
  const before = await emulator.dump();
  const answers: string[] = [];
  for (const [path, methods] of Object.entries(paths)) {
    const target = path.replace('/_emulator', '').replaceAll(/\{\w+\}/g, '1');
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      if (method.toLowerCase() in methods || !path.startsWith('/_emulator/')) continue;
      const { status, headers } = await emulator.control(method, target);
      const isAllowed = String(headers.allow).split(',').includes(method);
      if (status !== 405 || isAllowed) answers.push(`${method} ${path}: ${status} ${String(headers.allow)}`);
    }
  }
  expect(answers).toEqual([]);
  expect((await emulator.control('GET', '/nothing')).status).toBe(404);
  expect(await emulator.dump()).toEqual(before);
});
