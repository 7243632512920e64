import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { TestEmulator } from '../support/emulator.js';
import { lineTo, openLine, shareEmulator, TRANSPORTS } from '../support/transport.js';
import { temporaryFolder } from '../support/world.js';
import { addFault, control, counts, faultsPath, list, listFaults, statusesOf } from './faults-support.js';

const shared = shareEmulator();
// Rules of the whole server would meet the tests that follow.
afterEach(async () => {
  await shared.emulator.inject({ method: 'DELETE', url: '/_emulator/faults' });
});

const SCOPES = [undefined, 'documented'] as const;

describe.each(TRANSPORTS)('fault rules over %s', (transport) => {
  it.each(SCOPES)('fault rules are created, listed and deleted, for %s', async (scope) => {
    const line = await shared.line(transport);
    const rule = {
      id: 'mine',
      match: { operation: 'getGroup', method: 'GET', path: '/api/*', caller: 'owner1' },
      times: 3,
      share: 0.5,
      skip: 1,
      answer: { status: 503, body: { a: 1 }, headers: { 'retry-after': '3' } },
    };
    const added = await addFault(line, rule, scope);
    expect(added).toEqual({ ...rule, matched: 0, fired: 0 });
    expect((await control(line, 'GET', `${faultsPath(line, scope)}/mine`)).json()).toEqual(added);
    const other = await addFault(line, { drop: 'before', before: 'credentials' }, scope);
    expect(other.id).toMatch(/^fault-[0-9a-f]{10}$/);
    expect(await listFaults(line, scope)).toEqual([added, other]);

    const gone = await control(line, 'DELETE', `${faultsPath(line, scope)}/mine`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    for (const method of ['GET', 'DELETE']) {
      const unknown = await control(line, method, `${faultsPath(line, scope)}/mine`);
      expect([unknown.status, unknown.json().detail]).toEqual([404, 'There is no fault rule mine here.']);
    }
    expect(await listFaults(line, scope)).toEqual([other]);
    expect((await control(line, 'DELETE', faultsPath(line, scope))).status).toBe(204);
    expect(await listFaults(line, scope)).toEqual([]);
    expect((await list(line)).status).toBe(200);
  });

  it('fault rules of one scope are neither visible nor changeable from another', async () => {
    const line = await shared.line(transport);
    const scopes = [undefined, 'documented', 'observed'] as const;
    for (const scope of scopes) await addFault(line, { id: 'same', delayMs: 1, share: 0 }, scope);
    await control(line, 'DELETE', `${faultsPath(line, 'documented')}/same`);
    expect((await listFaults(line)).length).toBe(1);
    expect((await listFaults(line, 'observed')).length).toBe(1);
    await control(line, 'DELETE', faultsPath(line));
    expect((await listFaults(line, 'observed')).length).toBe(1);
    expect((await control(line, 'GET', `${faultsPath(line)}/same`)).status).toBe(404);
  });

  it('the id of a fault rule is unique in its scope', async () => {
    const line = await shared.line(transport);
    const added = await addFault(line, { id: 'same', delayMs: 1 }, 'documented');
    const again = await control(line, 'POST', faultsPath(line, 'documented'), { id: 'same', drop: 'after' });
    expect(again.status).toBe(409);
    expect(again.json().detail).toContain('There is a fault rule same already');
    expect(await listFaults(line, 'documented')).toEqual([added]);
  });

  it('a fault rule for an unknown project is a 404', async () => {
    const line = await shared.line(transport);
    const path = `/_emulator/projects/${'f'.repeat(24)}/faults`;
    for (const [method, body] of [['GET'], ['POST', { delayMs: 1 }], ['DELETE']] as const) {
      expect((await control(line, method, path, body)).status).toBe(404);
    }
  });
});

/** Arrays in one another. */
const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

/** What is no rule, what the answer says of it, and whose it would be. */
type BadRule = [rule: unknown, expected: string, scope?: 'documented'];

const BAD: BadRule[] = [
  ['', 'The body is empty'],
  ['{', 'The body is not JSON'],
  [[], 'JSON object'],
  [null, 'JSON object'],
  [{}, 'none of answer, error, rateLimit, delayMs, drop, truncate: send exactly one'],
  [{ answer: { status: 500 }, drop: 'before' }, 'has answer and drop of'],
  [
    { delayMs: 1, vendor: 'MSK' },
    'There is no attribute vendor. Leave it out, or correct its name: there are id, match, ',
  ],
  [
    { delayMs: 1, match: { vendor: 'MSK' } },
    'or correct its name: there are operation, method, path, caller, body.',
  ],
  [{ delayMs: 0 }, 'Send a whole number from 1 to 3600000'],
  [{ delayMs: '5' }, 'Send a whole number'],
  [{ delayMs: 1.5 }, 'Send a whole number'],
  [{ delayMs: 1, times: 0 }, 'Send a whole number from 1 to'],
  [{ delayMs: 1, skip: -1 }, 'Send a whole number from 0 to'],
  [{ delayMs: 1, share: 1.1 }, 'Send a number from 0 to 1'],
  [{ delayMs: 1, share: 'half' }, 'Send a number from 0 to 1'],
  [{ delayMs: 1, before: 'body' }, 'Send "credentials"'],
  [
    { delayMs: 1, before: 'credentials', match: { caller: 'owner1' } },
    'Before the credentials no caller is known',
  ],
  [{ drop: 'during' }, 'Send one of before, after'],
  [{ truncate: false }, 'Send true'],
  [{ rateLimit: true }, 'Send an object'],
  [{ rateLimit: { retryAfterS: -1 } }, 'Send a whole number from 0 to'],
  [{ answer: {} }, 'answer.status was not specified'],
  [{ answer: { status: 199 } }, 'Send a whole number from 200 to 599'],
  [{ answer: { status: 600 } }, 'Send a whole number from 200 to 599'],
  [{ answer: { status: 204, body: 'x' } }, 'An answer of 204 has no body'],
  [{ answer: { status: 503, body: deep(101) } }, 'at most 100'],
  [
    { answer: { status: 500, headers: { 'Content-Length': '1' } } },
    'The server writes Content-Length itself',
  ],
  [{ answer: { status: 500, headers: { 'a b': '1' } } }, 'answer.headers.a b is no header'],
  [{ answer: { status: 500, headers: { a: '1\r\nb: 2' } } }, 'answer.headers.a is no header'],
  [{ answer: { status: 500, headers: { a: 1 } } }, 'answer.headers.a has the wrong type'],
  [{ delayMs: 1, match: { body: deep(101) } }, 'match.body is too deep: put at most 100'],
  [{ error: 'STREAM_NOTHING' }, 'There is no error STREAM_NOTHING. Send its body with answer, or one of '],
  [
    { error: 'STREAM_NOTHING' },
    'RESOURCE_NOT_FOUND, STREAM_PRIVATE_LINK_ALREADY_EXISTS, STREAM_PRIVATE_LINK_IN_USE, ',
  ],
  [
    { error: 'STREAM_PRIVATE_LINK_IN_USE', parameters: ['a', 'b'] },
    'The text of STREAM_PRIVATE_LINK_IN_USE takes 1 of parameters: "Private Link with connection ID (%s)',
  ],
  [{ error: 'GROUP_NOT_FOUND', parameters: 'x' }, 'parameters has the wrong type'],
  [{ delayMs: 1, parameters: ['x'] }, 'parameters without error'],
  [{ error: 'GROUP_NOT_FOUND', answer: { status: 404 } }, 'has answer and error of'],
  [{ id: '', delayMs: 1 }, 'id specified'],
  [{ id: 'a/b', delayMs: 1 }, 'id specified'],
  [{ id: '..', delayMs: 1 }, 'id specified'],
  [{ delayMs: 1, match: { method: 'FETCH' } }, 'Send one of GET, POST, PATCH, DELETE'],
  [{ delayMs: 1, match: { path: 'api' } }, 'match.path specified'],
  [{ delayMs: 1, match: { operation: 'getNothing' } }, 'There are: '],
  [{ delayMs: 1, match: { operation: 'getNothing' } }, 'There are: ', 'documented'],
  [{ delayMs: 1, match: { operation: 'createToken' } }, 'names no project', 'documented'],
  [{ delayMs: 1, match: { operation: 'listGroups' } }, 'names no project', 'documented'],
];

describe.each(TRANSPORTS)('invalid fault rules over %s', (transport) => {
  it.each(BAD)('the invalid fault rule %j is a 400 that changes nothing', async (rule, expected, scope) => {
    const line = await shared.line(transport);
    const existing = await addFault(line, { delayMs: 1, share: 0 }, scope);
    const response = await control(line, 'POST', faultsPath(line, scope), rule);
    expect([response.status, response.json().error]).toEqual([400, 400]);
    expect(response.json().detail).toContain(expected);
    expect(await listFaults(line, scope)).toEqual([existing]);
  });

  it('a fault rule in another media type than JSON is a 415', async () => {
    const line = await shared.line(transport);
    const headers = { 'content-type': 'text/plain' };
    const response = await line.send({
      method: 'POST',
      path: faultsPath(line),
      headers,
      body: '{"delayMs":1}',
    });
    expect(response.status).toBe(415);
    expect(await listFaults(line)).toEqual([]);
  });
});

describe('lifetime of fault rules', () => {
  it('fault rules and their counts survive a restart on the same file', async () => {
    const settings = { db: join(temporaryFolder(), 'world.db') };
    const first = await TestEmulator.start(settings);
    const rule = { id: 'mine', answer: { status: 503 }, times: 3, skip: 1 };
    await addFault(lineTo(first), rule, 'documented');
    await addFault(lineTo(first), { ...rule, id: 'all', match: { method: 'DELETE' } });
    expect(await statusesOf(lineTo(first), 2)).toEqual([200, 503]);
    await first.app.server.close();

    const second = await TestEmulator.start(settings);
    expect(await listFaults(lineTo(second))).toMatchObject([{ id: 'all' }]);
    expect(await counts(lineTo(second), 'documented')).toEqual([[2, 1]]);
    expect(await statusesOf(lineTo(second), 3)).toEqual([503, 503, 200]);
    expect(await counts(lineTo(second), 'documented')).toEqual([[4, 3]]);
  });

  it('fault rules, persisted ones included, are inactive with --no-control', async () => {
    const settings = { db: join(temporaryFolder(), 'world.db') };
    const first = await TestEmulator.start(settings);
    await addFault(lineTo(first), { answer: { status: 503 } }, 'documented');
    await first.app.server.close();
    const second = await TestEmulator.start({ ...settings, noControl: true });
    expect(await statusesOf(lineTo(second), 1)).toEqual([200]);
    expect((await control(lineTo(second), 'GET', faultsPath(lineTo(second)))).status).toBe(404);
  });

  it('a snapshot of a project restores its fault rules and their counts, and no others', async () => {
    const line = await shared.line('inject');
    await addFault(line, { id: 'first', times: 3, answer: { status: 503 } }, 'documented');
    await addFault(line, { id: 'other', times: 3, answer: { status: 503 } }, 'observed');
    expect(await statusesOf(line, 1)).toEqual([503]);
    const snapshots = faultsPath(line, 'documented').replace('faults', 'snapshots');
    expect((await control(line, 'POST', snapshots, { name: 'one' })).status).toBe(201);

    expect(await statusesOf(line, 3)).toEqual([503, 503, 200]);
    await control(line, 'DELETE', faultsPath(line, 'documented'));
    await addFault(line, { id: 'first', answer: { status: 500 } }, 'documented');
    await addFault(line, { id: 'second', answer: { status: 500 } }, 'documented');
    expect(await statusesOf(line, 1, 'observed')).toEqual([503]);
    expect((await control(line, 'POST', `${snapshots}/one/restore`)).status).toBe(204);

    expect(await counts(line, 'documented')).toEqual([[1, 1]]);
    expect(await counts(line, 'observed')).toEqual([[1, 1]]);
    expect(await statusesOf(line, 3)).toEqual([503, 503, 200]);
  });

  it('a reset removes fault rules', async () => {
    const line = await openLine('inject');
    for (const scope of SCOPES) await addFault(line, { answer: { status: 503 } }, scope);
    await addFault(line, { answer: { status: 503 } }, 'observed');
    await control(line, 'POST', faultsPath(line, 'documented').replace('faults', 'reset'));
    expect([(await listFaults(line)).length, (await listFaults(line, 'documented')).length]).toEqual([1, 0]);
    await control(line, 'POST', faultsPath(line).replace('faults', 'reset'));
    expect(await statusesOf(line, 1, 'observed')).toEqual([200]);
  });

  it('fault rules are removed with their project', async () => {
    const line = await shared.line('inject');
    await addFault(line, { delayMs: 1, match: { method: 'POST' } }, 'documented');
    const path = `/api/atlas/v2/groups/${line.projects.documented.id}`;
    expect((await line.as('owner', 'documented', { method: 'DELETE', path })).status).toBe(202);
    expect((await control(line, 'GET', faultsPath(line, 'documented'))).status).toBe(404);
  });
});
