import { describe, expect, it } from 'vitest';
import { API, linksPath, SEEDED, TestEmulator } from '../support/emulator.js';

const LINKS = linksPath('observed');

type Change = Readonly<Record<string, unknown>>;

async function change(emulator: TestEmulator, body: Change) {
  const response = await emulator.inject({ method: 'POST', url: '/_emulator/pact/states', payload: body });
  return { status: response.statusCode, body: response.json<Record<string, string>>() };
}

const get = (emulator: TestEmulator, path = '') => emulator.as('owner', 'observed', { url: LINKS + path });

async function idsOf(emulator: TestEmulator): Promise<string[]> {
  const { results } = (await get(emulator)).json<{ results: { _id: string }[] }>();
  return results.map(({ _id }) => _id);
}

describe('POST /_emulator/pact/states', () => {
  it.each(['PENDING', 'IDLE', 'WORKING', 'DONE', 'FAILED', 'DELETE_REQUESTED', 'DELETING'])(
    'sets up a private link that is %s, and stays so',
    async (state) => {
      const emulator = await TestEmulator.start();
      const { status, body } = await change(emulator, {
        ...{ consumer: 'a', state: `a private link that is ${state}`, action: 'setup', params: {} },
      });
      expect([status, body.groupId, body.orgId]).toEqual([
        200,
        SEEDED.observed.project,
        SEEDED.observed.organization,
      ]);
      emulator.clock.advance(3_600_000 - 1);
      const link = (await get(emulator, `/${body.connectionId}`)).json<Record<string, unknown>>();
      expect(link).toMatchObject({ state, vendor: 'CONFLUENT' });
      expect(link.errorMessage).toBe(state === 'FAILED' ? 'It has failed.' : undefined);
    },
  );

  it('takes the project and the fields of the link as parameters', async () => {
    const emulator = await TestEmulator.start();
    const { id, accounts } = await emulator.makeProject({ profile: 'documented' });
    const params = {
      groupId: id,
      provider: 'GCP',
      vendor: 'PUBSUB',
      region: 'us-central1',
      errorMessage: 'No.',
    };
    const { body } = await change(emulator, { state: 'a private link that is FAILED', params });
    const url = `${API}/groups/${id}/streams/privateLinkConnections/${body.connectionId}`;
    expect((await emulator.asAccount(accounts.owner, { url })).json()).toMatchObject({
      ...{ provider: 'GCP', vendor: 'PUBSUB', region: 'us-central1', state: 'FAILED', errorMessage: 'No.' },
    });
  });

  it('sets the same state up twice', async () => {
    const emulator = await TestEmulator.start();
    for (let count = 0; count < 2; count += 1) {
      expect((await change(emulator, { state: 'a private link that is DONE', params: null })).status).toBe(
        200,
      );
    }
    expect(await idsOf(emulator)).toHaveLength(2);
  });

  it.each(['a project without links', 'a project without private links'])('sets up %s', async (state) => {
    const emulator = await TestEmulator.start();
    await emulator.create('observed', { provider: 'AWS' });
    const { status, body } = await change(emulator, { state });
    expect([status, body.connectionId]).toEqual([200, undefined]);
    expect(await idsOf(emulator)).toEqual([]);
  });

  it('tears down what was set up and what the interaction did, and leaves the time and tokens alone', async () => {
    const emulator = await TestEmulator.start();
    await emulator.create('observed', { provider: 'AWS' });
    const before = await idsOf(emulator);
    const states = ['a project without links', 'a private link that is DONE', 'a project'];
    for (const state of states) expect((await change(emulator, { state, action: 'setup' })).status).toBe(200);
    expect(await idsOf(emulator)).toHaveLength(1);
    await emulator.create('observed', { provider: 'AZURE' });
    emulator.clock.advance(60_000);
    for (const state of states) {
      expect(await change(emulator, { state, action: 'teardown' })).toEqual({ status: 200, body: {} });
    }
    expect(await idsOf(emulator)).toEqual(before);
    const clock = await emulator.inject({ url: `/_emulator/projects/${SEEDED.observed.project}/clock` });
    expect(clock.json()).toEqual({ now: new Date(emulator.clock.now()).toISOString(), frozen: false });
    const snapshots = await emulator.inject({
      url: `/_emulator/projects/${SEEDED.observed.project}/snapshots`,
    });
    expect(snapshots.json()).toEqual({ snapshots: [] });
  });

  it('refuses what it does not have, and says what there is', async () => {
    const emulator = await TestEmulator.start();
    const unknown = await change(emulator, { state: 'a link that is done' });
    expect(unknown.status).toBe(400);
    expect(unknown.body.detail).toMatch(
      /no provider state "a link that is done"\. There are: a project, .*that is DONE, /,
    );
    const wrong = { state: 'a private link that is DONE', params: { provider: 'AWS', vendor: 'MSK' } };
    expect(await change(emulator, wrong)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('arn') as string },
    });
    const extra = { state: 'a private link that is DONE', params: { provider: 'AWS', colour: 'red' } };
    expect((await change(emulator, extra)).status).toBe(400);
    const nowhere = { state: 'a project', params: { groupId: 'f'.repeat(24) } };
    expect((await change(emulator, nowhere)).status).toBe(404);
    expect((await change(emulator, { state: 'a project', params: { groupId: 7 } })).status).toBe(404);
    expect(await idsOf(emulator)).toEqual([]);
  });

  it('needs the control token where there is one', async () => {
    const emulator = await TestEmulator.start({ controlToken: 'secret' });
    const request = {
      method: 'POST',
      url: '/_emulator/pact/states',
      payload: { state: 'a project' },
    } as const;
    expect((await emulator.inject(request)).statusCode).toBe(401);
    const headers = { authorization: 'Bearer secret' };
    expect((await emulator.inject({ ...request, headers })).statusCode).toBe(200);
  });
});
