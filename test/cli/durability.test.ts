import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Client, Command } from '../support/command.js';
import { temporaryFolder } from '../support/world.js';

const ROUNDS = 12;

/** Each round starts the program: seconds on a busy machine. */
const TIMEOUT_MS = 240_000;

/** Creates that are under way at any moment. */
const CREATORS = 8;

/** Answers after which the process is killed; another number each round, so that it dies at other moments. */
const answersIn = (round: number): number => 20 + round;

/** Ids of all private links, page by page. */
async function listed(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 1; ; page += 1) {
    const response = await client.fetch(`?itemsPerPage=500&pageNum=${page}`);
    expect(response.status).toBe(200);
    const { results } = (await response.json()) as { results: { _id: string }[] };
    if (results.length === 0) return ids;
    ids.push(...results.map(({ _id }) => _id));
  }
}

/** Sends creates until the process is killed, and returns how many were under way when it was. */
async function createUntilKilled(
  round: number,
  command: Command,
  client: Client,
  answered: Set<string>,
): Promise<number> {
  const enough = answered.size + answersIn(round);
  let sent = 0;
  let cut = 0;
  const alive = (): boolean => answered.size < enough;
  const creator = async (): Promise<void> => {
    while (alive()) {
      try {
        const response = await client.create(`round-${round}-${(sent += 1)}`);
        // What arrives whole was answered, though the process may be dead by now.
        answered.add(((await response.json()) as { _id: string })._id);
      } catch (error) {
        if (alive()) throw error;
        cut += 1;
      }
      if (!alive()) command.signal('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: CREATORS }, creator));
  expect((await command.ended).signal).toBe('SIGKILL');
  return cut;
}

it(
  `a database retains every acknowledged create after SIGKILL amid creates, ${ROUNDS} times on one file`,
  async () => {
    const db = join(temporaryFolder(), 'world.db');
    const answered = new Set<string>();
    let cut = 0;
    for (let round = 0; ; round += 1) {
      const { command, ready } = await Command.start(['--db', db]);
      const client = await Client.of(ready.url);
      const found = new Set(await listed(client));
      const lost = [...answered].filter((id) => !found.has(id));
      expect(
        lost,
        `${lost.length} of ${answered.size} answered creates are lost after ${round} kills`,
      ).toEqual([]);
      if (round === ROUNDS) break;
      cut += await createUntilKilled(round, command, client, answered);
    }
    expect(cut, 'no create was under way at any kill').toBeGreaterThan(ROUNDS);
  },
  TIMEOUT_MS,
);
