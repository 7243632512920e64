import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linksPath } from '../support/emulator.js';
import { openLine, shareEmulator, TRANSPORTS, type Incoming, type Line } from '../support/transport.js';

const shared = shareEmulator();

const path = linksPath('documented');
/** Statuses that the page shows a body for. */
const STATUSES = ['400', '401', '403', '404', '409', '500'];
const CHALLENGE = /^Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]{32}", algorithm=MD5, /;

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/errors/${name}.json`, import.meta.url), 'utf8');
}

function prefer(line: Line, preference: string, method = 'GET'): Promise<Incoming> {
  return line.send({ method, path, headers: { prefer: preference } });
}

describe.each(TRANSPORTS)('scripted responses over %s', (transport) => {
  it.each(STATUSES)(
    'the scripted response with status %s is the body of the page, byte for byte',
    async (status) => {
      const line = shared.seeded(transport);
      for (const method of ['GET', 'POST']) {
        const response = await prefer(line, `code=${status}`, method);
        expect([response.status, response.text]).toEqual([Number(status), fixture(status)]);
        expect(response.header('content-type')).toBe('application/json');
        expect(response.header('preference-applied')).toBe(`code=${status}`);
        expect(response.lines('www-authenticate')).toEqual(
          status === '401' ? [expect.stringMatching(CHALLENGE)] : [],
        );
      }
    },
  );

  it.each([
    'code="403"',
    'Code=403',
    'CODE = "403"',
    ' code = 403 ',
    'code=403;foo="bar, code=404"',
    'respond-async, wait=100, code=403',
    'handling=lenient,code=403',
    'note="code=404, and more", code=403',
    'code=403, code=404',
    'return=minimal; code=404, code=403',
  ])('a scripted response is requested by Prefer: %s', async (preference) => {
    const response = await prefer(shared.seeded(transport), preference);
    expect([response.status, response.text]).toEqual([403, fixture('403')]);
    expect(response.header('preference-applied')).toBe('code=403');
  });

  it.each([
    'code=200',
    'code=302',
    'code=399',
    'code=600',
    'code=04e2',
    'code=none',
    'code=../errors/403',
    'code=',
    'code',
    'code="403',
    'code=4030',
    'codes=403',
    'note="code=403"',
    'foo; code=403',
    'status=403',
    'respond-async',
    '',
    ',,;;==',
    'code=200, code=403',
  ])('Prefer: %s is ignored', async (preference) => {
    const line = shared.seeded(transport);
    const response = await line.as('reader', 'documented', { path, headers: { prefer: preference } });
    expect(response.status).toBe(200);
    expect(response.header('preference-applied')).toBeUndefined();
  });
});

describe('scope of scripted responses', () => {
  it('a scripted response is the same in an observed project, and without credentials, Accept or an existing project', async () => {
    const line = shared.seeded('inject');
    for (const status of STATUSES) {
      const response = await line.send({
        method: 'POST',
        path: linksPath('observed'),
        headers: { prefer: `code=${status}` },
      });
      expect([response.status, response.text]).toEqual([Number(status), fixture(status)]);
    }
    const elsewhere = [
      linksPath('observed'),
      path.replace(/[0-9a-f]{24}/, 'no-project'),
      `${path}?pretty=maybe`,
    ];
    for (const other of elsewhere) {
      const response = await line.send({ path: other, headers: { prefer: 'code=404' } });
      expect([response.status, response.text]).toEqual([404, fixture('404')]);
    }
  });

  it('a scripted response to a create changes nothing', async () => {
    const line = await shared.line('inject');
    const create = (preference: string): Promise<Incoming> =>
      line.as('owner', 'documented', {
        method: 'POST',
        path: line.linksPath('documented'),
        headers: { prefer: preference, 'content-type': 'application/json' },
        body: '{"provider":"AWS"}',
      });
    for (const status of [500, 409]) expect((await create(`code=${status}`)).status).toBe(status);
    const list = await line.as('owner', 'documented', { path: line.linksPath('documented') });
    expect(list.json().totalCount).toBe(0);
    expect((await create('code=none')).status, 'no duplicate either').toBe(200);
  });

  it('scripted responses are off with noControl', async () => {
    const line = await openLine('inject', { noControl: true });
    const response = await line.as('reader', 'documented', { path, headers: { prefer: 'code=403' } });
    expect(response.status).toBe(200);
    expect(response.header('preference-applied')).toBeUndefined();
  });
});

it("the page's body for 409 repeats its body for 401", () => {
  expect(fixture('409')).toBe(fixture('401'));
});

describe.each(['documented', 'observed'] as const)(
  'scripted responses that the page does not show (%s)',
  (profile) => {
    const ask = async (code: string, settings = {}) => {
      const line = await openLine('inject', settings);
      return line.as('reader', profile, { path: linksPath(profile), headers: { prefer: `code=${code}` } });
    };

    it.each(['402', '405', '418', '429', '501', '599'])(
      'a scripted response that the page does not show is a 400 that names those that it shows: %s',
      async (code) => {
        const response = await ask(code);
        expect(response.status).toBe(400);
        const body = response.json();
        expect(Object.keys(body)).toEqual(
          profile === 'documented'
            ? ['error', 'detail', 'reason', 'errorCode']
            : ['detail', 'error', 'errorCode', 'parameters', 'reason'],
        );
        expect(body).toMatchObject({ error: 400, errorCode: 'VALIDATION_ERROR' });
        for (const status of [code, ...STATUSES]) expect(body.detail).toContain(status);
        expect(response.header('preference-applied')).toBeUndefined();
        expect(response.header('x-emulator-reason')).toMatch(/^step 2 \(scripted answer\): /);
      },
    );

    it('a scripted response that the page does not show is ignored with noControl', async () => {
      expect((await ask('418', { noControl: true })).status).toBe(200);
      expect((await ask('409', { noControl: true })).status).toBe(200);
    });
  },
);

it.each(STATUSES)("the page's body for %s has four keys, indented by two", (name) => {
  const body = JSON.parse(fixture(name)) as Record<string, unknown>;
  expect(Object.keys(body)).toEqual(['error', 'detail', 'reason', 'errorCode']);
  expect(fixture(name).trimEnd()).toBe(JSON.stringify(body, null, 2));
  expect(body.detail).toMatch(
    /^\(This is just an example, the exception may not be related to this endpoint\)/,
  );
});
