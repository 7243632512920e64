import { describe, expect, it } from 'vitest';
import { API, linksPath, SEEDED, type SeededProfile } from '../support/emulator.js';
import { openLine, shareEmulator, TRANSPORTS } from '../support/transport.js';

const shared = shareEmulator();

const PROFILES: readonly SeededProfile[] = ['documented', 'observed'];

describe.each(TRANSPORTS)('a method that a path lacks, over %s', (transport) => {
  it.each(['', '?envelope=true', '?pretty=true'])(
    'is a 405 without a body, observed: "%s"',
    async (query) => {
      const line = shared.seeded(transport);
      const response = await line.as('owner', 'observed', {
        method: 'PUT',
        path: linksPath('observed') + query,
      });
      expect([response.status, response.text, response.header('allow')]).toEqual([
        405,
        '',
        'POST,GET,OPTIONS',
      ]);
      for (const absent of [
        'content-type',
        'x-error-code',
        'x-java-method',
        'ratelimit-limit',
        'x-frame-options',
      ]) {
        expect(response.header(absent), absent).toBeUndefined();
      }
      expect(response.header('content-length')).toBe('0');
      expect(response.header('x-content-type-options')).toBe('nosniff');
      expect(response.header('x-emulator-reason')).toMatch(
        /^step 1 \(route\): .* has no PUT\..*POST, GET, OPTIONS/,
      );
    },
  );

  it('is a 405 with four keys, documented', async () => {
    const line = shared.seeded(transport);
    const request = { method: 'PUT', path: linksPath('documented') };
    const response = await line.send(request);
    expect([response.status, response.header('allow')]).toEqual([405, 'POST,GET,OPTIONS']);
    expect(Object.keys(response.json())).toEqual(['error', 'detail', 'reason', 'errorCode']);
    expect(response.json()).toMatchObject({ error: 405, errorCode: 'METHOD_NOT_ALLOWED' });
    expect(response.header('content-type')).toBe('application/json');
    const wrapped = await line.send({ ...request, path: `${request.path}?envelope=true` });
    expect(wrapped.json()).toEqual({ status: 405, content: response.json() });
  });

  it.each(PROFILES)('is answered as the server does where no project is named: %s', async (profile) => {
    const line = await openLine(transport, { profile });
    const response = await line.as('owner', profile === 'observed' ? 'documented' : 'observed', {
      method: 'DELETE',
      path: `${API}/groups/`,
    });
    expect([response.status, response.header('allow')]).toEqual([405, 'POST,GET,OPTIONS']);
    expect(response.text === '').toBe(profile === 'observed');
  });

  it('is named with those that the control API and the token endpoints have', async () => {
    const line = shared.seeded(transport);
    for (const [method, path, allow] of [
      ['POST', '/_emulator/health', 'GET,OPTIONS'],
      ['HEAD', '/api/oauth/token', 'POST,OPTIONS'],
      ['DELETE', `${API}/groups/${SEEDED.observed.project}/limits`, 'GET,OPTIONS'],
      ['QUERY', linksPath('observed'), 'POST,GET,OPTIONS'],
      ['QUERY', '/_emulator/clock', 'GET,OPTIONS,PUT'],
    ] as const) {
      const response = await line.send({ method, path });
      expect([response.status, response.header('allow')], path).toEqual([405, allow]);
    }
  });
});

