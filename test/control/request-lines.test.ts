import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { RequestLine, RequestReport } from '../../src/client/types.generated.js';
import { ACCEPT, API } from '../support/emulator.js';
import { after, ControlledEmulator, type TestProject } from './world-support.js';

interface Lines {
  readonly requests: readonly RequestLine[];
  readonly last: number;
}

const lines = async (project: TestProject, query = ''): Promise<readonly RequestLine[]> =>
  (await project.done<Lines>('GET', `/requests/lines${query}`)).requests;

const pathOf = ({ id }: TestProject): string => `${API}/groups/${id}/streams/privateLinkConnections`;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Answers the challenge of a 401, as curl does. */
function answerTo(challenge: string, uri: string, user: string, password: string): string {
  const [realm = '', nonce = ''] = ['realm', 'nonce'].map(
    (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '',
  );
  const [cnonce, nc] = ['0a4f113b', '00000001'];
  const secret = md5(`${user}:${realm}:${password}`);
  const response = md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${md5(`GET:${uri}`)}`);
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"`;
}

it('a page of lines has the last requests before a number, oldest first, and the number of the last event', async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  for (let count = 0; count < 5; count += 1) await project.links();
  const all = await lines(project);
  const numbers = all.map(({ seq }) => seq);
  expect(numbers).toHaveLength(5);
  expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  const [first = 0, second, third = 0, fourth] = numbers;
  const seqs = async (query: string) => (await lines(project, query)).map(({ seq }) => seq);
  expect(await seqs('?limit=2')).toEqual(numbers.slice(-2));
  expect(await seqs(`?limit=2&before=${third}`)).toEqual([first, second]);
  expect(await seqs(`?since=${third}`)).toEqual([fourth, numbers[4]]);
  expect(await seqs(`?since=${third}&limit=1&before=${numbers[4]}`)).toEqual([fourth]);
  const { last } = await project.done<Lines>('GET', '/requests/lines');
  expect(last).toBeGreaterThanOrEqual(numbers[4] ?? 0);
});

it('a line has no headers and bodies; the request of its number has', async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  await project.links('POST', '', { provider: 'AWS', vendor: 'S4', region: 'us-east-1' });
  const [line] = await lines(project);
  expect(line).toMatchObject({ status: 400, refusal: { name: 'unknownVendor' }, version: '2023-02-01' });
  expect(Object.keys(line ?? {})).not.toContain('request');
  const report = await project.done<RequestReport>('GET', `/requests/${line?.seq}`);
  expect(report).toMatchObject({ ...line, request: { body: expect.stringContaining('S4') as string } });
  expect(report.refusal?.remedy).toContain('CONFLUENT');
});

it('a request has what was found of it, and none where requests are not judged', async () => {
  for (const noFindings of [false, true]) {
    const emulator = await ControlledEmulator.start({ noFindings });
    const project = await emulator.make();
    await project.links('GET', '?itemPerPage=5');
    const [line] = await lines(project);
    const { findings } = await project.done<RequestReport>('GET', `/requests/${line?.seq}`);
    const found = { rule: 'unknownQueryParameter', severity: 'warning' };
    expect(findings).toEqual(noFindings ? [] : [expect.objectContaining(found)]);
  }
});

it('a project does not show the request of another by its number', async () => {
  const emulator = await ControlledEmulator.start();
  const [one, other] = [await emulator.make(), await emulator.make()];
  await one.links();
  const seq = (await lines(one))[0]?.seq;
  expect((await other.control('GET', `/requests/${seq}`)).status).toBe(404);
  expect((await emulator.control('GET', `/requests/${seq}`)).status).toBe(200);
});

it('a request that answers a digest challenge has the number of the 401', async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  const { publicKey, privateKey } = project.credentials.owner.apiKey;
  const uri = pathOf(project);
  const asked = await emulator.send('GET', uri, { accept: ACCEPT });
  const authorization = answerTo(String(asked.headers['www-authenticate']), uri, publicKey, privateKey);
  await emulator.send('GET', uri, { accept: ACCEPT, authorization });
  const [challenge, call] = await lines(project);
  expect([challenge?.status, call?.status]).toEqual([401, 200]);
  expect([challenge?.challenge, call?.challenge]).toEqual([undefined, challenge?.seq]);
});

