import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { cleanUp, record } from '../../src/contract/recording/recorder.js';
import { CALLS, LEFT_OUT, readRecording, type Step } from '../../src/contract/recording/recording.js';
import { reportOf, summaryOf } from '../../src/contract/recording/report.js';
import { verify } from '../../src/contract/recording/verify.js';
import type { Project } from '../../src/index.js';
import { readFixture } from '../../src/version.js';
import { declaredConditions } from '../evidence/operations.js';
import { changingProxy } from '../support/changing-proxy.js';
import { PROFILES } from '../support/links.js';
import { differencesOf, recordProject, startProject, temporaryFile } from './recording-support.js';

// Some links take time.
vi.setConfig({ testTimeout: 60_000 });

const LINKS = /^\/api\/atlas\/v2\/groups\/[a-f0-9]{24}\/streams\/privateLinkConnections$/;
const S3 = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
};

/** The links of a project, by a client. */
async function linksOf(project: Project): Promise<{ _id: string; dnsDomain?: string }[]> {
  const response = await project.fetch(`/api/atlas/v2/groups/${project.id}/streams/privateLinkConnections`);
  return ((await response.json()) as { results: { _id: string }[] }).results;
}

async function create(project: Project, body: object): Promise<string> {
  const path = `/api/atlas/v2/groups/${project.id}/streams/privateLinkConnections`;
  const response = await project.fetch(path, { method: 'POST', body: JSON.stringify(body) });
  return ((await response.json()) as { _id: string })._id;
}

describe('a recording of the emulator', () => {
  it.each(PROFILES)('has no difference from the emulator: %s', async (profile) => {
    const { project } = await startProject(profile);
    const { recording, deleted } = await recordProject(project);
    expect(recording.complete).toBe(true);
    expect(recording.steps.map(({ name }) => name)).toEqual(CALLS.map(({ name }) => name));
    expect(recording.steps.filter(({ answer }) => !answer)).toEqual([]);
    expect(await differencesOf(recording, profile)).toEqual([]);
    expect(deleted).toBe(0);
    expect(await linksOf(project)).toEqual([]);
  });

  it.each(PROFILES)('differs from the emulator of the other profile: not %s', async (profile) => {
    const other = profile === 'observed' ? 'documented' : 'observed';
    const { project } = await startProject(profile);
    const { recording } = await recordProject(project);
    expect((await differencesOf(recording, other)).length).toBeGreaterThan(20);
  });

  it('has no difference if links take time, over https, with an API key', async () => {
    const { emulator, project } = await startProject('observed', {
      tls: true,
      ...{ idleMs: 300, workingMs: 300, deleteRequestedMs: 300, deletingMs: 300 },
    });
    const out = temporaryFile();
    const { recording } = await record({
      target: new URL(emulator.tlsUrl ?? ''),
      project: project.id,
      credentials: project.credentials.owner.apiKey,
      ...(emulator.ca !== undefined && { ca: emulator.ca }),
      ...{ out, waitMs: 20_000, date: '2026-11-29', signal: new AbortController().signal },
    });
    expect(recording.credentials).toBe('API key');
    const left = recording.steps.filter((step) => step.left !== undefined);
    expect(left.map((step) => step.left)).toEqual(left.map(() => 'needs a service account'));
    expect(recording.steps.find(({ name }) => name === 'the states of a new link')).toMatchObject({
      states: expect.arrayContaining(['DONE']) as string[],
      ended: true,
    });
    expect(await differencesOf(recording)).toEqual([]);
  });

  it('has what was seen until the wait was over, which is no difference', async () => {
    const { project } = await startProject('documented', { pendingMs: 3_600_000 });
    const { recording } = await recordProject(project);
    const states = recording.steps.find(({ name }) => name === 'the states of a new link');
    expect(states).toMatchObject({ states: ['PENDING'], ended: false });
    expect(await differencesOf(recording, 'documented')).toEqual([]);
    expect(summaryOf(recording, 'FILE', 0)).toContain(
      '  not to the end: the states of a new link (PENDING)\n',
    );
  });

  it('has links that failed, whatever the reason', async () => {
    const { project } = await startProject();
    await project.rules.add({ fail: 'acme.internal refused' });
    const { recording, text } = await recordProject(project);
    expect(text).toContain('"state": "FAILED"');
    expect(text).not.toContain('acme');
    expect(await differencesOf(recording)).toEqual([]);
  });
});

