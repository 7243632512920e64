import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const CLIENTS = fileURLToPath(new URL('../clients/', import.meta.url));
const page = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8');

interface RealClient {
  readonly name: string;
  /** Some text of its code block, which `npm run test:clients` runs. */
  readonly page?: string;
}

/** The clients of `test/clients`. Their modules only declare them: nothing is installed or run. */
async function declaredClients(): Promise<RealClient[]> {
  const files = readdirSync(CLIENTS, { recursive: true, encoding: 'utf8' });
  const modules = files.filter((file) => /^[^/]+\/client\.js$/.test(file));
  const found = modules.map(
    async (file) => (await import(CLIENTS + file)) as { default: RealClient | RealClient[] },
  );
  return (await Promise.all(found)).flatMap((client) => client.default);
}

const blocks = [...page.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, code = '']) => code);

/** Programs in a language. The other blocks are commands and configuration. */
const programs = [...page.matchAll(/^```(?:go|hurl|java|js|python|ruby)\n(.*?)^```$/gms)].map(
  ([, code = '']) => code,
);

describe('docs/clients.md', async () => {
  const clients = await declaredClients();

  it('docs/clients.md shows only programs that npm run test:clients runs', () => {
    expect(programs.length).toBeGreaterThan(10);
    const marks = clients.flatMap((client) => client.page ?? []);
    const unrun = programs.filter((code) => marks.every((mark) => !code.includes(mark)));
    expect(unrun).toEqual([]);
  });

  it.each(clients.flatMap(({ name, page: mark }) => (mark === undefined ? [] : [[name, mark] as const])))(
    'docs/clients.md has exactly one code block for the client %s',
    (_name, mark) => {
      expect(blocks.filter((code) => code.includes(mark))).toHaveLength(1);
    },
  );

  it('docs/clients.md has a section for each link in its table', () => {
    const links = [...page.matchAll(/^\| .*?$/gm)].flatMap(([row]) => [...row.matchAll(/\]\(#([\w-]+)\)/g)]);
    const headings = [...page.matchAll(/^##+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(links.length).toBeGreaterThan(12);
    for (const [, target] of links) expect(headings).toContain(target);
  });
});