describe.each(TRANSPORTS)('HEAD over %s', (transport) => {
  it.each([
    ['a page of links', linksPath('observed')],
    ['a project', `${API}/groups/${SEEDED.documented.project}?pretty=true`],
    ['a link that is not there', `${linksPath('documented')}/${'f'.repeat(24)}`],
    ['an unknown path', `${API}/nothing`],
    ['what is not emulated', `${API}/groups/${SEEDED.observed.project}/streams`],
    ['health', '/_emulator/health'],
    ['the events of the past', '/_emulator/requests?limit=1'],
    ['a document', '/_emulator/openapi.json'],
  ])('has the status and headers of GET, and no body: %s', async (_, path) => {
    const line = shared.seeded(transport);
    const profile = path.includes(SEEDED.observed.project) ? 'observed' : 'documented';
    const [got, head] = [
      await line.as('reader', profile, { path }),
      await line.as('reader', profile, { method: 'HEAD', path }),
    ];
    expect([head.status, head.text]).toEqual([got.status, '']);
    const headers = (from: typeof got) => ({
      ...from.headers,
      ...{ date: '', 'ratelimit-remaining': '' },
      // The journal of the emulator grows between the two.
      ...(path.includes('requests') && { 'content-length': '' }),
    });
    expect(headers(head)).toEqual(headers(got));
  });

  it('wants credentials where GET does', async () => {
    const response = await shared.seeded(transport).send({ method: 'HEAD', path: linksPath('observed') });
    expect([response.status, response.text]).toEqual([401, '']);
    expect(response.header('www-authenticate')).toMatch(/^Digest /);
  });

  it('of a stream ends at once', async () => {
    const line = await shared.line(transport);
    for (const path of ['/_emulator/events', `/_emulator/projects/${line.projects.observed.id}/events`]) {
      const response = await line.send({ method: 'HEAD', path });
      expect([response.status, response.text, response.header('content-type')]).toEqual([
        200,
        '',
        'text/event-stream',
      ]);
    }
  });

  it('of a path beside a parameter is that of the path', async () => {
    const path = `${API}/groups/${SEEDED.observed.project}/streams/vpcPeeringConnections`;
    const response = await shared.seeded(transport).send({ method: 'HEAD', path });
    expect([response.status, response.text]).toEqual([501, '']);
    expect(response.header('x-emulator-reason')).toContain('listGroupStreamVpcPeeringConnections');
  });
});

describe.each(TRANSPORTS)('OPTIONS over %s', (transport) => {
  it.each([
    [linksPath('observed'), 'POST,GET,OPTIONS'],
    [`${linksPath('documented')}/${'f'.repeat(24)}?pretty=true&envelope=true`, 'DELETE,GET,OPTIONS,PATCH'],
    [`${API}/groups/${SEEDED.observed.project}/clusters`, 'POST,GET,OPTIONS'],
    ['/_emulator/health', 'GET,OPTIONS'],
    ['/api/oauth/token', 'POST,OPTIONS'],
  ])('lists the methods of %s, without credentials', async (path, allow) => {
    const response = await shared.seeded(transport).send({ method: 'OPTIONS', path });
    expect([response.status, response.text, response.header('allow')]).toEqual([200, '', allow]);
    expect(response.header('content-type')).toBeUndefined();
    expect(response.header('x-emulator-reason')).toBeUndefined();
  });

  it('of an unknown path is a 404', async () => {
    const response = await shared.seeded(transport).send({ method: 'OPTIONS', path: `${API}/nothing` });
    expect(response.status).toBe(404);
  });
});

describe('the journal', () => {
  it('has HEAD and OPTIONS by these names, and no body of an answer that had none', async () => {
    const line = await shared.line('socket');
    const path = line.linksPath('observed');
    for (const method of ['HEAD', 'OPTIONS']) await line.as('reader', 'observed', { method, path });
    const { id } = line.projects.observed;
    const journal = await line.send({ path: `/_emulator/projects/${id}/requests` });
    const { requests } = journal.json<{ requests: { method: string; response: { body?: string } }[] }>();
    const shown = requests.filter(({ method }) => method !== 'POST');
    expect(shown).toMatchObject([
      { method: 'HEAD', operation: 'listGroupStreamPrivateLinkConnections', status: 200, rung: 'answer' },
      { method: 'OPTIONS', status: 200, rung: 'answer' },
    ]);
    for (const { response } of shown) expect(response.body ?? '').toBe('');
  });
});

describe('the OpenAPI documents', () => {
  it.each(['/_emulator/openapi.json', '/_emulator/control-openapi.json'])(
    'name the operations alone: %s',
    async (path) => {
      const document = await shared.seeded('inject').send({ path });
      const { paths } = document.json<{ paths: Record<string, object> }>();
      const methods = new Set(Object.values(paths).flatMap((operations) => Object.keys(operations)));
      expect([...methods].filter((method) => ['head', 'options'].includes(method))).toEqual([]);
      expect(methods).toContain('get');
    },
  );
});