describe('a recording leaves alone', () => {
  it('all but its own links: it neither creates nor deletes projects, and spends no limit', async () => {
    const { project } = await startProject();
    const { passed } = await recordProject(project);
    const created = new Set(
      passed
        .filter(({ method, path, status }) => method === 'POST' && LINKS.test(path) && status === 200)
        .map(({ text }) => (JSON.parse(text) as { _id: string })._id),
    );
    expect(created.size).toBe(2);
    for (const { method, path, body } of passed) {
      const [, id = ''] = /\/privateLinkConnections\/([^?]+)/.exec(path) ?? [];
      if (method === 'POST') expect(path).toMatch(/^\/api\/oauth\/|\/privateLinkConnections$/);
      if (method === 'PUT') expect(path).toMatch(LINKS);
      if (method === 'DELETE') expect([...created, 'f'.repeat(24)]).toContain(id.replace(/\?.*/, ''));
      if (method === 'PATCH') expect([...created]).toContain(id);
      expect(body.length).toBeLessThan(2000);
    }
    expect(passed.filter(({ path }) => path === '/api/oauth/token').length).toBeLessThan(10);
    expect(passed.length).toBeLessThan(100);
  });

  it('the links of others, which are not in it', async () => {
    const { project } = await startProject();
    const others = [
      await create(project, S3),
      await create(project, { provider: 'GCP', region: 'r', vendor: 'PUBSUB' }),
    ];
    const { recording, text } = await recordProject(project);
    expect((await linksOf(project)).map(({ _id }) => _id)).toEqual(others);
    for (const id of others) expect(text).not.toContain(id);
    expect(text).not.toMatch(/com\.amazonaws|PUBSUB/);
    const left = recording.steps.filter((step) => step.left !== undefined);
    expect(left.map((step) => step.left)).toEqual(left.map(() => 'the project has other links'));
    expect(left.length).toBe(2);
    expect(await differencesOf(recording)).toEqual([]);
  });

  it('what names somebody: ids, hosts, times, people and secrets', async () => {
    const { project } = await startProject();
    const secret = /^(?:mdb_sa_|[\w-]{30,}$)/;
    const { text, passed } = await recordProject(project, {
      change(one) {
        one.headers['set-cookie'] = 'session=abcdef';
        one.headers['x-request'] = 'req-4711';
        if (one.text.startsWith('{"')) {
          one.text = one.text
            .replace(
              '"region":"US_EAST_2"',
              '"owner":"Ada <ada@example.com>","zone":"10.1.2.3","region":"US_EAST_2"',
            )
            .replace(
              '"detail":"Cannot find',
              '"detail":"ada.l+x@example.co.uk at 10.1.2.3, 2026-11-29T01:02:03Z: Cannot find',
            );
        }
      },
    });
    const { credentials, organizationId, id, url } = project;
    const { apiKey, serviceAccount } = credentials.owner;
    const values = [
      ...Object.values(apiKey),
      ...Object.values(serviceAccount),
      organizationId,
      id,
      new URL(url).host,
    ];
    for (const value of values) expect(text).not.toContain(value);
    for (const { text: answer } of passed) {
      const token: unknown = (JSON.parse(answer === '' ? '{}' : answer) as Record<string, unknown>)
        .access_token;
      if (typeof token === 'string') {
        expect(token).toMatch(secret);
        expect(text).not.toContain(token);
      }
    }
    const withoutUnknown = text.replaceAll('f'.repeat(24), '');
    expect(withoutUnknown).not.toMatch(
      /[a-f0-9]{24}|contract-[a-f0-9]{8}|127\.0\.0\.1|10\.1\.2\.3|2026-11-29T|@example|Ada|session=|req-4711/,
    );
    expect(text).toContain('"detail": "{email} at {address}, {time}: Cannot find');
  });
});

