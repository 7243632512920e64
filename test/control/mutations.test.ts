import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import { requestBody } from '../support/requests.js';
import { OF_PROJECT, requestsInBothScopes } from './control-requests.js';

// Hundreds of requests in one test: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** JSON texts that replace each value in turn. */
const STRANGE: readonly string[] = [
  ...['null', 'true', '[]', '{}', '[null]', '{"a":1}', '{"__proto__":{"a":1}}', '{"toString":1}'],
  ...['0', '-1', '0.5', '9007199254740992', '1e20', '-1e20', '1e999'],
  ...['""', '"\\u0000"', '"\\ud800"', '"__proto__"', '"toString"', `"${'x'.repeat(20_000)}"`],
  ...['"9999-12-31T23:59:59.999Z"', '"0000-01-01T00:00:00Z"', '"1e9d"'],
  '['.repeat(5000) + ']'.repeat(5000),
];

/** Marks where a mutated value is put into the text. */
const PLACE = '\u2603';

/** The texts of a body in which one value, or the whole, is replaced by something strange. */
function mutations(body: unknown): readonly string[] {
  const places: string[] = [];
  const visit = (value: unknown, put: (replacement: unknown) => unknown): void => {
    places.push(JSON.stringify(put(PLACE)));
    if (typeof value !== 'object' || value === null) return;
    for (const [key, one] of Object.entries(value)) {
      visit(one, (replacement) =>
        put(
          Array.isArray(value)
            ? value.map((other: unknown, index) => (String(index) === key ? replacement : other))
            : { ...value, [key]: replacement },
        ),
      );
    }
  };
  visit(body, (replacement) => replacement);
  return places.flatMap((text) => STRANGE.map((strange) => text.replace(`"${PLACE}"`, () => strange)));
}

/** A fixture, as far as these tests look into it. */
interface Fixture {
  readonly organizations: readonly { readonly id: string; readonly credentials: readonly object[] }[];
}

/** Every so many-th mutation: one test for all would be too long for its time limit on a busy machine. */
interface Part {
  readonly part: number;
  readonly of: number;
}

const parts = (of: number): readonly Part[] =>
  Array.from({ length: of }, (_, index) => ({ part: index + 1, of }));

let emulator: TestEmulator;
/** The world that every mutation starts from: each organization has its owner alone, so that a load is cheap. */
let world: string;

beforeAll(async () => {
  emulator = await TestEmulator.open();
  const { organizations } = (await emulator.inject({ url: '/_emulator/fixture' })).json<Fixture>();
  world = JSON.stringify({
    organizations: organizations.map((one) => ({ ...one, credentials: one.credentials.slice(0, 1) })),
  });
});
afterAll(() => emulator.app.server.close());

/** Sends mutations, and collects the answers that no input may cause. */
class Trial {
  /** Answers of 500 or more. */
  readonly broken: string[] = [];
  /** Mutations that were accepted. */
  accepted = 0;
  /** How often the emulator was used after an accepted mutation. */
  rounds = 0;
  /** Private links created in these rounds. */
  created = 0;

  static async start(): Promise<Trial> {
    const trial = new Trial();
    await trial.restore();
    return trial;
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    payload?: string,
  ): Promise<LightMyRequestResponse> {
    const response = await emulator.inject({
      method,
      url: `/_emulator${path}`,
      ...(payload !== undefined && { payload, headers: { 'content-type': 'application/json' } }),
    });
    this.#check(`${method} ${path} ${String(payload).slice(0, 300)}`, response);
    return response;
  }

  /** Sends all mutations of a body. After each that is accepted, the emulator must work as before. */
  async sendAll(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: unknown,
    { part, of }: Part = { part: 1, of: 1 },
  ): Promise<void> {
    for (const text of mutations(body).filter((_, index) => index % of === part - 1)) {
      const { statusCode } = await this.send(method, path, text);
      if (statusCode >= 300) continue;
      this.accepted += 1;
      if (path.endsWith('/faults')) {
        // A fault is in force while it is listed, and leaves nothing behind once it is deleted.
        for (const verb of ['GET', 'DELETE'] as const) await this.send(verb, path);
      } else if (!path.endsWith('/count')) await this.use();
    }
    // Nothing is left of a fault or a query: one round after all of them.
    if (/\/(?:faults|count)$/.test(path)) await this.use();
  }

