import { hash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { goneAt, positionAt, type Path } from '../../src/states/lifecycle.js';
import { BASE_URL_MARK, fillAddress, STATE_MARK } from '../../src/states/text.js';
import type { Shown, StatefulResource } from '../../src/states/index.js';
import { ItemStore, type CurrentItem } from '../../src/states/store.js';
import { Database } from '../../src/kernel/database.js';
import { itemsOf } from '../../src/kernel/memo.js';
import { objectIds } from '../../src/kernel/ids.js';
import { migrations } from '../../src/kernel/tables.js';
import { seeded } from '../support/random.js';

const PROJECT = '32b6e34b3d91647abb20e7b8';
const OTHER = '32b6e34b3d91647abb20e7b9';
const ORGANIZATION = '32b6e34b3d91647abb20e700';
const PAGE = { pageNum: 1, itemsPerPage: 500 };
const PENDING: Path = [['PENDING', 0]];
const STATES: readonly string[] = [
  'PENDING',
  'IDLE',
  'WORKING',
  'DONE',
  'FAILED',
  'DELETE_REQUESTED',
  'DELETING',
];

function numbered(_sent: object, { id, complete, errorMessage }: Shown): string {
  return `{"${id}":"${STATE_MARK}",${complete ? 2 : errorMessage === undefined ? 1 : 3}}`;
}

/** The JSON that a reader gets of an item. */
function textOf(item: CurrentItem<unknown> | undefined, baseUrl = ''): string | undefined {
  return item && fillAddress(item.text, baseUrl);
}

/** A store with two projects, and what moves the first due link, if one is due. */
async function openStore(offsetMs = 0, otherOffsetMs = 0, represent = numbered) {
  const database = Database.open(':memory:', migrations);
  onTestFinished(() => {
    database.close();
  });
  await database.write(() => {
    database.run("INSERT INTO organizations (id, name, profile) VALUES (?, 'o', 'observed')", ORGANIZATION);
    const add =
      'INSERT INTO projects (id, organization_id, name, created_at, clock_offset_ms) VALUES (?, ?, ?, 0, ?)';
    database.run(add, PROJECT, ORGANIZATION, 'p', offsetMs);
    database.run(add, OTHER, ORGANIZATION, 'other', otherOffsetMs);
  });
  const store = new ItemStore<{ target: string }>(database, {
    name: { one: 'private link', many: 'private links' },
    complete: 'DONE',
    failed: 'FAILED',
    gone: 'DELETED',
    represent,
    target: { of: ({ target }) => target, duplicate: () => new Error() as never },
    // Nothing else of a resource concerns its store.
  } as Partial<StatefulResource<{ target: string }>> as StatefulResource<{ target: string }>);
  const moveDue = (now: number) =>
    database.write(() => {
      const due = store.due(now, 1);
      if (!due) return undefined;
      for (const link of due.items) store.move(link, due.until);
      store.alarms.set(due.projectId, now);
      return due.items[0]?.id;
    });
  const nextDueAt = () => store.alarms.first()[0]?.at;
  return { database, store, moveDue, nextDueAt };
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

type Saved = Parameters<ItemStore<{ target: string }>['save']>;

/** What is saved of a link whose text is a mark of the state, and 1, or 2 when DONE, or 3 when FAILED. */
function rowOf(id: string, path: Path, now: number, toEmulatorTime: number, projectId = PROJECT): Saved {
  const item = { id, path, sent: { target: id }, rest: [], readsLeft: null, errorMessage: 'no' };
  return [item, { id: projectId, now, frozen: false } as Saved[1], now + toEmulatorTime];
}

/** What {@link rowOf} shows at a time; undefined when it is gone. */
function expected(id: string, path: Path, now: number): string | undefined {
  const gone = goneAt(path, 'DELETED');
  if (gone !== undefined && gone <= now) return undefined;
  const { state } = positionAt(path, now);
  return `{"${id}":"${state}",${{ DONE: 2, FAILED: 3 }[state] ?? 1}}`;
}

it.each([1, 2, 3, 4])(
  'the state derived in SQL equals positionAt() for random paths, times and persisted rows (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    const newId = objectIds(() => 0);
    const toEmulatorTime = Math.floor(random() * 1000) - 500;
    const { database, store, moveDue } = await openStore(-toEmulatorTime);
    const links = await database.write(() =>
      Array.from({ length: 200 }, () => {
        const [id, path] = [newId(), randomPath(random)];
        const now = (path[0]?.[1] ?? 0) + Math.floor(random() * 10);
        store.save(...rowOf(id, path, now, toEmulatorTime));
        return { id, path, now };
      }),
    );
    const from = Math.max(...links.map(({ now }) => now));
    const end = Math.max(...links.map(({ path }) => path.at(-1)?.[1] ?? 0)) + 5;
    expect(end).toBeGreaterThan(from);

    for (let now = from; now < end; now += 1 + Math.floor(random() * 3)) {
      const all = links.map(({ id, path }) => expected(id, path, now));
      const visible = all.filter((text) => text !== undefined);
      expect(links.map(({ id }) => textOf(store.current(PROJECT, id, now)))).toEqual(all);
      expect(store.page(PROJECT, PAGE, now, '')).toBe(visible.join(','));
      const pages = Array.from({ length: Math.ceil(visible.length / 7) + 1 }, (_, index) =>
        store.page(PROJECT, { itemsPerPage: 7, pageNum: index + 1 }, now, ''),
      );
      expect(pages.slice(0, -1).join(',')).toBe(visible.join(','));
      expect(pages.at(-1)).toBe('');
      expect(store.count(PROJECT, now)).toBe(visible.length);
      expect(links.map(({ id }) => store.sameTarget(PROJECT, id, now))).toEqual(
        links.map(({ id }, index) => (all[index] === undefined ? undefined : id)),
      );
      // Some rows are persisted, some late, some not at all: no read must tell the difference.
      if (random() < 0.5) {
        for (let count = 0; count < 20; count += 1) await moveDue(now + toEmulatorTime);
      }
    }
  },
);

describe('due rows', () => {
  it("rows are due in the emulator's time, earliest first", async () => {
    const { database, store, moveDue, nextDueAt } = await openStore(-1000, 900);
    const insert = (id: string, projectId: string, path: Path, toEmulatorTime: number) =>
      database.write(() => store.save(...rowOf(id, path, 0, toEmulatorTime, projectId)));
    const path = (at: number): Path => [
      ['PENDING', 0],
      ['DONE', at],
    ];

    expect(nextDueAt()).toBeUndefined();
    expect(await insert('one', PROJECT, path(500), 1000)).toBe(1500);
    expect(await insert('two', OTHER, path(2000), -900)).toBe(1100);
    expect(await insert('three', PROJECT, path(600), 1000), 'the first of the project').toBe(1500);
    expect(await insert('four', PROJECT, [['DONE', 0]], 1000)).toBeUndefined();

    expect(nextDueAt()).toBe(1100);
    expect(await moveDue(1099)).toBeUndefined();
    expect([await moveDue(1550), await moveDue(1550), await moveDue(1550)]).toEqual([
      ...['two', 'one', undefined],
    ]);
    expect(nextDueAt()).toBe(1600);
    expect(await moveDue(1600)).toBe('three');
    expect([await moveDue(9999), nextDueAt()]).toEqual([undefined, undefined]);
  });

  it('a link that is gone before it was due does not wake the scheduler', async () => {
    const { database, store, moveDue, nextDueAt } = await openStore();
    const row = (at: number, state = 'DONE', moment = at): Saved =>
      rowOf(`at ${at}`, [...PENDING, [state, moment]], 0, 0);
    await database.write(() => {
      store.save(...row(5));
      store.save(...row(9));
      const first = store.current(PROJECT, 'at 5', 0);
      const [item, project, now] = row(5, 'DELETED', 0);
      store.save(item, project, now, first?.seq);
    });
    expect(await moveDue(5)).toBeUndefined();
    expect(nextDueAt()).toBe(9);
  });

  it('a row that is moved to DELETED is deleted', async () => {
    const { database, store, moveDue } = await openStore();
    const path: Path = [
      ['DELETING', 0],
      ['DELETED', 5],
    ];
    await database.write(() => store.save(...rowOf('id', path, 0, 0)));
    expect(await moveDue(5)).toBe('id');
    // Not even a reader whose time is before the deletion finds the row.
    expect(store.current(PROJECT, 'id', 0)).toBeUndefined();
  });
});

it('stored text is returned with the address of the reader, whatever characters it has', async () => {
  const shown = `{"href":"${BASE_URL_MARK}/x","state":"${STATE_MARK}"}`;
  const { database, store } = await openStore(0, 0, () => shown);
  await database.write(() => store.save(...rowOf('id', PENDING, 0, 0)));
  for (const address of ['http://one:1', 'https://two', 'http://quote"back\\slash']) {
    const read = JSON.parse(textOf(store.current(PROJECT, 'id', 0), address) ?? '') as unknown;
    expect(read).toEqual({ href: `${address}/x`, state: 'PENDING' });
  }
});

it('the cached count is recomputed after a write and when a link is gone', async () => {
  const { database, store } = await openStore();
  await database.write(() => {
    store.save(...rowOf('one', PENDING, 0, 0));
    const path: Path = [
      ['DELETING', 0],
      ['DELETED', 5],
    ];
    store.save(...rowOf('two', path, 0, 0));
  });
  expect([0, 4, 5, 9, 4].map((now) => store.count(PROJECT, now))).toEqual([2, 2, 1, 1, 2]);
  expect([store.count(OTHER, 4), store.count(PROJECT, 4)]).toEqual([0, 2]);
  const within = await database.write(() => {
    const before = store.count(PROJECT, 4);
    store.save(...rowOf('three', PENDING, 0, 0));
    return [before, store.count(PROJECT, 4)];
  });
  expect(within).toEqual([2, 3]);
  const undone = database.write(() => {
    store.save(...rowOf('four', PENDING, 0, 0));
    throw new Error(String(store.count(PROJECT, 4)));
  });
  await expect(undone).rejects.toThrow('4');
  expect(store.count(PROJECT, 4)).toBe(3);
});

it.each([
  ['of its own project', itemsOf(PROJECT), true],
  ['of several projects', 'items', true],
  ['of another project', itemsOf(OTHER), false],
])('links are read from the file again after a write %s', async (_, subject, isRead) => {
  const { database, store } = await openStore();
  await database.write(() => store.save(...rowOf('one', PENDING, 0, 0)));
  const shown = () => [
    store.read(PROJECT, 'one', 0, '')?.text,
    store.page(PROJECT, PAGE, 0, ''),
    String(store.count(PROJECT, 0)),
  ];
  const before = shown();
  // What the write says that it changes is all that is known of it.
  const move = () => database.run("UPDATE private_links SET project_id = ?, shown = 'moved'", OTHER);
  await database.write(move, [subject]);
  expect(shown()).toEqual(isRead ? [undefined, '', '0'] : before);
  // Nobody finds it in a project that it is not in.
  expect(store.read(OTHER, 'one', 0, '')?.text).toBe('moved');
});

it('removing a project removes its links and no others', async () => {
  const { database, store } = await openStore();
  await database.write(() => {
    store.save(...rowOf('one', PENDING, 0, 0));
    store.save(...rowOf('two', PENDING, 0, 0, OTHER));
    database.run('DELETE FROM projects WHERE id = ?', PROJECT);
  });
  expect(database.all('SELECT id FROM private_links')).toEqual([{ id: 'two' }]);
});

describe('the target of a link', () => {
  it.each([
    ['short', 'red'],
    ['long', 'red'.repeat(10_000)],
  ])('a %s one is found in its own project alone, until the link is gone', async (_length, target) => {
    const { database, store } = await openStore();
    const [item, ...where] = rowOf('one', [...PENDING, ['DELETED', 5]], 0, 0);
    await database.write(() => store.save({ ...item, sent: { target } }, ...where));
    const found = (id: string, now = 4, wanted = target) => store.sameTarget(id, wanted, now);
    expect([found(PROJECT), found(PROJECT, 5), found(OTHER)]).toEqual(['one', undefined, undefined]);
    expect(found(PROJECT, 4, `${target} `)).toBeUndefined();
  });

  it('one that was stored as its hash, as in files of 0.1.0, is found', async () => {
    const { database, store } = await openStore();
    await database.write(() => {
      store.save(...rowOf('one', PENDING, 0, 0));
      const key = hash('sha256', `${PROJECT}one`, 'buffer').subarray(0, 16);
      database.run('UPDATE private_links SET target = ?', key);
      database.run("INSERT INTO properties VALUES ('hashed targets', 'true')");
    });
    expect(store.sameTarget(PROJECT, 'one', 0)).toBe('one');
    expect(store.sameTarget(PROJECT, 'two', 0)).toBeUndefined();
  });
});