describe('a recording that does not get through', () => {
  it('deletes a link whose create had no response', async () => {
    const { project } = await startProject();
    const before = await create(project, S3);
    let count = 0;
    const { recording, deleted } = await recordProject(project, {
      change(one) {
        if (one.method === 'POST' && LINKS.test(one.path) && one.status === 200 && count++ === 0)
          one.isLost = true;
      },
    });
    expect(deleted).toBe(1);
    expect((await linksOf(project)).map(({ _id }) => _id)).toEqual([before]);
    expect(recording.steps.find(({ creates }) => creates === 'link1')?.left).toMatch(/^no response: /);
    expect(recording.steps.find(({ name }) => name === 'the first look at a link')?.left).toBe(
      'its link was not created',
    );
    expect(await differencesOf(recording)).toEqual([]);
  });

  it('is valid if every other response is lost', async () => {
    const { project } = await startProject();
    let count = 0;
    const { recording } = await recordProject(project, {
      change(one) {
        one.isLost = one.path.includes('accountDetails') && count++ % 2 === 0;
      },
    });
    expect(recording.steps.filter((step) => step.left !== undefined).length).toBe(2);
    expect(await differencesOf(recording)).toEqual([]);
  });

  it('is valid if the server is overloaded at times', async () => {
    const { project } = await startProject();
    let count = 0;
    const { recording } = await recordProject(project, {
      waitMs: 20_000,
      change(one) {
        const isLook =
          one.method === 'GET' && /Connections\/[a-f0-9]{24}$/.test(one.path) && one.status === 200;
        if (isLook && count++ < 3) Object.assign(one, { status: 503, text: 'busy' });
        if (one.path.includes('cloudProvider=azure')) Object.assign(one, { status: 429, text: '{}' });
      },
    });
    const left = recording.steps.filter((step) => step.left !== undefined);
    expect(left.map(({ name, left: why }) => `${name}: ${why}`)).toEqual([
      'account details of Azure: the server does not answer now (429)',
      'the first look at a link: the server does not answer now (503)',
    ]);
    expect(await differencesOf(recording)).toEqual([]);
  });

  it('notes each link before anything else, and leaves the note if it cannot delete the link', async () => {
    const { project } = await startProject();
    const out = temporaryFile();
    const notes: string[] = [];
    const result = recordProject(project, {
      out,
      change(one) {
        if (/Connections\/[a-f0-9]{24}$/.test(one.path) && one.status === 200)
          notes.push(readFileSync(`${out}.cleanup`, 'utf8'));
        if (one.method === 'DELETE') Object.assign(one, { status: 500 });
      },
    });
    await expect(result).rejects.toThrow(
      /^links may be left in project [a-f0-9]{24}: [a-f0-9]{24} cannot be deleted: DELETE is 500; run contract record --clean .*\.cleanup$/,
    );
    // The responses only said that they were not deleted.
    await expect(linksOf(project)).resolves.toEqual([]);
    expect(notes[0]).toMatch(
      /^\{"target":.*"marker":"contract-[a-f0-9]{16}"\}\n\{"created":"[a-f0-9]{24}"\}\n$/,
    );
    expect(existsSync(out)).toBe(true);
    await expect(recordProject(project, { out })).rejects.toThrow(/is left of a run that did not clean up/);
    await cleanUp(`${out}.cleanup`, project.credentials.owner.serviceAccount, undefined, 0).catch(
      () => undefined,
    );
  });

  it('cleans up after an interruption, and has the calls until then', async () => {
    const { project } = await startProject('documented', { pendingMs: 3_600_000 });
    const interrupted = new AbortController();
    let looks = 0;
    const out = temporaryFile();
    const result = recordProject(project, {
      out,
      waitMs: 600_000,
      signal: interrupted.signal,
      change(one) {
        // In the middle of the wait for a link: the first look and the lists were before.
        const isLook = one.method === 'GET' && /Connections\/[a-f0-9]{24}$/.test(one.path);
        if (isLook && one.text.includes('"state":"PENDING"') && ++looks === 3) interrupted.abort();
      },
    });
    await expect(result).rejects.toThrow(/^interrupted: .* has the calls until then; links deleted: 1$/);
    expect(await linksOf(project)).toEqual([]);
    expect(existsSync(`${out}.cleanup`)).toBe(false);
    const recording = readRecording(out);
    expect(recording.complete).toBe(false);
    expect(await differencesOf(recording, 'documented')).toEqual([]);
  });

  it('is cleaned up later, from its note', async () => {
    const { project } = await startProject();
    const kept = await create(project, S3);
    const marker = 'contract-00112233aabbccdd';
    const noted = await create(project, { provider: 'AWS', dnsDomain: 'noted.example.com' });
    await create(project, { provider: 'AWS', dnsDomain: `${marker}.example.com` });
    const path = temporaryFile('out.cleanup');
    const run = { target: `${project.url}/`, project: project.id, marker };
    // The last line was cut off by a crash.
    writeFileSync(path, `${JSON.stringify(run)}\n{"created":"${noted}"}\n{"created":"5f0000`);
    const { serviceAccount } = project.credentials.owner;
    expect(await cleanUp(path, serviceAccount, undefined, 0)).toBe(2);
    expect((await linksOf(project)).map(({ _id }) => _id)).toEqual([kept]);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, '{}\n');
    await expect(cleanUp(path, serviceAccount, undefined, 0)).rejects.toThrow(
      /is no file of a recording to clean up: it names no run$/,
    );
  });
});

