import { describe, expect, it } from 'vitest';
import { API, linksPath, SEEDED, type SeededProfile } from '../support/emulator.js';
import { openLine, shareEmulator, TRANSPORTS } from '../support/transport.js';

const shared = shareEmulator();

const PROFILES: readonly SeededProfile[] = ['documented', 'observed'];

describe.each(TRANSPORTS)('unsupported methods, over %s', (transport) => {
  it.each(['', '?envelope=true', '?pretty=true'])(
    'an unsupported method is a 405 without a body in an observed project, with the query "%s"',
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

  it('an unsupported method is a 405 with four keys in a documented project', async () => {
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

  it.each(PROFILES)(
    "an unsupported method without a project in the path has the form of the server's profile: %s",
    async (profile) => {
      const line = await openLine(transport, { profile });
      const response = await line.as('owner', profile === 'observed' ? 'documented' : 'observed', {
        method: 'DELETE',
        path: `${API}/groups/`,
      });
      expect([response.status, response.header('allow')]).toEqual([405, 'POST,GET,OPTIONS']);
      expect(response.text === '').toBe(profile === 'observed');
    },
  );

  it('an unsupported method of the control API and token endpoints is a 405 with Allow', async () => {
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
  ])('HEAD has the status and headers of GET, and no body, for %s', async (_, path) => {
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

  it('HEAD requires credentials like GET', async () => {
    const response = await shared.seeded(transport).send({ method: 'HEAD', path: linksPath('observed') });
    expect([response.status, response.text]).toEqual([401, '']);
    expect(response.header('www-authenticate')).toMatch(/^Digest /);
  });

  it('HEAD of an event stream ends at once', async () => {
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

  it('HEAD of an Atlas path beside a path parameter is that of the literal path', async () => {
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
  ])('OPTIONS lists the methods of %s, without credentials', async (path, allow) => {
    const response = await shared.seeded(transport).send({ method: 'OPTIONS', path });
    expect([response.status, response.text, response.header('allow')]).toEqual([200, '', allow]);
    expect(response.header('content-type')).toBeUndefined();
    expect(response.header('x-emulator-reason')).toBeUndefined();
  });

  it('OPTIONS of an unknown path is a 404', async () => {
    const response = await shared.seeded(transport).send({ method: 'OPTIONS', path: `${API}/nothing` });
    expect(response.status).toBe(404);
  });
});

it('the journal records HEAD and OPTIONS by these names, without response bodies', async () => {
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

it.each(['/_emulator/openapi.json', '/_emulator/control-openapi.json'])(
  'the OpenAPI document %s has no HEAD and OPTIONS operations',
  async (path) => {
    const document = await shared.seeded('inject').send({ path });
    const { paths } = document.json<{ paths: Record<string, object> }>();
    const methods = new Set(Object.values(paths).flatMap((operations) => Object.keys(operations)));
    expect([...methods].filter((method) => ['head', 'options'].includes(method))).toEqual([]);
    expect(methods).toContain('get');
  },
);
