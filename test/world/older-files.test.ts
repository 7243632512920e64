import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LightMyRequestResponse } from 'fastify';
import { listen } from '../../src/listener.js';
import { ManualClock } from '../support/clock.js';
import { nonceOf, signed } from '../support/digest.js';
import { ACCEPT, API, SEEDED, seededCaller } from '../support/emulator.js';
import { rowsIn } from '../support/database-file.js';
import { temporaryFolder } from '../support/world.js';
import { atlas, control, everything, type Inject } from './everything.js';

// Release 0.1.0 wrote world.db, which was killed by SIGKILL with everything still in its WAL, and fixture.json, which
// it exported just before. Two removals were pending: the links of one project, and those of a project that is gone.
// answers.json has what 0.1.0 itself answered when it opened copies of the file at the moment of the kill.

const FOLDER = new URL('0.1.0/', import.meta.url);

const unpack = (name: string): Buffer => gunzipSync(readFileSync(new URL(`${name}.gz`, FOLDER)));

interface Project {
  readonly page: { readonly results: readonly { readonly serviceEndpointId?: string }[] };
  readonly links: readonly { readonly state: string; readonly held: boolean }[];
}

type Answer = Readonly<Record<'server' | 'projects', Readonly<Record<string, Project>>>>;

type Recorded =
  | 'opened'
  | 'anHourLater'
  | 'wholeRestored'
  | 'projectRestored'
  | 'serverReset'
  | 'projectReset'
  | 'fixtureLoaded';

const answers = JSON.parse(unpack('answers.json').toString()) as Readonly<Record<Recorded, Answer>> & {
  readonly killedAt: number;
  readonly token: string;
  readonly project: string;
  readonly emptied: string;
  readonly gone: string;
};

const OBSERVED = '32b6e34b3d91647abb20e7b9';

interface Credential {
  readonly projectRoles: object;
  readonly apiKey?: { readonly publicKey: string };
}

const fixture = JSON.parse(readFileSync(new URL('fixture.json', FOLDER), 'utf8')) as {
  readonly organizations: readonly { readonly credentials: readonly Credential[] }[];
};

/** An emulator on a database file, at the moment at which 0.1.0 was killed. */
async function open(db: string): Promise<{ inject: Inject; clock: ManualClock; close: () => Promise<void> }> {
  const clock = new ManualClock(answers.killedAt);
  const listening = await listen({ db, publicUrl: 'http://emulator:27080' }, { clock });
  onTestFinished(() => listening.close());
  return {
    inject: (request): Promise<LightMyRequestResponse> => listening.server.inject(request),
    clock,
    close: () => listening.close(),
  };
}

/** The path of a copy of the file that 0.1.0 left. */
function copy(): string {
  const db = join(temporaryFolder(), 'world.db');
  for (const end of ['', '-wal']) writeFileSync(db + end, unpack(`world.db${end}`));
  return db;
}

/** The state of each link, by project; a star marks one that is held. */
function states({ projects }: Answer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(projects).map(([name, { links }]) => [
      name,
      links.map(({ state, held }) => (held ? `${state}*` : state)).join(' '),
    ]),
  );
}

const OPENED = {
  documented: 'DONE DONE FAILED FAILED PENDING* PENDING',
  observed: 'DONE DELETING WORKING WORKING',
  made: 'DONE DONE WORKING',
  'by-hand': 'DONE PENDING*',
  'by-reads': 'IDLE*',
  emptied: '',
  'made-late': 'PENDING',
};

