import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCEPT, linksPath, type SeededProfile } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';
import { sendRaw } from '../support/raw.js';
import { openSocket, shareEmulator, tokenOf, TRANSPORTS, type Line } from '../support/transport.js';
import { addFault, control, counts, create, faultsPath, linksIn, list } from './faults-support.js';

const shared = shareEmulator();
// Rules of the whole server would meet the tests that follow.
afterEach(async () => {
  await shared.emulator.inject({ method: 'DELETE', url: '/_emulator/faults' });
});

const CHALLENGE =
  /^Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]{32}", algorithm=MD5, qop="auth", stale=false$/;

const pageBody = (status: number): string =>
  readFileSync(new URL(`../../fixtures/errors/${status}.json`, import.meta.url), 'utf8');

describe.each(TRANSPORTS)('faults with an answer, over %s', (transport) => {
  it.each([400, 401, 403, 404, 500])(
    'a fault with status %d has the body of the documentation page in a documented project',
    async (status) => {
      const line = await shared.line(transport);
      await addFault(line, { answer: { status } }, 'documented');
      const response = await list(line);
      expect([response.status, response.text]).toEqual([status, pageBody(status)]);
      expect(response.header('content-type')).toBe('application/json');
      expect(response.header('x-error-code')).toBeUndefined();
    },
  );

  it.each([
    [
      400,
      'VALIDATION_ERROR',
      'The request content produced the validation error: a fault rule asked for it.',
    ],
    [403, 'IP_ADDRESS_NOT_ON_ACCESS_LIST', 'IP address 127.0.0.1 is not allowed to access this resource.'],
    [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource %s.'],
    [406, 'INVALID_VERSION_DATE', 'Invalid accept header or version date.'],
    [
      409,
      'STREAM_PRIVATE_LINK_ALREADY_EXISTS',
      /^A Private Link to the same target exists already, with connection ID \([0-9a-f]{24}\)\.$/,
    ],
    [413, 'REQUEST_TOO_LARGE', 'The request is larger than 1048576 bytes.'],
    [415, 'UNSUPPORTED_MEDIA_TYPE', 'The media type application/json is not supported.'],
    [429, 'RATE_LIMITED', 'Resource %s is limited to 1200 requests every 1 minutes.'],
    [500, 'UNEXPECTED_ERROR', 'Unexpected error.'],
    [503, 'UNEXPECTED_ERROR', 'Unexpected error.'],
  ])(
    'a fault with status %d has the form of Atlas in an observed project',
    async (status, errorCode, detail) => {
      const line = await shared.line(transport);
      await addFault(line, { answer: { status } }, 'observed');
      const response = await create(line, 'observed');
      expect(response.status).toBe(status);
      expect(Object.keys(response.json())).toEqual(['detail', 'error', 'errorCode', 'parameters', 'reason']);
      expect(response.json()).toMatchObject({
        error: status,
        errorCode,
        detail:
          typeof detail === 'string'
            ? detail.replace('%s', line.linksPath('observed'))
            : (expect.stringMatching(detail) as string),
      });
      expect(response.header('x-error-code')).toBe(errorCode);
    },
  );

  it('a fault with status 405 has no body in an observed project', async () => {
    const line = await shared.line(transport);
    await addFault(line, { answer: { status: 405 } }, 'observed');
    const response = await create(line, 'observed');
    expect([response.status, response.text]).toEqual([405, '']);
    expect(response.header('x-error-code')).toBeUndefined();
  });

  it.each([
    [409, 'STREAM_PRIVATE_LINK_ALREADY_EXISTS', 'Conflict'],
    [429, 'RATE_LIMITED', 'Too Many Requests'],
    [503, 'UNEXPECTED_ERROR', 'Service Unavailable'],
  ])(
    'a fault with status %d, which the page does not show, has the four keys of the page in a documented project',
    async (error, errorCode, reason) => {
      const line = await shared.line(transport);
      await addFault(line, { answer: { status: error } }, 'documented');
      const response = await create(line);
      expect(response.status).toBe(error);
      expect(Object.keys(response.json())).toEqual(['error', 'detail', 'reason', 'errorCode']);
      expect(response.json()).toMatchObject({ error, errorCode, reason });
    },
  );

  it.each(PROFILES)('a fault with status 401 carries a digest challenge, as %s', async (profile) => {
    const line = await shared.line(transport);
    for (const answer of [{ status: 401 }, { status: 401, body: { own: true } }]) {
      const { id } = await addFault(line, { answer }, profile);
      const response = await list(line, profile);
      expect(response.status).toBe(401);
      expect(response.lines('www-authenticate')).toEqual([expect.stringMatching(CHALLENGE)]);
      expect(response.header('x-error-code')).toBeUndefined();
      await control(line, 'DELETE', `${faultsPath(line, profile)}/${id}`);
    }
  });

  it('a fault with status 401 has the recorded body, including spaces, in an observed project', async () => {
    const line = await shared.line(transport);
    await addFault(line, { answer: { status: 401 } }, 'observed');
    expect((await list(line, 'observed')).text).toBe(
      '{\n  "error" : 401,\n  "reason" : "Unauthorized",\n  "detail" : "You are not authorized for this resource.",\n  "errorCode" : "UNEXPECTED_ERROR"\n}',
    );
  });

  it.each<[object, number, string, string]>([
    [{ status: 418, body: { a: [1, null] } }, 418, '{"a":[1,null]}', 'application/json'],
    [{ status: 200, body: '{"broken":' }, 200, '{"broken":', 'application/json'],
    [{ status: 502, body: 'no', headers: { 'Content-Type': 'text/html' } }, 502, 'no', 'text/html'],
    [{ status: 500, body: null }, 500, 'null', 'application/json'],
    [{ status: 200 }, 200, '', 'application/json'],
  ])('a fault responds with the status, body and headers of %j', async (answer, status, text, type) => {
    const line = await shared.line(transport);
    await addFault(line, { answer }, 'observed');
    const response = await list(line, 'observed');
    expect([response.status, response.text, response.header('content-type')]).toEqual([status, text, type]);
  });

  it('a fault adds its headers, with or without a body of its own', async () => {
    const line = await shared.line(transport);
    for (const answer of [{ status: 503 }, { status: 503, body: 'x' }, { status: 302 }]) {
      await addFault(line, {
        answer: { ...answer, headers: { 'Retry-After': '7', location: '/x' } },
        times: 1,
      });
      const response = await list(line);
      expect([response.status, response.header('retry-after'), response.header('location')]).toEqual([
        answer.status,
        '7',
        '/x',
      ]);
    }
  });

  it.each(PROFILES)('the response of a fault names its rule and how to delete it, as %s', async (profile) => {
    const line = await shared.line(transport);
    await addFault(line, { id: 'mine', answer: { status: 503 } }, profile);
    const own = (await list(line, profile)).header('x-emulator-reason');
    expect(own).toContain(`step 4 (faults): The fault rule mine of project ${line.projects[profile].id}`);
    expect(own).toContain(`DELETE ${faultsPath(line, profile)}/mine`);
    await control(line, 'DELETE', faultsPath(line, profile));
    await addFault(line, { id: 'all', answer: { status: 500 } });
    const whole = (await list(line, profile)).header('x-emulator-reason');
    expect(whole).toContain('The fault rule all of the whole server answers 500.');
    expect(whole).toContain('DELETE /_emulator/faults/all');
  });

  it.each(PROFILES)('a request answered by a fault changes nothing, as %s', async (profile) => {
    const line = await shared.line(transport);
    await addFault(line, { answer: { status: 500 }, match: { method: 'POST' } }, profile);
    await addFault(line, { rateLimit: {}, match: { method: 'POST' } }, profile);
    expect((await create(line, profile)).status).toBe(500);
    expect(await linksIn(line, profile)).toBe(0);
  });

  it.each(PROFILES)("a rateLimit fault responds like Atlas's limit, as %s", async (profile) => {
    const line = await shared.line(transport);
    await addFault(line, { rateLimit: { retryAfterS: 9 }, times: 1 }, profile);
    await addFault(line, { rateLimit: {}, times: 1 }, profile);
    for (const seconds of ['9', '1']) {
      const response = await list(line, profile);
      expect(response.status).toBe(429);
      expect(response.header('retry-after')).toBe(seconds);
      expect(response.header('ratelimit-limit')).toBe('1200');
      expect(response.header('ratelimit-remaining')).toBe('0');
      expect(response.json()).toMatchObject({
        error: 429,
        errorCode: 'RATE_LIMITED',
        detail: `Resource ${line.linksPath(profile)} is limited to 1200 requests every 1 minutes.`,
      });
    }
    expect((await list(line, profile)).status).toBe(200);
  });
});

describe.each(TRANSPORTS)('faults with an error, over %s', (transport) => {
  const IN_USE = 'STREAM_PRIVATE_LINK_IN_USE';
  const remove = (line: Line, profile: SeededProfile) =>
    line.as('owner', profile, { method: 'DELETE', path: `${line.linksPath(profile)}/${'a'.repeat(24)}` });

  it('a fault with an error has the body of Atlas in an observed project, byte for byte', async () => {
    const line = await shared.line(transport);
    await addFault(line, { error: IN_USE, parameters: ['b'.repeat(24)] }, 'observed');
    const response = await remove(line, 'observed');
    expect([response.status, response.text]).toEqual([
      400,
      `{"detail":"Private Link with connection ID (${'b'.repeat(24)}) is in use.","error":400,` +
        `"errorCode":"${IN_USE}","parameters":["${'b'.repeat(24)}"],"reason":"Bad Request"}`,
    ]);
    expect(response.header('x-error-code')).toBe(IN_USE);
    expect(response.header('ratelimit-limit')).toBe('1200');
    expect(response.header('x-emulator-reason')).toMatch(
      /^step 4 \(faults\): The fault rule fault-\w+ of project/,
    );
  });

  it('a fault with an error has its code and text under the four keys of the page in a documented project', async () => {
    const line = await shared.line(transport);
    await addFault(line, { error: IN_USE, parameters: ['x'] }, 'documented');
    expect(Object.entries((await remove(line, 'documented')).json())).toEqual([
      ['error', 400],
      ['detail', 'Private Link with connection ID (x) is in use.'],
      ['reason', 'Bad Request'],
      ['errorCode', IN_USE],
    ]);
  });

  it.each<[string, SeededProfile, number]>([
    ['STREAM_PRIVATE_LINK_ALREADY_EXISTS', 'observed', 400],
    ['STREAM_PRIVATE_LINK_ALREADY_EXISTS', 'documented', 409],
    ['UNEXPECTED_ERROR', 'observed', 500],
    ['GROUP_NOT_FOUND', 'documented', 404],
    ['VALIDATION_ERROR', 'observed', 400],
  ])(
    'a fault with the error %s, as %s, has status %d and default parameters',
    async (errorCode, profile, status) => {
      const line = await shared.line(transport);
      await addFault(line, { error: errorCode }, profile);
      const response = await list(line, profile);
      expect(response.status).toBe(status);
      expect(response.json()).toMatchObject({
        errorCode,
        error: status,
        detail: expect.not.stringContaining('%s') as string,
      });
    },
  );

  it.each(PROFILES)(
    'a fault with the error RATE_LIMITED has the headers of the limit, as %s',
    async (profile) => {
      const line = await shared.line(transport);
      for (const rule of [{ error: 'RATE_LIMITED' }, { answer: { status: 429 } }]) {
        await addFault(line, { ...rule, times: 1 }, profile);
        const response = await list(line, profile);
        expect(response.status).toBe(429);
        const names = ['retry-after', 'ratelimit-limit', 'ratelimit-remaining'];
        expect(names.map((name) => response.header(name))).toEqual(['1', '1200', '0']);
      }
      const headers = { 'Retry-After': '7' };
      await addFault(line, { answer: { status: 429, headers } }, profile);
      expect((await list(line, profile)).header('retry-after')).toBe('7');
    },
  );
});

describe.each(TRANSPORTS)('faults that cut the connection, over %s', (transport) => {
  it.each(PROFILES)(
    'a fault that drops the connection before the work changes nothing, as %s',
    async (profile) => {
      const line = await shared.line(transport);
      await addFault(line, { drop: 'before', match: { method: 'POST' } }, profile);
      await expect(create(line, profile)).rejects.toThrow();
      expect(await linksIn(line, profile)).toBe(0);
      expect(await counts(line, profile)).toEqual([[1, 1]]);
    },
  );

  it.each(PROFILES)(
    'a fault that drops the connection after the work leaves it done, as %s',
    async (profile) => {
      const line = await shared.line(transport);
      await addFault(line, { drop: 'after', match: { method: 'POST' }, times: 1 }, profile);
      await expect(create(line, profile)).rejects.toThrow();
      expect(await linksIn(line, profile)).toBe(1);
      expect((await create(line, profile)).status, 'the same again').toBe(
        profile === 'documented' ? 409 : 400,
      );
    },
  );

  it('a fault that truncates the response leaves the work done', async () => {
    const line = await shared.line(transport);
    await addFault(line, { truncate: true, match: { method: 'POST' } }, 'documented');
    await expect(create(line)).rejects.toThrow();
    expect(await linksIn(line)).toBe(1);
  });

  it('a fault that truncates the response also truncates an error response', async () => {
    const line = await shared.line(transport);
    await addFault(line, { drop: 'after', times: 1 }, 'documented');
    const request = { path: line.linksPath('documented'), headers: { accept: 'text/plain' } };
    await expect(line.as('owner', 'documented', request)).rejects.toThrow();
    expect((await line.as('owner', 'documented', request)).status).toBe(406);
  });
});

it('a truncated response announces the full length, sends half and closes', async () => {
  const socket = await openSocket();
  const token = await tokenOf(socket.send, 'owner', 'documented');
  const ask = (): Promise<string> =>
    sendRaw(
      socket.url,
      `GET ${linksPath('documented')} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: ${ACCEPT}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
  const [, whole = ''] = (await ask()).split('\r\n\r\n');
  await addFault(socket, { id: 'half', truncate: true }, 'documented');
  const [head = '', half = ''] = (await ask()).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 200 /);
  expect(head.toLowerCase()).toContain(`content-length: ${whole.length}`);
  expect(head.toLowerCase()).toContain('content-type: application/vnd.atlas.2023-02-01+json');
  expect(head).toContain('The fault rule half of project');
  expect(half).toBe(whole.slice(0, Math.floor(whole.length / 2)));
  expect(half).not.toBe('');
});
