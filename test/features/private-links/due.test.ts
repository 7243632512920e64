import { join } from 'node:path';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { buildApp } from '../../../src/app.js';
import { defaultConfig, type Config } from '../../../src/config.js';
import type { ChangedEvent, EventOf } from '../../../src/kernel/events.js';
import { ManualClock } from '../../support/clock.js';
import { rowsIn } from '../../support/database-file.js';
import { SEEDED, TestEmulator } from '../../support/emulator.js';
import { Links } from '../../support/links.js';
import { requestBody } from '../../support/requests.js';
import { temporaryFolder } from '../../support/world.js';

// Thousands of links change their states in one test: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

/** A clock whose alarms never ring: a process so busy that its timer comes too late. */
class DeafClock extends ManualClock {
  override setAlarm(): () => void {
    return () => undefined;
  }
}

/** Collects the `link.changed` events from now on, one line each: id, state, ms since the start, cause. */
function changesOf(emulator: TestEmulator): string[] {
  const start = emulator.clock.now();
  const changes: string[] = [];
  emulator.app.events.subscribe((event) => {
    if (event.type === 'link.changed') changes.push(lineOf(event, start));
  });
  return changes;
}

const lineOf = ({ data: { id, state, at, cause } }: EventOf<ChangedEvent>, start: number): string =>
  `${id} ${state} ${at - start} ${cause}`;

/** Lets what the clock has set going be committed: that ends with the turn of the event loop. */
const committed = (): Promise<void> => endOfTurn();

/** The states in a database file that no process has open. */
function persisted(db: string): unknown[] {
  return rowsIn(db, 'SELECT state FROM private_links ORDER BY seq').map(({ state }) => state);
}

/** One run of the emulator on a file: from its start to its close. */
async function run<T>(
  settings: Partial<Config>,
  clock: ManualClock,
  work: (emulator: TestEmulator) => Promise<T>,
): Promise<T> {
  const emulator = await TestEmulator.start(settings, clock);
  try {
    return await work(emulator);
  } finally {
    await emulator.app.server.close();
  }
}

it.each(['documented', 'observed'] as const)(
  'a link shows the correct state even if no timer has fired (%s)',
  async (profile) => {
    const settings = { pendingMs: 10, idleMs: 4, workingMs: 6 };
    const links = new Links(await TestEmulator.start(settings, new DeafClock()), profile);
    const { _id } = await links.create(requestBody('aws-confluent'));
    const seen = [];
    for (let ms = 0; ms <= 12; ms += 1) {
      const shown = await links.get(_id);
      expect((await links.list()).results).toEqual([shown]);
      expect('interfaceEndpointId' in shown).toBe(shown.state === 'DONE');
      seen.push(shown.state);
      links.emulator.clock.advance(1);
    }
    const before = Array.from({ length: 10 }, (_, ms) =>
      profile === 'documented' ? 'PENDING' : ms < 4 ? 'IDLE' : 'WORKING',
    );
    expect(seen).toEqual([...before, 'DONE', 'DONE', 'DONE']);
  },
);

