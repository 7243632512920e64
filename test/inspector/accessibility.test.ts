import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DOCUMENTED, Inspector, IN_BROWSER, sharedBrowser } from './browser-support.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** The views, each with what it has when it is loaded: while the emulator is new, and after {@link fill}. */
const VIEWS = {
  requests: ['pre', '[role=option]'],
  timeline: ['.sample', '.lanes [role=option]'],
  time: ['.clock-face', 'table'],
  faults: ['.preview', 'td .small'],
  projects: ['details', 'details'],
  coverage: ['.matrix tbody tr', '.cell.seen'],
  contract: ['.nothing', '.finding'],
} as const;
type View = keyof typeof VIEWS;

/** Opens a view in a new document, and waits until it is loaded. */
async function show(inspector: Inspector, place: string, state: 'new' | 'full'): Promise<void> {
  await inspector.page.goto('about:blank');
  await inspector.go(place);
  const [view = '', opened] = place.split('/');
  const seen = opened === undefined ? VIEWS[view as View][state === 'new' ? 0 : 1] : '.detail-body';
  await inspector.page.locator(seen).first().waitFor();
}

/** The violations that axe finds: the rule, and where. */
async function violations(page: Page): Promise<unknown> {
  await page.evaluate(AXE);
  const found = await page.evaluate<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>(
    'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })',
  );
  return found.violations.map(({ id, nodes }) => [
    id,
    ...nodes.map(({ html, failureSummary }) => html + failureSummary),
  ]);
}

/** Fills every view: requests, some refused, and links in several states. @returns the views, and what can be opened in them */
async function fill(inspector: Inspector): Promise<readonly string[]> {
  await inspector.control('POST', '/clock/freeze');
  const client = await inspector.client();
  const created = await client.create('com.amazonaws.us-east-1.s3');
  const { _id: link } = (await created.json()) as { _id: string };
  await client.create('com.amazonaws.us-east-1.held');
  await client.create('com.amazonaws.us-east-1.s3');
  await client.fetch(`/${link}`);
  await client.fetch('?itemPerPage=5');
  await client.fetch('', { method: 'POST', body: '{"provider":"AWS","vendor":"S4"}' });
  await inspector.control('POST', `/projects/${DOCUMENTED}/private-links/${link}/hold`);
  await inspector.control('POST', '/faults', {
    times: 3,
    match: { operation: 'listGroupStreamPrivateLinkConnections' },
    skip: 1,
    drop: 'after',
  });
  await inspector.control('POST', '/private-link-rules', { match: { vendor: 'MSK' }, fail: 'No endpoint.' });
  const { requests } = await inspector.control<{ requests: { seq: number }[] }>('GET', '/requests/lines');
  const opened = [`requests/${requests.at(-1)?.seq}`, `timeline/${link}?project=${DOCUMENTED}`];
  return [...Object.keys(VIEWS), ...opened];
}

describe('accessibility in a browser', IN_BROWSER, () => {
  const browser = sharedBrowser();

  it.each(['light', 'dark'] as const)(
    'axe finds nothing in any view in %s colors, empty and full',
    async (colorScheme) => {
      const inspector = await Inspector.open(browser(), { colorScheme, reducedMotion: 'reduce' });
      const check = async (place: string, state: 'new' | 'full'): Promise<void> => {
        await show(inspector, place, state);
        expect([place, await violations(inspector.page)]).toEqual([place, []]);
      };
      for (const view of Object.keys(VIEWS)) await check(view, 'new');
      for (const place of await fill(inspector)) await check(place, 'full');
    },
  );

  it('axe finds nothing where the page asks for the token', async () => {
    const inspector = await Inspector.open(browser());
    const { page } = inspector;
    await page.route('**/requests/lines**', (route) =>
      route.fulfill({ status: 401, json: { detail: 'Send it.' } }),
    );
    await page.reload();
    await page.getByRole('heading', { name: 'Control token' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('at 200 percent, and on a narrow screen, nothing of a view is wider than the window', async () => {
    // A window of 1280 pixels at 200 percent has the width of one of 640.
    const inspector = await Inspector.open(browser(), { viewport: { width: 640, height: 400 } });
    for (const view of await fill(inspector)) {
      await show(inspector, view, 'full');
      const [width, window] = await inspector.page.evaluate<[number, number]>(
        '[Math.max(document.documentElement.scrollWidth, document.querySelector("main").scrollWidth), innerWidth]',
      );
      expect([view, width]).toEqual([view, window]);
    }
  });

  it('every view is reached and left with the Tab key', async () => {
    const inspector = await Inspector.open(browser());
    const { page } = inspector;
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Skip to the content');
    const reached: string[] = [];
    for (let step = 0; step < 20 && !reached.includes('Contract'); step += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate<string>('document.activeElement.textContent.trim()'));
    }
    expect(reached).toEqual(
      expect.arrayContaining(['Requests', 'Timeline', 'Time', 'Faults', 'Projects', 'Coverage', 'Contract']),
    );
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Contract' }).waitFor();
  });

  it.each([
    ['reduce', 0],
    ['no-preference', 1],
  ] as const)('where motion is %s, %d elements are animated', async (reducedMotion, expected) => {
    const inspector = await Inspector.open(browser(), { reducedMotion });
    await inspector.page.route('**/events?*', (route) => route.abort());
    await inspector.page.reload();
    await inspector.page.getByText('Reconnecting').waitFor();
    expect(await inspector.page.evaluate<number>('document.getAnimations().length')).toBe(expected);
  });
});
