import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { banner, readyLine } from '../../src/cli/banner.js';
import { defaultConfig, type Config } from '../../src/config.js';
import { listen, type Listening } from '../../src/listener.js';
import { temporaryFolder } from '../support/world.js';

async function start(settings: Partial<Config> = {}): Promise<{ emulator: Listening; text: string }> {
  const emulator = await listen(settings);
  onTestFinished(() => emulator.close());
  return { emulator, text: banner(emulator, defaultConfig(settings), '1.2.3') };
}

/** The variables of the `export` lines, block by block. */
function exportsOf(text: string): Record<string, string>[] {
  return text.split('\n\n').flatMap((block) => {
    const pairs = block
      .split('\n')
      .filter((line) => line.startsWith('  export '))
      .flatMap((line) => [...line.slice('  export '.length).matchAll(/(\w+)=(\$\(.*\)|\S+)/g)])
      .map(([, name = '', value = '']) => [name, value] as const);
    return pairs.length === 0 ? [] : [Object.fromEntries(pairs)];
  });
}

describe('the banner on a terminal', () => {
  it('the banner begins with the version, the address and where data is stored', async () => {
    const { emulator, text } = await start();
    expect(text.split('\n').slice(0, 2)).toEqual([
      `atlas-streams-emulator 1.2.3 listens on ${emulator.url}`,
      'Database: in memory (--db <file> persists it)',
    ]);
  });

  it("the banner has the two default projects, each with an owner's credentials as lines to paste", async () => {
    const { emulator, text } = await start();
    expect(text).toContain('\nProject 32b6e34b3d91647abb20e7b8 (documented: ');
    expect(text).toContain('\nProject 32b6e34b3d91647abb20e7b9 (observed: ');
    const token = `$(curl -s -u "$MONGODB_ATLAS_CLIENT_ID:$MONGODB_ATLAS_CLIENT_SECRET" -d grant_type=client_credentials ${emulator.url}/api/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
    expect(exportsOf(text)).toEqual([
      {
        BASE_URL: emulator.url,
        GROUP_ID: '32b6e34b3d91647abb20e7b8',
        PUBLIC_KEY: 'owner1',
        PRIVATE_KEY: '00000000-0000-4000-8000-000000000011',
        MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_000000000000000000000011',
        MONGODB_ATLAS_CLIENT_SECRET: 'mdb_sa_sk_owner1',
        ACCESS_TOKEN: token,
      },
      {
        BASE_URL: emulator.url,
        GROUP_ID: '32b6e34b3d91647abb20e7b9',
        PUBLIC_KEY: 'owner2',
        PRIVATE_KEY: '00000000-0000-4000-8000-000000000012',
        MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_000000000000000000000012',
        MONGODB_ATLAS_CLIENT_SECRET: 'mdb_sa_sk_owner2',
        ACCESS_TOKEN: token,
      },
    ]);
  });

  it('the banner names the database file, and says that an existing file does not load the fixture again', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const { emulator, text } = await start({ db });
    expect(text).toContain(`\nDatabase: ${db}\n`);
    await emulator.close();
    expect((await start({ db })).text).toContain(
      `\nDatabase: ${db}, as it was left (a fixture is loaded into a new file only)\n`,
    );
  });

  it('the banner has no credentials for a project without an owner, and no project for an empty world', async () => {
    const fixture = join(temporaryFolder(), 'fixture.json');
    const id = '5f0000000000000000000001';
    const project = { id, name: 'one' };
    const organization = { id, name: 'one', profile: 'documented', projects: [project], credentials: [] };
    writeFileSync(fixture, JSON.stringify({ organizations: [organization] }));
    const { emulator, text } = await start({ fixture });
    expect(exportsOf(text)).toEqual([{ BASE_URL: emulator.url, GROUP_ID: id }]);

    writeFileSync(fixture, JSON.stringify({ organizations: [] }));
    expect(exportsOf((await start({ fixture })).text)).toEqual([]);
  });
});

describe('the ready line', () => {
  it('the ready line is one line of JSON', async () => {
    const emulator = await listen();
    onTestFinished(() => emulator.close());
    expect(readyLine(emulator, defaultConfig({ db: 'world.db' }), 7)).toBe(
      `{"url":"${emulator.url}","controlUrl":"${emulator.url}/_emulator","pid":7,"db":"world.db"}\n`,
    );
  });
});
