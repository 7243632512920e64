import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFixture } from '../../src/version.js';
import { linksPath } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import { ApiDescription } from './openapi.js';
import { declaredOperations } from './operations.js';
import { ConformanceCheck } from './conformance.js';

/** What differs from the description and is meant to: by its name in docs/deviations.md. */
const { description: DEVIATIONS } = readFixture('contract/deviations.json') as {
  readonly description: Readonly<Record<string, readonly string[]>>;
};

const CHECKS = PROFILES.flatMap((profile) => [
  {
    profile,
    what: 'requests to every operation',
    run: (check: ConformanceCheck) => check.callEveryOperation(),
  },
  {
    profile,
    what: 'requests that raise each condition',
    run: (check: ConformanceCheck) => check.raiseEveryCondition(),
  },
  { profile, what: 'invalid requests', run: (check: ConformanceCheck) => check.sendInvalidRequests() },
]);

/** The list of deviations, as the page has it. */
function documentedDeviations(): { name: string; what: string; reason: string }[] {
  const text = readFileSync(new URL('../../docs/deviations.md', import.meta.url), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith('From the API description')) ?? '';
  return [...section.matchAll(/^- `([a-z-]+)`: (.+?) Why: (.+)$/gm)].map(
    ([, name = '', what = '', reason = '']) => ({ name, what, reason: reason.trim() }),
  );
}

describe("Atlas's public API description", () => {
  let description: ApiDescription;
  beforeAll(() => {
    description = new ApiDescription();
  });

  it("every emulated operation is in Atlas's API description or listed as a deviation", () => {
    const described = new Set(description.operations.map(({ id }) => id));
    const strangers = Object.values(DEVIATIONS)
      .flat()
      .filter((one) => one.endsWith(': not described'))
      .map((one) => one.replace(/:.*/, ''));
    const emulated = declaredOperations().map(({ id }) => id);
    expect(emulated.filter((id) => !described.has(id)).sort()).toEqual(strangers.sort());
  });

  it("the comparison with Atlas's API description detects a response that does not conform", () => {
    const answer = { method: 'GET', url: linksPath('observed'), status: 200 };
    const contentType = 'application/vnd.atlas.2023-02-01+json;charset=utf-8';
    const body = JSON.stringify({ results: [{ provider: 7, state: 'DONE' }], totalCount: -1 });
    expect(description.differences({ ...answer, contentType, body }, undefined).sort()).toEqual([
      'listGroupStreamPrivateLinkConnections: results[]/provider must be string',
      'listGroupStreamPrivateLinkConnections: totalCount must be >= 0',
    ]);
    const error = { status: 404, contentType: 'text/plain', body: '{"error":"404"}' };
    expect(description.differences({ ...answer, ...error }, undefined).sort()).toEqual([
      "errors:  must have required property 'errorCode'",
      'errors: error must be integer',
      'errors: media type text/plain',
    ]);
  });

  it.each(CHECKS)(
    "responses of the $profile profile to $what conform to Atlas's API description, except for listed deviations",
    async (row) => {
      const check = await ConformanceCheck.start(row.profile, description);
      await row.run(check);
      const listed = Object.values(DEVIATIONS).flat();
      expect([...check.differences].filter((one) => !listed.includes(one))).toEqual([]);
    },
  );

  it("every listed deviation from Atlas's API description occurs", async () => {
    const found = new Set<string>();
    for (const { profile, run } of CHECKS) {
      const check = await ConformanceCheck.start(profile, description);
      await run(check);
      for (const one of check.differences) found.add(one);
    }
    expect([...found].sort()).toEqual(Object.values(DEVIATIONS).flat().sort());
  });
});

it('docs/deviations.md has each deviation from the API description with its reason, and no other', () => {
  const rows = documentedDeviations();
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(DEVIATIONS).sort());
  for (const { name, what, reason } of rows) {
    expect(reason, name).not.toBe('');
    for (const one of DEVIATIONS[name] ?? []) {
      const [operation = '', difference = ''] = one.split(': ');
      if (operation !== 'errors') expect(what, name).toContain(`\`${operation}\``);
      const status = /^status (\d+)$/.exec(difference)?.[1];
      if (status !== undefined) expect(what, name).toContain(status);
    }
  }
});
