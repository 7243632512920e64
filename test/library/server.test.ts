import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectEmulator, EmulatorError, startEmulator } from '../../src/index.js';
import { listen } from '../../src/listener.js';
import { countLinks, createLink, emulatorFor, LINKS, stateOf, PLACEMENTS } from './emulators.js';

// What acts on the whole server: one test after the other, in projects of the fixture.
describe.each(PLACEMENTS)('the whole server, of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('emulator.clock moves the clocks of all projects', async () => {
    const project = await emulator().seededProject('documented');
    const { _id: id } = await createLink(project);
    await emulator().clock.freeze();
    await emulator().clock.advance('2h');
    expect((await emulator().clock.read()).frozen).toBe(true);
    expect(await stateOf(project, id)).toBe('DONE');
    expect((await emulator().clock.resume()).frozen).toBe(false);
    await emulator().clock.set(new Date(Date.now() + 10 * 3_600_000));
    expect((await project.fetch(LINKS)).status).toBe(200);
    await emulator().reset();
    expect(await countLinks(project)).toBe(0);
  });

  it('emulator.faults, rules and requests concern the whole server', async () => {
    const project = await emulator().seededProject('documented');
    await emulator().requests.clear();
    await emulator().faults.add({
      id: 'all',
      match: { path: '*/privateLinkConnections' },
      answer: { status: 503 },
    });
    expect(await project.faults.list()).toEqual([]);
    expect((await project.fetch(LINKS)).status).toBe(503);
    await emulator().faults.clear();
    await emulator().rules.add({ fail: 'everywhere' });
    const { _id: id } = await createLink(project);
    await project.clock.advance('1m');
    expect(await stateOf(project, id)).toBe('FAILED');
    await emulator().rules.clear();
    expect(await emulator().requests.count({ operation: 'createGroupStreamPrivateLinkConnection' })).toBe(1);
    expect(await emulator().requests.refused()).toMatchObject([{ status: 503 }]);
    await emulator().reset();
  });

  it('emulator.restore() and emulator.fixture.load() restore the world', async () => {
    const project = await emulator().seededProject('documented');
    const begun = await emulator().fixture.export();
    await createLink(project);
    await emulator().snapshot('with a link');
    const exported = await emulator().fixture.export();
    await emulator().reset();
    expect(await countLinks(project)).toBe(0);
    await emulator().restore('with a link');
    expect(await countLinks(project)).toBe(1);
    await emulator().snapshots.remove('with a link');
    expect(await emulator().snapshots.list()).toEqual([]);
    await emulator().fixture.load(exported);
    expect(await countLinks(project)).toBe(1);
    await emulator().fixture.load({
      ...exported,
      faults: [
        { id: 'once', match: { path: '*/privateLinkConnections' }, times: 1, answer: { status: 503 } },
      ],
      privateLinkRules: [{ fail: 'no', times: 2, timesLeft: 1 }],
    });
    expect((await project.fetch(LINKS)).status).toBe(503);
    expect(await emulator().rules.list()).toMatchObject([{ rule: { fail: 'no' }, timesLeft: 1 }]);
    expect(await emulator().fixture.export()).toMatchObject({ faults: [{ id: 'once', fired: 1 }] });
    await emulator().fixture.load(exported);
    expect(await emulator().faults.list()).toEqual([]);
    await expect(emulator().fixture.load({ organizations: [{ id: 'none' }] })).rejects.toMatchObject({
      status: 400,
    });
    await emulator().fixture.load(begun);
    expect(await countLinks(project)).toBe(0);
  });

  it('emulator.health() and emulator.events() report the state and events as they happen', async () => {
    expect(await emulator().health()).toMatchObject({ status: 'ready' });
    await using project = await emulator().project({ movement: 'by hand' });
    const ended = new AbortController();
    const seen: string[] = [];
    const { _id: id } = await createLink(project);
    const events = emulator().events({ project: project.id, since: 0, signal: ended.signal });
    for await (const { type, data, project: of } of events) {
      expect(of).toBe(project.id);
      seen.push(`${type} ${String(data.state ?? data.status)}`);
      if (seen.length === 2) await project.links.step(id);
      if (seen.length === 3) ended.abort();
    }
    expect(seen.sort()).toEqual(['link.changed DONE', 'link.changed PENDING', 'request.finished 200']);
  });

  it('emulator.events() begins with the call, whenever it is read', async () => {
    await using project = await emulator().project();
    const events = emulator().events({ project: project.id });
    const [{ now }] = await Promise.all([project.clock.advance('1h'), project.snapshot('unseen')]);
    await createLink(project);
    expect((await events.next()).value).toMatchObject({
      type: 'clock.moved',
      data: { how: 'advanced', now },
    });
    expect((await events.next()).value).toMatchObject({ type: 'link.changed' });
    await events.return();
  });
});