it('a request with a wrong digest is no challenge of the one that follows', async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  const { publicKey, privateKey } = project.credentials.owner.apiKey;
  const uri = pathOf(project);
  const send = async (previous: string, password: string) => {
    const authorization = answerTo(previous, uri, publicKey, password);
    const { headers } = await emulator.send('GET', uri, { accept: ACCEPT, authorization });
    return String(headers['www-authenticate']);
  };
  const asked = await emulator.send('GET', uri, { accept: ACCEPT });
  const second = await send(String(asked.headers['www-authenticate']), 'wrong');
  await send(second, privateKey);
  const [first, wrong, right] = await lines(project);
  expect([wrong?.status, wrong?.challenge]).toEqual([401, first?.seq]);
  expect([right?.status, right?.challenge]).toEqual([200, undefined]);
});

it('requests with a bearer token have the number of the request that issued it, and no token', async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  await project.links();
  await project.links();
  const { requests } = await emulator.done<Lines>('GET', '/requests/lines');
  const [issued, ...calls] = requests;
  expect(issued?.operation).toBe('createToken');
  expect(calls.map(({ token }) => token)).toEqual([issued?.seq, issued?.seq]);
  expect(JSON.stringify(requests)).not.toContain(await project.token());
});

it('a line names the item that a request created or names', async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  const id = await project.create();
  await project.links('GET', `/${id}`);
  await project.links();
  await project.links('POST', '', { provider: 'AWS', vendor: 'S4' });
  expect((await lines(project)).map(({ item }) => item)).toEqual([id, id, undefined, undefined]);
});

it("a line has the project's time at its arrival, whatever its clock shows later", async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  await project.done('POST', '/clock/freeze');
  await project.links();
  await project.done('POST', '/clock/advance', { by: '1h' });
  await project.links();
  expect((await lines(project)).map(({ projectTime }) => projectTime)).toEqual([after(0), after(3_600_000)]);
});

it('a line names the fault rules that acted on a request, a rule that only delays included', async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make();
  await project.done('POST', '/faults', { id: 'busy', times: 1, rateLimit: {} });
  await project.links();
  await project.done('POST', '/faults', { id: 'slow', times: 1, delayMs: 50 });
  const delayed = project.links();
  await expect
    .poll(() => {
      emulator.clock.advance(50);
      return emulator.events('fault.fired').length;
    })
    .toBe(2);
  await delayed;
  await project.links();
  expect((await lines(project)).map(({ faults }) => faults)).toEqual([['busy'], ['slow'], undefined]);
});

it('the links of a project are listed with their history, what was sent, and the moves ahead', async () => {
  const emulator = await ControlledEmulator.start();
  const project = await emulator.make({ profile: 'documented' });
  const id = await project.create('eu-west-1');
  interface Listed {
    readonly results: readonly object[];
    readonly totalCount: number;
  }
  const list = (query = '') => project.done<Listed>('GET', `/private-links${query}`);
  expect(await list()).toEqual({
    totalCount: 1,
    results: [
      {
        ...{ id, state: 'PENDING', held: false },
        history: [{ state: 'PENDING', at: after(0), why: 'created' }],
        ahead: [{ state: 'DONE', at: after(2000) }],
        sent: expect.objectContaining({ provider: 'AWS', region: 'eu-west-1' }) as object,
      },
    ],
  });
  await project.done('POST', `/private-links/${id}/hold`);
  expect((await list()).results[0]).toMatchObject({ held: true, waiting: ['DONE'] });
  const later = await project.create('eu-west-2');
  expect(await list('?limit=1')).toMatchObject({ totalCount: 2, results: [{ id: later }] });
  expect(await list(`?id=${id}`)).toMatchObject({ totalCount: 2, results: [{ id, waiting: ['DONE'] }] });
  expect(await list(`?id=${'0'.repeat(24)}`)).toEqual({ totalCount: 2, results: [] });
  expect((await project.control('GET', '/private-links?id=null')).json()).toMatchObject({
    ...{ error: 400, detail: expect.stringContaining('Send the _id of a private link') as string },
  });
  // As in 0.1.0, which clients may compare.
  expect(Object.keys(await project.done('GET', `/private-links/${id}`))).toEqual([
    ...['id', 'state', 'held', 'history'],
  ]);
});
