import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Database } from '../../src/kernel/database.js';
import { NEWEST, successes } from '../evidence/sample-requests.js';
import {
  API,
  linksPath,
  linksPathOf,
  seededCaller,
  TestEmulator,
  type SeededProfile,
} from '../support/emulator.js';
import { skippedUnless } from '../support/skipped.js';
import { temporaryFolder } from '../support/world.js';
import {
  linkRequests,
  OF_PROJECT,
  projectRequests,
  requestsInBothScopes,
  type ControlRequest,
} from './control-requests.js';

/** A store that can be made to refuse writes. */
interface Store {
  /** A folder for the database. */
  readonly folder: string;
  readonly refuse: (database: Database) => void;
  readonly allow: (database: Database) => void;
}

const inTemporaryFolder = (refuse: Store['refuse'], allow: Store['allow']) => (): Store => ({
  folder: temporaryFolder(),
  refuse,
  allow,
});

/** Fails each statement that needs another page; what fits into the pages that there are is written. */
const withoutPages = inTemporaryFolder(
  (database) => {
    // Without the pages that migrations have freed.
    database.execute('VACUUM');
    const pages = database.value<number>('PRAGMA page_count') ?? 0;
    database.value(`PRAGMA max_page_count = ${pages}`);
  },
  (database) => database.value('PRAGMA max_page_count = 1000000'),
);

/** Fails each statement that writes. */
const readOnly = inTemporaryFolder(
  (database) => {
    database.execute('PRAGMA query_only = 1');
  },
  (database) => {
    database.execute('PRAGMA query_only = 0');
  },
);

/** Fails each commit: the write-ahead log cannot grow. */
function fullFileSystem(): Store {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder]);
  if (mounted.status !== 0) throw new Error(`cannot mount: ${mounted.stderr.toString()}`);
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  const filler = join(folder, 'filler');
  return {
    folder,
    refuse() {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
    },
    allow() {
      rmSync(filler);
    },
  };
}

const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0;

const LARGE = 'x'.repeat(20_000);

/** An emulator on a store, and what its database and a copy of its file hold. */
class Full {
  /** Tokens whose callers the emulator remembers. */
  readonly #tokens: string[] = [];

  constructor(
    readonly emulator: TestEmulator,
    readonly database: Database,
    readonly store: Store,
    readonly path: string,
  ) {}

  static async start(store: Store): Promise<Full> {
    const open = vi.spyOn(Database, 'open');
    onTestFinished(() => {
      open.mockRestore();
    });
    const path = join(store.folder, 'emulator.db');
    const emulator = await TestEmulator.start({ db: path });
    const [result] = open.mock.results;
    open.mockRestore();
    return new Full(emulator, result?.value as Database, store, path);
  }