describe('database files of 0.1.0, killed', () => {
  it('a database of 0.1.0 opens with its links, faults, rules, clocks and snapshots', async () => {
    const { inject } = await open(copy());
    const found = await everything(inject);
    expect(states(found as Answer)).toEqual(OPENED);
    expect(found).toEqual(answers.opened);
  });

  it('a database of 0.1.0 gets the schema of a new file', async () => {
    const schemaOf = async (db: string) => {
      await (await open(db)).close();
      const rows = rowsIn(db, `SELECT type, name, sql FROM sqlite_schema ORDER BY name`);
      // Comments and spaces aside.
      return (rows as { sql: string | null }[]).map((row) => ({
        ...row,
        sql: row.sql
          ?.replace(/--.*/g, '')
          .replace(/\s+/g, ' ')
          .replace(/ ?([(),]) ?/g, '$1'),
      }));
    };
    const schema = await schemaOf(copy());
    expect(schema).toEqual(await schemaOf(join(temporaryFolder(), 'new.db')));
    expect(schema.map(({ sql }) => sql)).toContainEqual(
      expect.stringContaining('CREATE TABLE private_links('),
    );
  });

  it('a database of 0.1.0 retains its bearer tokens', async () => {
    const { inject } = await open(copy());
    const { statusCode } = await atlas(inject, answers.token, 'GET', answers.project);
    expect(statusCode).toBe(200);
  });

  it('a link in a database of 0.1.0 and in its snapshots has no duplicate', async () => {
    const { inject } = await open(copy());
    const duplicate = async (): Promise<unknown> => {
      const page = (await atlas(inject, answers.token, 'GET', answers.project)).json<Project['page']>();
      const { provider, vendor, region, serviceEndpointId } = page.results[0] as Readonly<
        Record<string, string>
      >;
      const sent = { provider, vendor, region, serviceEndpointId };
      return (await atlas(inject, answers.token, 'POST', answers.project, '', sent)).json();
    };
    const refusal = { errorCode: 'STREAM_PRIVATE_LINK_ALREADY_EXISTS' };
    expect(await duplicate()).toMatchObject(refusal);
    await control(inject, 'POST', '/snapshots/whole/restore');
    expect(await duplicate()).toMatchObject(refusal);
  });

  it('links in a database of 0.1.0 continue from their states', async () => {
    const { inject } = await open(copy());
    await control(inject, 'POST', '/clock/advance', { by: '1h' });
    const found = await everything(inject);
    expect(states(found as Answer)).toMatchObject({
      documented: 'DONE DONE FAILED FAILED PENDING* DONE',
      'by-hand': 'DONE PENDING*',
    });
    expect(found).toEqual(answers.anHourLater);
  });

  it('a snapshot of the whole server by 0.1.0 is restored, with projects removed since', async () => {
    const { inject } = await open(copy());
    await control(inject, 'POST', '/snapshots/whole/restore');
    const found = await everything(inject);
    expect(states(found as Answer)).toMatchObject({ emptied: 'DONE DONE DONE', gone: 'DONE DONE' });
    expect(found).toEqual(answers.wholeRestored);
  });

  it('credentials in a database of 0.1.0 and in its snapshots retain their roles', async () => {
    const { inject } = await open(copy());
    const credentials = async (): Promise<readonly Credential[]> => {
      const { organizations } = (await control(inject, 'GET', '/fixture')) as typeof fixture;
      return organizations.flatMap((organization) => organization.credentials);
    };
    const exported = fixture.organizations.flatMap((organization) => organization.credentials);
    const opened = await credentials();
    // Without those of the project that was removed after the export.
    expect(opened).toHaveLength(exported.length - 8);
    expect(exported).toEqual(expect.arrayContaining([...opened]));
    await control(inject, 'POST', '/snapshots/whole/restore');
    const restored = await credentials();
    const keys = new Set(restored.map(({ apiKey }) => apiKey?.publicKey));
    const inBoth = exported.filter(({ apiKey }) => apiKey && keys.has(apiKey.publicKey));
    expect(inBoth.length).toBeGreaterThan(8);
    expect(restored).toEqual(expect.arrayContaining(inBoth));
  });

  it('a snapshot of a project by 0.1.0 is restored', async () => {
    const { inject } = await open(copy());
    await control(inject, 'POST', `/projects/${OBSERVED}/snapshots/mine/restore`);
    const found = await everything(inject);
    expect(states(found as Answer)).toEqual({ ...OPENED, observed: 'DONE DELETING WORKING' });
    expect(found).toEqual(answers.projectRestored);
  });

  it('a database of 0.1.0 is reset to its fixture, as a whole and for a project', async () => {
    const whole = await open(copy());
    await control(whole.inject, 'POST', '/reset');
    expect(await everything(whole.inject)).toEqual(answers.serverReset);
    const one = await open(copy());
    await control(one.inject, 'POST', `/projects/${answers.project}/reset`);
    expect(await everything(one.inject)).toEqual(answers.projectReset);
  });

  it('links that 0.1.0 had only marked as deleted stay deleted, after a restart too', async () => {
    const db = copy();
    const first = await open(db);
    expect(states((await everything(first.inject)) as Answer)).toEqual(OPENED);
    await first.close();
    const second = await open(db);
    expect(states((await everything(second.inject)) as Answer)).toEqual(OPENED);
    await second.close();
    expect(
      rowsIn(
        db,
        `SELECT id FROM private_links WHERE project_id IN ('${answers.emptied}', '${answers.gone}')`,
      ),
    ).toEqual([]);
  });

  it('a database of 0.1.0 takes and restores new snapshots', async () => {
    const { inject } = await open(copy());
    const before = (await everything(inject)) as Answer;
    await control(inject, 'POST', '/snapshots', { name: 'new' });
    await control(inject, 'POST', '/reset');
    await control(inject, 'POST', '/snapshots/new/restore');
    expect(states((await everything(inject)) as Answer)).toEqual(states(before));
  });
});

