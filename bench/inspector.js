// What the inspector costs: the throughput of a client with its page open and closed, and how smooth the page is. A part of
// run.js: node bench/inspector.js COMMAND ROUNDS
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { launchChromium } from '../scripts/browser.js';
import { ask, linksOf, PROFILES, Server, tokenFor } from './servers.js';

const [command, rounds] = process.argv.slice(2);
const run = promisify(execFile);

const REQUESTS = 1000;
/** Pairs of runs before those that count: Node compiles the emulator's code meanwhile. */
const WARMUP = 2;
/** What the page holds when its smoothness is measured. */
const HELD = { requests: 10_000, links: 1000 };
/** How long it is scrolled, in milliseconds. */
const SCROLLED_MS = 4000;

/** A client in a process of its own: one connection, one request after the other, as a test suite sends them. */
const CLIENT = `
  const [url, token, path, count, method] = process.argv.slice(1);
  const headers = { authorization: 'Bearer ' + token, accept: 'application/vnd.atlas.2024-05-30+json', 'content-type': 'application/json' };
  const send = async (number) => {
    const body = { provider: 'AWS', vendor: 'S3', region: 'us-east-1', serviceEndpointId: 'com.amazonaws.us-east-1.s3.' + number };
    const init = method === 'POST' ? { method, headers, body: JSON.stringify(body) } : { headers };
    await (await fetch(url + path, init)).text();
  };
  if (method === 'GET') for (let number = 0; number < 100; number += 1) await send(number);
  const begun = performance.now();
  for (let number = 0; number < Number(count); number += 1) await send(number);
  console.log(performance.now() - begun);
`;

const emulator = await Server.start('emulator', [command, '--port', '0']);
const control = (method, path) => ask(method, `${emulator.url}/_emulator${path}`);
const { project } = PROFILES.documented;
const token = await tokenFor(emulator.url, PROFILES.documented);
const path = linksOf(project);
const client = async (count, method) => {
  const args = ['--input-type=module', '-e', CLIENT, emulator.url, token, path, String(count), method];
  return Number((await run(process.execPath, args)).stdout);
};

const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const open = async (view) => {
  await page.goto(`${emulator.url}/_emulator/#/${view}`);
  await page.getByText('Live', { exact: true }).waitFor();
  // What it loads at its start.
  await page.waitForTimeout(1500);
};

/** Pairs of runs with the page closed and open, in turn who is first. @returns open to closed, of each pair */
async function throughput(view) {
  const ratios = [];
  const cpu = { open: [], closed: [] };
  for (let round = -WARMUP; round < Number(rounds); round += 1) {
    const ms = {};
    for (const state of round % 2 === 0 ? ['closed', 'open'] : ['open', 'closed']) {
      await page.goto('about:blank');
      if (state === 'open') await open(view);
      await control('DELETE', '/requests');
      const before = emulator.cpu;
      ms[state] = await client(REQUESTS, 'GET');
      if (round >= 0) cpu[state].push((emulator.cpu - before) / 1000);
    }
    if (round >= 0) ratios.push(ms.closed / ms.open);
  }
  return { ratios, cpu };
}

/** Scrolls a list to and fro while a client runs. @returns the longest task and the frames, in milliseconds */
async function smoothness(view, selector) {
  await page.goto('about:blank');
  await open(view);
  await page.locator(`${selector} [role=option]`).first().waitFor();
  // Until the earlier requests are loaded.
  await page.waitForTimeout(3000);
  const measured = page.evaluate(
    ({ selector, ms }) =>
      new Promise((resolve) => {
        const element = document.querySelector(selector);
        const [tasks, frames] = [[], []];
        new PerformanceObserver((list) =>
          tasks.push(...list.getEntries().map((task) => task.duration)),
        ).observe({
          type: 'longtask',
        });
        const begun = performance.now();
        let last = begun;
        const frame = (now) => {
          frames.push(now - last);
          last = now;
          const share = (1 - Math.cos(((now - begun) / ms) * 6 * Math.PI)) / 2;
          element.scrollTop = share * (element.scrollHeight - element.clientHeight);
          if (now - begun < ms) requestAnimationFrame(frame);
          else resolve({ tasks, frames: frames.slice(1) });
        };
        requestAnimationFrame(frame);
      }),
    { selector, ms: SCROLLED_MS },
  );
  await client(300, 'GET');
  const { tasks, frames } = await measured;
  const sorted = frames.sort((one, other) => one - other);
  return {
    longestTask: Math.max(0, ...tasks),
    frames: frames.length,
    late: frames.filter((ms) => ms > 50).length,
    p95: sorted[Math.floor(sorted.length * 0.95)],
  };
}

const result = { throughput: {}, smooth: {} };
result.throughput.requests = await throughput('requests');
await control('POST', `/projects/${project}/clock/freeze`);
await client(HELD.links, 'POST');
result.throughput['timeline of 1,000 links'] = await throughput(`timeline?project=${project}`);
await control('DELETE', '/requests');
await client(HELD.requests, 'GET');
result.smooth['10,000 requests'] = await smoothness('requests', '.rows');
result.smooth['1,000 links'] = await smoothness(`timeline?project=${project}`, '.lanes');
await browser.close();
await emulator.stop();
console.log(JSON.stringify(result));
