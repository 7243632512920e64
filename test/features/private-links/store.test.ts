import { describe, expect, it, onTestFinished } from 'vitest';
import { goneAt, positionAt, type Path, type State } from '../../../src/features/private-links/lifecycle.js';
import { BASE_URL_MARK, STATE_MARK } from '../../../src/features/private-links/representation.js';
import { privateLinkMigrations } from '../../../src/features/private-links/migrations.js';
import type { LinkRow } from '../../../src/features/private-links/rows.js';
import { PrivateLinkStore } from '../../../src/features/private-links/store.js';
import { identityMigrations } from '../../../src/identity/index.js';
import { Database } from '../../../src/kernel/database.js';
import { objectIds } from '../../../src/kernel/ids.js';
import { seeded } from '../../support/random.js';

const PROJECT = '32b6e34b3d91647abb20e7b8';
const ORGANIZATION = '32b6e34b3d91647abb20e700';
const PAGE = { pageNum: 1, itemsPerPage: 500 };
const STATES: readonly State[] = [
  'PENDING',
  'IDLE',
  'WORKING',
  'DONE',
  'FAILED',
  'DELETE_REQUESTED',
  'DELETING',
];

/** A store with one project. */
async function openStore() {
  const database = Database.open(':memory:', [...identityMigrations, ...privateLinkMigrations]);
  onTestFinished(() => {
    database.close();
  });
  await database.write(() => {
    database
      .prepare('INSERT INTO organizations (id, name, profile) VALUES (?, ?, ?)')
      .run(ORGANIZATION, 'o', 'observed');
    database
      .prepare('INSERT INTO projects (id, organization_id, name, created_at) VALUES (?, ?, ?, 0)')
      .run(PROJECT, ORGANIZATION, 'p');
  });
  return { database, store: new PrivateLinkStore(database) };
}

/** 1 to 5 random states, close to each other, some at one moment; then DELETED now and then. */
function randomPath(random: () => number): Path {
  let at = Math.floor(random() * 40);
  const path = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
    const state = STATES[Math.floor(random() * STATES.length)] ?? 'IDLE';
    const entered = [state, at] as const;
    if (random() < 0.7) at += Math.floor(random() * 12);
    return entered;
  });
  return random() < 0.3 ? [...path, ['DELETED', at]] : path;
}

/** A row whose text is a mark of the state, and 1, or 2 when DONE, or 3 when FAILED. */
function rowOf(id: string, path: Path, now: number, toEmulatorTime: number): LinkRow {
  return {
    id,
    projectId: PROJECT,
    target: id,
    sent: { provider: 'AWS' },
    shown: `{"${id}":"${STATE_MARK}",1}`,
    shownDone: `{"${id}":"${STATE_MARK}",2}`,
    shownFailed: `{"${id}":"${STATE_MARK}",3}`,
    errorMessage: undefined,
    path,
    rest: [],
    readsLeft: undefined,
    now,
    toEmulatorTime,
  };
}

/** What {@link rowOf} shows at a time; undefined when it is gone. */
function expected(id: string, path: Path, now: number): string | undefined {
  const gone = goneAt(path);
  if (gone !== undefined && gone <= now) return undefined;
  const { state } = positionAt(path, now);
  return `{"${id}":"${state}",${{ DONE: 2, FAILED: 3 }[state as string] ?? 1}}`;
}

describe('the state that SQL derives', () => {
  it.each([1, 2, 3, 4])(
    'is that of positionAt(), whatever path, time and persisted row (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const newId = objectIds(() => 0);
      const toEmulatorTime = Math.floor(random() * 1000) - 500;
      const { database, store } = await openStore();
      const links = await database.write(() =>
        Array.from({ length: 200 }, () => {
          const [id, path] = [newId(), randomPath(random)];
          const now = (path[0]?.[1] ?? 0) + Math.floor(random() * 10);
          store.insert(rowOf(id, path, now, toEmulatorTime));
          return { id, path, now };
        }),
      );
      const from = Math.max(...links.map(({ now }) => now));
      const end = Math.max(...links.map(({ path }) => path.at(-1)?.[1] ?? 0)) + 5;
      expect(end).toBeGreaterThan(from);

      for (let now = from; now < end; now += 1 + Math.floor(random() * 3)) {
        const all = links.map(({ id, path }) => expected(id, path, now));
        const visible = all.filter((text) => text !== undefined);
        expect(links.map(({ id }) => store.get(PROJECT, id, now, ''))).toEqual(all);
        expect(store.page(PROJECT, PAGE, now, '')).toBe(visible.join(','));
        expect(store.count(PROJECT, now)).toBe(visible.length);
        expect(links.map(({ id }) => store.sameTarget(PROJECT, id, now))).toEqual(
          links.map(({ id }, index) => (all[index] === undefined ? undefined : id)),
        );
        // Some rows are persisted, some late, some not at all: no read must tell the difference.
        if (random() < 0.5) {
          await database.write(() => {
            for (const due of store.due(now + toEmulatorTime, 20)) store.move(due, now + toEmulatorTime);
          });
        }
      }
    },
  );
});

describe('rows that wait', () => {
  it('are due by the emulator, the first of them first, and none is when all rest', async () => {
    const { database, store } = await openStore();
    const insert = (id: string, path: Path, toEmulatorTime: number) =>
      database.write(() => store.insert(rowOf(id, path, 0, toEmulatorTime)));
    const due = (now: number, limit = 9) => store.due(now, limit).map(({ id }) => id);

    expect(store.nextWake()).toBeUndefined();
    expect(
      await insert(
        'one',
        [
          ['PENDING', 0],
          ['DONE', 500],
        ],
        1000,
      ),
    ).toBe(1500);
    expect(
      await insert(
        'two',
        [
          ['PENDING', 0],
          ['DONE', 2000],
        ],
        -900,
      ),
    ).toBe(1100);
    expect(await insert('three', [['DONE', 0]], 0)).toBeUndefined();

    expect(store.nextWake()).toBe(1100);
    expect(due(1099)).toEqual([]);
    expect(due(1500)).toEqual(['two', 'one']);
    expect(due(1500, 1)).toEqual(['two']);
    await database.write(() => {
      for (const row of store.due(1500, 9)) store.move(row, 1500);
    });
    expect(store.nextWake()).toBeUndefined();
  });

  it('are gone when they have been moved to DELETED', async () => {
    const { database, store } = await openStore();
    const path: Path = [
      ['DELETING', 0],
      ['DELETED', 5],
    ];
    await database.write(() => store.insert(rowOf('id', path, 0, 0)));
    await database.write(() => {
      for (const row of store.due(5, 9)) store.move(row, 5);
    });
    // Not even a reader whose time is before the deletion finds the row.
    expect(store.get(PROJECT, 'id', 0, '')).toBeUndefined();
  });
});

it('a stored text gets the address of its reader, whatever stands in that', async () => {
  const { database, store } = await openStore();
  const shown = `{"href":"${BASE_URL_MARK}/x","state":"${STATE_MARK}"}`;
  await database.write(() => store.insert({ ...rowOf('id', [['PENDING', 0]], 0, 0), shown }));
  for (const address of ['http://one:1', 'https://two', 'http://quote"back\\slash']) {
    const read = JSON.parse(store.get(PROJECT, 'id', 0, address) ?? '') as unknown;
    expect(read).toEqual({ href: `${address}/x`, state: 'PENDING' });
  }
});
