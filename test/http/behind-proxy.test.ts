import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { request } from 'urllib';
import { connectEmulator, startEmulator, type LocalEmulator } from '../../src/index.js';
import { Command } from '../support/command.js';
import { signed, nonceOf } from '../support/digest.js';
import {
  ACCEPT,
  API,
  linksPath,
  SEEDED,
  seededCaller,
  TestEmulator,
  type SeededProfile,
} from '../support/emulator.js';
import { PROFILES, type LinkPage } from '../support/links.js';
import { send } from '../tls/https-client.js';

// Some tests start the program, and the emulator with HTTPS makes two RSA keys: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const LINK = { provider: 'AWS', region: 'us-east-1' };

/** A reverse proxy that serves an emulator below the path `/atlas`, and nothing else. */
interface Proxy {
  readonly url: string;
  /** The address of the emulator. */
  target: string;
  /** The targets of the requests that reached the emulator. */
  readonly forwarded: string[];
  readonly close: () => void;
}

async function startProxy(removesPath: boolean): Promise<Proxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, url: path = '', headers } = incoming;
    if (!path.startsWith('/atlas/')) {
      outgoing.writeHead(502).end('not below /atlas');
      return;
    }
    const target = removesPath ? path.slice('/atlas'.length) : path;
    proxy.forwarded.push(target);
    const { hostname, port, host } = new URL(proxy.target);
    const passed = forward({ hostname, port, path: target, method, headers: { ...headers, host } });
    passed.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/atlas`,
    target: '',
    forwarded: [],
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}

async function tokenAt(url: string, profile: SeededProfile): Promise<string> {
  const { clientId, clientSecret } = seededCaller('owner', profile);
  const response = await fetch(`${url}/api/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** The key of an owner, as urllib takes it. */
function keyOf(profile: SeededProfile): string {
  const { publicKey, privateKey } = seededCaller('owner', profile);
  return `${publicKey}:${privateKey}`;
}

