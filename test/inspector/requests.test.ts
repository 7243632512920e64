import { execFileSync } from 'node:child_process';
import DigestClient from 'digest-fetch';
import { describe, expect, it } from 'vitest';
import type { RequestReport } from '../../src/client/types.generated.js';
import { connectEmulator } from '../../src/index.js';
import { CLI } from '../support/command.js';
import { seededCaller } from '../support/emulator.js';
import {
  count,
  eventually,
  DOCUMENTED,
  Inspector,
  IN_BROWSER,
  linksOf,
  sharedBrowser,
  text,
} from './browser-support.js';

const S3 = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
};
const CREATE = 'createGroupStreamPrivateLinkConnection';

/** Runs lines of a POSIX shell. */
const shell = (lines: string): string => execFileSync('bash', ['-c', lines], { encoding: 'utf8' });

/** The lines that set the variables for curl. */
const variables = ({ url }: Inspector): string =>
  execFileSync(process.execPath, [CLI, 'env', 'curl', '--url', url, '--project', DOCUMENTED], {
    encoding: 'utf8',
  });

/** Creates a link as a client of HTTP digest does, unmodified. */
async function createByDigest({ url }: Inspector, password?: string): Promise<void> {
  const { path, headers, owner } = linksOf('documented');
  const client = new DigestClient(owner.publicKey, password ?? owner.privateKey);
  await client.fetch(url + path, { method: 'POST', headers, body: JSON.stringify(S3) });
}