  /** All state that can be read, as this emulator shows it. */
  inMemory(): Promise<unknown> {
    return stateOf(this.emulator, this.#tokens);
  }

  /** Makes a project that a reset and a fixture remove, and requests a token that follows its clock. */
  async addProject(): Promise<void> {
    const { accounts } = await this.emulator.makeProject({});
    this.#tokens.push(await this.emulator.tokenOf(accounts.owner));
  }

  /** How many requests without credentials the journal has: memory that no file backs. */
  async refusedRequests(): Promise<unknown> {
    const payload = { status: 401, path: '*/privateLinkConnections' };
    const response = await this.emulator.inject({
      method: 'POST',
      url: '/_emulator/requests/count',
      payload,
    });
    return response.json<unknown>();
  }

  /** All state, as an emulator shows it that has only a copy of the file. */
  async inFile(): Promise<unknown> {
    const copy = join(temporaryFolder(), 'copy.db');
    for (const end of ['', '-wal'])
      if (existsSync(this.path + end)) copyFileSync(this.path + end, copy + end);
    const other = await TestEmulator.open({ db: copy }, this.emulator.clock);
    try {
      return await stateOf(other, this.#tokens);
    } finally {
      await other.app.server.close();
    }
  }

  /**
   * Sends a request while the store refuses writes, checks that an error has changed nothing, and sends it again when it
   * accepts them.
   */
  async drive(
    request: InjectOptions & { readonly url: string },
  ): Promise<{ refused?: LightMyRequestResponse; response: LightMyRequestResponse }> {
    const what = `${request.method ?? 'GET'} ${request.url}`;
    const { app } = this.emulator;
    // Each project has something in the journal and in the counts of limits.
    for (const { id } of app.identity.projects.all()) await this.emulator.inject({ url: linksPathOf(id) });
    const before = await this.inMemory();
    const journal = await this.refusedRequests();
    const { retained } = app.world;
    const { alarms } = this.emulator.clock;
    const events: string[] = [];
    const unsubscribe = app.events.subscribe(({ type }) => {
      if (type !== 'request.finished') events.push(type);
    });
    this.store.refuse(this.database);
    // Reads beside the request show what is committed, and succeed.
    const [full, beside] = await Promise.all([this.emulator.inject(request), this.inMemory()]);
    unsubscribe();
    const after = await this.inMemory();
    if (full.statusCode < 500) {
      this.store.allow(this.database);
      return { response: full };
    }
    expect([what, full.statusCode]).toEqual([what, 503]);
    expect(request.method ?? 'GET').not.toBe('GET');
    expect(after, what).toEqual(before);
    expect(beside, what).toEqual(before);
    expect(await this.inFile(), what).toEqual(before);
    expect([what, events, await this.refusedRequests()]).toEqual([what, [], journal]);
    expect([what, this.emulator.clock.alarms]).toEqual([what, alarms]);
    expect(app.world.retained, what).toBeGreaterThanOrEqual(retained);
    const health = await this.emulator.inject({ url: '/_emulator/health' });
    const alive = await this.emulator.inject({ url: '/_emulator/health?alive' });
    this.store.allow(this.database);
    const recovered = await this.emulator.inject({ url: '/_emulator/health' });
    expect([what, alive.statusCode, recovered.statusCode]).toEqual([what, 200, 200]);
    // A few free pages are enough for the health's own write.
    if (health.statusCode !== 200)
      expect([health.statusCode, health.json()]).toMatchObject([503, { error: 503 }]);
    const response = await this.emulator.inject(request);
    expect(response.statusCode, `${what}: ${response.payload}`).toBeLessThan(400);
    return { refused: full, response };
  }
}

async function stateOf(emulator: TestEmulator, tokens: readonly string[]): Promise<unknown> {
  const read = async (path: string): Promise<unknown> => {
    const response = await emulator.inject({ url: `/_emulator${path}` });
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.payload}`);
    return response.json<unknown>();
  };
  const scoped = await Promise.all(
    ['', OF_PROJECT].flatMap((scope) =>
      ['/clock', '/snapshots', '/faults', '/private-link-rules'].map((path) => read(scope + path)),
    ),
  );
  const visible = await Promise.all(
    tokens.map(async (token) => {
      const headers = { authorization: `Bearer ${token}`, accept: NEWEST };
      const { payload } = await emulator.inject({ url: `${API}/groups`, headers });
      return payload;
    }),
  );
  return { scoped, projects: await read('/projects'), fixture: await read('/fixture'), visible };
}

function injectionOf({
  method = 'GET',
  path,
  body,
  headers,
}: ControlRequest): InjectOptions & { url: string } {
  return {
    method,
    url: `/_emulator${path}`,
    ...(headers && { headers: { ...headers } }),
    ...(body !== undefined && { payload: body as object }),
  };
}

describe.each([
  { what: 'without a free page', make: withoutPages, writes: 1, large: true, possible: true },
  { what: 'that is read-only', make: readOnly, writes: 30, large: false, possible: true },
  { what: 'on a full file system', make: fullFileSystem, writes: 20, large: false, possible: canMount },
])('a store $what', ({ make, writes, large, possible }) => {
  const options = {
    ...skippedUnless(possible, 'this user cannot mount a file system, which is then filled'),
    // Hundreds of emulators start on copies of the file.
    timeout: 120_000,
  };

  it(
    'a store that is full refuses writes of the control API, changes nothing, and recovers',
    options,
    async () => {
      const full = await Full.start(make());
      const { emulator } = full;
      const token = await emulator.token('owner', 'documented');
      const headers = { authorization: `Bearer ${token}`, accept: NEWEST };
      const created = await emulator.inject({
        method: 'POST',
        url: linksPath('documented'),
        headers,
        payload: { provider: 'AWS' },
      });
      const { _id } = created.json<{ _id: string }>();
      // Larger than what fits into pages that were freed, as are its copies in snapshots.
      const body = {
        id: 'large',
        match: { path: '/nowhere' },
        answer: { status: 503, body: 'x'.repeat(200_000) },
      };
      const largeRequests = ['', OF_PROJECT].map((scope) => ({
        method: 'POST',
        path: `${scope}/faults`,
        body,
      }));
      const requests = [
        ...linkRequests(_id),
        ...(large ? largeRequests : []),
        ...requestsInBothScopes(''),
        ...requestsInBothScopes(OF_PROJECT),
        // Larger than a page.
        {
          method: 'POST',
          path: '/faults',
          body: { match: { path: '/none' }, answer: { status: 200, body: LARGE } },
        },
        {
          method: 'PUT',
          path: '/fixture',
          body: (await emulator.inject({ url: '/_emulator/fixture' })).json(),
        },
      ] as ControlRequest[];
      let refused = 0;
      const drive = async (request: ControlRequest): Promise<LightMyRequestResponse> => {
        if (/reset$|restore$|fixture$/.test(request.path)) await full.addProject();
        const driven = await full.drive(injectionOf(request));
        if (driven.refused) {
          refused += 1;
          const { detail, ...rest } = driven.refused.json<Record<string, unknown>>();
          expect(rest).toEqual({ error: 503, reason: 'Service Unavailable' });
          expect(detail).toMatch(/^The database .* cannot be written, because /);
        }
        return driven.response;
      };
      for (const request of requests) {
        // A wait ends when there is such a request: time stands still.
        const waits = request.path.endsWith('/wait');
        if (waits) await emulator.inject({ url: linksPath('documented') });
        await drive(waits ? { ...request, body: { status: 401, count: 1 } } : request);
      }
      const project = await drive({ method: 'POST', path: '/projects', body: { name: 'another' } });
      for (const request of projectRequests(project.json<{ id: string }>().id)) await drive(request);
      expect(refused).toBeGreaterThanOrEqual(writes);
      expect(await full.inFile()).toEqual(await full.inMemory());
    },
  );

  it.each(['documented', 'observed'] as const)(
    'a store that is full refuses writes of the Atlas API in the form of the profile (%s), and changes nothing',
    options,
    async (profile: SeededProfile) => {
      const full = await Full.start(make());
      const { emulator } = full;
      const headers = {
        authorization: `Bearer ${await emulator.token('owner', profile)}`,
        accept: NEWEST,
      };
      const made = { link: '', project: '' };
      let refused = 0;
      for (const requestFor of successes(profile)) {
        const { method = 'GET', url, payload } = requestFor(made);
        const driven = await full.drive({ method, url, headers, ...(payload !== undefined && { payload }) });
        const { _id, id } = driven.response.payload
          ? driven.response.json<{ _id?: string; id?: string }>()
          : ({} as { _id?: string; id?: string });
        if (method === 'POST' && url === linksPath(profile)) made.link = _id ?? '';
        if (method === 'POST' && url.endsWith('/groups')) made.project = id ?? '';
        if (!driven.refused) continue;
        refused += 1;
        expect(driven.refused.json()).toMatchObject({ error: 503, errorCode: 'STORAGE_UNAVAILABLE' });
        expect(driven.refused.headers['x-emulator-reason']).toMatch(/The database .* cannot be written/);
      }
      expect(refused).toBeGreaterThanOrEqual(Math.min(writes, 15));
      expect(await full.inFile()).toEqual(await full.inMemory());
    },
  );

  it('a store that is full refuses requests for tokens in the form of RFC 6749', options, async () => {
    const full = await Full.start(make());
    const { clientId, clientSecret } = seededCaller('owner', 'documented');
    const headers = {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const request = {
      method: 'POST',
      url: '/api/oauth/token',
      headers,
      payload: 'grant_type=client_credentials',
    } as const;
    full.store.refuse(full.database);
    // A page has room for some tokens.
    let response = await full.emulator.inject(request);
    for (let sent = 1; sent < 200 && response.statusCode === 200; sent += 1)
      response = await full.emulator.inject(request);
    expect([response.statusCode, response.json()]).toEqual([
      503,
      {
        error_description: expect.stringMatching(/^The database .* cannot be written/) as string,
        error: 'temporarily_unavailable',
      },
    ]);
    full.store.allow(full.database);
    expect((await full.emulator.inject(request)).statusCode).toBe(200);
  });
});

describe('health', () => {
  it('a database file that was deleted while in use is reported by the health', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'data'));
    const path = join(folder, 'data', 'emulator.db');
    const emulator = await TestEmulator.start({ db: path });
    expect((await emulator.inject({ url: '/_emulator/health' })).statusCode).toBe(200);
    rmSync(path);
    const response = await emulator.inject({ url: '/_emulator/health' });
    expect([response.statusCode, response.json()]).toEqual([
      503,
      {
        error: 503,
        reason: 'Service Unavailable',
        detail: `The database ${path} was deleted or moved while the emulator uses it: restart the emulator.`,
      },
    ]);
  });
});