describe.each([
  ['removes its path', true],
  ['passes its path on', false],
])('an emulator behind a proxy that %s', (_title, removesPath) => {
  let proxy: Proxy;
  let emulator: LocalEmulator;
  beforeAll(async () => {
    proxy = await startProxy(removesPath);
    emulator = await startEmulator({ publicUrl: proxy.url, tls: true });
    proxy.target = emulator.url;
  });
  afterAll(async () => {
    await emulator.close();
    proxy.close();
  });

  it.each(PROFILES)(
    'behind a proxy, links begin with the public URL and lead back to the emulator: %s',
    async (profile) => {
      const authorization = `Bearer ${await tokenAt(proxy.url, profile)}`;
      const headers = { accept: ACCEPT, authorization, 'content-type': 'application/json' };
      const links = proxy.url + linksPath(profile);
      for (const region of ['us-east-1', 'us-east-2']) {
        const body = JSON.stringify({ ...LINK, region });
        const created = await fetch(links, { method: 'POST', headers, body });
        const { _id, links: own } = (await created.json()) as { _id: string; links?: { href: string }[] };
        expect(created.status).toBe(200);
        // As observed, a private link has no links.
        if (profile === 'documented') expect(own?.[0]?.href).toBe(`${links}/${_id}`);
      }
      const first = (await (await fetch(`${links}?itemsPerPage=1`, { headers })).json()) as LinkPage;
      const hrefs = Object.fromEntries(first.links.map(({ rel, href }) => [rel, href]));
      expect(hrefs).toEqual({
        self: `${links}?pageNum=1&itemsPerPage=1`,
        next: `${links}?itemsPerPage=1&pageNum=2`,
      });
      const second = (await (await fetch(hrefs.next ?? '', { headers })).json()) as LinkPage;
      expect(second).toMatchObject({ totalCount: 2, results: [{ region: 'us-east-2' }] });
      // The proxy sends the emulator's own host, as nginx does by default.
      expect(JSON.stringify([first, second])).not.toContain(emulator.url);
    },
  );

  it.each(PROFILES)(
    'behind a proxy, a digest signed for the path of the proxy is accepted: %s',
    async (profile) => {
      for (const query of ['', '?pageNum=1']) {
        const { status } = await request(`${proxy.url}${linksPath(profile)}${query}`, {
          digestAuth: keyOf(profile),
          headers: { accept: ACCEPT },
        });
        expect(status).toBe(200);
      }
    },
  );

  it('an emulator with a path in its public URL is also served without the proxy, with the path and without it', async () => {
    for (const base of [emulator.url, `${emulator.url}/atlas`]) {
      expect((await fetch(`${base}/_emulator/health`)).status).toBe(200);
      const authorization = `Bearer ${await tokenAt(base, 'documented')}`;
      const path = linksPath('documented');
      expect((await fetch(base + path, { headers: { accept: ACCEPT, authorization } })).status).toBe(200);
      const digested = await request(base + path, {
        digestAuth: keyOf('documented'),
        headers: { accept: ACCEPT },
      });
      expect(digested.status).toBe(200);
      const secure = base.replace(emulator.url, emulator.tlsUrl ?? '');
      const { ca } = emulator;
      expect(await send(`${secure}/_emulator/health`, { ca })).toMatchObject({ status: 200 });
    }
  });

  it('the library works at the public URL of a proxy, and the journal has paths without the path of the proxy', async () => {
    await using remote = await connectEmulator(`${proxy.url}/`);
    expect(remote.url).toBe(proxy.url);
    const project = await remote.project();
    expect(project.environment.curl.BASE_URL).toBe(proxy.url);
    const { port } = new URL(emulator.tlsUrl ?? '');
    expect(project.environment.mcp.MDB_MCP_API_BASE_URL).toBe(`https://127.0.0.1:${port}/atlas`);

    const links = '/streams/privateLinkConnections';
    const events = remote.events({ project: project.id });
    const first = events.next();
    const created = await project.fetch(links, { method: 'POST', json: LINK });
    const { links: own } = (await created.json()) as { links: { href: string }[] };
    const href = own[0]?.href ?? '';
    expect(href).toMatch(new RegExp(`^${proxy.url}${API}/groups/${project.id}${links}/[0-9a-f]{24}$`));
    // The address in a response, and what a client that knows only the emulator's own makes of it.
    for (const client of [project, await emulator.projectById(project.id)]) {
      expect((await client.fetch(href)).status).toBe(200);
    }
    expect((await first).value).toMatchObject({ type: 'link.changed', project: project.id });
    const [request] = await project.requests.list({ operation: 'getGroupStreamPrivateLinkConnection' });
    expect(request?.path).toBe(href.replace(proxy.url, ''));
  });

  it('the OpenAPI document and the HTTP Archive have the public URL of a proxy', async () => {
    const response = await fetch(`${proxy.url}/_emulator/openapi.json`);
    const document = (await response.json()) as {
      servers: { url: string }[];
      components: { securitySchemes: { oauth2: { flows: object } } };
    };
    expect(document.servers.map(({ url }) => url)).toEqual([proxy.url]);
    expect(document.components.securitySchemes.oauth2.flows).toMatchObject({
      clientCredentials: { tokenUrl: `${proxy.url}/api/oauth/token` },
    });
    const project = await emulator.project();
    await project.fetch('');
    const { log } = await project.requests.har();
    expect(log.entries.map(({ request }) => request.url)).toEqual([
      `${proxy.url}${API}/groups/${project.id}`,
    ]);
  });

  it('wait and env work at the public URL of a proxy', async () => {
    const at = ['--url', `${proxy.url}/`];
    expect(await Command.run(['wait', ...at])).toMatchObject({ status: 0, stderr: '' });
    const env = await Command.run(['env', 'terraform'], { env: { ATLAS_EMULATOR_URL: proxy.url } });
    expect(env.stdout).toContain(`export MONGODB_ATLAS_BASE_URL=${proxy.url}\n`);
    await fetch(`${proxy.url}${API}/nothing`);
    const why = await Command.run(['why', ...at]);
    expect([why.status, why.stdout]).toEqual([0, expect.stringContaining(`GET ${API}/nothing`)]);
    expect(proxy.forwarded).toContain(removesPath ? `${API}/nothing` : `/atlas${API}/nothing`);
  });
});

