import { describe, expect, it } from 'vitest';
import { createLink, emulatorFor, LINKS, linkBody, PLACEMENTS } from './emulators.js';

const CREATE = 'createGroupStreamPrivateLinkConnection';

describe.each(PLACEMENTS)('project.faults, of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('project.faults.add() makes a fault respond in place of the emulator, as often as specified', async () => {
    await using project = await emulator().project();
    const fault = await project.faults.add({
      match: { operation: CREATE },
      times: 1,
      rateLimit: { retryAfterS: 7 },
    });
    const refused = await project.fetch(LINKS, { method: 'POST', json: linkBody() });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
    await createLink(project);
    expect(await project.faults.list()).toMatchObject([{ id: fault.id, fired: 1 }]);
  });

  it('project.faults.add() can drop a connection', async () => {
    await using project = await emulator().project();
    await project.faults.add({ id: 'lost', match: { operation: CREATE }, times: 1, drop: 'after' });
    await expect(project.fetch(LINKS, { method: 'POST', json: linkBody() })).rejects.toThrow();
    // It is there: only its answer was lost.
    expect((await project.fetch(LINKS, { method: 'POST', json: linkBody() })).status).toBe(409);
  });

  it('project.faults removes one fault or all', async () => {
    await using project = await emulator().project();
    await project.faults.add({ id: 'one', answer: { status: 503 } });
    await project.faults.add({ id: 'two', answer: { status: 500, body: { own: true } } });
    await project.faults.remove('one');
    expect(await (await project.fetch(LINKS)).json()).toEqual({ own: true });
    await project.faults.clear();
    expect(await project.faults.list()).toEqual([]);
    expect((await project.fetch(LINKS)).status).toBe(200);
    await expect(project.faults.remove('one')).rejects.toMatchObject({ status: 404 });
  });
});

describe.each(PLACEMENTS)('project.requests, of an emulator %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('project.requests lists and counts requests by criteria', async () => {
    await using project = await emulator().project();
    await createLink(project);
    await createLink(project, 2);
    await project.fetch(LINKS);
    expect(await project.requests.count()).toBe(3);
    expect(
      await project.requests.count({
        method: 'POST',
        body: { serviceEndpointId: linkBody(2).serviceEndpointId },
      }),
    ).toBe(1);
    const [last] = await project.requests.list({ operation: CREATE, limit: 1 });
    expect(JSON.parse(last?.request.body ?? '')).toEqual(linkBody(2));
    expect(await project.requests.count({ since: last?.seq ?? 0 })).toBe(1);
    await project.requests.clear();
    expect(await project.requests.list()).toEqual([]);
  });

  it('project.requests.wait() resolves when the requests have arrived, and rejects after its timeout', async () => {
    await using project = await emulator().project();
    const waiting = project.requests.wait({ operation: CREATE, count: 2, timeoutMs: 25_000 });
    await createLink(project);
    await createLink(project, 2);
    expect((await waiting).map(({ status }) => status)).toEqual([200, 200]);
    await expect(project.requests.wait({ method: 'DELETE', timeoutMs: 0 })).rejects.toMatchObject({
      status: 408,
      detail: expect.stringContaining('0 of 1') as string,
      body: { requests: [] },
    });
  });

  it('project.requests.refused() returns why requests were refused, and what would pass', async () => {
    await using project = await emulator().project();
    await project.fetch(LINKS, { method: 'POST', json: { ...linkBody(), provider: 'IBM' } });
    await project.as('reader').fetch(LINKS, { method: 'POST', json: linkBody() });
    const [newest, oldest] = await project.requests.refused();
    expect([newest?.rung, oldest?.rung]).toEqual(['project', 'fields']);
    expect(newest?.refusal).toMatchObject({
      name: 'notPermitted',
      remedy: expect.stringContaining('Project Owner') as string,
    });
    expect(await project.requests.refused({ limit: 1 })).toEqual([newest]);
  });

  it('project.requests.har() exports an HTTP Archive without secrets', async () => {
    await using project = await emulator().project();
    await createLink(project);
    const har = await project.requests.har();
    expect(har).toMatchObject({ log: { version: '1.2', entries: [{ request: { method: 'POST' } }] } });
    expect(JSON.stringify(har)).not.toContain(await project.as('owner').token());
  });
});
