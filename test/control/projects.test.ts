import { describe, expect, it, vi } from 'vitest';
import { nonceOf, signed } from '../support/digest.js';
import { ACCEPT, API, SEEDED, type SeededCaller } from '../support/emulator.js';
import type { ErrorBody } from '../support/links.js';
import { basic, FORM } from '../support/transport.js';
import { ControlledEmulator, type Made, TestProject } from './world-support.js';

// An emulator with https makes two RSA keys: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PROFILES = ['documented', 'observed'] as const;
const shared = ControlledEmulator.shared();

const CALLERS: readonly SeededCaller[] = ['owner', 'streams', 'reader', 'outsider'];

/** Who may look at private links, and who may create one. */
const MAY: Readonly<Record<SeededCaller, readonly [look: boolean, create: boolean]>> = {
  owner: [true, true],
  streams: [true, true],
  reader: [true, false],
  outsider: [false, false],
};

/** Sends a request for the project's links by HTTP digest. */
async function digest(project: TestProject, caller: SeededCaller, method: string, body?: object) {
  const uri = `${API}/groups/${project.id}/streams/privateLinkConnections`;
  const { publicKey: username, privateKey: password } = project.credentials[caller].apiKey;
  const nonce = nonceOf((await project.emulator.send('GET', uri)).header('www-authenticate'));
  const authorization = signed({ username, password, method, uri, nonce });
  const type = body ? { 'content-type': 'application/json' } : {};
  const headers = { accept: ACCEPT, authorization, ...type };
  return project.emulator.send(method, uri, headers, body && JSON.stringify(body));
}

describe('the id of a project', () => {
  const id = '5f00000000000000000000aa';

  it('a project is created with an id of your own, and again after it was deleted', async () => {
    const { emulator } = shared;
    for (const region of ['us-east-1', 'us-east-2']) {
      const project = await emulator.make({ id });
      expect([project.id, project.made?.name]).toEqual([id, `project-${id}`]);
      await project.create(region);
      expect(await project.done('POST', '/requests/count', {})).toEqual({ count: 1 });
      const again = await emulator.control('POST', '/projects', { id, name: 'other' });
      expect([again.status, again.json<ErrorBody>().detail]).toEqual([
        409,
        `There is a project ${id} already.`,
      ]);
      await project.done('DELETE', '');
    }
    expect((await emulator.control('GET', `/projects/${id}`)).status).toBe(404);
  });

  it.each(['', 'mine', id.toUpperCase(), `${id}0`])('the id %j is refused', async (wrong) => {
    const refused = await shared.emulator.control('POST', '/projects', { id: wrong });
    expect([refused.status, refused.json<ErrorBody>().detail]).toEqual([
      400,
      expect.stringContaining('Invalid attribute id'),
    ]);
  });
});

describe.each(PROFILES)('projects created as %s', (profile) => {
  it('a created project has an id, name, organization, durations, movement and no links', async () => {
    const { emulator } = shared;
    const wish = {
      profile,
      name: 'mine',
      durations: { pendingMs: 5, deletingMs: 0 },
      movement: { reads: 2 },
    };
    const { id, made } = await emulator.make(wish);
    expect(id).toMatch(/^[a-f0-9]{24}$/);
    const plain = { ...wish, id, organizationId: SEEDED[profile].organization };
    expect(made).toMatchObject({ ...plain, url: emulator.listening.url });
    expect(await emulator.done('GET', `/projects/${id}`)).toEqual(plain);
    expect(await (await emulator.make({ profile })).list()).toEqual([]);
  });

  it.each(CALLERS)(
    'a created project has an API key and a service account for its %s, with that role',
    async (caller) => {
      const { emulator } = shared;
      const project = await emulator.make({ profile });
      const [look, create] = MAY[caller];
      const refused = profile === 'documented' ? 403 : 401;
      for (const [region, send] of [
        ['by digest', (method: string, body?: object) => digest(project, caller, method, body)],
        ['by token', (method: string, body?: object) => project.links(method, '', body, caller)],
      ] as const) {
        expect((await send('GET')).status).toBe(look ? 200 : refused);
        expect((await send('POST', { provider: 'AWS', region })).status).toBe(create ? 200 : refused);
      }
      expect(await project.list()).toHaveLength(create ? 2 : 0);
    },
  );

  it('the credentials of a created project give no access to another project of the organization', async () => {
    const { emulator } = shared;
    const [one, other] = [await emulator.make({ profile }), await emulator.make({ profile })];
    const stranger = new TestProject(emulator, other.id, one.credentials);
    expect([401, 403]).toContain((await stranger.links()).status);
    const secrets = [one, other].flatMap(({ credentials }) =>
      Object.values(credentials).flatMap(({ apiKey, serviceAccount }) => [
        ...Object.values(apiKey),
        ...Object.values(serviceAccount),
      ]),
    );
    expect(new Set(secrets).size).toBe(32);
  });
});

