import { describe, expect, it } from 'vitest';
import { bounded } from '../../src/states/lifecycle.js';
import type { Fixture } from '../../src/world/index.js';
import { basic, FORM } from '../support/transport.js';
import { seededCaller } from '../support/emulator.js';
import { ControlledEmulator, type LinkState } from './world-support.js';

describe('the states of a link', () => {
  it('the history of a link that was forced 150 times has the last 100 states and says that it was cut', async () => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    const id = await project.create();
    let last: LinkState | undefined;
    for (let count = 0; count < 150; count += 1) {
      const state = count % 2 ? 'IDLE' : 'WORKING';
      last = await project.done<LinkState>('PUT', `/private-links/${id}/state`, { state });
    }
    expect(last?.history).toHaveLength(100);
    expect(last?.history.map(({ why }) => why)).toEqual(['cut', ...Array<string>(99).fill('forced')]);
    expect(emulator.events('link.changed').filter(({ data }) => data.cause === 'forced')).toHaveLength(150);
    expect(await project.done('GET', `/private-links/${id}`)).toEqual(last);

    const exported = await emulator.done<Fixture>('GET', '/fixture');
    await emulator.done('PUT', '/fixture', exported);
    expect(await project.done('GET', `/private-links/${id}`)).toEqual(last);
  });

  it('a path is cut before the state that an item is in, never after it', () => {
    const path = Array.from({ length: 130 }, (_, at) => ['IDLE', at] as const);
    expect(bounded(path, 129)).toEqual([['IDLE', 30, 'cut'], ...path.slice(31)]);
    expect(bounded(path, 10)).toEqual([['IDLE', 10, 'cut'], ...path.slice(11)]);
    expect(bounded(path, -1)).toBe(path);
    expect(bounded(path.slice(30), 129)).toEqual(path.slice(30));
  });

  it.each(['path', 'rest'])('a fixture with a %s of more than 100 states is refused', async (key) => {
    const emulator = await ControlledEmulator.start();
    const project = await emulator.make();
    await project.create();
    const fixture = await emulator.done<Fixture>('GET', '/fixture');
    const projects = fixture.organizations.flatMap((organization) => organization.projects);
    const [link] = projects.flatMap((one) => (one as { privateLinks?: object[] }).privateLinks ?? []);
    const entry = key === 'path' ? ['IDLE', 0] : { state: 'IDLE' };
    Object.assign(link ?? {}, { [key]: Array(100).fill(entry) });
    expect((await emulator.control('PUT', '/fixture', fixture)).status).toBe(204);
    Object.assign(link ?? {}, { [key]: Array(101).fill(entry) });
    const answer = await emulator.control('PUT', '/fixture', fixture);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`[0].${key}`)]);
  });
});

describe('the form of a token endpoint', () => {
  const { clientId, clientSecret } = seededCaller('owner', 'documented');
  const send = async (body: string, authorization?: string) => {
    const emulator = await ControlledEmulator.start();
    const headers = { 'content-type': FORM, ...(authorization && { authorization }) };
    const answer = await emulator.send('POST', '/api/oauth/token', headers, body);
    const { requests } = await emulator.done<{ requests: { request?: { body?: string } }[] }>(
      'GET',
      '/requests',
    );
    return { status: answer.status, shown: requests.at(-1)?.request?.body };
  };

  it('no more than 100 fields of a form are read, and the journal shows that there were more', async () => {
    const { status, shown } = await send('a&'.repeat(500_000));
    expect([status, shown]).toEqual([400, `${'a=[removed]&'.repeat(100)}[removed]`]);
  });

  it('the 100th field of a form counts, and the 101st does not', async () => {
    const authorization = basic(clientId, clientSecret);
    const grant = 'grant_type=client_credentials';
    expect((await send(`${'a&'.repeat(99)}${grant}`, authorization)).status).toBe(200);
    expect((await send(`${'a&'.repeat(100)}${grant}`, authorization)).status).toBe(400);
  });
});

describe('requests of the control API', () => {
  it.each(['/%5femulator/health', '/_%65mulator/nothing', '/%5Femulator'])(
    'the journal has no request for %s',
    async (path) => {
      const emulator = await ControlledEmulator.start();
      await emulator.send('GET', path);
      expect(emulator.events('request.finished').at(-1)?.data).toMatchObject({ control: true });
      expect(await emulator.done('GET', '/requests')).toMatchObject({ requests: [] });
    },
  );

  it('a proxy may leave the path of the public address before an escaped path of the control API', async () => {
    const emulator = await ControlledEmulator.start({ publicUrl: 'http://localhost/atlas' });
    expect((await emulator.send('GET', '/atlas/%5femulator/health')).status).toBe(200);
    expect(await emulator.done('GET', '/requests')).toMatchObject({ requests: [] });
  });

  it.each(['\u000b', '\u00a0', '\ufeff\ufeff', '{\u000b}'])(
    'a body of %j is not an empty one',
    async (body) => {
      const emulator = await ControlledEmulator.start();
      for (const path of ['/clock/freeze', '/clock/resume'])
        expect((await emulator.control('POST', path, body)).status, path).toBe(400);
      expect(await emulator.done('GET', '/clock')).toMatchObject({ frozen: false });
    },
  );

  it.each(['\ud800', 'a\udfff', '\udc00\ud800'])('a snapshot cannot be named %j', async (name) => {
    const emulator = await ControlledEmulator.start();
    const answer = await emulator.control('POST', '/snapshots', { name });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('No path can name')]);
    expect(await emulator.done('GET', '/snapshots')).toEqual({ snapshots: [] });
    expect((await emulator.control('POST', '/snapshots', { name: '\u{1f600}' })).status).toBe(201);
  });
});
