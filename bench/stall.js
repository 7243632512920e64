// The longest stall of the event loop while many links move. A part of run.js: node bench/stall.js INDEX LINKS
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { linkNamed } from './servers.js';

const { startEmulator } = await import(process.argv[2]);
const LINKS = Number(process.argv[3]);
const MINUTE = 60_000;
/** How long before the first link is due its clock is stopped, in milliseconds. */
const AHEAD = 1000;
const folder = mkdtempSync(join(tmpdir(), 'bench-stall-'));

/** Turns of the event loop that are longer count as work, in milliseconds. */
const WORK = 1;
/** The work is over after a time in which less than half went into long turns, in milliseconds. */
const QUIET = 500;

/** Returns the longest turn of the event loop from the call of `begin` until its work is over, in milliseconds. */
async function longestTurn(begin) {
  let longest = 0;
  let isOver = false;
  let window = { begun: performance.now(), worked: 0 };
  const turns = new Promise((resolve) => {
    let last = window.begun;
    const look = () => {
      const now = performance.now();
      const turn = now - last;
      last = now;
      longest = Math.max(longest, turn);
      if (turn > WORK) window.worked += turn;
      if (now - window.begun < QUIET) {
        setImmediate(look);
        return;
      }
      const isQuiet = window.worked < (now - window.begun) / 2;
      window = { begun: now, worked: 0 };
      if (isQuiet && isOver) resolve();
      else setImmediate(look);
    };
    setImmediate(look);
  });
  await begin();
  isOver = true;
  await turns;
  return longest;
}

/** Starts an emulator with links that become DONE. @param dueAfter when, in milliseconds, of the nth link */
async function filled(name, dueAfter) {
  const emulator = await startEmulator({ db: join(folder, `${name}.db`) });
  const fixture = await emulator.fixture.export();
  const begun = Date.parse((await emulator.clock.read()).now);
  fixture.organizations[0].projects[0].privateLinks = Array.from({ length: LINKS }, (_, number) => ({
    ...linkNamed(number),
    path: [
      ['PENDING', begun],
      ['DONE', begun + MINUTE + dueAfter(number)],
    ],
  }));
  await emulator.fixture.load(fixture);
  await emulator.clock.freeze(new Date(begun + MINUTE - AHEAD).toISOString());
  return emulator;
}

// 7919 is a prime: neighbours in the table are far apart in time.
const scattered = (number) => Math.floor((((number * 7919) % LINKS) / LINKS) * 5000);
const MOVES = [
  [
    'become due at once',
    () => 0,
    async (emulator) => {
      await emulator.clock.resume();
      await setTimeout(AHEAD);
    },
    15,
  ],
  [
    'are due in another order, in one call that advances the clock',
    scattered,
    (emulator) => emulator.clock.advance('10s'),
  ],
];
const results = [];
for (const [what, dueAfter, begin, goal] of MOVES) {
  const emulator = await filled(results.length, dueAfter);
  results.push({ what: `${LINKS} links ${what}`, goal, ms: await longestTurn(() => begin(emulator)) });
  await emulator.close();
}
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify(results));
