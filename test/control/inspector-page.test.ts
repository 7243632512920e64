import { expect, it } from 'vitest';
import { TestEmulator } from '../support/emulator.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** The addresses that the page loads. */
const filesOf = (page: string): string[] =>
  [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);

it('a browser gets the inspector at /_emulator/, and any other client the JSON index', async () => {
  const emulator = await TestEmulator.start();
  const page = await emulator.inject({ url: '/_emulator/', headers: BROWSER });
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect([page.headers.vary, page.headers['cache-control']]).toEqual(['accept', 'no-cache']);
  for (const accept of [undefined, '*/*', 'application/json']) {
    const index = await emulator.inject({ url: '/_emulator/', headers: { ...(accept && { accept }) } });
    expect(index.json()).toHaveProperty('health');
    expect(index.headers.vary).toBe('accept');
  }
});

it('the page loads hashed files by relative addresses, which are served with their types and may be cached for good', async () => {
  const emulator = await TestEmulator.start();
  const { body } = await emulator.inject({ url: '/_emulator/', headers: BROWSER });
  const files = filesOf(body);
  const types = ['image/svg+xml', 'text/css; charset=utf-8', 'text/javascript; charset=utf-8'];
  expect(files).toHaveLength(types.length);
  for (const [index, file] of files.entries()) {
    expect(file).toMatch(/^inspector\/[\w.]+-[\w-]{8}\.(?:svg|css|js)$/);
    const { statusCode, headers } = await emulator.inject({ url: `/_emulator/${file}` });
    expect([statusCode, headers['content-type']]).toEqual([200, types[index]]);
    expect(headers['cache-control']).toContain('immutable');
  }
});

it('the page runs scripts and styles of its own files only, inlines none, and is shown in no frame', async () => {
  const emulator = await TestEmulator.start();
  const { headers, body } = await emulator.inject({ url: '/_emulator/', headers: BROWSER });
  const policy = String(headers['content-security-policy']);
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; /,
  );
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|style="/);
});

it('the page and its files need no token, and the control API does', async () => {
  const emulator = await TestEmulator.start({ controlToken: 'open-sesame' });
  const page = await emulator.inject({ url: '/_emulator/', headers: BROWSER });
  expect(page.statusCode).toBe(200);
  for (const file of filesOf(page.body)) {
    expect((await emulator.inject({ url: `/_emulator/${file}` })).statusCode).toBe(200);
  }
  for (const url of ['/_emulator/', '/_emulator/requests/lines', '/_emulator/private-links']) {
    expect([url, (await emulator.inject({ url })).statusCode]).toEqual([
      url,
      url.includes('private') ? 404 : 401,
    ]);
  }
});

it('with --no-control there is no page', async () => {
  const emulator = await TestEmulator.start({ noControl: true });
  for (const url of ['/', '/_emulator/', '/_emulator/inspector/index.html']) {
    expect((await emulator.inject({ url, headers: BROWSER })).statusCode).toBe(404);
  }
});

it('nothing but the built files is served', async () => {
  const emulator = await TestEmulator.start();
  for (const file of [
    'index.html',
    'licenses.txt',
    'built-from',
    '..%2f..%2fpackage.json',
    '..%2findex.html',
    '',
  ]) {
    expect((await emulator.inject({ url: `/_emulator/inspector/${file}` })).statusCode).toBe(404);
  }
});

it('/ sends a browser to the inspector, which is not recorded, and answers other clients as before', async () => {
  const emulator = await TestEmulator.start({ publicUrl: 'http://proxy.test/atlas' });
  const { statusCode, headers } = await emulator.inject({ url: '/', headers: BROWSER });
  expect([statusCode, headers.location]).toEqual([302, 'http://proxy.test/atlas/_emulator/']);
  const direct = await (await TestEmulator.start()).inject({ url: '/', headers: BROWSER });
  expect(direct.headers.location).toBe('./_emulator/');
  for (const method of ['GET', 'POST', 'HEAD'] as const) {
    expect((await emulator.inject({ method, url: '/' })).statusCode).toBe(404);
  }
  const lines = await emulator.inject({ url: '/_emulator/requests/lines' });
  expect(lines.json<{ requests: object[] }>().requests).toHaveLength(3);
});

it('behind a proxy, the page may change something: its origin is that of the public address', async () => {
  const emulator = await TestEmulator.start({
    publicUrl: 'https://proxy.test/atlas',
    controlToken: 'open-sesame',
  });
  const freeze = (origin: string) =>
    emulator.inject({
      method: 'POST',
      url: '/_emulator/clock/freeze',
      headers: { origin, authorization: 'Bearer open-sesame' },
    });
  expect((await freeze('https://proxy.test')).statusCode).toBe(200);
  expect((await freeze('https://elsewhere.test')).statusCode).toBe(403);
});
