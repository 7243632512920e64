import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Clock, Fault } from '../../src/client/types.generated.js';
import { ACCEPT } from '../support/emulator.js';
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
const LIST = 'listGroupStreamPrivateLinkConnections';
const GET = 'getGroupStreamPrivateLinkConnection';

describe('the other views in a browser', IN_BROWSER, () => {
  const browser = sharedBrowser();

  it('time is frozen, advanced by what is typed, set and resumed; what is due is listed', async () => {
    const inspector = await Inspector.open(browser(), { view: `time?project=${DOCUMENTED}` });
    const card = inspector.page.getByLabel('Clock: Project documented');
    const clock = () => inspector.control<Clock>('GET', `${PROJECT}/clock`);
    await card.getByRole('button', { name: 'Freeze clock' }).click();
    await eventually(clock).toMatchObject({ frozen: true });
    await (await inspector.client()).create('com.amazonaws.us-east-1.s3');
    await inspector.page.reload();
    await text(inspector.page.getByRole('table'), /in 2 s[^]*S3 · us-east-1[^]*DONE/);

    const before = Date.parse((await clock()).now);
    await card.getByLabel('Advance by, such as 90s').fill('90s');
    await card.getByRole('button', { name: 'Advance' }).click();
    await eventually(async () => Date.parse((await clock()).now) - before).toBe(90_000);
    await card.getByRole('button', { name: '+1 h' }).click();
    await eventually(async () => Date.parse((await clock()).now) - before).toBe(3_690_000);
    await card.getByLabel('Set the clock to a later moment').fill('2100-01-31T09:00:00Z');
    await card.getByRole('button', { name: 'Set' }).click();
    await text(card.locator('.clock-face'), /2100-01-31 09:00:00\.000/);
    await card.getByLabel('Set the clock to a later moment').fill('yesterday');
    await card.getByRole('button', { name: 'Set' }).click();
    await text(card.getByRole('alert'), /a moment/);
    await card.getByRole('button', { name: 'Resume clock' }).click();
    await eventually(clock).toMatchObject({ frozen: false });
  });

  it('the form of fault rules knows operations and their documented errors; a rule shows how often it matched', async () => {
    const inspector = await Inspector.open(browser(), { view: 'faults' });
    const { page } = inspector;
    const form = page.getByRole('form', { name: 'Add a fault rule' });
    await form.getByLabel('Scope').selectOption(DOCUMENTED);
    await form.getByLabel('Operation').selectOption(LIST);
    await form.getByRole('combobox', { name: /^Error/ }).selectOption('GROUP_NOT_FOUND');
    expect(await form.getByRole('combobox', { name: /^Error/ }).innerText()).not.toContain('ALREADY_EXISTS');
    await form.getByLabel('How often').fill('2');
    await form.getByLabel('Skip the first').fill('1');
    await form.getByRole('button', { name: 'Add rule' }).click();
    const rule = page.getByRole('row', { name: LIST });
    await text(rule, /documented[^]*after the first[^]*answers GROUP_NOT_FOUND\s+0\s+0 of 2/);
    const [added] = (await inspector.control<{ results: Fault[] }>('GET', `${PROJECT}/faults`)).results;
    expect(added).toMatchObject({ match: { operation: LIST }, error: 'GROUP_NOT_FOUND', times: 2 });
    const client = await inspector.client();
    expect((await client.fetch()).status).toBe(200);
    await text(rule, /1\s+0 of 2/);
    expect((await client.fetch()).status).toBe(404);
    await text(rule, /2\s+1 of 2/);
    await rule.getByRole('button', { name: /Delete/ }).click();
    await page.getByText('No fault rule: every request is answered as Atlas would.').waitFor();
    expect((await client.fetch()).status).toBe(200);
  });

  it('each action of the form of fault rules makes a rule that the emulator takes', async () => {
    const inspector = await Inspector.open(browser(), { view: 'faults' });
    const form = inspector.page.getByRole('form', { name: 'Add a fault rule' });
    const actions = ['error', 'answer', 'rateLimit', 'delayMs', 'drop', 'truncate'];
    for (const [index, action] of actions.entries()) {
      await form.getByLabel('What it does').selectOption(action);
      await form.getByRole('button', { name: 'Add rule' }).click();
      await count(inspector.page.getByRole('button', { name: /^Delete / }), index + 1);
    }
    const { results } = await inspector.control<{ results: object[] }>('GET', '/faults');
    expect(results.map((rule) => actions.find((action) => action in rule))).toEqual(actions);
  });

  it('a link rule is added by its form, and acts on the next link', async () => {
    const inspector = await Inspector.open(browser(), { view: 'faults' });
    const form = inspector.page.getByRole('form', { name: 'Add a link rule' });
    await form.getByLabel('Vendor').fill('S3');
    await form.getByLabel('errorMessage').fill('No quota.');
    await form.getByRole('button', { name: 'Add rule' }).click();
    await text(
      inspector.page.getByRole('row', { name: 'No quota.' }),
      /server\s+S3\s+end FAILED: No quota\.\s+all/,
    );
    await inspector.control('POST', `${PROJECT}/clock/freeze`);
    const client = await inspector.client();
    const { _id: id } = (await (await client.create('com.amazonaws.us-east-1.s3')).json()) as { _id: string };
    await inspector.control('POST', `${PROJECT}/clock/advance`, { by: '2s' });
    expect(await (await client.fetch(`/${id}`)).json()).toMatchObject({
      state: 'FAILED',
      errorMessage: 'No quota.',
    });
  });

  it('a project is created, and the lines for a client work as pasted', async () => {
    const inspector = await Inspector.open(browser(), { view: 'projects' });
    const { page } = inspector;
    await page.getByLabel('Profile of the new project').selectOption('observed');
    await page.getByRole('button', { name: 'New project' }).click();
    await page.waitForURL(/project=[0-9a-f]{24}/);
    const id = /project=(\w+)/.exec(page.url())?.[1] ?? '';
    const card = page.getByRole('region', { name: /^project-/ });
    await card.getByRole('button', { name: 'curl' }).click();
    const lines = await inspector.copied(card.locator('.snippet').getByRole('button'));
    expect(lines).toContain(`export GROUP_ID=${id}`);
    const list = `curl -s --digest -u "$PUBLIC_KEY:$PRIVATE_KEY" -H 'Accept: ${ACCEPT}' "$BASE_URL/api/atlas/v2/groups/$GROUP_ID"`;
    const answer = execFileSync('bash', ['-c', `${lines}\n${list}`], { encoding: 'utf8' });
    expect(JSON.parse(answer)).toMatchObject({ id });
    for (const client of ['Terraform', 'Atlas CLI', 'Go SDK', 'MCP server']) {
      await card.getByRole('button', { name: client }).click();
      await text(card.locator('.snippet pre'), /^export \w+=/);
    }
    await card.getByText('Credentials of 4 roles').click();
    await count(card.getByRole('rowheader'), 4);
  });

  it('coverage fills the responses and states that were seen while a client runs, and leads to their requests', async () => {
    const inspector = await Inspector.open(browser(), { view: `coverage?project=${DOCUMENTED}` });
    const { page } = inspector;
    const shares = page.locator('.shares');
    await text(shares, /Operations\s+0 of \d+/);
    const client = await inspector.client();
    const { _id: id } = (await (await client.create('com.amazonaws.us-east-1.s3')).json()) as { _id: string };
    await client.fetch(`/${id}`);
    await client.fetch('?itemsPerPage=0');
    await text(shares, /Operations\s+3 of \d+\s+Statuses\s+3 of \d+/);

    await page.getByRole('button', { name: GET, exact: true }).click();
    const states = page.locator('.details dd').filter({ hasText: 'PENDING' });
    await text(states, /PENDING\s+seen\s+DONE\s+not seen\s+FAILED\s+not seen/);
    await page.getByRole('button', { name: `${LIST} 400: show the requests` }).click();
    await count(inspector.row(), 1);
    await text(inspector.row(LIST), /400/);

    await inspector.go(`coverage?project=${DOCUMENTED}`);
    await page.getByRole('button', { name: 'Start over' }).click();
    await text(shares, /Operations\s+0 of \d+/);
  });

  it('the contract view groups what was found by rule while a client runs, with the requests, which it leads to', async () => {
    const inspector = await Inspector.open(browser(), { view: `contract?project=${DOCUMENTED}` });
    const { page } = inspector;
    await page.getByText('Requests are judged as they are answered.').waitFor();
    const client = await inspector.client();
    for (const query of ['?itemPerPage=5', '?itemPerPage=6', '?pagNum=1']) await client.fetch(query);
    await client.fetch('', { method: 'POST', body: '{"provider":"AWS","vendor":"S4"}' });
    const rule = page.getByRole('region', { name: 'unknownQueryParameter' });
    await text(rule, /unknownQueryParameter warning 3 requests, source: Atlas's public API description/);
    await count(rule.locator('.finding'), 2);
    await count(rule.getByRole('link'), 3);
    await text(page.getByRole('region', { name: 'unknownVendor' }), /error 1 request[^]*has no vendor S4/);
    await text(page.getByRole('link', { name: /^Contract/ }), /3/);
    await rule.getByRole('link', { name: 'itemPerPage=6' }).click();
    await text(page.locator('.path'), /itemPerPage=6/);
    await text(page.locator('.notice.warn'), /warning .*itemPerPage[^]*Rule unknownQueryParameter/);
  });

  it('an emulator that does not judge says so', async () => {
    const inspector = await Inspector.open(browser(), { args: ['--no-findings'], view: 'contract' });
    await text(inspector.page.locator('.notice'), /Requests are not judged/);
    await inspector.go('coverage');
    await text(inspector.page.locator('.notice'), /Requests are not judged/);
  });
});