describe('events of private links', () => {
  it('link.changed is emitted once for each state, when the link enters it', async () => {
    const emulator = await TestEmulator.start({ idleMs: 10, workingMs: 20 });
    const changes = changesOf(emulator);
    const observed = await new Links(emulator, 'observed').create(requestBody('aws-s3'));
    const documented = await new Links(emulator, 'documented').create(requestBody('aws-s3'));

    const created = [`${observed._id} IDLE 0 created`, `${documented._id} PENDING 0 created`];
    expect(changes).toEqual(created);
    emulator.clock.advance(9);
    expect(changes).toEqual(created);
    emulator.clock.advance(1);
    await committed();
    expect(changes.slice(2)).toEqual([`${observed._id} WORKING 10 time`]);
    emulator.clock.advance(2500);
    await committed();
    expect(changes.slice(3)).toEqual([`${observed._id} DONE 30 time`, `${documented._id} DONE 2000 time`]);
    emulator.clock.advance(100_000);
    await committed();
    expect(changes).toHaveLength(5);
  });

  it('link.changed is emitted in order for states that a link passes at once', async () => {
    const emulator = await TestEmulator.start();
    const changes = changesOf(emulator);
    const { _id } = await new Links(emulator, 'observed').create(requestBody('aws-s3'));
    expect(changes).toEqual([`${_id} IDLE 0 created`, `${_id} WORKING 0 time`, `${_id} DONE 0 time`]);
  });

  it('link.changed is not emitted for a refused create', async () => {
    const emulator = await TestEmulator.start();
    const links = new Links(emulator, 'documented');
    await links.create(requestBody('aws-s3'));
    const changes = changesOf(emulator);
    await emulator.create('documented', requestBody('aws-s3'));
    await emulator.create('documented', { provider: 'IBM' });
    expect(changes).toEqual([]);
  });

  it('link.changed names the project of the link, and sequence numbers have no gaps', async () => {
    const emulator = await TestEmulator.start({ pendingMs: 0 });
    for (const profile of ['documented', 'observed'] as const) {
      await new Links(emulator, profile).create(requestBody('aws-s3'));
    }
    const events = emulator.app.events.since(0);
    const first = events[0]?.seq ?? 0;
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => first + index));
    const changes = events.filter(({ type }) => type === 'link.changed');
    expect(new Set(changes.map(({ project }) => project))).toEqual(
      new Set([SEEDED.documented.project, SEEDED.observed.project]),
    );
  });

  it('link.changed is emitted once per link if more links are due than fit in one batch', async () => {
    const emulator = await TestEmulator.start();
    const links = new Links(emulator, 'documented');
    const ids = [];
    for (let index = 0; index < 1100; index += 1) {
      ids.push((await links.create({ provider: 'AWS', region: String(index) }))._id);
    }
    const changes = changesOf(emulator);
    emulator.clock.advance(2000);
    // Each batch is a turn of the event loop of its own.
    for (let batch = 0; batch < 11; batch += 1) await committed();
    expect(changes.map((line) => line.split(' ', 2).join(' '))).toEqual(ids.map((id) => `${id} DONE`));
  });
});

