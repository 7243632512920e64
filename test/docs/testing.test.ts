import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/testing.md', ROOT), 'utf8');

/** The code blocks of the page, each with the file that the line before it names. */
const blocks = [...page.matchAll(/(?:^\[`([^`]+)`\]\(\.\.\/(\S+)\)\n\n)?^```\w+\n(.*?)^```$/gms)].map(
  ([, name = '', link = '', code = '']) => ({ name, link, code }),
);

/** Files that only help others. */
const HELPERS = /(?:go\.mod|pom\.xml)$/;

describe('docs/testing.md', () => {
  it('every code block of docs/testing.md equals a file of examples/', () => {
    expect(blocks.length).toBeGreaterThan(10);
    for (const { name, link, code } of blocks) {
      expect([link, name.startsWith('examples/')], code).toEqual([name, true]);
      expect(code, name).toBe(readFileSync(new URL(name, ROOT), 'utf8'));
    }
  });

  it('docs/testing.md names every example', () => {
    const files = readdirSync(new URL('examples/', ROOT), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !HELPERS.test(entry.name))
      .map((entry) => `${entry.parentPath.slice(ROOT.pathname.length)}/${entry.name}`.replaceAll('//', '/'));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) expect(page, file).toContain(`(../${file})`);
  });

  it('docs/testing.md says that examples that need a container engine were not run', () => {
    const parts = page.split(/^### /m).filter((text) => /^(?:Docker|GitHub|Testcontainers)/.test(text));
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(part).toMatch(/not run/);
  });
});
