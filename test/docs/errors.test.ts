import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { features } from '../../src/features/index.js';
import { SOURCE } from '../../src/kernel/conditions.js';
import { PROFILE_NAMES, profilesOf, type ErrorRow, type ProfileName } from '../../src/profiles/index.js';

const TEXT = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

const PROFILES = profilesOf(features.map((feature) => feature.errors));

/** A row as the page shows it. */
type ShownRow = Pick<ErrorRow, 'status' | 'errorCode' | 'source' | 'detail'>;

/** One condition of the page. */
interface Shown {
  readonly name: string;
  readonly when: string;
  readonly rows: Readonly<Partial<Record<ProfileName, ShownRow>>>;
  readonly settledBy: string | undefined;
}

const SHOWN: readonly Shown[] = TEXT.split(/^### /m)
  .slice(1)
  .map((section) => {
    const [, name = '', when = ''] = /^`(\w+)`\n\n(.+)\n\n- /.exec(section) ?? [];
    const rows = Object.fromEntries(
      [...section.matchAll(/^- (\w+): (\d{3}) `(\w+)`, (?:"(.+)"|in words of its own) \((.+)\)$/gm)].map(
        ([, profile = '', status, errorCode = '', detail, source = '']) => [
          profile,
          { status: Number(status), errorCode, source, ...(detail !== undefined && { detail }) },
        ],
      ),
    );
    const settledBy = /^- would be settled by: (.+)$/m.exec(section)?.[1];
    return { name, when, rows, settledBy };
  });

describe('docs/errors.md', () => {
  it.each(PROFILE_NAMES)('has every condition of the %s profile once, and no other', (profile) => {
    const names = SHOWN.map(({ name }) => name).sort();
    expect(names).toEqual(Object.keys(PROFILES[profile].errors).sort());
  });

  it.each(SHOWN)('shows $name as both profiles have it, and says when it arises', ({ name, when, rows }) => {
    expect(when).not.toBe('');
    expect(Object.keys(rows).sort()).toEqual([...PROFILE_NAMES].sort());
    for (const profile of PROFILE_NAMES) {
      const { status, errorCode, source, detail } = PROFILES[profile].errors[name] ?? {};
      expect(rows[profile], profile).toEqual({
        status,
        errorCode,
        source,
        ...(detail !== undefined && { detail }),
      });
    }
  });

  it.each(SHOWN)('names the call that would settle $name where its row does', ({ name, settledBy }) => {
    expect(settledBy).toBe(PROFILES.observed.errors[name]?.settledBy);
    expect([settledBy, undefined]).toContain(PROFILES.documented.errors[name]?.settledBy);
  });

  it.each(PROFILE_NAMES)('has such a call for each inferred row of the %s profile', (profile) => {
    const unsettled = Object.entries(PROFILES[profile].errors).filter(
      ([, { source, settledBy }]) => source === SOURCE.inferred && settledBy === undefined,
    );
    expect(unsettled).toEqual([]);
  });

  it("says at its head that the page calls its codes examples, and that they are the owner's wish", () => {
    const head = TEXT.split(/^## /m, 1)[0] ?? '';
    for (const part of ['examples', 'CANNOT_CHANGE_GROUP_NAME', 'NOT_ORG_GROUP_CREATOR', 'owner']) {
      expect(head).toContain(part);
    }
  });
});