describe('created projects', () => {
  const tls = ControlledEmulator.shared({ tls: true });

  it('a created project is documented and moves by time by default', async () => {
    const { emulator } = shared;
    const { made } = await emulator.make();
    expect(made).toMatchObject({ profile: 'documented', durations: {}, movement: 'time' });
    expect(made?.name).toBe(`project-${made?.id ?? ''}`);
    expect((await emulator.make({})).made?.profile).toBe('documented');
  });

  it("a created project has the variables of each client, with its owner's credentials", async () => {
    const emulator = await ControlledEmulator.start({ publicUrl: 'https://atlas.test' });
    const { id, made } = await emulator.make();
    if (!made) throw new Error('a project was made');
    const { organizationId, credentials, environment } = made;
    const { publicKey, privateKey } = credentials.owner.apiKey;
    const { clientId, clientSecret } = credentials.owner.serviceAccount;
    const url = 'https://atlas.test';
    const account = { MONGODB_ATLAS_CLIENT_ID: clientId, MONGODB_ATLAS_CLIENT_SECRET: clientSecret };
    expect(environment).toMatchObject({
      curl: { BASE_URL: url, GROUP_ID: id, PUBLIC_KEY: publicKey, PRIVATE_KEY: privateKey, ...account },
      terraform: { MONGODB_ATLAS_BASE_URL: url, ...account },
      'atlas-cli': {
        MONGODB_ATLAS_OPS_MANAGER_URL: `${url}/`,
        MONGODB_ATLAS_PUBLIC_API_KEY: publicKey,
        MONGODB_ATLAS_PRIVATE_API_KEY: privateKey,
        MONGODB_ATLAS_PROJECT_ID: id,
        MONGODB_ATLAS_ORG_ID: organizationId,
      },
      'go-sdk': {
        MONGODB_ATLAS_BASE_URL: url,
        MONGODB_ATLAS_PROJECT_ID: id,
        MONGODB_ATLAS_PUBLIC_KEY: publicKey,
        MONGODB_ATLAS_PRIVATE_KEY: privateKey,
        ...account,
      },
      mcp: {
        MDB_MCP_API_BASE_URL: url,
        MDB_MCP_API_CLIENT_ID: clientId,
        MDB_MCP_API_CLIENT_SECRET: clientSecret,
      },
    });
    expect(made.url).toBe(url);
  });

  it('a created project has an HTTPS address for the MCP server if HTTPS is served, else an HTTP one', async () => {
    const addressOf = async (emulator: ControlledEmulator) => {
      const { id, made } = await emulator.make();
      const access = await emulator.done<Made>('GET', `/projects/${id}/access`);
      expect(access.environment).toEqual(made?.environment);
      expect(made?.environment.terraform?.MONGODB_ATLAS_BASE_URL).toBe(made?.url);
      return made?.environment.mcp?.MDB_MCP_API_BASE_URL;
    };
    const plain = await ControlledEmulator.start();
    expect(await addressOf(plain)).toBe(plain.listening.url);
    const beside = tls.emulator;
    expect(await addressOf(beside)).toBe(beside.listening.tlsUrl);
    const named = await ControlledEmulator.start({ tls: true, publicUrl: 'http://atlas.test:1' });
    expect(await addressOf(named)).toBe(named.listening.tlsUrl?.replace('127.0.0.1', 'atlas.test'));
  });

  it.each([
    ['[::1]:80', 201],
    ['atlas.example', 403],
    ['a b', 400],
    ['%%', 400],
    [':1', 400],
  ])('creating a project with the Host header %j is a %i', async (host, status) => {
    const made = await tls.emulator.listening.server.inject({
      method: 'POST',
      url: '/_emulator/projects',
      headers: { host },
    });
    expect(made.statusCode, made.body).toBe(status);
  });

  it('creating a project is a 409 if its organization has the name already, and changes nothing', async () => {
    const emulator = await ControlledEmulator.start();
    await emulator.make({ name: 'one' });
    const before = await emulator.dump();
    const response = await emulator.control('POST', '/projects', { name: 'one' });
    expect([response.status, response.text]).toEqual([409, expect.stringContaining('one')]);
    expect(await emulator.dump()).toEqual(before);
    await emulator.make({ name: 'one', profile: 'observed' });
  });

  it('creating a project is a 409 if no organization has the profile', async () => {
    const emulator = await ControlledEmulator.start();
    await emulator.done('PUT', '/fixture', { organizations: [] });
    const response = await emulator.control('POST', '/projects', { profile: 'observed' });
    expect([response.status, response.text]).toEqual([409, expect.stringContaining('observed')]);
  });

  it('created projects are listed after the existing ones, and can be read one by one', async () => {
    const emulator = await ControlledEmulator.start();
    const made = [await emulator.make({ profile: 'observed' }), await emulator.make()];
    const { projects } = await emulator.done<{ projects: Made[] }>('GET', '/projects');
    expect(projects.map(({ id }) => id)).toEqual([
      ...[SEEDED.documented.project, SEEDED.observed.project, ...made.map(({ id }) => id)],
    ]);
    for (const project of projects)
      expect(await emulator.done('GET', `/projects/${project.id}`)).toEqual(project);
    expect(JSON.stringify(projects)).not.toContain('privateKey');
  });

  it("a created project is visible to Atlas's own operations", async () => {
    const { emulator } = shared;
    const project = await emulator.make({ name: 'seen' });
    const headers = {
      accept: 'application/vnd.atlas.2023-01-01+json',
      authorization: `Bearer ${await project.token()}`,
    };
    const response = await emulator.send('GET', `${API}/groups/${project.id}`, headers);
    expect(response.json()).toMatchObject({ id: project.id, name: 'seen', created: '2026-01-01T00:00:00Z' });
  });

  it('changing a project leaves the settings that are not sent', async () => {
    const { emulator } = shared;
    const project = await emulator.make({ durations: { pendingMs: 5, idleMs: 6 }, movement: 'by hand' });
    const change = (body: object) => project.done('PATCH', '', body);
    expect(await change({})).toMatchObject({ durations: { pendingMs: 5, idleMs: 6 }, movement: 'by hand' });
    expect(await change({ durations: { pendingMs: 7 } })).toMatchObject({
      durations: { pendingMs: 7, idleMs: 6 },
      movement: 'by hand',
    });
    expect(await change({ movement: { reads: 1 } })).toMatchObject({
      durations: { pendingMs: 7, idleMs: 6 },
      movement: { reads: 1 },
    });
    expect(await project.done('GET', '')).toMatchObject({ movement: { reads: 1 } });
  });
});

