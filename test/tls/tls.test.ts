import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startEmulator, type LocalEmulator, type Settings } from '../../src/index.js';
import { makeAuthority, makeCertificate } from '../../src/tls/certificates.js';
import { ACCEPT, linksPath, seededCaller } from '../support/emulator.js';
import { temporaryFolder } from '../support/world.js';
import { certificateOf, send } from './https-client.js';

// Each emulator makes two RSA keys: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Started = LocalEmulator & { readonly tlsUrl: string; readonly ca: string };

async function open(settings: Settings = {}): Promise<Started> {
  const emulator = await startEmulator({ tls: true, ...settings });
  const { tlsUrl = '', ca = '' } = emulator;
  return { ...emulator, tlsUrl, ca };
}

/** Starts an emulator for one test. */
async function start(settings?: Settings): Promise<Started> {
  const emulator = await open(settings);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** A certificate for 127.0.0.1 and its key, as files, and the authority that signed it. */
async function ownCertificate(): Promise<{ files: { tlsCert: string; tlsKey: string }; ca: string }> {
  const folder = temporaryFolder();
  const files = { tlsCert: join(folder, 'cert.pem'), tlsKey: join(folder, 'key.pem') };
  const authority = await makeAuthority(Date.now());
  const { cert, key } = await makeCertificate(authority, ['127.0.0.1'], Date.now());
  writeFileSync(files.tlsCert, cert);
  writeFileSync(files.tlsKey, key);
  return { files, ca: authority.cert };
}

// For the tests that only read it: each start makes two RSA keys.
let shared: Started;
beforeAll(async () => {
  shared = await open();
});
afterAll(() => shared.close());

describe('HTTPS beside HTTP', () => {
  it('HTTPS serves the same links as HTTP, with https addresses in them', async () => {
    const { url, tlsUrl, ca } = shared;
    const { publicKey, clientId, clientSecret } = seededCaller('owner', 'documented');
    expect(publicKey).toBe('owner1');
    const grant = await send(
      `${tlsUrl}/api/oauth/token`,
      {
        ca,
        method: 'POST',
        auth: `${clientId}:${clientSecret}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      'grant_type=client_credentials',
    );
    const { access_token: token } = JSON.parse(grant.body) as { access_token: string };
    const headers = { accept: ACCEPT, authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const links = linksPath('documented');
    const created = await send(
      tlsUrl + links,
      { ca, method: 'POST', headers },
      readFileSync(new URL('../../fixtures/requests/aws-s3.json', import.meta.url), 'utf8'),
    );
    const { _id, links: shown } = JSON.parse(created.body) as { _id: string; links: { href: string }[] };
    expect(shown[0]?.href).toBe(`${tlsUrl}${links}/${_id}`);

    const plain = await fetch(`${url}${links}/${_id}`, { headers });
    expect(await plain.json()).toMatchObject({ _id, links: [{ href: `${url}${links}/${_id}` }] });
  });

  it('the MCP server gets the HTTPS address, however a project is created', async () => {
    const { tlsUrl, ca, ...emulator } = shared;
    const { environment } = await emulator.project();
    expect(environment.mcp.MDB_MCP_API_BASE_URL).toBe(tlsUrl);
    expect(environment.curl.BASE_URL).toBe(emulator.url);
    const made = await send(`${tlsUrl}/_emulator/projects`, { ca, method: 'POST' });
    const { environment: own } = JSON.parse(made.body) as { environment: Record<string, object> };
    expect(own).toMatchObject({ mcp: { MDB_MCP_API_BASE_URL: tlsUrl }, curl: { BASE_URL: tlsUrl } });
  });

  it('HTTPS challenges requests without credentials', async () => {
    const { tlsUrl, ca } = shared;
    const refused = await send(tlsUrl + linksPath('observed'), { ca, headers: { accept: ACCEPT } });
    expect(refused).toMatchObject({ status: 401 });
  });

  it('the certificate is valid for each name of this machine and for the host of the public URL', async () => {
    const { tlsUrl, ca } = await start({ publicUrl: 'http://Emulator.example:27080' });
    const { port } = new URL(tlsUrl);
    for (const name of ['localhost', '127.0.0.1', hostname(), 'emulator.example']) {
      // An address is no server name (RFC 6066, section 3): Node 26 refuses it.
      const options = { ca, hostname: '127.0.0.1', ...(isIP(name) === 0 && { servername: name }) };
      expect(await send(`https://${name}:${port}/_emulator/health`, options)).toMatchObject({ status: 200 });
    }
    const { subjectaltname } = await certificateOf(tlsUrl);
    expect(subjectaltname).toContain('IP Address:0:0:0:0:0:0:0:1');
  });

  it('the certificate is valid for the names and addresses of tlsName', async () => {
    const { tlsUrl, ca } = await start({ tlsName: ['Atlas.test', '[fd00::1]', '*.wild.test'] });
    const { port } = new URL(tlsUrl);
    for (const name of ['localhost', 'atlas.test', 'one.wild.test']) {
      const options = { ca, hostname: '127.0.0.1', servername: name };
      expect(await send(`https://${name}:${port}/_emulator/health`, options)).toMatchObject({ status: 200 });
    }
    const { subjectaltname } = await certificateOf(tlsUrl);
    expect(subjectaltname).toContain('IP Address:FD00:0:0:0:0:0:0:1');
  });

  it('the certificate is trusted only with its authority and under its names', async () => {
    const { tlsUrl, ca } = shared;
    await expect(send(`${tlsUrl}/_emulator/health`, {})).rejects.toThrow(/certificate/);
    const { port } = new URL(tlsUrl);
    const other = { ca, hostname: '127.0.0.1', servername: 'cloud.mongodb.com' };
    await expect(send(`https://cloud.mongodb.com:${port}/`, other)).rejects.toThrow(/does not match/);
  });

  it('the generated authority signs only certificates, which are valid for 397 days', async () => {
    const { tlsUrl, ca } = shared;
    const authority = new X509Certificate(ca);
    const { raw } = await certificateOf(tlsUrl);
    const leaf = new X509Certificate(raw);
    expect(authority.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000;
    expect(days).toBe(397);
  });

  it('the authority can be downloaded over HTTP, without a token and without the control API', async () => {
    const { url, ca } = await start({ noControl: true });
    const response = await fetch(`${url}/_emulator/ca.pem`);
    expect(await response.text()).toBe(ca);
    expect(response.headers.get('content-type')).toBe('application/x-pem-file');
  });

  it('the HTTPS port survives a client that does not speak TLS', async () => {
    const { tlsUrl, ca } = shared;
    const socket = connect(Number(new URL(tlsUrl).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume().end('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve));
    expect(await send(`${tlsUrl}/_emulator/health`, { ca })).toMatchObject({ status: 200 });
  });

  it('an emulator with HTTPS closes while a client keeps its connection open', async () => {
    const emulator = await start();
    const { tlsUrl, ca } = emulator;
    await send(`${tlsUrl}/_emulator/health`, { ca, agent: undefined });
    await emulator.close();
    await expect(send(`${tlsUrl}/_emulator/health`, { ca })).rejects.toThrow(/ECONNREFUSED/);
  });
});

it('an emulator without tls has neither HTTPS nor an authority', async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  expect(emulator).toMatchObject({ tlsUrl: undefined, ca: undefined });
  expect((await fetch(`${emulator.url}/_emulator/ca.pem`)).status).toBe(404);
});

describe('generated authority', () => {
  it('the authority is stored beside the database file, and the same after a restart', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const first = await start({ db });
    await first.close();
    expect(readFileSync(`${db}-ca.pem`, 'utf8')).toBe(first.ca);
    expect(statSync(`${db}-ca-key.pem`).mode & 0o077).toBe(0);

    const second = await start({ db });
    expect(second.ca).toBe(first.ca);
    expect(await send(`${second.tlsUrl}/_emulator/health`, { ca: first.ca })).toMatchObject({ status: 200 });
  });

  it('the authority is new in memory, and if its files are missing', async () => {
    expect((await start()).ca).not.toBe(shared.ca);
    const db = join(temporaryFolder(), 'world.db');
    const first = await start({ db });
    await first.close();
    rmSync(`${db}-ca-key.pem`);
    expect((await start({ db })).ca).not.toBe(first.ca);
  });

  it.each([
    ['no certificate', 'nonsense'],
    ['that of another', undefined],
  ])('an authority whose file has %s is rejected', async (_title, text) => {
    const db = join(temporaryFolder(), 'world.db');
    await (await start({ db })).close();
    writeFileSync(`${db}-ca.pem`, text ?? (await makeAuthority(Date.now())).cert);
    await expect(startEmulator({ tls: true, db })).rejects.toThrow(/world\.db-ca\.pem .* cannot be used/);
  });

  it('no authority is generated without tls', async () => {
    const db = join(temporaryFolder(), 'world.db');
    await (await start({ db, tls: false })).close();
    expect(existsSync(`${db}-ca.pem`)).toBe(false);
  });
});

it.each([
  [{ tlsName: 'a.test' }, '--tls-name goes with --tls, which is missing'],
  [
    { tls: true, tlsName: 'a.test', tlsCert: 'cert.pem', tlsKey: 'key.pem' },
    '--tls-name is for a generated certificate',
  ],
])('tlsName without a generated certificate is rejected: %j', async (settings, message) => {
  await expect(startEmulator(settings)).rejects.toThrow(message);
});

it.each([
  ['the group can write in its directory', 0o770, 0o660],
  ['the group cannot write in its directory', 0o750, 0o600],
])('the key file of the authority has a suitable mode if %s', async (_who, folderMode, keyMode) => {
  const folder = temporaryFolder();
  chmodSync(folder, folderMode);
  const db = join(folder, 'world.db');
  await start({ db });
  expect(statSync(`${db}-ca-key.pem`).mode & 0o777).toBe(keyMode);
});

it('a certificate of the user is served unchanged, and its authority is not published', async () => {
  const { files, ca } = await ownCertificate();
  const emulator = await startEmulator({ tls: true, ...files });
  onTestFinished(() => emulator.close());
  expect(await send(`${emulator.tlsUrl ?? ''}/_emulator/health`, { ca })).toMatchObject({ status: 200 });
  expect(emulator.ca).toBeUndefined();
  const response = await fetch(`${emulator.url}/_emulator/ca.pem`);
  expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('--tls-cert')]);
});