describe('publicUrl with a path', () => {
  it.each(PROFILES)('Location begins with a publicUrl with a path: %s', async (profile) => {
    const emulator = await TestEmulator.start({ publicUrl: 'http://proxy/atlas' });
    const { headers } = await emulator.as('owner', profile, {
      method: 'POST',
      url: `/atlas${API}/groups`,
      payload: { name: 'new', orgId: SEEDED[profile].organization },
    });
    expect(headers.location).toBe('http://proxy/atlas//api/atlas/v1.0');
  });

  /** The answer to a digest of the owner of a profile's project, whose uri and target can differ. */
  async function digest(
    publicUrl: string | undefined,
    target: string,
    uri: string,
    profile: SeededProfile = 'documented',
  ) {
    const emulator = await TestEmulator.start(publicUrl === undefined ? {} : { publicUrl });
    const { publicKey: username, privateKey: password } = seededCaller('owner', profile);
    const { headers } = await emulator.inject({ url: target });
    const nonce = nonceOf(String(headers['www-authenticate']));
    const authorization = signed({ username, password, method: 'GET', uri, nonce });
    return emulator.inject({ url: target, headers: { authorization, accept: ACCEPT } });
  }

  it.each(PROFILES)(
    'the uri of a digest may begin with the path of publicUrl and no other: %s',
    async (profile) => {
      const path = linksPath(profile);
      const statusOf = async (target: string, uri: string) =>
        (await digest('http://proxy/at/las', target, uri, profile)).statusCode;
      for (const target of [path, `/at/las${path}`]) {
        expect(await statusOf(target, path)).toBe(200);
        expect(await statusOf(target, `/at/las${path}`)).toBe(200);
        expect(await statusOf(target, `/at${path}`)).toBe(401);
        expect(await statusOf(target, `/other${path}`)).toBe(401);
        expect(await statusOf(target, `/at/las${path}/`)).toBe(401);
      }
      // Each profile retains its rule.
      const partial = profile === 'observed' ? 200 : 401;
      expect(await statusOf(`/at/las${path}?pageNum=1`, `/at/las${path}`)).toBe(partial);
    },
  );

  it('a digest with another uri is refused with both uris, and --public-url as the remedy', async () => {
    const path = linksPath('documented');
    const refused = await digest(undefined, `${path}?token=HUSH`, `/atlas${path}?token=HUSH`);
    expect(refused.statusCode).toBe(401);
    const reason = String(refused.headers['x-emulator-reason']);
    expect(reason).toContain(
      `another uri: /atlas${path}?token=[removed], and the request is for ${path}?token=`,
    );
    expect(reason).toContain('--public-url');
    expect(reason + refused.body).not.toContain('HUSH');
  });

  it.each([
    ['/atlas', `/atlas${API}/groups`, 401],
    ['/atlas', `/atlas/${API}/groups`, 404],
    ['/atlas', `/atlas/atlas${API}/groups`, 404],
    ['/atlas', `/atlasx${API}/groups`, 404],
    ['/atlas', '/atlas', 404],
    ['/atlas', '/atlas/_emulator/health?x', 200],
    ['/atlas', 'http://proxy/atlas/_emulator/health', 200],
    ['/atlas', '/atlas/_emulatorx/health', 404],
    ['/api', `/api${API}/groups`, 401],
    ['/api', `${API}/groups`, 401],
    ['/a.b/c~d', `/a.b/c~d${API}/groups`, 401],
  ])('with the path %s in publicUrl, a request to %s gets the status %i', async (path, url, status) => {
    const emulator = await TestEmulator.start({ publicUrl: `http://proxy${path}` });
    expect((await emulator.inject({ url })).statusCode).toBe(status);
  });

  it('the base of links is not taken from X-Forwarded headers', async () => {
    const emulator = await TestEmulator.start();
    const headers = { 'x-forwarded-prefix': '/atlas', 'x-forwarded-host': 'h', 'x-forwarded-proto': 'https' };
    const { statusCode } = await emulator.inject({ url: '/atlas/_emulator/health', headers });
    expect(statusCode).toBe(404);
    const { body } = await emulator.as('owner', 'observed', { url: linksPath('observed'), headers });
    expect(body).toContain(`"http://localhost:80${linksPath('observed')}?`);
  });
});

it('an emulator with several hosts serves the path of publicUrl on each', async () => {
  await using emulator = await startEmulator({
    host: ['127.0.0.1', '127.0.0.2'],
    publicUrl: 'http://h/atlas',
  });
  const { port } = new URL(emulator.url);
  for (const host of ['127.0.0.1', '127.0.0.2']) {
    const url = `http://${host}:${port}`;
    for (const base of [url, `${url}/atlas`]) {
      const headers = { accept: ACCEPT, authorization: `Bearer ${await tokenAt(base, 'observed')}` };
      const text = await (await fetch(base + linksPath('observed'), { headers })).text();
      expect(text).toContain(`"http://h/atlas${linksPath('observed')}?`);
    }
  }
});
