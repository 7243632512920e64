// Takes the screenshots of docs/inspector.md: of each view, light and dark, empty and full, 1280 and 800 pixels wide.
//
//   node scripts/screenshots/take.js [--out DIR] [--png] [--only NAME]
//
// They show a seeded run with frozen clocks: the same sources give the same pictures. Needs Chromium and a build.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchChromium } from '../browser.js';
import { DOCUMENTED, freeze, runScenario } from './scenario.js';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const text = { type: 'string' };
const { values } = parseArgs({ options: { out: text, only: text, png: { type: 'boolean' } } });
const out = resolve(values.out ?? file('../../docs/inspector'));

/** The address that the pictures show. */
const SHOWN = new URL('http://127.0.0.1:27080');

const WIDTHS = [1280, 800];
const SCHEMES = ['light', 'dark'];

/** The views by name: where each is, for the run that it shows. */
const viewsOf = (run) => ({
  requests: '#/requests',
  ...(run && { request: `#/requests/${run.refused}`, link: `#/timeline/${run.link}?project=${DOCUMENTED}` }),
  timeline: `#/timeline?project=${DOCUMENTED}`,
  time: `#/time?project=${DOCUMENTED}`,
  faults: '#/faults',
  projects: '#/projects',
  coverage: `#/coverage?project=${DOCUMENTED}`,
  contract: `#/contract?project=${DOCUMENTED}`,
});

/** Starts an emulator whose time is frozen. */
async function start() {
  const args = [
    '--import',
    file('frozen-time.js'),
    file('../../dist/cli.js'),
    ...['--quiet', '--port', '0', '--id-seed', 'inspector'],
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) return { child, url: JSON.parse(line).url };
  throw new Error('the emulator did not start');
}

/** Saves what a page shows. WebP is a third of PNG, and only the protocol of the browser offers it. */
async function save(page, name) {
  if (values.png) return page.screenshot({ path: join(out, `${name}.png`) });
  const session = await page.context().newCDPSession(page);
  const options = { format: 'webp', quality: 82 };
  const { data } = await session.send('Page.captureScreenshot', options);
  await session.detach();
  return writeFileSync(join(out, `${name}.webp`), Buffer.from(data, 'base64'));
}

async function takeAll(browser, url, suffix, run) {
  for (const scheme of SCHEMES)
    for (const width of WIDTHS) {
      const viewport = { width, height: width === 800 ? 900 : 800 };
      const context = await browser.newContext({ viewport, colorScheme: scheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(error));
      page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
      for (const [view, hash] of Object.entries(viewsOf(run))) {
        if (values.only && !values.only.split(',').includes(view)) continue;
        await page.goto(`${url}/_emulator/${hash}`);
        await page.reload();
        await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
        // The chart measures itself, and the list scrolls to its end.
        await page.waitForTimeout(400);
        await save(page, `${view}-${suffix}-${scheme}-${width}`);
      }
      await context.close();
    }
}

mkdirSync(out, { recursive: true });
// Each run has an emulator of its own: the numbers of requests would depend on what the page has loaded.
for (const suffix of ['empty', 'full']) {
  const { child, url } = await start();
  // The pictures show the standard port, whether it is free or not.
  const browser = await launchChromium([`--host-resolver-rules=MAP ${SHOWN.host} ${new URL(url).host}`]);
  try {
    await freeze(url);
    const run = suffix === 'full' ? await runScenario(url) : undefined;
    await takeAll(browser, SHOWN.origin, suffix, run);
  } finally {
    await browser.close();
    child.kill();
  }
}
