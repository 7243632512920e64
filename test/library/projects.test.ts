import { describe, expect, it } from 'vitest';
import {
  connectEmulator,
  EmulatorError,
  type Emulator,
  type Fixture,
  type Project,
} from '../../src/index.js';
import { countLinks, createLink, emulatorFor, LINKS, linkBody, stateOf, PLACEMENTS } from './emulators.js';

describe.each(PLACEMENTS)('emulator.project(), of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('emulator.project() creates a project with credentials and variables for clients', async () => {
    const name = `named-${placement.replaceAll(' ', '-')}`;
    const project = await emulator().project({ profile: 'observed', name });
    expect(project).toMatchObject({ name, profile: 'observed', url: emulator().url });
    expect(Object.keys(project.credentials)).toEqual(['owner', 'streams', 'reader', 'outsider']);
    const { publicKey, privateKey } = project.credentials.owner.apiKey;
    expect(project.environment.curl).toMatchObject({
      BASE_URL: emulator().url,
      GROUP_ID: project.id,
      PUBLIC_KEY: publicKey,
      PRIVATE_KEY: privateKey,
    });
    await project.delete();
  });

  it('emulator.project() accepts durations and movement, which project.change() changes', async () => {
    await using project = await emulator().project({ durations: { pendingMs: 10_000 } });
    await project.clock.freeze();
    const { _id: slow } = await createLink(project);
    await project.clock.advance(9999);
    expect(await stateOf(project, slow)).toBe('PENDING');
    expect(await project.change({ movement: 'at once' })).toMatchObject({
      durations: { pendingMs: 10_000 },
      movement: 'at once',
    });
    expect(await project.info()).toMatchObject({ id: project.id, movement: 'at once' });
    expect((await createLink(project, 2)).state).toBe('DONE');
  });

  it('emulator.projectById() finds a project with its credentials until it is deleted', async () => {
    const project = await emulator().project();
    const found = await emulator().projectById(project.id);
    expect(found.credentials).toEqual(project.credentials);
    expect(found.environment).toEqual(project.environment);
    await project.delete();
    await expect(emulator().projectById(project.id)).rejects.toMatchObject({ status: 404 });
    await expect(project.delete()).rejects.toMatchObject({ status: 404 });
    await project[Symbol.asyncDispose]();
    await expect(found.fetch('')).rejects.toBeInstanceOf(EmulatorError);
  });

  it('emulator.seededProject() returns the project of the fixture by profile', async () => {
    const project = await emulator().seededProject('observed');
    expect(project.id).toBe('32b6e34b3d91647abb20e7b9');
    expect(project.credentials.reader.apiKey.publicKey).toBe('reader2');
    expect(project.environment['atlas-cli']).toMatchObject({
      MONGODB_ATLAS_OPS_MANAGER_URL: `${emulator().url}/`,
      MONGODB_ATLAS_PUBLIC_API_KEY: 'owner2',
    });
    expect((await project.fetch(LINKS)).status).toBe(200);
    expect((await emulator().projects()).map(({ id }) => id)).toContain(project.id);
  });
});