describe('contract record refuses, in one line,', () => {
  const wish = { credentials: { clientId: 'mdb_sa_id_x', clientSecret: 'wrong' } };
  const refused = async (of: Promise<unknown>): Promise<string> => {
    const error: unknown = await of.catch((one: unknown) => one);
    const { message, status } = error as { message: string; status: number };
    expect([status, message.includes('\n')]).toEqual([2, false]);
    return message.replace(/127\.0\.0\.1:\d+/g, 'HOST');
  };

  it('wrong credentials', async () => {
    const { project } = await startProject();
    expect(await refused(recordProject(project, wish))).toBe(
      'http://HOST refuses the credentials: POST /api/oauth/token is 401',
    );
    const credentials = { publicKey: 'a', privateKey: 'b' };
    expect(await refused(recordProject(project, { credentials }))).toMatch(
      /refuses the credentials: GET .* is 401$/,
    );
  });

  it('an unknown project', async () => {
    const { project } = await startProject();
    const credentials = project.credentials.owner.serviceAccount;
    expect(await refused(recordProject(project, { credentials, project: 'f'.repeat(24) }))).toBe(
      `http://HOST has no project ${'f'.repeat(24)} for these credentials`,
    );
  });

  it('a server that is down, is not trusted, or is no Atlas', async () => {
    const { project } = await startProject();
    const down = { target: new URL('http://127.0.0.1:1'), credentials: { publicKey: 'a', privateKey: 'b' } };
    expect(await refused(recordProject(project, down))).toMatch(
      /^no server answers at http:\/\/HOST: ECONNREFUSED$/,
    );
    const { emulator, project: other } = await startProject('observed', { tls: true });
    const untrusted = {
      target: new URL(emulator.tlsUrl ?? ''),
      credentials: { publicKey: 'a', privateKey: 'b' },
    };
    expect(await refused(recordProject(other, untrusted))).toMatch(/--ca names the file of its authority$/);
    for (const [start, call] of [
      ['/api/atlas', 'GET .*'],
      ['/api/', 'POST /api/oauth/token'],
    ] as const) {
      const { url } = await changingProxy(project.url, (one) => {
        if (one.path.startsWith(start)) Object.assign(one, { status: 200, text: '<html>' });
      });
      const credentials = project.credentials.owner.serviceAccount;
      expect(await refused(recordProject(project, { target: new URL(url), credentials }))).toMatch(
        new RegExp(`^what answers at http://HOST is not the Atlas API: ${call} is 200$`),
      );
    }
  });
});

