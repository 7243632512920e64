import { Type } from '@sinclair/typebox';
import { expect, it, onTestFinished } from 'vitest';
import { durationSettings } from '../../src/config.js';
import type { Feature } from '../../src/features/index.js';
import { atlasResource } from '../../src/http/operation.js';
import { resource } from '../../src/http/replies/replies.js';
import { nothing, objectId } from '../../src/http/schema.js';
import { connectEmulator, type Emulator, type Project } from '../../src/index.js';
import { listen } from '../../src/listener.js';
import { defineCondition, SOURCE } from '../../src/profiles/index.js';
import { createTables, objectText, STATE, stateful } from '../../src/states/index.js';
import { ManualClock } from '../support/clock.js';

/** Two resources with states that `src` knows nothing of: tea pots are created, wild geysers are not. */

interface Pot {
  readonly colour: string;
}

const versions = ['2023-01-01'] as const;

/** There is no such pot. */
const potNotFound = defineCondition('potNotFound', {
  observed: [404, 'NO_POT', 'No pot %s.', SOURCE.inferred],
  problem: (id: string) => `There is no pot ${id}.`,
  remedy: 'Brew one.',
  example: ['5f0000000000000000000002'],
});
/** There is a pot of this colour. */
const potTwice = defineCondition('potTwice', {
  observed: [400, 'POT_TWICE', 'There is %s.', SOURCE.inferred],
  problem: (id: string) => `There is ${id}.`,
  remedy: 'Send another colour.',
  example: ['5f0000000000000000000002'],
});
const POTS = { one: 'tea pot', many: 'tea pots' };
const pot = Type.Object(
  { colour: Type.String({ minLength: 1, description: 'Its colour.' }) },
  { additionalProperties: false, title: 'TeaPotRequest', description: 'A pot.' },
);
const shownPot = Type.Object(
  { ...pot.properties, _id: objectId('Its id.'), state: Type.String({ description: 'Its state.' }) },
  { additionalProperties: true, title: 'TeaPot', description: 'A pot.' },
);
const shared = {
  tag: { name: 'Tea pots', description: 'Pots.' },
  versions,
  javaClass: 'Pots',
  access: { read: 'readProject', write: 'writeStreams' },
} as const;
const potOperation = atlasResource('/groups/:groupId/teaPots', {
  ...shared,
  parameters: { potId: objectId('Id of a pot.') },
});
const geyserOperation = atlasResource('/groups/:groupId/geysers', {
  ...shared,
  parameters: { geyserId: objectId('Id of a geyser.') },
});

const teaPots = stateful<Pot, 'coldMs' | 'heatingMs'>({
  name: POTS,
  migrations: [createTables('0100_tea_pots', POTS)],
  event: 'pot.changed',
  parameter: 'potId',
  states: ['COLD', 'HEATING', 'HOT', 'BROKEN', 'GONE'],
  complete: 'HOT',
  failed: 'BROKEN',
  gone: 'GONE',
  settled: ['HOT', 'BROKEN'],
  durations: {
    coldMs: { default: 1000, description: 'how long a pot stays COLD' },
    heatingMs: { default: 500, description: 'how long a pot is HEATING' },
  },
  profiles: {
    documented: {
      created: [
        { state: 'COLD', lasts: 'coldMs' },
        { state: 'HEATING', lasts: 'heatingMs' },
        { state: 'HOT' },
      ],
    },
    observed: { created: [{ state: 'HEATING', lasts: 'heatingMs' }, { state: 'HOT' }] },
  },
  sent: pot,
  represent: (sent, { id, complete, errorMessage }) =>
    objectText({
      ...sent,
      _id: id,
      state: STATE,
      ...(complete && { litres: 1 }),
      ...(errorMessage && { errorMessage }),
    }),
  target: { of: ({ colour }) => colour, duplicate: potTwice },
  notFound: potNotFound,
  rules: {
    schema: Type.Object({ colour: Type.Optional(Type.String()) }, { additionalProperties: false }),
    matches: ({ colour }: { colour?: string }, sent) => colour === undefined || colour === sent.colour,
  },
  operations: (pots) => [
    potOperation('createTeaPot', 'POST', '', {
      summary: 'Creates a pot.',
      response: shownPot,
      body: { schema: pot },
      conflict: potTwice,
      conditions: [potTwice],
      handle: ({ project, body, baseUrl }) => pots.create(project, body, baseUrl),
    }),
    potOperation('getTeaPot', 'GET', '/:potId', {
      summary: 'Gets a pot.',
      conditions: [potNotFound],
      response: shownPot,
      handle: ({ project, parameters: { potId }, baseUrl }) => pots.read(project, potId, baseUrl),
    }),
    potOperation('deleteTeaPot', 'DELETE', '/:potId', {
      summary: 'Deletes a pot.',
      conditions: [potNotFound],
      response: nothing,
      async handle({ project, parameters: { potId } }) {
        await pots.delete(project, potId);
        return resource('{}');
      },
    }),
  ],
});

