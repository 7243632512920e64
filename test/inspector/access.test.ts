import { createServer, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../src/client/types.generated.js';
import { Command } from '../support/command.js';
import { count, eventually, Inspector, IN_BROWSER, sharedBrowser, text } from './browser-support.js';

/**
 * A proxy that serves an emulator below a path, which it removes.
 *
 * @param keepsHost whether the emulator gets the header `Host` of the browser
 * @returns its address with the path
 */
async function proxyFor(target: () => string, keepsHost: boolean): Promise<string> {
  const server = createServer((request, response) => {
    const { method, headers, url = '' } = request;
    const at = new URL(url.replace(/^\/tools\/atlas/, ''), target());
    const sent = httpRequest(
      at,
      { method, headers: { ...headers, host: keepsHost ? headers.host : at.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    sent.on('error', () => response.destroy());
    request.pipe(sent);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/tools/atlas`;
}

describe('access to the inspector in a browser', IN_BROWSER, () => {
  const browser = sharedBrowser();

  it('the page asks for the token, remembers it for the tab, sends it in no address, and reads events with it', async () => {
    // It listens on all addresses, so it makes a token.
    const { ready } = await Command.start(['--host', '0.0.0.0']);
    const { controlToken: token } = ready as { controlToken?: string };
    const url = `http://127.0.0.1:${new URL(ready.url).port}`;
    const inspector = await Inspector.at(browser(), url);
    const { page } = inspector;
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await page.goto(`${url}/_emulator/`);
    const ask = async (sent: string): Promise<void> => {
      await page.getByLabel('Token').fill(sent);
      await page.getByRole('button', { name: 'Open the inspector' }).click();
    };
    await ask('wrong');
    await page.getByRole('heading', { name: 'Control token' }).waitFor();
    await ask(token ?? '');
    await page.getByText('Live').waitFor();
    await (await inspector.client()).fetch();
    await count(inspector.row(), 1);
    await page.reload();
    await count(inspector.row(), 1);
    expect(addresses.filter((address) => address.includes(token ?? ''))).toEqual([]);
    const other = await page.context().newPage();
    await other.goto(`${url}/_emulator/`);
    await other.getByRole('heading', { name: 'Control token' }).waitFor();
  });

  it('a late refusal of a wrong token does not ask for the token again', async () => {
    const { ready } = await Command.start(['--host', '0.0.0.0']);
    const { controlToken: token } = ready as { controlToken?: string };
    const url = `http://127.0.0.1:${new URL(ready.url).port}`;
    const inspector = await Inspector.at(browser(), url);
    const { page } = inspector;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/_emulator/projects**', async (route) => {
      if (route.request().headers().authorization === 'Bearer wrong') await released;
      await route.continue();
    });
    const late = page.waitForResponse(
      (response) =>
        response.status() === 401 &&
        response.request().headers().authorization === 'Bearer wrong' &&
        response.url().includes('/projects'),
    );
    const first = page.waitForResponse(
      (response) =>
        response.status() === 401 &&
        response.request().headers().authorization === 'Bearer wrong' &&
        !response.url().includes('/projects'),
    );
    await page.goto(`${url}/_emulator/`);
    for (const sent of ['wrong', token ?? '']) {
      await page.getByLabel('Token').fill(sent);
      await page.getByRole('button', { name: 'Open the inspector' }).click();
      if (sent === 'wrong') await first;
    }
    await page.getByText('Live').waitFor();
    release();
    await late;
    await (await inspector.client()).fetch();
    await count(inspector.row(), 1);
    await count(page.getByRole('heading', { name: 'Control token' }), 0);
  });

  it.each([
    ['with --public-url', false],
    ['that keeps the header Host', true],
  ])('behind a proxy %s, the page loads, reads events and changes something', async (_, keepsHost) => {
    let emulator = '';
    const url = await proxyFor(() => emulator, keepsHost);
    const { ready } = await Command.start(keepsHost ? [] : ['--public-url', url]);
    emulator = ready.url;
    const inspector = await Inspector.at(browser(), url);
    await inspector.page.goto(`${url}/`);
    expect(inspector.page.url()).toBe(`${url}/_emulator/`);
    await inspector.page.getByText('Live').waitFor();
    await text(inspector.page.locator('.lead'), url);
    await (await inspector.client()).fetch();
    await count(inspector.row(), 1);
    await inspector.page.getByRole('link', { name: 'Time', exact: true }).click();
    await inspector.page.getByLabel('Clock: Server').getByRole('button', { name: 'Freeze clock' }).click();
    await eventually(() => inspector.control<Clock>('GET', '/clock')).toMatchObject({ frozen: true });
  });

  it('/ leads a browser to the page', async () => {
    const { ready } = await Command.start();
    const inspector = await Inspector.at(browser(), ready.url);
    await inspector.page.goto(ready.url);
    expect(inspector.page.url()).toBe(`${ready.url}/_emulator/`);
    await inspector.page.getByRole('heading', { name: 'Waiting for the first request' }).waitFor();
  });

  it('after the emulator was started again, the page shows the new one', async () => {
    const { command, ready } = await Command.start();
    const inspector = await Inspector.at(browser(), ready.url);
    await inspector.go('');
    const client = await inspector.client();
    await client.fetch();
    await client.fetch('?pageNum=2');
    await count(inspector.row(), 2);
    await command.stop();
    await inspector.page.getByText('Reconnecting').waitFor();
    await Command.start(['--port', new URL(ready.url).port]);
    await inspector.page.getByText('Live').waitFor();
    await inspector.page.getByRole('heading', { name: 'Waiting for the first request' }).waitFor();
    await (await inspector.client()).fetch();
    await count(inspector.row(), 1);
  });
});
