import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { chromiumPath, launchChromium } from '../../scripts/browser.js';
import { Client, Command } from '../support/command.js';
import { ACCEPT, API, SEEDED, seededCaller, type SeededProfile } from '../support/emulator.js';
import { skippedUnless } from '../support/skipped.js';

/** How long a test may take, and how long it waits for one thing: a page on a busy machine takes many seconds. */
const TIMEOUT_MS = 180_000;
const WAIT_MS = 60_000;

/** Options of tests that need a browser. `.ci/inspector` installs one, and fails without it. */
export const IN_BROWSER = {
  timeout: TIMEOUT_MS,
  ...skippedUnless(
    chromiumPath() !== undefined || process.env.INSPECTOR_TESTS === 'required',
    'tests of the inspector need Chromium, on the PATH or named by CHROMIUM',
  ),
};

/** A browser for the tests of a file. */
export function sharedBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (!('skip' in IN_BROWSER)) browser = await launchChromium();
  }, TIMEOUT_MS);
  afterAll(() => browser?.close(), TIMEOUT_MS);
  return () => {
    if (!browser) throw new Error('the browser is not started');
    return browser;
  };
}

/** The inspector of a running package, and a client of the Atlas API. */
export class Inspector {
  private constructor(
    readonly page: Page,
    readonly url: string,
  ) {}

  /**
   * Starts the built package, and opens its inspector. The test fails if the page logs an error, violates its policy, or
   * sends a request to another host.
   *
   * @param args of the command
   * @param view the part of the address after `#/`
   */
  static async open(
    browser: Browser,
    {
      args = [],
      view = '',
      ...options
    }: BrowserContextOptions & { args?: readonly string[]; view?: string } = {},
  ): Promise<Inspector> {
    const { ready } = await Command.start(args);
    const inspector = await Inspector.at(browser, ready.url, options);
    await inspector.go(view);
    return inspector;
  }

  /** A page for the inspector at an address, which is not opened yet. */
  static async at(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Inspector> {
    const viewport = { width: 1280, height: 800 };
    const context = await browser.newContext({
      viewport,
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => {
      // The connection is lost where a test stops the emulator.
      if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text()))
        problems.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) problems.push(request.url());
    });
    onTestFinished(async () => {
      await context.close();
      expect(problems).toEqual([]);
    });
    return new Inspector(page, url);
  }

  /** Opens a view, and waits until events arrive. */
  async go(view: string): Promise<void> {
    await this.page.goto(`${this.url}/_emulator/#/${view}`);
    await this.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  }

  /** Calls the control API. */
  async control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${this.url}/_emulator${path}`, body === undefined ? { method } : init);
    const text = await response.text();
    expect(response.status, text).toBeLessThan(300);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** The row of a request that has all of the texts. */
  row(...texts: readonly (string | RegExp)[]): Locator {
    return texts.reduce<Locator>(
      (rows, hasText) => rows.filter({ hasText }),
      this.page.getByRole('listbox').getByRole('option'),
    );
  }

  /** The text that a button copies. @param button by its label, or where it is */
  async copied(button: string | Locator): Promise<string> {
    // What was copied before is no answer.
    await this.page.evaluate("navigator.clipboard.writeText('')");
    await (
      typeof button === 'string' ? this.page.getByRole('button', { name: button, exact: true }) : button
    ).click();
    let copied = '';
    const read = async () => (copied = await this.page.evaluate<string>('navigator.clipboard.readText()'));
    await eventually(read).not.toBe('');
    return copied;
  }

  client(profile: SeededProfile = 'documented'): Promise<Client> {
    return Client.of(this.url, 'owner', profile);
  }
}

/** An assertion that is tried until it holds. */
export const eventually = <T>(get: () => T | Promise<T>) => expect.poll(get, { timeout: WAIT_MS });

/** Waits until a locator finds a number of elements. */
export async function count(locator: Locator, expected: number): Promise<void> {
  await eventually(() => locator.count()).toBe(expected);
}

/** Waits until the text of an element matches. */
export async function text(locator: Locator, expected: string | RegExp): Promise<void> {
  await eventually(() => locator.innerText()).toMatch(expected);
}

export const DOCUMENTED = SEEDED.documented.project;

/** The path and the headers of the links of a profile's project, for a client of the test's own. */
export const linksOf = (profile: SeededProfile) => ({
  path: `${API}/groups/${SEEDED[profile].project}/streams/privateLinkConnections`,
  headers: { accept: ACCEPT, 'content-type': 'application/json' },
  owner: seededCaller('owner', profile),
});
