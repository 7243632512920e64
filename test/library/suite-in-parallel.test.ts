import { expect, it, vi } from 'vitest';
import { startEmulator, type Emulator } from '../../src/index.js';
import { createLink, LINKS, stateOf } from './emulators.js';

// Thousands of requests over sockets: seconds of CPU.
vi.setConfig({ testTimeout: 120_000 });

const TESTS = 100;

/** One test's worth of work, whose number makes it unlike all others. Returns what it saw that was not its own. */
async function work(emulator: Emulator, number: number): Promise<string[]> {
  const foreign: string[] = [];
  const expectOwn = (what: string, seen: unknown, own: unknown): void => {
    if (JSON.stringify(seen) !== JSON.stringify(own)) {
      foreign.push(`test ${number}, ${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(own)}`);
    }
  };
  const profile = number % 2 ? 'documented' : 'observed';
  const durations = { pendingMs: 1000 * number, idleMs: 1000 * number, workingMs: 0 };
  await using project = await emulator.project({ profile, durations });

  // Each at a moment of its own, years apart, and in steps of its own.
  const moment = new Date(Date.UTC(2100 + number, 0, 1)).toISOString();
  expectOwn('frozen at', (await project.clock.freeze(moment)).now, moment);
  const fault = await project.faults.add({ match: { method: 'DELETE' }, times: 1, answer: { status: 503 } });
  const links = number % 5;
  const ids: string[] = [];
  for (let link = 0; link <= links; link += 1) ids.push((await createLink(project, link + 1))._id);
  await project.snapshot('same name everywhere');
  const [id = ''] = ids;
  const first = profile === 'documented' ? 'PENDING' : 'IDLE';
  await project.clock.advance(1000 * number - 1);
  expectOwn('state before its time', (await project.links.state(id)).state, first);
  const { now } = await project.clock.advance(1);
  expectOwn('time', now, new Date(Date.parse(moment) + 1000 * number).toISOString());
  expectOwn('state at its time', (await project.links.state(id)).state, 'DONE');

  const { results } = (await (await project.fetch(LINKS)).json()) as { results: { _id: string }[] };
  expectOwn('links', results.map(({ _id }) => _id).sort(), [...ids].sort());
  const removal = { method: 'DELETE' };
  expectOwn('fault', (await project.fetch(`${LINKS}/${id}`, removal)).status, 503);
  expectOwn('faults', await project.faults.list(), [{ ...fault, matched: 1, fired: 1 }]);
  await project.fetch(`${LINKS}/${id}`, removal);
  expectOwn('state at its end', await stateOf(project, id), 'gone');
  expectOwn('creates', await project.requests.count({ method: 'POST' }), ids.length);
  expectOwn('deletes', await project.requests.count(removal), 2);
  const callers = new Set((await project.requests.list()).map(({ caller }) => caller));
  expectOwn('callers', [...callers], [project.credentials.owner.serviceAccount.clientId]);
  await project.restore('same name everywhere');
  expectOwn('time of the snapshot', (await project.clock.read()).now, moment);
  expectOwn('state at the snapshot', (await project.links.state(id)).state, first);
  expectOwn('snapshots', (await project.snapshots.list()).length, 1);
  return foreign;
}

it(`an emulator serves ${TESTS} parallel tests, each in its own project, without interference`, async () => {
  await using emulator = await startEmulator();
  const before = (await emulator.projects()).length;
  const numbers = Array.from({ length: TESTS }, (_, index) => index + 1);
  const foreign = await Promise.all(numbers.map((number) => work(emulator, number)));
  expect(foreign.flat()).toEqual([]);
  // What none of them did is as it was.
  expect((await emulator.projects()).length).toBe(before);
  const { frozen, now } = await emulator.clock.read();
  expect([frozen, new Date(now).getUTCFullYear() < 2100]).toEqual([false, true]);
});