/** A rule as 0.1.0 stored it: an operation of its own name, which has Atlas's name now. */
const OLD_RULE = { id: 'old', match: { operation: 'listGroupIpAddresses' }, answer: { status: 503 } };

async function statusOfAddresses(inject: Inject): Promise<number> {
  const url = `${API}/groups/${SEEDED.documented.project}/ipAddresses`;
  const { publicKey: username, privateKey: password } = seededCaller('owner', 'documented');
  const challenge = String((await inject({ url })).headers['www-authenticate']);
  const digest = { username, password, method: 'GET', uri: url, nonce: nonceOf(challenge) };
  return (await inject({ url, headers: { accept: ACCEPT, authorization: signed(digest) } })).statusCode;
}

describe('fault rules of 0.1.0', () => {
  it('a fault rule of 0.1.0 for a renamed operation matches again in a database file and in a snapshot', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const first = await open(db);
    await control(first.inject, 'POST', '/faults', { ...OLD_RULE, match: {} });
    await first.close();
    const file = new BetterSqlite3(db);
    file.prepare('UPDATE faults SET rule = ?').run(JSON.stringify(OLD_RULE));
    file.close();

    const second = await open(db);
    expect(await statusOfAddresses(second.inject)).toBe(503);
    await control(second.inject, 'POST', '/snapshots', { name: 'old' });
    await control(second.inject, 'DELETE', '/faults');
    expect(await statusOfAddresses(second.inject)).toBe(200);
    await control(second.inject, 'POST', '/snapshots/old/restore');
    expect(await statusOfAddresses(second.inject)).toBe(503);
  });

  it('a fault rule of 0.1.0 for a renamed operation loads from a fixture and has the new name', async () => {
    const { inject } = await open(':memory:');
    const world = (await control(inject, 'GET', '/fixture')) as object;
    await control(inject, 'PUT', '/fixture', { ...world, faults: [OLD_RULE] });
    expect(await statusOfAddresses(inject)).toBe(503);
    expect(await control(inject, 'GET', '/faults')).toMatchObject({
      results: [{ match: { operation: 'getGroupIpAddresses' }, fired: 1 }],
    });
    expect(await control(inject, 'POST', '/requests/count', OLD_RULE.match)).toEqual({ count: 2 });
  });
});

it('a fixture exported by 0.1.0 loads and exports unchanged', async () => {
  const { inject } = await open(':memory:');
  await control(inject, 'PUT', '/fixture', fixture);
  expect(await control(inject, 'GET', '/fixture')).toEqual(fixture);
  const { projects } = (await everything(inject)) as Answer;
  expect(projects).toEqual(
    Object.fromEntries(
      Object.entries(answers.fixtureLoaded.projects).map(([name, project]) => [
        name,
        { ...project, snapshots: expect.anything() as unknown },
      ]),
    ),
  );
});
