import type { LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import { tokenConditions } from '../../src/http/credentials/token-errors.js';
import type { Decision } from '../../src/kernel/events.js';
import type { ErrorRow } from '../../src/profiles/index.js';
import { API, linksPath, SEEDED, TestEmulator, type SeededProfile } from '../support/emulator.js';
import type { Answer } from '../support/openapi-paths.js';
import { declaredConditions, declaredOperations } from './operations.js';
import { NEWEST, refusals, refusedEverywhere, successes, type SampleRequest } from './sample-requests.js';

/** Conditions that no request can raise by itself, and why. */
const NOT_RAISED: Readonly<Record<string, string>> = {
  unexpected: 'an error of the emulator itself, which no request is known to cause',
  storageUnavailable: 'it takes a database that cannot be written or read',
  addressNotAllowed: 'only a fault rule responds with it',
  linkInUse: 'only a fault rule responds with it',
  doubtfulRequest: 'it takes --strict: see test/contract/strict.test.ts',
  rateLimited: 'only a fault rule responds with it, or a limit that is off by default',
  tooManyProjects: 'it takes 250 projects: see test/identity/project-writes.test.ts',
  tooManyTokens: 'its limit is off by default, and tokens are not in the description',
  ...Object.fromEntries(tokenConditions.map(({ name }) => [name, 'tokens are not in the description'])),
};

/** A description of the API, which reports how a response differs from it. */
export interface Description {
  differences(answer: Answer, operation: string | undefined): readonly string[];
}

/** Sends requests to an emulator, and collects how the responses differ from a description of the API. */
export class ConformanceCheck {
  readonly differences = new Set<string>();
  /** The operations that have succeeded according to the events. */
  readonly succeeded = new Set<string>();
  /** Why requests were refused. */
  readonly reasons: Decision[] = [];

  private constructor(
    readonly emulator: TestEmulator,
    readonly profile: SeededProfile,
    readonly description: Description,
  ) {
    emulator.app.events.subscribe(({ type, data }, detail) => {
      if (detail?.condition) this.reasons.push(detail.condition);
      if (type !== 'request.finished' || data.operation === undefined) return;
      this.#last = data.operation;
      if (data.status < 400) this.succeeded.add(data.operation);
    });
  }

  #last: string | undefined;

  static async start(profile: SeededProfile, description: Description): Promise<ConformanceCheck> {
    // Requests without a project and caller use the profile too.
    const emulator = await TestEmulator.start({ profile });
    // Requests tokens first, so that these requests are not compared.
    for (const caller of ['owner', 'reader'] as const) await emulator.token(caller, profile);
    return new ConformanceCheck(emulator, profile, description);
  }

  async send(sample: SampleRequest): Promise<LightMyRequestResponse> {
    const { method = 'GET', url, caller = 'owner', accept = NEWEST, prefer, payload } = sample;
    const type = sample.type ?? (payload === undefined ? undefined : 'application/json');
    const headers = {
      accept,
      ...(type !== undefined && { 'content-type': type }),
      ...(prefer !== undefined && { prefer }),
    };
    const request = { method, url, headers, ...(payload !== undefined && { payload }) };
    this.#last = undefined;
    const response =
      caller === 'nobody'
        ? await this.emulator.inject(request)
        : await this.emulator.as(caller, this.profile, request);
    const answer = {
      method,
      url,
      status: response.statusCode,
      contentType: String(response.headers['content-type']),
      body: response.body,
    };
    for (const one of this.description.differences(answer, this.#last)) this.differences.add(one);
    return response;
  }

  /** Calls every operation successfully. */
  async callEveryOperation(): Promise<void> {
    let [link, project] = ['', ''];
    for (const build of successes(this.profile)) {
      const request = build({ link, project });
      const response = await this.send(request);
      expect(response.statusCode, `${request.method ?? 'GET'} ${request.url}: ${response.body}`).toBeLessThan(
        300,
      );
      if (request.method !== 'POST') continue;
      if (request.url === linksPath(this.profile)) link = response.json<{ _id: string }>()._id;
      if (request.url === `${API}/groups`) project = response.json<{ id: string }>().id;
    }
    expect([...this.succeeded].sort()).toEqual(
      declaredOperations()
        .map(({ id }) => id)
        .sort(),
    );
  }

  /** Raises every condition, and compares the response with its row for the profile. */
  async raiseEveryCondition(): Promise<void> {
    const conditions = declaredConditions();
    const requests = refusals(this.profile);
    const raisable = [...conditions.keys()].filter((name) => !(name in NOT_RAISED));
    expect(Object.keys(requests).sort()).toEqual(raisable.sort());

    const s3 = {
      provider: 'AWS',
      vendor: 'S3',
      region: 'us-east-1',
      serviceEndpointId: 'com.amazonaws.us-east-1.s3',
    };
    await this.emulator.create(this.profile, s3);
    const link = await this.emulator.create(this.profile, { provider: 'AWS', dnsDomain: 'z.example' });
    const withDomain = link.json<{ _id: string }>()._id;
    for (const [condition, sample] of Object.entries(requests)) {
      const response = await this.send({ ...sample, url: sample.url.replace('{withDomain}', withDomain) });
      expectRow(condition, response, conditions.get(condition)?.rows[this.profile]);
    }
    // docs/errors.md has the declared sources of each rule.
    for (const { name, source } of this.reasons) {
      const declared: readonly string[] | undefined = conditions.get(name)?.rule;
      if (declared) expect(declared, name).toContain(source);
    }
  }

  /** Sends every operation the requests that all of them refuse. */
  async sendInvalidRequests(): Promise<void> {
    const { organization, project } = SEEDED[this.profile];
    for (const { method, path } of declaredOperations()) {
      const url = `${API}${path}`
        .replace(':groupId', project)
        .replace(':orgId', organization)
        .replace(/:\w+/g, 'f'.repeat(24));
      const statuses: number[] = [];
      for (const sample of refusedEverywhere(method, url))
        statuses.push((await this.send(sample)).statusCode);
      expect(statuses, `${method} ${url}`).toEqual([401, 400, 406, 406]);
    }
    // The name of another project in the organization.
    const payload = { name: 'taken', orgId: organization };
    await this.send({ method: 'POST', url: `${API}/groups`, payload });
    const renamed = await this.send({
      method: 'PATCH',
      url: `${API}/groups/${project}`,
      payload: { name: 'taken' },
    });
    expect(renamed.statusCode).toBe(409);
  }
}

function expectRow(condition: string, response: LightMyRequestResponse, row: ErrorRow | undefined): void {
  if (row?.empty) {
    expect([response.statusCode, response.body], condition).toEqual([row.status, '']);
    return;
  }
  const { errorCode, detail } = response.json<{ errorCode: string; detail: string }>();
  expect([response.statusCode, errorCode], `${condition}: ${response.body}`).toEqual([
    row?.status,
    row?.errorCode,
  ]);
  const template = (row?.detail ?? '%s').replace(/[.*+?^$(){}|[\]\\]/g, '\\$&').replace(/%s/g, '.+');
  expect(detail, condition).toMatch(new RegExp(`^${template}$`, 's'));
}
