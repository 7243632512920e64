import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import { requestBody } from '../support/requests.js';
import { OF_PROJECT, twins } from './openapi-control-stops.js';

/** JSON texts that stand in the place of each value in turn. */
const STRANGE: readonly string[] = [
  ...['null', 'true', '[]', '{}', '[null]', '{"a":1}', '{"__proto__":{"a":1}}', '{"toString":1}'],
  ...['0', '-1', '0.5', '9007199254740992', '1e20', '-1e20', '1e999'],
  ...['""', '"\\u0000"', '"\\ud800"', '"__proto__"', '"toString"', `"${'x'.repeat(20_000)}"`],
  ...['"9999-12-31T23:59:59.999Z"', '"0000-01-01T00:00:00Z"', '"1e9d"'],
  '['.repeat(5000) + ']'.repeat(5000),
];

/** Stands where a strange value is to be put into the text. */
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

/** An emulator, and what of its answers is a fault of its own. */
class Tried {
  readonly broken: string[] = [];
  /** Mutations that were taken. */
  accepted = 0;
  /** Links created behind them. */
  created = 0;

  private constructor(
    readonly emulator: TestEmulator,
    readonly fixture: string,
  ) {}

  static async start(): Promise<Tried> {
    const emulator = await TestEmulator.start();
    return new Tried(emulator, (await emulator.inject({ url: '/_emulator/fixture' })).body);
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    payload?: string,
  ): Promise<LightMyRequestResponse> {
    const response = await this.emulator.inject({
      method,
      url: `/_emulator${path}`,
      ...(payload !== undefined && { payload, headers: { 'content-type': 'application/json' } }),
    });
    this.#look(`${method} ${path} ${String(payload).slice(0, 300)}`, response);
    return response;
  }

  /** Sends all mutations of a body. Whatever is taken, the emulator goes on behind it as before. */
  async sendAll(method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown): Promise<void> {
    for (const text of mutations(body)) {
      const { statusCode } = await this.send(method, path, text);
      if (statusCode >= 300) continue;
      this.accepted += 1;
      await this.#goOn();
      expect((await this.send('PUT', '/fixture', this.fixture)).statusCode).toBe(204);
    }
  }

  async #goOn(): Promise<void> {
    this.emulator.forgetTokens();
    for (const scope of [OF_PROJECT, '']) await this.send('DELETE', `${scope}/faults`);
    for (const profile of ['documented', 'observed'] as const) {
      // A fixture may have left no project or caller.
      const { statusCode } = await this.send('GET', `/projects/${SEEDED[profile].project}/access`);
      if (statusCode !== 200) continue;
      const created = await this.emulator.create(profile, requestBody('aws-s3'));
      this.#look('create', created);
      if (created.statusCode === 200) this.created += 1;
      const listed = await this.emulator.as('owner', profile, { url: linksPath(profile) });
      this.#look('list', listed);
    }
    const exported = await this.send('GET', '/fixture');
    const loaded = await this.send('PUT', '/fixture', exported.body);
    if (loaded.statusCode !== 204) this.broken.push(`an export does not load: ${loaded.body}`);
    for (const scope of [OF_PROJECT, '']) {
      await this.send('POST', `${scope}/clock/advance`, '{"by":"1h"}');
      await this.send('POST', `${scope}/reset`);
    }
  }

  #look(what: string, { statusCode, body }: LightMyRequestResponse): void {
    if (statusCode >= 500) this.broken.push(`${what}: ${statusCode} ${body}`);
  }
}

const PACE = {
  durations: { pendingMs: 1, idleMs: 1, workingMs: 1, deleteRequestedMs: 1, deletingMs: 1 },
  movement: { reads: 2 },
};

describe('what is strange in a body never breaks the emulator, at once or later:', () => {
  const withBody = twins(OF_PROJECT).filter(({ path, body }) => body && !path.endsWith('/wait'));

  it.each(withBody.map(({ method, path, body }) => [method, path.slice(OF_PROJECT.length), body] as const))(
    '%s %s %j',
    async (method, path, body) => {
      const tried = await Tried.start();
      for (const scope of [OF_PROJECT, '']) await tried.sendAll(method as 'POST', scope + path, body);
      expect(tried.broken).toEqual([]);
      expect(tried.created).toBe(tried.accepted * 2);
    },
  );

  it('a project that is made or changed', async () => {
    const tried = await Tried.start();
    await tried.sendAll('POST', '/projects', { profile: 'observed', ...PACE });
    await tried.sendAll('PATCH', OF_PROJECT, PACE);
    expect(tried.broken).toEqual([]);
    expect(tried.accepted).toBeGreaterThan(10);
    expect(tried.created).toBe(tried.accepted * 2);
  });

  it('a fixture', async () => {
    const tried = await Tried.start();
    await tried.send('PATCH', OF_PROJECT, JSON.stringify(PACE));
    await tried.emulator.create('documented', requestBody('aws-msk'));
    for (const { method, path, body } of twins(OF_PROJECT)) {
      if (method === 'POST' && (path.endsWith('/faults') || path.endsWith('/private-link-rules')))
        await tried.send(method, path, JSON.stringify(body));
    }
    const { organizations } = (await tried.send('GET', '/fixture')).json<{
      organizations: { id: string; credentials: object[] }[];
    }>();
    const [first] = organizations.filter(({ id }) => id === SEEDED.documented.organization);
    // Of its callers, two: a key and an account.
    const fixture = { organizations: [{ ...first, credentials: first?.credentials.slice(0, 2) }] };
    expect((await tried.send('PUT', '/fixture', JSON.stringify(fixture))).statusCode).toBe(204);
    await tried.sendAll('PUT', '/fixture', fixture);
    expect(tried.broken).toEqual([]);
    expect(tried.accepted).toBeGreaterThan(100);
    expect(tried.created).toBeGreaterThan(100);
  });
});