describe('emulators in one process', () => {
  it('several emulators in one process each have their own world', async () => {
    await using one = await startEmulator();
    await using other = await startEmulator();
    expect(other.url).not.toBe(one.url);
    const [mine, theirs] = [await one.seededProject('documented'), await other.seededProject('documented')];
    await createLink(mine);
    await one.clock.freeze();
    expect([await countLinks(mine), await countLinks(theirs)]).toEqual([1, 0]);
    expect((await other.clock.read()).frozen).toBe(false);
    expect([one.restored, one.controlToken]).toEqual([false, undefined]);
  });

  it('closing an emulator ends its event streams and its port', async () => {
    const emulator = await startEmulator();
    const events = emulator.events();
    const next = events.next();
    await emulator.close();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect(connectEmulator(emulator.url)).rejects.toMatchObject({ name: 'EmulatorError', status: 0 });
  });

  it('closing an emulator while a request is being cut off throws nothing', async () => {
    const emulator = await startEmulator();
    const project = await emulator.project();
    await project.faults.add({ delayMs: 3_600_000 });
    const ended = new AbortController();
    const request = project.fetch(LINKS, { signal: ended.signal });
    while ((await project.faults.list())[0]?.matched !== 1) await setImmediate();
    ended.abort();
    await expect(request).rejects.toThrow('aborted');
    // What is thrown behind the end would fail the run.
    const thrown: unknown[] = [];
    const note = (error: unknown): unknown => thrown.push(error);
    process.on('uncaughtException', note);
    await emulator.close();
    for (let turns = 0; turns < 50; turns += 1) await setImmediate();
    process.off('uncaughtException', note);
    expect(thrown).toEqual([]);
  });

  it('project.fetch() can be aborted while it waits for its token', async () => {
    await using emulator = await startEmulator();
    const project = await emulator.project();
    await emulator.faults.add({ match: { operation: 'createToken' }, times: 1, delayMs: 3_600_000 });
    const ended = new AbortController();
    const request = project.fetch(LINKS, { signal: ended.signal });
    while ((await emulator.faults.list())[0]?.matched !== 1) await setImmediate();
    ended.abort();
    await expect(request).rejects.toThrow('aborted');
    await expect(project.fetch(LINKS, { signal: ended.signal })).rejects.toThrow('aborted');
    await emulator.clock.advance('1h');
    expect((await project.fetch(LINKS)).status).toBe(200);
  });

  it('project.fetch() rejects if the project has no service account for the role', async () => {
    await using emulator = await startEmulator();
    const fixture = await emulator.fixture.export();
    const organizations = fixture.organizations as { credentials: unknown[] }[];
    await emulator.fixture.load({
      ...fixture,
      organizations: organizations.map((one) => ({ ...one, credentials: [] })),
    });
    const project = await emulator.seededProject('documented');
    await expect(project.fetch(LINKS)).rejects.toThrow('has no service account of a role owner');
  });

  it('startEmulator() treats an undefined setting as omitted', async () => {
    await using one = await startEmulator({ port: undefined, logLevel: undefined } as object);
    await using other = await startEmulator({ port: undefined } as object);
    expect(one.url).not.toBe(other.url);
    expect(one.url).not.toBe('http://127.0.0.1:27080');
  });

  it('connectEmulator() requires the control token of the emulator', async () => {
    await using emulator = await startEmulator({ controlToken: 'secret-of-a-test' });
    await using remote = await connectEmulator(`${emulator.url}/`, 'secret-of-a-test');
    expect(remote.url).toBe(emulator.url);
    const project = await remote.project();
    expect((await emulator.projectById(project.id)).name).toBe(project.name);
    await expect(connectEmulator(emulator.url)).rejects.toThrow(EmulatorError);
    await expect(connectEmulator(emulator.url, 'another')).rejects.toMatchObject({ status: 401 });
  });

  it.each([1, 2, 3, 4])('calls made %i turns before close() complete', async (turns) => {
    const emulator = await startEmulator();
    const project = await emulator.project();
    const waiting = project.requests.wait({ timeoutMs: 60_000 });
    const called = [
      emulator.project(),
      project.clock.advance('1h'),
      project.snapshot('one'),
      project.reset(),
      emulator.fixture.export(),
    ];
    const ends = Promise.allSettled(called);
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    const closed = emulator.close();
    await expect(waiting).rejects.toMatchObject({ status: 503 });
    expect((await ends).map(({ status }) => status)).toEqual(called.map(() => 'fulfilled'));
    await closed;
  });

  it('calls on a closed emulator reject with an error that says so, and close() can be repeated', async () => {
    const emulator = await startEmulator();
    const project = await emulator.project();
    await emulator.close();
    await emulator.close();
    await expect(emulator.project()).rejects.toThrow('POST /_emulator/projects: this emulator is closed');
    await expect(project.fetch(LINKS)).rejects.toThrow(EmulatorError);
  });

  it('startEmulator() rejects invalid settings, and connectEmulator() invalid addresses', async () => {
    await expect(startEmulator({ prot: 1 } as object)).rejects.toThrow('there is no setting prot; see');
    await expect(startEmulator({ port: -1 })).rejects.toThrow('port must be a whole number from 0 to 65535');
    for (const url of [
      '127.0.0.1:27080',
      '',
      'undefined',
      'http://127.0.0.1:27080/_emulator',
      'http://127.0.0.1:27080/atlas/_emulator/',
      'http://127.0.0.1:27080/api/atlas/v2',
      'http://127.0.0.1:27080?x',
      'http://127.0.0.1:99999',
      'http://user:password@127.0.0.1:27080',
      'ftp://127.0.0.1',
      'http://a b',
    ]) {
      await expect(connectEmulator(url)).rejects.toThrow(
        `connectEmulator: ${JSON.stringify(url)} is no address such as http://127.0.0.1:27080`,
      );
    }
  });

  it('connectEmulator() accepts a URL, and reports a missing control API', async () => {
    await using emulator = await startEmulator();
    await using remote = await connectEmulator(new URL(emulator.url));
    expect(remote.url).toBe(emulator.url);
    expect((await connectEmulator(emulator.url.replace('http', 'HTTP'))).url).toBe(emulator.url);
    await using closed = await startEmulator({ noControl: true });
    await expect(connectEmulator(closed.url)).rejects.toThrow(
      `GET /clock: there is no control API at ${closed.url}: it is no emulator, or runs with --no-control (404)`,
    );
  });

  it.each(['<html>', '{"a":1}', 'null', ''])(
    'connectEmulator() rejects a server that responds with %j',
    async (text) => {
      const server = createServer((_request, response) => response.end(text)).listen(0, '127.0.0.1');
      onTestFinished(() => void server.close());
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const connecting = connectEmulator(`http://127.0.0.1:${port}`);
      await expect(connecting).rejects.toThrow(EmulatorError);
      await expect(connecting).rejects.toThrow('is no emulator');
    },
  );

  it('connectEmulator() rejects a token that no header can contain, without repeating it', async () => {
    await using emulator = await startEmulator();
    const error = await connectEmulator(emulator.url, 'secret\nüber').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EmulatorError);
    expect((error as Error).message).toMatch(/^connectEmulator: the control token has characters/);
    expect((error as Error).message).not.toContain('secret');
  });

  it('close() does not wait for connections without a request', async () => {
    const emulator = await listen();
    const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
    await Promise.all([once(socket, 'connect'), once(emulator.server.server, 'connection')]);
    // The time limit of close() never passes.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const gone = once(socket, 'close');
    await emulator.close();
    await gone;
  });

  it('project.environment has the publicUrl of the emulator', async () => {
    await using emulator = await startEmulator({ host: '0.0.0.0', publicUrl: 'http://emulator:27080' });
    const project = await emulator.project();
    expect(project.environment.curl.BASE_URL).toBe('http://emulator:27080');
    expect((await project.fetch(LINKS)).status).toBe(200);
    expect(emulator.controlToken).toMatch(/^.{32}$/);
  });
});
