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

describe('states after a change of dnsDomain', () => {
  it('an observed link passes IDLE and WORKING again after a change of dnsDomain, without computed fields until it is DONE', async () => {
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

  it('an observed link that FAILED recovers after a change of dnsDomain', async () => {
    const links = await startLinks('observed', settledLinks('observed'));
    expect((await patchLink(links, FAILED)).json()).toMatchObject({ state: 'DONE' });
    expect(await links.get(FAILED)).not.toHaveProperty('errorMessage');
  });

  it('a documented link keeps its state after a change of dnsDomain, and is DONE when it would have been', async () => {
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

  it('a documented link that FAILED keeps its errorMessage after a change of dnsDomain', async () => {
    const links = await startLinks('documented', settledLinks('documented'));
    expect((await patchLink(links, FAILED)).json()).toMatchObject({ state: 'FAILED', errorMessage: 'no' });
  });
});

describe('states of a delete', () => {
  it('a deleted observed link is DELETE_REQUESTED, then DELETING, then gone', async () => {
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

  it('an observed link that is being deleted can be deleted again, without delay', async () => {
    const links = await startLinks('observed', SLOW);
    const { _id } = await links.create(BARE);
    await deleteLink(links, _id);
    links.emulator.clock.advance(69);
    expect((await deleteLink(links, _id)).statusCode).toBe(202);
    links.emulator.clock.advance(1);
    expect((await deleteLink(links, _id)).statusCode).toBe(404);
    expect(statesOf(links, _id).filter((state) => state.startsWith('deleted'))).toHaveLength(1);
  });

  it('an observed link that is being deleted still blocks duplicates, changes and the deletion of its project', async () => {
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