describe.each(PLACEMENTS)('project.fetch(), of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('project.fetch() accepts a path below the project, a full path, and a URL', async () => {
    await using project = await emulator().project();
    const { _id: id } = await createLink(project);
    const whole = `/api/atlas/v2/groups/${project.id}${LINKS}/${id}`;
    for (const path of [
      `${LINKS}/${id}`,
      `${LINKS.slice(1)}/${id}`,
      whole,
      `http://elsewhere:1${whole}?pretty=true`,
    ]) {
      const response = await project.fetch(path);
      expect(await response.json(), path).toMatchObject({ _id: id });
    }
    expect(await (await project.fetch('')).json()).toMatchObject({ id: project.id });
    expect(await (await project.fetch(`${LINKS}?itemsPerPage=1`)).json()).toMatchObject({ totalCount: 1 });
  });

  it('project.fetch() sends the headers of an Atlas client unless the request has its own', async () => {
    await using project = await emulator().project();
    await project.fetch(LINKS, { method: 'POST', body: JSON.stringify(linkBody()) });
    await project.fetch(LINKS, { headers: { accept: 'application/vnd.atlas.2023-02-01+json' } });
    await project.fetch(LINKS, { headers: { authorization: 'Bearer nobody' } });
    const [created, listed, refused] = await project.requests.list();
    expect(created?.request.headers).toMatchObject({
      accept: 'application/vnd.atlas.2024-05-30+json',
      'content-type': 'application/json',
    });
    expect(created?.caller).toBe(project.credentials.owner.serviceAccount.clientId);
    expect(listed?.request.headers).toMatchObject({ accept: 'application/vnd.atlas.2023-02-01+json' });
    expect(refused?.status).toBe(401);
  });

  it('project.as() sends requests in another role', async () => {
    await using project = await emulator().project();
    const reader = project.as('reader');
    expect((await reader.fetch(LINKS)).status).toBe(200);
    expect((await reader.fetch(LINKS, { method: 'POST', json: linkBody() })).status).toBe(403);
    expect((await project.as('streams').fetch(LINKS, { method: 'POST', json: linkBody() })).status).toBe(200);
    expect((await project.as('outsider').fetch(LINKS)).status).toBe(403);
    expect(await countLinks(project)).toBe(1);
  });

  it("project.fetch() renews a token that has expired in the project's time, once for concurrent requests", async () => {
    await using project = await emulator().project();
    const [one, same] = await Promise.all([project.as('owner').token(), project.as('owner').token()]);
    expect(same).toBe(one);
    await project.clock.advance('59m');
    expect(await project.as('owner').token()).toBe(one);
    await project.clock.advance('1m');
    const answers = await Promise.all([project.fetch(LINKS), project.fetch(LINKS), project.fetch(LINKS)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [token, ...others] = await Promise.all([1, 2, 3].map(() => project.as('owner').token()));
    expect(token).not.toBe(one);
    expect(others).toEqual([token, token]);
  });

  it.each<[string, (emulator: Emulator, project: Project) => Promise<void>]>([
    ['it is reset', (_, project) => project.reset()],
    ['a snapshot of it is restored', (_, project) => project.restore('early')],
    ['one of the server is restored', (all) => all.restore('early')],
    ['a fixture is loaded', async (all) => all.fixture.load(fixtures.get(all) ?? { organizations: [] })],
    ['somebody else puts its clock back', (all) => putBack(all)],
  ])(
    'project.fetch() renews a token after the clock went back and passed its expiry again, because %s',
    async (_title, back) => {
      await using project = await emulator().project();
      await project.snapshot('early');
      await emulator().snapshot('early');
      fixtures.set(emulator(), await emulator().fixture.export());
      await project.clock.advance('3h');
      expect((await project.fetch(LINKS)).status).toBe(200);
      await back(emulator(), project);
      await project.clock.advance('61m');
      expect((await project.fetch(LINKS)).status).toBe(200);
      await project.clock.advance('61m');
      expect((await project.fetch(LINKS)).status).toBe(200);
    },
  );

  it('project.fetch() rejects a Request object, which it would not send', async () => {
    await using project = await emulator().project();
    const request = new Request(`${project.url}/api/atlas/v2/groups`, { method: 'POST', body: '{}' });
    await expect(project.fetch(LINKS, request)).rejects.toThrow('no Request');
    await expect(project.fetch(request as unknown as string)).rejects.toThrow('no Request');
    expect(await project.requests.list()).toEqual([]);
    expect((await project.fetch(new URL(`${project.url}/api/atlas/v2/groups`))).status).toBe(200);
  });
});

/** The world of each emulator before its clocks ran. */
const fixtures = new WeakMap<Emulator, Fixture>();

/** Puts all clocks back over another connection. */
async function putBack({ url }: Emulator): Promise<void> {
  await (await connectEmulator(url)).restore('early');
}

describe.each(PLACEMENTS)('errors of the control API, of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('a refusal of the control API is an EmulatorError with the status and what was expected', async () => {
    await using project = await emulator().project();
    const error: unknown = await project.clock.set('2020-01-01T00:00:00Z').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EmulatorError);
    expect(error).toMatchObject({
      status: 400,
      call: `PUT /projects/${project.id}/clock`,
      detail: expect.stringContaining('not set back') as string,
    });
    await expect(project.clock.advance('soon')).rejects.toThrow(/Send a duration/);
    await expect(emulator().events({ project: 'nope' }).next()).rejects.toMatchObject({
      status: 404,
      detail: 'There is no project nope.',
      body: { error: 404 },
    });
    await expect(emulator().project({ profile: 'real' as 'observed' })).rejects.toMatchObject({
      status: 400,
    });
  });
});