/** Without a create, an update, a failed state, rules, and anything that two of them must not share. */
const geysers = stateful<object, 'restingMs'>({
  name: { one: 'geyser', many: 'geysers' },
  migrations: [createTables('0101_geysers', { one: 'geyser', many: 'geysers' })],
  event: 'geyser.changed',
  parameter: 'geyserId',
  states: ['RESTING', 'ERUPTING', 'LEAVING', 'DRY'],
  complete: 'ERUPTING',
  gone: 'DRY',
  settled: ['RESTING'],
  durations: { restingMs: { default: 60, description: 'how long a geyser rests' } },
  profiles: {
    documented: { created: [{ state: 'RESTING', lasts: 'restingMs' }, { state: 'ERUPTING' }] },
    observed: {
      created: [{ state: 'ERUPTING' }],
      deleted: [{ state: 'LEAVING', lasts: 'restingMs' }, { state: 'DRY' }],
    },
  },
  sent: Type.Object({}, { additionalProperties: false }),
  represent: (_sent, { id }) => objectText({ _id: id, state: STATE }),
  notFound: potNotFound,
  addedByControl: true,
  operations: (items) => [
    geyserOperation('deleteGeyser', 'DELETE', '/:geyserId', {
      summary: 'Deletes a geyser.',
      response: nothing,
      async handle({ project, parameters: { geyserId } }) {
        await items.delete(project, geyserId);
        return resource('{}');
      },
    }),
  ],
});

/** Added by the control API, in one state at once, and with rules: they can only make it fail. */
const springs = stateful<object, never>({
  name: { one: 'spring', many: 'springs' },
  migrations: [createTables('0102_springs', { one: 'spring', many: 'springs' })],
  event: 'spring.changed',
  parameter: 'springId',
  states: ['FLOWING', 'SPOILT', 'DRY'],
  complete: 'FLOWING',
  failed: 'SPOILT',
  gone: 'DRY',
  settled: ['FLOWING', 'SPOILT'],
  durations: {},
  profiles: {
    documented: { created: [{ state: 'FLOWING' }] },
    observed: { created: [{ state: 'FLOWING' }] },
  },
  sent: Type.Object({}, { additionalProperties: false }),
  represent: (_sent, { id }) => objectText({ _id: id, state: STATE }),
  notFound: potNotFound,
  addedByControl: true,
  rules: { schema: Type.Object({}, { additionalProperties: false }), matches: () => true },
  operations: () => [],
});

const features: readonly Feature[] = [teaPots, geysers, springs];

async function start(settings = {}) {
  const clock = new ManualClock();
  const listening = await listen(settings, { clock, features });
  onTestFinished(() => listening.close());
  const emulator = await connectEmulator(listening.url);
  const changes = (): string[] =>
    listening.events.since(0).flatMap(({ type, data }) => {
      if (type !== 'pot.changed' && type !== 'geyser.changed') return [];
      const { state, cause } = data as { state: string; cause: string };
      return [`${type} ${state} ${cause}`];
    });
  return { emulator, clock, changes };
}

