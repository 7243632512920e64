import { describe, expect, it } from 'vitest';
import { API, SEEDED } from '../../support/emulator.js';
import {
  codeOf,
  deleteLink,
  FAILED,
  patchLink,
  settledLinks,
  startLinks,
  statesOf,
  statusOfGet,
} from '../../support/link-changes.js';
import { requestBody } from '../../support/requests.js';

const SLOW = { idleMs: 10, workingMs: 20, deleteRequestedMs: 30, deletingMs: 40 };

/** A body without a domain. */
const BARE = requestBody('aws-s3');

describe('after a change of domain', () => {
  it('an observed link is IDLE and WORKING again before it is DONE, and shows nothing computed till then', async () => {
    const links = await startLinks('observed', { idleMs: 10, workingMs: 20 });
    const { _id } = await links.create(BARE);
    links.emulator.clock.advance(30);
    const done = await links.get(_id);
    expect((await patchLink(links, _id)).json()).toMatchObject({ state: 'IDLE' });
    expect(await links.get(_id)).not.toHaveProperty('interfaceEndpointId');
    for (const [ms, state] of [
      [9, 'IDLE'],
      [1, 'WORKING'],
      [19, 'WORKING'],
      [1, 'DONE'],
    ] as const) {
      links.emulator.clock.advance(ms);
      expect((await links.get(_id)).state).toBe(state);
    }
    expect(await links.get(_id)).toEqual({ ...done, dnsDomain: 'new.example' });
    expect(statesOf(links, _id)).toEqual([
      'created IDLE',
      'time WORKING',
      'time DONE',
      'updated IDLE',
      'time WORKING',
      'time DONE',
    ]);
  });

  it('an observed link that FAILED has failed no more', async () => {
    const links = await startLinks('observed', settledLinks('observed'));
    expect((await patchLink(links, FAILED)).json()).toMatchObject({ state: 'DONE' });
    expect(await links.get(FAILED)).not.toHaveProperty('errorMessage');
  });

  it('a documented link stays in its state, and becomes DONE when it would have', async () => {
    const links = await startLinks('documented', { pendingMs: 100 });
    const { _id } = await links.create(BARE);
    links.emulator.clock.advance(60);
    expect((await patchLink(links, _id)).json()).toMatchObject({ state: 'PENDING' });
    links.emulator.clock.advance(39);
    expect((await links.get(_id)).state).toBe('PENDING');
    links.emulator.clock.advance(1);
    expect(await links.get(_id)).toMatchObject({ state: 'DONE', dnsDomain: 'new.example' });
    expect(statesOf(links, _id)).toEqual(['created PENDING', 'time DONE']);
  });

  it('a documented link that FAILED still says why', async () => {
    const links = await startLinks('documented', settledLinks('documented'));
    expect((await patchLink(links, FAILED)).json()).toMatchObject({ state: 'FAILED', errorMessage: 'no' });
  });
});

describe('while it is being deleted, an observed link', () => {
  it('is DELETE_REQUESTED from the request on, then DELETING, then gone', async () => {
    const links = await startLinks('observed', SLOW);
    const { _id } = await links.create(BARE);
    links.emulator.clock.advance(30);
    await deleteLink(links, _id);
    for (const [ms, state] of [
      [0, 'DELETE_REQUESTED'],
      [29, 'DELETE_REQUESTED'],
      [1, 'DELETING'],
      [39, 'DELETING'],
    ] as const) {
      links.emulator.clock.advance(ms);
      expect((await links.get(_id)).state).toBe(state);
      expect((await links.list()).results).toMatchObject([{ _id, state }]);
    }
    links.emulator.clock.advance(1);
    expect(await statusOfGet(links, _id)).toBe(404);
    expect((await links.list()).totalCount).toBe(0);
    expect(statesOf(links, _id).slice(-3)).toEqual([
      'deleted DELETE_REQUESTED',
      'time DELETING',
      'time DELETED',
    ]);
  });

  it('can be deleted again, and goes as soon as it would have', async () => {
    const links = await startLinks('observed', SLOW);
    const { _id } = await links.create(BARE);
    await deleteLink(links, _id);
    links.emulator.clock.advance(69);
    expect((await deleteLink(links, _id)).statusCode).toBe(202);
    links.emulator.clock.advance(1);
    expect((await deleteLink(links, _id)).statusCode).toBe(404);
    expect(statesOf(links, _id).filter((state) => state.startsWith('deleted'))).toHaveLength(1);
  });

  it('still counts as a duplicate and against the deletion of its project, and takes no domain', async () => {
    const links = await startLinks('observed', SLOW);
    const { _id } = await links.create(BARE);
    await deleteLink(links, _id);
    expect(codeOf(await links.emulator.create('observed', BARE))).toBe(
      '400 STREAM_PRIVATE_LINK_ALREADY_EXISTS',
    );
    const url = `${API}/groups/${SEEDED.observed.project}`;
    expect((await links.emulator.as('owner', 'observed', { method: 'DELETE', url })).statusCode).toBe(409);
    expect(codeOf(await patchLink(links, _id))).toBe('400 VALIDATION_ERROR');
  });
});
