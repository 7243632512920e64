/**
 * Writes fixtures/contract/description.json: the facts of an official description of Atlas's API, as JSON.
 *
 *   npm run build --silent && node scripts/description.js FILE YYYY-MM-DD
 *
 * It takes the operations that the digest has, and all others of stream processing.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { digestOf } from '../dist/contract/description/digest.js';

const DIGEST = new URL('../fixtures/contract/description.json', import.meta.url);

const [file, date] = process.argv.slice(2);
if (!file || !/^\d{4}-\d\d-\d\d$/.test(date)) {
  console.error('Usage: node scripts/description.js FILE YYYY-MM-DD (the day on which the file was read)');
  process.exit(2);
}
const known = existsSync(DIGEST) ? JSON.parse(readFileSync(DIGEST, 'utf8')).operations : undefined;
const wanted = (operation) => !known || operation in known || operation.includes('/streams');
const digest = { date, ...digestOf(JSON.parse(readFileSync(file, 'utf8')), wanted) };
const config = await resolveConfig(DIGEST);
writeFileSync(DIGEST, await format(JSON.stringify(digest), { ...config, parser: 'json' }));