describe('contract verify', () => {
  it.each([
    ['{', /cannot be read: /],
    ['[]', /is no recording that contract record has made: expected object$|is no recording/],
    ['{"log":{"entries":[]}}', /is no recording that contract record has made: \/recording /],
  ])('refuses a file that is no recording: %s', (content, message) => {
    const path = temporaryFile();
    writeFileSync(path, content);
    expect(() => readRecording(path)).toThrow(message);
    expect(() => readRecording('/nothing')).toThrow(/^\/nothing cannot be read: ENOENT/);
  });

  it('reports a request that cannot be sent', async () => {
    const { project } = await startProject();
    const { recording } = await recordProject(project);
    const [first] = recording.steps;
    const steps = [{ ...first, path: '/api/a b' } as Step, { ...first, accept: 'a\nb' } as Step];
    expect(await differencesOf({ ...recording, steps })).toEqual([
      'no response: ERR_UNESCAPED_CHARACTERS',
      'no response: ERR_INVALID_CHAR',
    ]);
  });

  it('docs/deviations.md has each known difference with its reason, and no other', () => {
    const page = readFileSync(new URL('../../docs/deviations.md', import.meta.url), 'utf8');
    const section = page.split(/^## /m).find((part) => part.startsWith('From the recordings')) ?? '';
    const rows = [...section.matchAll(/^- `([a-z-]+)`: (.+?) Why: .+$/gm)];
    const { answers } = readFixture('contract/deviations.json') as { answers: Record<string, string[]> };
    expect(rows.map(([, name = '']) => name)).toEqual(Object.keys(answers));
    for (const [, name = '', what = ''] of rows) {
      for (const one of answers[name] ?? []) {
        expect(what.toLowerCase()).toContain(`\`${one.replace(/^header (.*):$/, '$1')}\``);
      }
    }
  });

  it('names known differences, which do not count, and what a call settles', async () => {
    const { project } = await startProject();
    const { recording } = await recordProject(project, {
      change(one) {
        one.headers['strict-transport-security'] = 'max-age=1';
        delete one.headers['x-emulator-reason'];
        one.text = one.text.replace('"An invalid enumeration value EVENTHUB', '"No vendor EVENTHUB');
      },
    });
    const findings = await verify(recording, 'observed');
    expect(findings.map(({ known, settles }) => [known, settles])).toEqual([
      [['server-headers'], expect.arrayContaining(['unknownVendor'])],
      [['emulator-reason'], expect.arrayContaining(['unknownVendor'])],
      [[], ['unknownVendor']],
    ]);
    const report = reportOf(findings, recording);
    expect(report).toMatch(
      /^body detail: "No vendor EVENTHUB was specified\." → "An invalid enumeration value EVENTHUB was specified\."\n {2}in an unknown vendor; settles unknownVendor\n/,
    );
    expect(report).toMatch(/\n\n1 difference, and 2 known ones, in 59 calls\.\n$/);
  });
});

describe('the suite of calls', () => {
  it('settles each inferred condition, except for those that cost or change something', () => {
    const inferred = [...declaredConditions().values()].filter(({ settledBy }) => settledBy !== undefined);
    const settled = new Set(CALLS.flatMap(({ settles = [] }) => settles));
    const missing = inferred.map(({ name }) => name).filter((name) => !settled.has(name));
    // Those of the token endpoints are not among the declared ones.
    expect(missing.filter((name) => !(name in LEFT_OUT))).toEqual([]);
    expect(Object.keys(LEFT_OUT).filter((name) => settled.has(name))).toEqual([]);
  });

  it('begins with the calls that settle something, as far as they need no link', () => {
    const first = CALLS.findIndex(({ creates }) => creates !== undefined);
    expect(first).toBeGreaterThan(10);
    expect(CALLS[0]?.settles).toEqual(['malformedRequest']);
  });

  it('has the marker in every body that could create a link, and different names', () => {
    for (const { name, method, path, body } of CALLS) {
      if (method === 'POST' && path === '{links}' && typeof body === 'object') {
        expect(JSON.stringify(body), name).toContain('{marker}');
      }
    }
    expect(new Set(CALLS.map(({ name }) => name)).size).toBe(CALLS.length);
  });
});