/** Calls the Atlas API as the owner of a project. */
async function call(project: Project, method: string, path?: string, body?: object) {
  const response = await project.fetch(
    ['/api/atlas/v2/groups', project.id, ...(path === undefined ? [] : [path])].join('/'),
    {
      method,
      headers: { accept: 'application/vnd.atlas.2023-01-01+json', 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    },
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Creates a pot, and returns its id. */
async function brew(project: Project, colour = 'blue'): Promise<string> {
  const { status, body } = await call(project, 'POST', 'teaPots', { colour });
  expect(status, JSON.stringify(body)).toBe(200);
  return String(body._id);
}

const stateOf = async (project: Project, id: string): Promise<unknown> =>
  (await call(project, 'GET', `teaPots/${id}`)).body.state;

const document = async (emulator: Emulator, path: string) =>
  (await (await fetch(`${emulator.url}${path}`)).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>;
    components: { schemas: Record<string, unknown> };
  };

it('a declared resource passes its states in time, in each profile, and emits its own event', async () => {
  const { emulator, clock, changes } = await start();
  const documented = await emulator.project();
  const id = await brew(documented);
  const seen = [await stateOf(documented, id)];
  for (const ms of [1000, 500]) {
    clock.advance(ms);
    seen.push(await stateOf(documented, id));
  }
  expect(seen).toEqual(['COLD', 'HEATING', 'HOT']);
  expect((await call(documented, 'GET', `teaPots/${id}`)).body).toMatchObject({ colour: 'blue', litres: 1 });
  expect(changes()).toEqual(['pot.changed COLD created', 'pot.changed HEATING time', 'pot.changed HOT time']);

  const observed = await emulator.project({ profile: 'observed' });
  expect(await stateOf(observed, await brew(observed))).toBe('HEATING');
});

it('a declared resource refuses duplicates and unknown ids with its own conditions, and can be deleted', async () => {
  const { emulator, changes } = await start();
  const project = await emulator.project({ profile: 'observed' });
  const id = await brew(project);
  expect(await call(project, 'POST', 'teaPots', { colour: 'blue' })).toMatchObject({
    status: 400,
    body: { errorCode: 'POT_TWICE', parameters: [id] },
  });
  expect((await call(project, 'DELETE', `teaPots/${id}`)).status).toBe(200);
  expect(await call(project, 'GET', `teaPots/${id}`)).toMatchObject({
    status: 404,
    body: { errorCode: 'NO_POT' },
  });
  expect(changes().at(-1)).toBe('pot.changed GONE deleted');
});

it('a declared resource is forced, held, stepped and released through the library, with a history', async () => {
  const { emulator, clock } = await start();
  const project = await emulator.project();
  const pots = project.resource('tea-pots');
  const id = await brew(project);
  expect(await pots.hold(id)).toMatchObject({ state: 'COLD', held: true });
  clock.advance(10_000);
  expect(await stateOf(project, id)).toBe('COLD');
  expect(await pots.step(id)).toMatchObject({ state: 'HEATING', held: true });
  expect(await pots.release(id)).toMatchObject({ state: 'HOT', held: false });
  expect(await pots.force(id, 'BROKEN', 'a crack')).toMatchObject({ state: 'BROKEN' });
  expect((await call(project, 'GET', `teaPots/${id}`)).body).toMatchObject({ errorMessage: 'a crack' });
  expect((await pots.history(id)).map(({ state, why }) => `${state} ${why}`)).toEqual([
    'COLD created',
    'HEATING forced',
    'HOT released',
    'BROKEN forced',
  ]);
  await expect(pots.release(id)).rejects.toMatchObject({ status: 409 });
  await expect(pots.force(id, 'DONE')).rejects.toMatchObject({ status: 400 });
});

it('a declared resource moves by hand or by reads as its project does', async () => {
  const { emulator } = await start();
  const project = await emulator.project({ movement: { reads: 2 } });
  const id = await brew(project);
  const seen: unknown[] = [];
  for (let read = 0; read < 5; read += 1) seen.push(await stateOf(project, id));
  expect(seen).toEqual(['COLD', 'COLD', 'HEATING', 'HEATING', 'HOT']);
});

it('a declared resource fails or stays in a state according to a rule', async () => {
  const { emulator, clock } = await start();
  const project = await emulator.project();
  const rules = project.rulesFor('tea-pot-rules');
  await rules.add({ match: { colour: 'red' }, times: 1, fail: 'no more red' });
  await rules.add({ match: { colour: 'grey' }, staysIn: 'HEATING' });
  const [red, grey] = [await brew(project, 'red'), await brew(project, 'grey')];
  clock.advance(100_000);
  expect((await call(project, 'GET', `teaPots/${red}`)).body).toMatchObject({
    state: 'BROKEN',
    errorMessage: 'no more red',
  });
  expect(await stateOf(project, grey)).toBe('HEATING');
  expect(await rules.list()).toMatchObject([{ timesLeft: 0 }, { timesLeft: null }]);
  await expect(rules.add({ staysIn: 'HOT' })).rejects.toMatchObject({ status: 400 });
});

it('a declared resource without a create fails according to a rule where the control API adds it', async () => {
  const { emulator } = await start();
  const project = await emulator.project();
  const rules = project.rulesFor('spring-rules');
  await rules.add({ times: 1, fail: 'dead frogs' });
  const add = async (): Promise<unknown> =>
    (
      await fetch(`${emulator.url}/_emulator/projects/${project.id}/springs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    ).json();
  expect([await add(), await add()]).toMatchObject([{ state: 'SPOILT' }, { state: 'FLOWING' }]);
  // None of its states passes.
  await expect(rules.add({ staysIn: 'FLOWING' })).rejects.toMatchObject({ status: 400 });
});

it('a declared resource has its own duration settings, which a project can change', async () => {
  expect(durationSettings(features)).toMatchObject({
    coldMs: { default: 1000, description: 'how long a pot stays COLD' },
    heatingMs: { default: 500 },
    restingMs: { default: 60 },
  });
  const { emulator, clock } = await start();
  const project = await emulator.project();
  await project.change({ durations: { coldMs: 5 } as object });
  const id = await brew(project);
  clock.advance(5);
  expect(await stateOf(project, id)).toBe('HEATING');
  await expect(project.change({ durations: { pendingMs: 5 } })).rejects.toMatchObject({ status: 400 });
});

it('a declared resource is exported in a fixture and loaded from it, between two states', async () => {
  const { emulator, clock } = await start();
  const project = await emulator.project();
  const id = await brew(project);
  await project.rulesFor('tea-pot-rules').add({ staysIn: 'COLD', match: { colour: 'red' } });
  const geyser = await project.resource('geysers').add({ state: 'RESTING' });
  clock.advance(1000);
  const fixture = await emulator.fixture.export();
  expect(JSON.stringify(fixture)).toContain(`"teaPots":[{"_id":"${id}","colour":"blue","path":[["COLD",`);
  expect(JSON.stringify(fixture)).toContain('"teaPotRules":[{');
  await call(project, 'DELETE', `teaPots/${id}`);
  await emulator.fixture.load(fixture);
  expect(await emulator.fixture.export()).toEqual(fixture);
  expect(await stateOf(project, id)).toBe('HEATING');
  clock.advance(500);
  expect(await stateOf(project, id)).toBe('HOT');
  expect(await project.resource('geysers').state(geyser.id)).toMatchObject({ state: 'RESTING' });
});

it('a declared resource is restored by a snapshot, and removed by a reset and with its project', async () => {
  const { emulator, clock, changes } = await start();
  const project = await emulator.project();
  const id = await brew(project);
  await project.snapshot('cold');
  clock.advance(5000);
  await call(project, 'DELETE', `teaPots/${id}`);
  await project.restore('cold');
  expect(await stateOf(project, id)).toBe('COLD');
  clock.advance(1000);
  expect([await stateOf(project, id), changes().at(-1)]).toEqual(['HEATING', 'pot.changed HEATING time']);

  expect((await call(project, 'DELETE')).status).toBe(409);
  await project.reset();
  expect((await call(project, 'GET', `teaPots/${id}`)).status).toBe(404);
  await project.delete();
});

it('a declared resource is in the documents of both APIs', async () => {
  const { emulator } = await start();
  const atlas = await document(emulator, '/_emulator/openapi.json');
  expect(atlas.paths['/api/atlas/v2/groups/{groupId}/teaPots']?.post?.operationId).toBe('createTeaPot');
  expect(atlas.components.schemas).toHaveProperty('TeaPot');
  const control = await document(emulator, '/_emulator/control-openapi.json');
  const ids = Object.values(control.paths).flatMap((path) =>
    Object.values(path).map((one) => one.operationId),
  );
  const verbs = ['getTeaPotState', 'forceTeaPotState', 'holdTeaPot', 'stepTeaPot', 'releaseTeaPot'];
  const rules = ['listTeaPotRules', 'addTeaPotRule', 'removeTeaPotRule', 'removeTeaPotRules'];
  expect(ids).toEqual(expect.arrayContaining([...verbs, ...rules, 'addGeyser', 'getGeyserState']));
  expect(ids.filter((id) => /addTeaPot$|GeyserRule|PrivateLink/.test(id))).toEqual([]);
  expect(control.components.schemas).toHaveProperty('TeaPotState');
});

it('a declared resource without a create is added by the control API and leaves through its own states', async () => {
  const { emulator, clock, changes } = await start();
  const project = await emulator.project({ profile: 'observed' });
  const geysers = project.resource('geysers');
  const [one, other] = [await geysers.add({}), await geysers.add({})];
  expect(one).toMatchObject({ state: 'ERUPTING', history: [{ why: 'created' }] });
  await expect(geysers.force(one.id, 'RESTING', 'why')).rejects.toMatchObject({ status: 400 });
  await expect(geysers.add({ state: 'ERUPTING' })).rejects.toMatchObject({ status: 400 });
  await call(project, 'DELETE', `geysers/${one.id}`);
  expect(await geysers.state(one.id)).toMatchObject({ state: 'LEAVING' });
  clock.advance(60);
  await expect(geysers.state(one.id)).rejects.toMatchObject({ status: 404 });
  expect(await geysers.state(other.id)).toMatchObject({ state: 'ERUPTING' });
  await geysers.force(other.id, 'DRY');
  await expect(geysers.state(other.id)).rejects.toMatchObject({ status: 404 });
  expect(changes().slice(-3)).toEqual([
    'geyser.changed LEAVING deleted',
    'geyser.changed DRY time',
    'geyser.changed DRY forced',
  ]);
});