  /** Uses the emulator as a client would, then goes back to the world that it started from. */
  async use(): Promise<void> {
    this.rounds += 1;
    for (const scope of [OF_PROJECT, '']) await this.send('DELETE', `${scope}/faults`);
    for (const profile of ['documented', 'observed'] as const) {
      // A fixture may have left no project or caller.
      const { statusCode } = await this.send('GET', `/projects/${SEEDED[profile].project}/access`);
      if (statusCode !== 200) continue;
      let created = await emulator.create(profile, requestBody('aws-s3'));
      if (created.statusCode === 401) {
        emulator.forgetTokens();
        created = await emulator.create(profile, requestBody('aws-s3'));
      }
      this.#check('create', created);
      if (created.statusCode === 200) this.created += 1;
      const listed = await emulator.as('owner', profile, { url: linksPath(profile) });
      this.#check('list', listed);
    }
    const exported = await this.send('GET', '/fixture');
    const loaded = await this.send('PUT', '/fixture', exported.body);
    if (loaded.statusCode !== 204) this.broken.push(`an export does not load: ${loaded.body}`);
    for (const scope of [OF_PROJECT, '']) {
      await this.send('POST', `${scope}/clock/advance`, '{"by":"1h"}');
      await this.send('POST', `${scope}/reset`);
    }
    await this.restore();
  }

  async restore(): Promise<void> {
    expect((await this.send('PUT', '/fixture', world)).statusCode).toBe(204);
  }

  #check(what: string, { statusCode, body }: LightMyRequestResponse): void {
    if (statusCode >= 500) this.broken.push(`${what}: ${statusCode} ${body}`);
  }
}

const PACE = {
  durations: { pendingMs: 1, idleMs: 1, workingMs: 1, deleteRequestedMs: 1, deletingMs: 1 },
  movement: { reads: 2 },
};

describe('mutated bodies', () => {
  const withBody = requestsInBothScopes(OF_PROJECT).filter(
    ({ path, body }) => body && !path.endsWith('/wait'),
  );

  const rows = [OF_PROJECT, ''].flatMap((scope) =>
    withBody.flatMap(({ method, path, body }) => {
      const sent = { method: method as 'POST', path: scope + path.slice(OF_PROJECT.length), body };
      const what = `${method} ${sent.path} ${JSON.stringify(body)}`;
      // A body of a fault may hold any value, so that most of its mutations are accepted.
      const all = parts('answer' in (body as object) ? 2 : 1);
      return all.map((part) => [what, part.part, all.length, sent, part] as const);
    }),
  );

  it.each(rows)(
    'a mutated body never causes a 500, at once or later: %s, part %i of %i',
    async (_what, _part, _of, { method, path, body }, part) => {
      const trial = await Trial.start();
      await trial.sendAll(method, path, body, part);
      expect(trial.broken).toEqual([]);
      expect(trial.created).toBe(trial.rounds * 2);
    },
  );

  it('a mutated project never causes a 500, at once or later', async () => {
    const trial = await Trial.start();
    await trial.sendAll('POST', '/projects', { profile: 'observed', ...PACE });
    await trial.sendAll('PATCH', OF_PROJECT, PACE);
    expect(trial.broken).toEqual([]);
    expect(trial.accepted).toBeGreaterThan(10);
    expect(trial.created).toBe(trial.rounds * 2);
  });

  it.each(parts(16))(
    'a mutated fixture never causes a 500, at once or later: part $part of $of',
    async (part) => {
      const trial = await Trial.start();
      await trial.send('PATCH', OF_PROJECT, JSON.stringify(PACE));
      await emulator.create('documented', requestBody('aws-msk'));
      for (const { method, path, body } of requestsInBothScopes(OF_PROJECT)) {
        if (method === 'POST' && (path.endsWith('/faults') || path.endsWith('/private-link-rules')))
          await trial.send(method, path, JSON.stringify(body));
      }
      const { organizations } = (await trial.send('GET', '/fixture')).json<Fixture>();
      const fixture = {
        organizations: organizations.filter(({ id }) => id === SEEDED.documented.organization),
      };
      expect((await trial.send('PUT', '/fixture', JSON.stringify(fixture))).statusCode).toBe(204);
      await trial.sendAll('PUT', '/fixture', fixture, part);
      expect(trial.broken).toEqual([]);
      expect(trial.accepted).toBeGreaterThan(6);
      expect(trial.created).toBeGreaterThan(6);
    },
  );
});