describe('private links in a database file', () => {
  it('a state is persisted when it is due', async () => {
    const db = join(temporaryFolder(), 'emulator.db');
    const clock = new ManualClock();
    await run({ db }, clock, async (emulator) => {
      await new Links(emulator, 'documented').create(requestBody('aws-s3'));
      clock.advance(1999);
    });
    expect(persisted(db)).toEqual(['PENDING']);
    await run({ db }, clock, async () => {
      clock.advance(1);
      await committed();
    });
    expect(persisted(db)).toEqual(['DONE']);
  });

  it('after a restart links continue by the clock, with the same ids, order and fields', async () => {
    const db = join(temporaryFolder(), 'emulator.db');
    const clock = new ManualClock();
    const before = await run({ db }, clock, async (emulator) => {
      const links = new Links(emulator, 'documented');
      await links.create(requestBody('aws-confluent'));
      clock.advance(1500);
      await links.create(requestBody('aws-s3'));
      return (await links.list()).results;
    });
    expect(before.map(({ state }) => state)).toEqual(['PENDING', 'PENDING']);

    clock.advance(499);
    await run({ db, pendingMs: 60_000 }, clock, async (emulator) => {
      const links = new Links(emulator, 'documented');
      expect((await links.list()).results).toEqual(before);
      clock.advance(1);
      expect((await links.list()).results.map(({ state }) => state)).toEqual(['DONE', 'PENDING']);
    });

    clock.advance(100_000);
    await run({ db }, clock, async (emulator) => {
      const { results } = await new Links(emulator, 'documented').list();
      expect(results).toMatchObject(before.map((link) => ({ ...link, state: 'DONE' })));
    });
  });

  it('after a restart, states that became due meanwhile are emitted once, in due order', async () => {
    const db = join(temporaryFolder(), 'emulator.db');
    const clock = new ManualClock();
    const start = clock.now();
    const settings = { db, idleMs: 100, workingMs: 100 };
    const [one, two] = await run(settings, clock, async (emulator) => {
      const links = new Links(emulator, 'observed');
      const first = await links.create(requestBody('aws-s3'));
      clock.advance(50);
      return [first._id, (await links.create(requestBody('aws-msk')))._id];
    });

    clock.advance(1000);
    await run(settings, clock, async (emulator) => {
      // The clock is moved by hand: an alarm that is overdue rings when it moves at all.
      clock.advance(0);
      await committed();
      const changes = emulator.app.events.since(0).filter((event) => event.type === 'link.changed');
      expect(changes.map((event) => lineOf(event as EventOf<ChangedEvent>, start))).toEqual([
        `${one} WORKING 100 time`,
        `${two} WORKING 150 time`,
        `${one} DONE 200 time`,
        `${two} DONE 250 time`,
      ]);
    });
    expect(persisted(db)).toEqual(['DONE', 'DONE']);

    await run(settings, clock, async (emulator) => {
      clock.advance(100_000);
      await committed();
      expect(emulator.app.events.since(0).filter(({ type }) => type === 'link.changed')).toEqual([]);
    });
  });

  it('the fixture is loaded once: after a restart no link exists twice', async () => {
    const db = join(temporaryFolder(), 'emulator.db');
    const clock = new ManualClock();
    for (const restored of [false, true, true]) {
      const app = await buildApp(defaultConfig({ db, logLevel: 'silent' }), { clock });
      expect(app.restored).toBe(restored);
      await app.server.close();
    }
  });

  it('a clock that passes hundreds of links emits each state once, in due order, and requests are served meanwhile', async () => {
    const db = join(temporaryFolder(), 'emulator.db');
    await run({ db }, new ManualClock(Date.parse('2026-01-01T00:00:00Z')), async (emulator) => {
      const control = async (method: 'GET' | 'PUT' | 'POST', path: string, payload?: object) =>
        emulator.app.server.inject({ method, url: `/_emulator${path}`, ...(payload && { payload }) });
      interface Projects {
        organizations: { projects: object[] }[];
      }
      const fixture = (await control('GET', '/fixture')).json<Projects>();
      const now = emulator.clock.now();
      const privateLinks = Array.from({ length: 150 }, (_, number) => {
        const working = now + 1000 + ((number * 7) % 50);
        const done = working + ((number * 11) % 30);
        return {
          ...{ provider: 'AWS', vendor: 'S3', region: 'us-east-1' },
          serviceEndpointId: `com.amazonaws.us-east-1.s3.${number}`,
          path: [
            ['IDLE', now],
            ['WORKING', working],
            ['DONE', done],
          ],
        };
      });
      for (const { projects } of fixture.organizations) Object.assign(projects[0] ?? {}, { privateLinks });
      expect((await control('PUT', '/fixture', fixture)).statusCode).toBe(204);
      const changes: EventOf<ChangedEvent>['data'][] = [];
      emulator.app.events.subscribe((event) => {
        if (event.type === 'link.changed') changes.push(event.data);
      });

      let ended = false as boolean;
      const advanced = control('POST', '/clock/advance', { by: '1h' }).finally(() => {
        ended = true;
      });
      const links = new Links(emulator, 'observed');
      let between = 0;
      while (!ended) {
        await endOfTurn();
        const { results } = await links.list('?itemsPerPage=500');
        expect(results.map(({ state }) => state)).toEqual(Array<string>(150).fill('DONE'));
        if (changes.length > 0 && changes.length < 600) between += 1;
      }
      expect((await advanced).statusCode).toBe(200);
      expect(between).toBeGreaterThan(0);
      expect(new Set(changes.map(({ id, state }) => `${id} ${state}`)).size).toBe(600);
      const times = changes.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((one, next) => one - next));
      expect(times).toHaveLength(600);
    });
    expect(persisted(db)).toEqual(Array<string>(300).fill('DONE'));
  });
});
