import { describe, expect, it } from 'vitest';
import { EmulatorError } from '../../src/index.js';
import { countLinks, createLink, emulatorFor, LINKS, linkBody, stateOf, WAYS } from './ways.js';

describe.each(WAYS)('a project of an emulator %s', (way) => {
  const emulator = emulatorFor(way);

  it('is made with all that a client needs', async () => {
    const name = `named-${way.replaceAll(' ', '-')}`;
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

  it('has its own durations and movement, which can be changed', async () => {
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

  it('is found by its id, with its credentials, and is gone once it is deleted', async () => {
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

  it("is the fixture's, by its profile", async () => {
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

describe.each(WAYS)("a project's fetch, of an emulator %s", (way) => {
  const emulator = emulatorFor(way);

  it('takes a path below the project, a whole path, and an address', async () => {
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

  it('sends what a client of Atlas sends, unless the request has its own', async () => {
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

  it('calls as another role', async () => {
    await using project = await emulator().project();
    const reader = project.as('reader');
    expect((await reader.fetch(LINKS)).status).toBe(200);
    expect((await reader.fetch(LINKS, { method: 'POST', json: linkBody() })).status).toBe(403);
    expect((await project.as('streams').fetch(LINKS, { method: 'POST', json: linkBody() })).status).toBe(200);
    expect((await project.as('outsider').fetch(LINKS)).status).toBe(403);
    expect(await countLinks(project)).toBe(1);
  });

  it("renews its token when the project's time has run past it, and for all who wait at once", async () => {
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
});

describe.each(WAYS)('what the control API refuses, of an emulator %s', (way) => {
  const emulator = emulatorFor(way);

  it('is an EmulatorError with the status and what was expected', async () => {
    await using project = await emulator().project();
    const error: unknown = await project.clock.set('2020-01-01T00:00:00Z').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EmulatorError);
    expect(error).toMatchObject({
      status: 400,
      call: `PUT /projects/${project.id}/clock`,
      detail: expect.stringContaining('not set back') as string,
    });
    await expect(project.clock.advance('soon')).rejects.toThrow(/no duration/);
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