describe('deleted projects of the control API', () => {
  it('deleting a project removes its links, rules and credentials, and affects no other project', async () => {
    const emulator = await ControlledEmulator.start();
    const before = await emulator.dump();
    const project = await emulator.make();
    await project.create();
    await project.done('POST', '/private-link-rules', { fail: 'no' });
    await project.done('POST', '/snapshots', { name: 'mine' });
    const token = await project.token();
    await project.done('DELETE', '');
    expect(await emulator.dump()).toEqual(before);

    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', {}],
      ['DELETE', ''],
      ['POST', '/reset'],
    ] as const)
      expect((await project.control(method, path, body)).status).toBe(404);
    const headers = { accept: ACCEPT, authorization: `Bearer ${token}` };
    const uri = `${API}/groups/${project.id}/streams/privateLinkConnections`;
    expect((await emulator.send('GET', uri, headers)).status).toBe(401);
    expect((await digest(project, 'owner', 'GET')).status).toBe(401);
    const { clientId, clientSecret } = project.credentials.owner.serviceAccount;
    const asking = { authorization: basic(clientId, clientSecret), 'content-type': FORM };
    const response = await emulator.send('POST', '/api/oauth/token', asking, 'grant_type=client_credentials');
    expect(response.status).toBe(401);
    // Its links are due no more, and wake nobody.
    const events = emulator.events('link.changed').length;
    emulator.clock.advance(10_000);
    expect((await emulator.control('GET', '/clock')).status).toBe(200);
    expect(emulator.events('link.changed')).toHaveLength(events);
  });

  it('a create whose project is deleted while its body arrives is a 404', async () => {
    const { emulator } = shared;
    const project = await emulator.make();
    const response = await project.createSlowly(() => project.done('DELETE', ''));
    expect([response.status, response.json<ErrorBody>().errorCode]).toEqual([404, 'RESOURCE_NOT_FOUND']);
  });
});

it('an unknown project is a 404 that names it', async () => {
  const { emulator } = shared;
  for (const id of ['f'.repeat(24), 'x', '%20']) {
    const response = await emulator.control('GET', `/projects/${id}`);
    expect([response.status, response.json().detail]).toEqual([
      404,
      `There is no project ${decodeURIComponent(id)}.`,
    ]);
  }
});
