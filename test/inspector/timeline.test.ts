import { describe, expect, it } from 'vitest';
import {
  count,
  eventually,
  DOCUMENTED,
  Inspector,
  IN_BROWSER,
  sharedBrowser,
  text,
} from './browser-support.js';

const PROJECT = `/projects/${DOCUMENTED}`;
const VIEW = `timeline?project=${DOCUMENTED}`;

/** Opens the timeline of the documented project, whose clock is frozen. */
async function open(browser: Parameters<typeof Inspector.open>[0]) {
  const inspector = await Inspector.open(browser);
  await inspector.control('POST', `${PROJECT}/clock/freeze`);
  await inspector.go(VIEW);
  const client = await inspector.client();
  const create = async (endpoint = 'com.amazonaws.us-east-1.s3'): Promise<string> =>
    ((await (await client.create(endpoint)).json()) as { _id: string })._id;
  const advance = (by: string) => inspector.control('POST', `${PROJECT}/clock/advance`, { by });
  const lane = inspector.page.getByRole('listbox').getByRole('option');
  return { inspector, client, create, advance, lane, page: inspector.page };
}

describe('the timeline in a browser', IN_BROWSER, () => {
  const browser = sharedBrowser();

  it('a client that polled 14 times and stopped 200 ms before DONE is told at a glance', async () => {
    const { client, create, advance, lane, page } = await open(browser());
    await page.getByRole('heading', { name: 'No links yet' }).waitFor();
    const id = await create();
    await text(lane, /S3\s+us-east-1[^]*PENDING, then DONE/);
    await advance('110ms');
    for (let poll = 0; poll < 14; poll += 1) {
      await client.fetch(`/${id}`);
      if (poll < 13) await advance('130ms');
    }
    await text(lane, /14 polls, the last 200 ms before DONE is due/);
    await advance('200ms');
    await text(lane, /14 polls, the last 200 ms before DONE$/);
    await client.fetch(`/${id}`);
    await text(lane, /15 polls, saw DONE/);
  });

  it('a lane is coloured by state, has a mark for each request, and the moves ahead after now', async () => {
    const { create, advance, lane, client } = await open(browser());
    const id = await create();
    await advance('1s');
    await client.fetch(`/${id}`);
    await text(lane, /1 poll, the last 1 s before DONE is due/);
    await count(lane.locator('.state-pending.past rect'), 1);
    await count(lane.locator('.state-pending.ahead rect'), 1);
    await count(lane.locator('.state-done.ahead rect'), 1);
    // Two marks in one path: the create and the read.
    expect((await lane.locator('path.marks.ok').getAttribute('d'))?.match(/M/g)).toHaveLength(2);
    await advance('1s');
    await count(lane.locator('.state-done.past rect'), 1);
    await count(lane.locator('.ahead rect'), 0);
  });

  it('the clock is moved from the timeline, and the lanes move with it', async () => {
    const { create, lane, page } = await open(browser());
    await create();
    await text(lane, /PENDING/);
    await page.getByRole('button', { name: '+1 s', exact: true }).click();
    await page.getByRole('button', { name: '+1 s', exact: true }).click();
    await count(lane.locator('.state-done.past rect'), 1);
    await page.getByLabel('Advance by, such as 90s').fill('90s');
    await page.getByRole('button', { name: 'Advance' }).click();
    await eventually(() => page.locator('.span-length').innerText()).toMatch(/1 min/);
    await page.getByRole('button', { name: 'Resume clock' }).click();
    await page.getByRole('button', { name: 'Freeze clock' }).waitFor();
  });

  it('a link is forced, failed with a message, held, stepped and released', async () => {
    const { inspector, client, create, lane, page } = await open(browser());
    const id = await create();
    await lane.click({ position: { x: 40, y: 20 } });
    const panel = page.getByLabel(`Link ${id}`);
    const button = (name: string) => panel.getByRole('button', { name, exact: true });
    const state = async (): Promise<unknown> => (await client.fetch(`/${id}`)).json();

    await button('Hold').click();
    await text(panel, /held/);
    await text(panel, /DONE\s+after a step or a release/);
    await button('Step').click();
    await eventually(state).toMatchObject({ state: 'DONE' });
    await text(panel.getByRole('heading').first(), /DONE/);

    await panel.getByLabel('Message of the failure').fill('No such endpoint.');
    await button('Fail').click();
    await eventually(state).toMatchObject({ state: 'FAILED', errorMessage: 'No such endpoint.' });
    await panel.getByLabel('State to force').selectOption('WORKING');
    await button('Force state').click();
    await eventually(state).toMatchObject({ state: 'WORKING' });
    await text(panel, /WORKING\s+[\d:.]+\s+forced/);

    const other = await create('com.amazonaws.us-east-1.other');
    await inspector.control('POST', `${PROJECT}/private-links/${other}/hold`);
    await lane.filter({ hasText: other.slice(-6) }).click({ position: { x: 40, y: 20 } });
    const second = page.getByLabel(`Link ${other}`);
    await second.getByRole('button', { name: 'Release' }).click();
    await eventually(async () => (await client.fetch(`/${other}`)).json()).toMatchObject({ state: 'DONE' });
    await text(second.getByRole('heading').first(), /DONE/);
  });

  it('a link that is deleted ends its lane, and leaves it on the page', async () => {
    const { client, create, lane } = await open(browser());
    const id = await create();
    await text(lane, /S3/);
    await client.fetch(`/${id}`, { method: 'DELETE' });
    await text(lane, /DELETED/);
  });

  it('the span is zoomed, moved, shows all again, and follows the clock', async () => {
    const { create, lane, page } = await open(browser());
    await create();
    await text(lane, /S3/);
    const length = page.locator('.span-length');
    const all = await length.innerText();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await eventually(() => length.innerText()).not.toBe(all);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await text(length, all);
    await page.getByRole('listbox').focus();
    await page.keyboard.press('+');
    await eventually(() => length.innerText()).not.toBe(all);
    const now = page.locator('.axis .now');
    await page.keyboard.press('0');
    const before = await now.getAttribute('transform');
    await page.keyboard.press('ArrowLeft');
    await eventually(() => now.getAttribute('transform')).not.toBe(before);
    await page.keyboard.press('Home');
    await count(page.locator('.detail'), 1);
    await page.keyboard.press('Escape');
    await count(page.locator('.detail'), 0);
    await page.keyboard.press('f');
    await count(page.getByRole('button', { name: 'Follow', pressed: true }), 1);
    const place = await now.getAttribute('transform');
    await page.getByRole('button', { name: '+1 min', exact: true }).click();
    await eventually(() => lane.locator('.state-done.past rect').count()).toBe(1);
    expect(await now.getAttribute('transform')).toBe(place);
  });

  it('the span is zoomed by Ctrl and the wheel, and moved by dragging, which opens nothing', async () => {
    const { create, lane, page } = await open(browser());
    await create();
    await text(lane, /S3/);
    const length = page.locator('.span-length');
    const all = await length.innerText();
    const plot = await lane.locator('.plot').boundingBox();
    const [x, y] = [(plot?.x ?? 0) + (plot?.width ?? 0) / 2, (plot?.y ?? 0) + 10];
    await page.mouse.move(x, y);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await eventually(() => length.innerText()).not.toBe(all);
    const now = page.locator('.axis .now');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    const before = await now.getAttribute('transform');
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 60, y, { steps: 3 });
    await page.mouse.up();
    await eventually(() => now.getAttribute('transform')).not.toBe(before);
    await count(page.locator('.detail'), 0);
  });

  it('the pointer shows the state and the request at a place; a click on a mark opens the request', async () => {
    const { create, lane, page } = await open(browser());
    await create();
    await text(lane, /S3/);
    const bar = await lane.locator('.past .bar').first().boundingBox();
    const [x, y] = [(bar?.x ?? 0) + 1, (bar?.y ?? 0) - 8];
    await page.mouse.move(x, y);
    await text(page.locator('.tooltip'), /S3 · us-east-1: PENDING[^]*POST createGroup[^]* 200/);
    await page.mouse.click(x, y);
    await text(page.getByRole('heading', { level: 2 }), /POST\s+createGroupStreamPrivateLinkConnection/);
  });

  it('a create whose response was lost marks the link that it made', async () => {
    const { inspector, client, lane, page } = await open(browser());
    await inspector.control('POST', `${PROJECT}/faults`, { times: 1, drop: 'after' });
    await client.create('com.amazonaws.us-east-1.first').catch(() => undefined);
    await client.create('com.amazonaws.us-east-1.second');
    await count(lane, 2);
    await count(lane.locator('path.marks.none'), 1);
    await lane.last().click({ position: { x: 40, y: 20 } });
    await text(
      page.locator('.touches'),
      /none\s+POST\s+The fault rule .* cuts the connection before the answer, which is 200/,
    );
  });
});
