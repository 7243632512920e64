/**
 * Sends seeded requests to the built emulator over both APIs and the raw socket, valid and not, and kills it amid writes.
 * Every answer must have the form of its API, no answer may be a 5xx that was not asked for, no connection may hang, and
 * no kill may lose an acknowledged write or leave one half done.
 *
 * npm run build && node scripts/storm/main.js [--seed N] [--requests N] [--kills N]
 */
import { parseArgs } from 'node:util';
import { kills } from './kills.js';
import { storm } from './storm.js';

const integer = { type: 'string' };
const { values } = parseArgs({ options: { seed: integer, requests: integer, kills: integer } });
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const wanted = { requests: Number(values.requests ?? 20_000), kills: Number(values.kills ?? 10) };
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r${text}`.padEnd(60));

console.log(`seed ${seed}, ${wanted.requests} requests, ${wanted.kills} kills`);
for (const [name, run] of Object.entries({ requests: storm, kills })) {
  if (wanted[name] === 0) continue;
  try {
    const begun = performance.now();
    const summary = await run(seed, wanted[name], progress);
    console.log(`${name}, in ${((performance.now() - begun) / 1000).toFixed(0)} s:`, summary);
  } catch (error) {
    const others = Object.keys(wanted).map((one) => `--${one} ${one === name ? wanted[one] : 0}`);
    console.log(
      `${error.stack}\nTo repeat it: node scripts/storm/main.js --seed ${seed} ${others.join(' ')}`,
    );
    process.exit(1);
  }
}
