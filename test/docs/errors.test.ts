import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SOURCE } from '../../src/profiles/index.js';
import { linksPath, TestEmulator } from '../support/emulator.js';
import { declaredConditions } from '../evidence/operations.js';

const TEXT = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

const SCRIPT = new URL('../../scripts/condition-texts.js', import.meta.url).href;
const { conditionTexts } = (await import(SCRIPT)) as { conditionTexts: () => ReadonlyMap<string, string> };

const CONDITIONS = [...declaredConditions().values()];

const OWN_CHOICES: readonly string[] = [SOURCE.inferred, SOURCE.standard];

/** Conditions with a code or a text that Atlas was not seen to send. */
const OPEN = CONDITIONS.filter(({ rows }) =>
  Object.values(rows).some(({ source }) => OWN_CHOICES.includes(source)),
);

/** Those of them whose status has no source either. */
const INFERRED = CONDITIONS.filter(({ rows }) =>
  Object.values(rows).some(({ source }) => source === SOURCE.inferred),
);

/** Conditions of which no recording, client, document or standard shows what Atlas answers. */
const WITHOUT_SOURCE = ['tooManyTokens', 'invalidOrganizationId'];

describe('docs/errors.md', () => {
  it('docs/errors.md has one section for every condition, and no other', () => {
    const shown = [...TEXT.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name);
    expect(shown.sort()).toEqual(CONDITIONS.map(({ name }) => name).sort());
  });

  it('docs/errors.md says when each condition arises', () => {
    const texts = conditionTexts();
    for (const { name, example } of CONDITIONS) {
      // Most token errors, whose names are OAuth's, arise in the words of their problem.
      expect(texts.has(name) || name.includes('_'), name).toBe(true);
      const text = texts.get(name) ?? example.problem;
      expect(TEXT).toContain(`### \`${name}\`\n\n${text}\n\n- `);
    }
  });

  it.each([
    ['unauthenticated', { authorization: 'Bearer nobody' }, {}],
    ['unauthenticated', { authorization: 'Basic bm9ib2R5' }, {}],
    ['missingAttribute', {}, { provider: 'AWS', vendor: 'MSK' }],
    ['unknownProvider', {}, { provider: 'IBM' }],
  ])(
    'docs/errors.md has the same source of %s as X-Emulator-Reason, for %j',
    async (condition, headers, payload) => {
      const emulator = await TestEmulator.start();
      const request = { method: 'POST', url: linksPath('documented'), headers, payload } as const;
      const { authorization } = headers as { readonly authorization?: string };
      const response = await (authorization === undefined
        ? emulator.as('owner', 'documented', request)
        : emulator.inject(request));
      const [, source = '?'] =
        / \| source: (.+) \| /.exec(String(response.headers['x-emulator-reason'])) ?? [];
      const section = TEXT.split(/^### /m).find((one) => one.startsWith(`\`${condition}\``));
      expect(section).toMatch(new RegExp(`^- rule: (.+ · )?${source}( · .+)?$`, 'm'));
    },
  );

  it('docs/errors.md names a call that would settle each row that Atlas may answer otherwise', () => {
    expect(INFERRED.length).toBeGreaterThan(0);
    for (const { name, settledBy } of OPEN) {
      expect(settledBy, name).toMatch(/^(GET|POST|PUT|PATCH|DELETE) \S+/);
      expect(TEXT).toContain(`- would be settled by: ${settledBy ?? ''}\n`);
    }
  });

  it('at most a tenth of the conditions are inferred without a source, and those are listed', () => {
    const names = INFERRED.map(({ name }) => name);
    console.log(`inferred: ${names.length} of ${CONDITIONS.length} conditions (${names.join(', ')})`);
    expect(WITHOUT_SOURCE).toEqual(expect.arrayContaining(names));
    expect(names.length).toBeLessThanOrEqual(CONDITIONS.length / 10);
  });

  it('docs/errors.md begins with the origin of the codes: examples of the page, and codes that the owner requested', () => {
    const head = TEXT.split(/^## /m, 1)[0] ?? '';
    for (const part of ['examples', 'CANNOT_CHANGE_GROUP_NAME', 'NOT_ORG_GROUP_CREATOR', 'owner']) {
      expect(head).toContain(part);
    }
  });
});