describe('requests in a browser', IN_BROWSER, () => {
  const browser = sharedBrowser();

  it('an empty page has a command that creates a link, which then shows as one request with its challenge', async () => {
    const inspector = await Inspector.open(browser());
    await inspector.page.getByRole('heading', { name: 'Waiting for the first request' }).waitFor();
    const command = await inspector.copied('Copy');
    expect(command).not.toContain('PUBLIC_KEY');
    shell(command.replace('curl', 'curl --silent --show-error --fail'));
    await count(inspector.row(), 1);
    await text(inspector.row(CREATE), /200/);
    await text(inspector.row(CREATE), /digest/);
    await inspector.row(CREATE).click();
    const parts = inspector.page.getByRole('group', { name: 'Requests that belong together' });
    await text(parts, /Challenge\s+401\s+Call\s+200/);
    await parts.getByRole('button', { name: /Challenge/ }).click();
    await text(inspector.page.getByLabel('Response', { exact: true }), /www-authenticate[^]*Digest realm/i);
  });

  it('a handshake with a wrong key shows as one request, too', async () => {
    const inspector = await Inspector.open(browser());
    await createByDigest(inspector, 'not-the-key');
    await text(inspector.row('digest').first(), /401[^]*digest\s+The digest does not match/);
    await inspector.page.getByText('The request has no credentials').waitFor({ state: 'detached' });
  });

  it('requests appear while a client runs, with method, operation, caller, status and duration', async () => {
    const inspector = await Inspector.open(browser());
    await createByDigest(inspector);
    const row = inspector.row(CREATE);
    await text(row, /^\d\d:\d\d:\d\d\.\d{3}\s+200\s+POST\s+create[^]*owner1\s+documented\s+[\d.]+ m?s$/);
    const client = await inspector.client();
    await client.fetch();
    await text(inspector.row('listGroupStreamPrivateLinkConnections'), /token/);
    await count(inspector.row(), 2);
  });

  it('a refused request says which step refused it, by which rule, where that comes from, and what would pass', async () => {
    const inspector = await Inspector.open(browser());
    const client = await inspector.client();
    await client.fetch('', { method: 'POST', body: JSON.stringify({ ...S3, vendor: 'S4' }) });
    await inspector.row('400').click();
    const why = inspector.page.getByLabel('What decided the response');
    await text(why, /Refused by\s+step 9, fields unknownVendor/);
    await text(why, /Rule\s+The provider AWS has no vendor S4\./);
    await text(why, /Source\s+recorded from Atlas/);
    await text(why, /What would pass\s+Send MSK, CONFLUENT, KINESIS, S3, LAMBDA or GENERIC/);
    await text(inspector.page.getByLabel('Body of the Request'), /"vendor": "S4"/);
    await text(inspector.page.getByLabel('Body of the Response'), /"errorCode"/);
    await text(inspector.page.getByLabel('Request', { exact: true }), /authorization\s+Bearer\s/);
  });

  it('the list is filtered by operation, status, caller and text, and by the project of the page', async () => {
    const inspector = await Inspector.open(browser());
    const [documented, observed] = [await inspector.client(), await inspector.client('observed')];
    await documented.create('com.amazonaws.us-east-1.s3');
    await documented.fetch('/5f0000000000000000000001');
    await observed.fetch();
    await observed.fetch('?itemsPerPage=0');
    await count(inspector.row(), 4);
    const { page } = inspector;
    const choose = (label: string, value: string) =>
      page.getByLabel(label, { exact: true }).selectOption(value);
    await choose('Status', 'refused');
    await count(inspector.row(), 2);
    await choose('Status', '404');
    await count(inspector.row('404'), 1);
    await count(inspector.row(), 1);
    await page.getByRole('button', { name: 'Show all' }).click();
    await choose('Operation', CREATE);
    await count(inspector.row(), 1);
    await choose('Operation', '');
    await choose('Caller', seededCaller('owner', 'observed').clientId);
    await count(inspector.row(), 2);
    await choose('Caller', '');
    await page.getByLabel('Filter by text').fill('5f0000000000000000000001');
    await count(inspector.row(), 1);
    await page.getByLabel('Filter by text').fill('');
    await page.getByRole('banner').getByRole('combobox').selectOption(DOCUMENTED);
    await count(inspector.row(), 2);
    await text(page.getByRole('status').filter({ hasText: 'request' }), /^2 requests/);
  });

  it('while the list is paused nothing is added, and after it all is; clear empties it, here and in the emulator', async () => {
    const inspector = await Inspector.open(browser());
    const client = await inspector.client();
    await client.fetch();
    await count(inspector.row(), 1);
    await inspector.page.getByRole('button', { name: 'Pause' }).click();
    await client.fetch();
    await client.fetch();
    const status = inspector.page.getByRole('status').filter({ hasText: 'request' });
    await text(status, /^1 request · paused, 2 more since/);
    await count(inspector.row(), 1);
    await inspector.page.getByRole('button', { name: 'Resume' }).click();
    await count(inspector.row(), 3);
    await inspector.page.getByRole('button', { name: 'Clear' }).click();
    await inspector.page.getByRole('heading', { name: 'Waiting for the first request' }).waitFor();
    expect((await inspector.control<{ requests: object[] }>('GET', '/requests')).requests).toEqual([]);
  });

  it('a request copied as curl is sent again behind the lines of `env curl`: by digest, by token, and for a token', async () => {
    const inspector = await Inspector.open(browser());
    await createByDigest(inspector);
    const client = await inspector.client();
    await client.fetch('', { method: 'POST', body: JSON.stringify({ ...S3, vendor: "it's $HOME" }) });
    const exports = variables(inspector);
    const sendAgain = async (): Promise<string> => {
      const command = await inspector.copied('Copy as curl');
      expect(command).not.toMatch(/owner1|mdb_sa_|\[removed\]/);
      return shell(`${exports}${command.replace('curl', 'curl --silent')}`);
    };
    await inspector.row(CREATE, 'digest').click();
    expect(await sendAgain()).toMatch(/HTTP\/1.1 401[^]*HTTP\/1.1 409[^]*STREAM_PRIVATE_LINK_ALREADY_EXISTS/);
    await inspector.row(CREATE, 'token').click();
    expect(await sendAgain()).toMatch(/HTTP\/1.1 400[^]*it's \$HOME/);
    await inspector.page.getByRole('button', { name: /^Token/ }).click();
    await inspector.page.getByRole('heading', { name: /createToken/ }).waitFor();
    expect(await sendAgain()).toMatch(/HTTP\/1.1 200[^]*access_token/);
  });

  it('a HEAD and a form with a secret copied as curl are sent again, with variables in place of the secret', async () => {
    const inspector = await Inspector.open(browser());
    const exports = variables(inspector);
    const form =
      'grant_type=client_credentials&client_id=$MONGODB_ATLAS_CLIENT_ID&client_secret=$MONGODB_ATLAS_CLIENT_SECRET';
    shell(`${exports}
      curl --silent --data "${form}" "$BASE_URL/api/oauth/token"
      curl --silent --head --digest --user "$PUBLIC_KEY:$PRIVATE_KEY" "$BASE_URL/api/atlas/v2/groups/$GROUP_ID"`);
    const sendAgain = async (): Promise<string> => {
      const command = await inspector.copied('Copy as curl');
      return shell(`${exports}${command.replace('curl', 'curl --silent')}`);
    };
    await inspector.row('createToken').click();
    expect(await sendAgain()).toMatch(/HTTP\/1.1 200[^]*access_token/);
    await inspector.row('HEAD').click();
    expect(await sendAgain()).toMatch(/HTTP\/1.1 401[^]*HTTP\/1.1 406/);
  });

  it('a request copied as a fault rule makes the next one fail alike, and the page says which rule matched', async () => {
    const inspector = await Inspector.open(browser());
    const client = await inspector.client();
    await client.fetch('/5f0000000000000000000001');
    await inspector.row('404').click();
    const rule = JSON.parse(await inspector.copied('Copy as fault rule')) as object;
    await inspector.control('POST', `/projects/${DOCUMENTED}/faults`, { id: 'copied', ...rule });
    const link = (await (await client.create('com.amazonaws.us-east-1.s3')).json()) as { _id: string };
    expect((await client.fetch(`/${link._id}`)).status).toBe(404);
    await inspector.row('404', 'fault').click();
    const facts = inspector.page.getByLabel(/^Request \d+$/);
    await text(facts, /Fault rules\s+copied/);
    await text(inspector.page.getByLabel('What decided the response'), /The fault rule copied of project/);
    expect((await client.fetch(`/${link._id}`)).status).toBe(200);
  });

  it('a request copied as an assertion passes in a test', async () => {
    const inspector = await Inspector.open(browser());
    await (await inspector.client()).create('com.amazonaws.us-east-1.s3');
    await inspector.row(CREATE).click();
    const assertion = await inspector.copied('Copy as assertion');
    const emulator = await connectEmulator(inspector.url);
    const project = await emulator.projectById(DOCUMENTED);
    const run = async (code: string): Promise<void> => {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a test would contain the copied text
      const test = new Function('expect', 'project', `return (async () => { ${code} })()`);
      await (test as (...given: unknown[]) => Promise<void>)(expect, project);
    };
    await run(assertion);
    await expect(run(assertion.replace('status: 200', 'status: 201'))).rejects.toThrow(/to be 1/);
  });

  it('the requests are exported as a HAR file', async () => {
    const inspector = await Inspector.open(browser());
    await (await inspector.client()).fetch();
    await count(inspector.row(), 1);
    const saved = inspector.page.waitForEvent('download');
    await inspector.page.getByRole('button', { name: 'Export HAR' }).click();
    const stream = await (await saved).createReadStream();
    const { log } = JSON.parse((await stream.toArray()).join('')) as {
      log: { version: string; entries: object[] };
    };
    expect([log.version, log.entries.length]).toEqual(['1.2', 2]);
  });

  it('the list is used with the keyboard alone', async () => {
    const inspector = await Inspector.open(browser());
    const client = await inspector.client();
    for (const query of ['', '?pageNum=2', '?pageNum=3']) await client.fetch(query);
    await count(inspector.row(), 3);
    const { page } = inspector;
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowUp');
    await text(page.locator('.path'), /pageNum=3/);
    await page.keyboard.press('ArrowUp');
    await text(page.locator('.path'), /pageNum=2/);
    await page.keyboard.press('Home');
    await eventually(() => page.locator('.path').innerText()).not.toMatch(/pageNum/);
    await page.keyboard.press('Escape');
    await count(page.locator('.detail'), 0);
    await count(page.locator('[role=listbox]:focus'), 1);
  });

  it('a long list follows its end until somebody scrolls up, and all of it can be scrolled to', async () => {
    const inspector = await Inspector.open(browser());
    const client = await inspector.client();
    for (let page = 1; page <= 120; page += 1) await client.fetch(`?pageNum=${page}`);
    const { page } = inspector;
    await page.getByText('pageNum=120', { exact: true }).waitFor();
    expect(await inspector.row().count()).toBeLessThan(60);
    await page.evaluate('document.querySelector(".rows").scrollTop = 0');
    await page.getByText('pageNum=1', { exact: true }).waitFor();
    await client.fetch('?pageNum=121');
    await text(page.getByRole('status').filter({ hasText: 'request' }), /^121 requests/);
    await count(page.getByText('pageNum=121', { exact: true }), 0);
    const height = await page.evaluate<number>('document.querySelector(".rows").scrollHeight');
    expect(height).toBe(121 * 34);
  });

  it('after the connection was lost, the page shows what happened meanwhile', async () => {
    const inspector = await Inspector.open(browser());
    const client = await inspector.client();
    await client.fetch();
    await count(inspector.row(), 1);
    await inspector.page.route('**/events?*', (route) => route.abort());
    await inspector.page.reload();
    await inspector.page.getByText('Reconnecting').waitFor();
    await client.fetch('?pageNum=2');
    const resumed = inspector.page.waitForRequest('**/events?*');
    await inspector.page.unroute('**/events?*');
    expect((await resumed).headers()['last-event-id']).toMatch(/^[1-9]\d*$/);
    await inspector.page.getByText('Live').waitFor();
    await count(inspector.row(), 2);
  });

  it('a request is opened by its address, which can be shared', async () => {
    const inspector = await Inspector.open(browser());
    await (await inspector.client()).fetch();
    await inspector.row().click();
    const seq = /requests\/(\d+)/.exec(inspector.page.url())?.[1];
    const report = await inspector.control<RequestReport>('GET', `/requests/${seq}`);
    const other = await Inspector.at(browser(), inspector.url);
    await other.go(`requests/${seq}`);
    await text(other.page.locator('.path'), report.path);
  });
});
