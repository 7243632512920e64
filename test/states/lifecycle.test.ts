import { describe, expect, it } from 'vitest';
import { goneAt, plan, positionAt, type Path, type Stage } from '../../src/states/lifecycle.js';
import {
  DURATIONS as SETTINGS,
  privateLinkProfiles,
  STATES,
} from '../../src/features/private-links/profile.js';
import { TestEmulator } from '../support/emulator.js';
import { Links, PROFILES } from '../support/links.js';
import { requestBody } from '../support/requests.js';
import { openLine } from '../support/transport.js';
import { fixtureWith } from '../support/world.js';

const DURATIONS = { pendingMs: 2000, idleMs: 10, workingMs: 20, deleteRequestedMs: 30, deletingMs: 40 };
const { documented, observed } = privateLinkProfiles;

/** The path of an item that is created at 1000, and moves by time. */
const pathOf = (stages: readonly Stage[], durations = DURATIONS): Path =>
  plan(stages, durations, 'time', 1000, 'created').path;

it.each(Object.entries(privateLinkProfiles))(
  'each lifecycle of a link has known states, of which all but the last have a duration: %s',
  (_, { created, updated = created, deleted }) => {
    for (const stages of [created, updated, deleted]) {
      for (const [index, { state, lasts = '' }] of stages.entries()) {
        expect(STATES).toContain(state);
        expect(Object.hasOwn(SETTINGS, lasts), state).toBe(index < stages.length - 1);
      }
    }
  },
);

describe('plan()', () => {
  it.each<[string, readonly Stage[], Path]>([
    [
      'a documented create',
      documented.created,
      [
        ['PENDING', 1000, 'created'],
        ['DONE', 3000],
      ],
    ],
    ['a documented delete', documented.deleted, [['DELETED', 1000, 'created']]],
    [
      'an observed create',
      observed.created,
      [
        ['IDLE', 1000, 'created'],
        ['WORKING', 1010],
        ['DONE', 1030],
      ],
    ],
    [
      'an observed delete',
      observed.deleted,
      [
        ['DELETE_REQUESTED', 1000, 'created'],
        ['DELETING', 1030],
        ['DELETED', 1070],
      ],
    ],
    ['no stages', [], []],
  ])(
    'plan() enters the first state at once and each other when the one before has lasted: %s',
    (_, stages, path) => {
      expect(pathOf(stages)).toEqual(path);
    },
  );

  it('plan() enters a state that lasts 0 ms and leaves it at the same time', () => {
    const path = pathOf(observed.created, { ...DURATIONS, idleMs: 0, workingMs: 0 });
    expect(path).toEqual([
      ['IDLE', 1000, 'created'],
      ['WORKING', 1000],
      ['DONE', 1000],
    ]);
    expect(positionAt(path, 1000)).toEqual({ state: 'DONE', dueAt: undefined });
  });
});

describe('positionAt()', () => {
  const path: Path = [
    ['IDLE', 100],
    ['WORKING', 110],
    ['DONE', 130],
  ];

  it.each([
    { now: 0, state: 'IDLE', dueAt: 110 },
    { now: 100, state: 'IDLE', dueAt: 110 },
    { now: 109, state: 'IDLE', dueAt: 110 },
    { now: 110, state: 'WORKING', dueAt: 130 },
    { now: 129, state: 'WORKING', dueAt: 130 },
    { now: 130, state: 'DONE', dueAt: undefined },
    { now: 1e15, state: 'DONE', dueAt: undefined },
  ] as const)('positionAt() returns $state at $now', ({ now, state, dueAt }) => {
    expect(positionAt(path, now)).toEqual({ state, dueAt });
  });

  it('positionAt() returns the last of several states that are entered at one time', () => {
    const crowded: Path = [
      ['IDLE', 5],
      ['WORKING', 5],
      ['DONE', 9],
      ['DELETE_REQUESTED', 9],
      ['DELETING', 12],
    ];
    expect(positionAt(crowded, 5)).toEqual({ state: 'WORKING', dueAt: 9 });
    expect(positionAt(crowded, 9)).toEqual({ state: 'DELETE_REQUESTED', dueAt: 12 });
  });
});

it('goneAt() returns when DELETED is entered, or undefined', () => {
  expect(goneAt(pathOf(observed.deleted), 'DELETED')).toBe(1070);
  expect(goneAt(pathOf(documented.deleted), 'DELETED')).toBe(1000);
  expect(goneAt(pathOf(documented.created), 'DELETED')).toBeUndefined();
  expect(goneAt([], 'DELETED')).toBeUndefined();
});

describe('states of a link', () => {
  it.each([
    {
      profile: 'documented',
      settings: {},
      states: [
        [0, 'PENDING'],
        [1999, 'PENDING'],
        [2000, 'DONE'],
        [3_000_000, 'DONE'],
      ],
    },
    {
      profile: 'documented',
      settings: { pendingMs: 0 },
      states: [
        [0, 'DONE'],
        [1, 'DONE'],
      ],
    },
    {
      profile: 'documented',
      settings: { pendingMs: 1 },
      states: [
        [0, 'PENDING'],
        [1, 'DONE'],
      ],
    },
    {
      profile: 'documented',
      settings: { idleMs: 5, workingMs: 5 },
      states: [
        [1999, 'PENDING'],
        [2000, 'DONE'],
      ],
    },
    {
      profile: 'observed',
      settings: {},
      states: [
        [0, 'DONE'],
        [5000, 'DONE'],
      ],
    },
    { profile: 'observed', settings: { pendingMs: 5000 }, states: [[0, 'DONE']] },
    {
      profile: 'observed',
      settings: { idleMs: 10, workingMs: 20 },
      states: [
        [0, 'IDLE'],
        [9, 'IDLE'],
        [10, 'WORKING'],
        [29, 'WORKING'],
        [30, 'DONE'],
      ],
    },
    {
      profile: 'observed',
      settings: { workingMs: 20 },
      states: [
        [0, 'WORKING'],
        [19, 'WORKING'],
        [20, 'DONE'],
      ],
    },
    {
      profile: 'observed',
      settings: { idleMs: 10 },
      states: [
        [9, 'IDLE'],
        [10, 'DONE'],
      ],
    },
  ] as const)(
    'a link is $states, in GET and list alike ($profile, $settings)',
    async ({ profile, settings, states }) => {
      const links = new Links(await TestEmulator.start(settings), profile);
      const { _id } = await links.create(requestBody('aws-s3'));
      const start = links.emulator.clock.now();
      for (const [after, state] of states) {
        links.emulator.clock.advance(start + after - links.emulator.clock.now());
        const shown = await links.get(_id);
        expect(shown.state, `${after} ms after the create`).toBe(state);
        expect((await links.list()).results).toEqual([shown]);
      }
    },
  );

  it('a create responds with the state that the link has then', async () => {
    const pending = new Links(await TestEmulator.start(), 'documented');
    expect(await pending.create(requestBody('aws-s3'))).toHaveProperty('state', 'PENDING');
    const done = new Links(await TestEmulator.start({ pendingMs: 0 }), 'documented');
    const created = await done.create(requestBody('aws-s3'));
    expect(created).toHaveProperty('state', 'DONE');
    expect(await done.get(created._id)).toEqual(created);
  });

  it('a link changes state at its own time, independently of other links', async () => {
    const links = new Links(await TestEmulator.start(), 'documented');
    const states = async () => (await links.list()).results.map(({ state }) => state);
    await links.create({ provider: 'AWS', region: 'first' });
    links.emulator.clock.advance(1500);
    await links.create({ provider: 'AWS', region: 'second' });
    expect(await states()).toEqual(['PENDING', 'PENDING']);
    links.emulator.clock.advance(500);
    expect(await states()).toEqual(['DONE', 'PENDING']);
    links.emulator.clock.advance(1500);
    expect(await states()).toEqual(['DONE', 'DONE']);
  });

  it('a link changes state over a socket too', async () => {
    const line = await openLine('socket');
    const path = '/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/streams/privateLinkConnections';
    const created = await line.as('streams', 'documented', {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestBody('aws-s3')),
    });
    const { _id } = created.json<{ _id: string }>();
    const state = async () =>
      (await line.as('reader', 'documented', { path: `${path}/${_id}` })).json().state;
    line.clock.advance(1999);
    expect(await state()).toBe('PENDING');
    line.clock.advance(1);
    expect(await state()).toBe('DONE');
  });
});

describe.each(PROFILES)('links of the fixture (%s)', (profile) => {
  const body = requestBody('aws-kinesis');
  const _id = 'a'.repeat(24);

  it('a link that the fixture says FAILED shows its errorMessage and stays FAILED', async () => {
    const errorMessage = 'The endpoint service refused the connection: "no capacity".';
    const fixture = fixtureWith(profile, [{ ...body, _id, state: 'FAILED', errorMessage }]);
    const links = new Links(await TestEmulator.start({ fixture }), profile);
    const shown = await links.get(_id);
    expect(shown).toMatchObject({ ...body, _id, state: 'FAILED', errorMessage });
    expect(Object.keys(shown)).toEqual(Object.keys(shown).sort());
    links.emulator.clock.advance(3_000_000);
    expect(await links.get(_id)).toEqual(shown);
    expect((await links.list()).results).toEqual([shown]);
  });

  it.each(['IDLE', 'DONE', 'FAILED'])(
    'a link of the fixture with the state %s stays in it',
    async (state) => {
      const fixture = fixtureWith(profile, [{ ...body, _id, state }]);
      const links = new Links(await TestEmulator.start({ fixture }), profile);
      links.emulator.clock.advance(3_000_000);
      expect(await links.get(_id)).toMatchObject({ ...body, state });
    },
  );

  it('a link of the fixture without a state has the lifecycle of a new one', async () => {
    const fixture = fixtureWith(profile, [body]);
    const links = new Links(await TestEmulator.start({ fixture, idleMs: 2000 }), profile);
    const state = async () => (await links.list()).results[0]?.state;
    expect(await state()).toBe(profile === 'documented' ? 'PENDING' : 'IDLE');
    links.emulator.clock.advance(2000);
    expect(await state()).toBe('DONE');
  });

  it.each([
    [{ provider: 'IBM' }, 'No provider IBM exists.'],
    [{ ...body, region: undefined }, 'region'],
    [{ provider: 'AWS', vendor: 'EVENTHUB' }, 'EVENTHUB'],
    [{ ...body, state: 'PENDING' }, 'state'],
    [{ ...body, _id: 'x' }, '_id'],
    [{ ...body, nonsense: 1 }, 'nonsense'],
    [requestBody('aws-s3'), 'has the same target'],
  ])(
    'a link of the fixture that the API would refuse stops the start and is named: %j',
    async (link, named) => {
      const fixture = fixtureWith(profile, [requestBody('aws-s3'), link]);
      await expect(TestEmulator.start({ fixture })).rejects.toThrow(
        new RegExp(String.raw`organizations\[\d\]\.projects\[0\]\.privateLinks\[1\].*${named}`),
      );
    },
  );
});
