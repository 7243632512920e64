import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { nonceOf } from '../support/digest.js';
import { ACCEPT, API, linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import { evidence, EVIDENCE_PRESENT, type Recording } from '../support/evidence.js';
import { FACTS, sampleRecordings } from './facts.js';

/** The recordings, and others with the same facts. */
const SOURCES = [
  { source: 'facts of the recordings', recordings: sampleRecordings(FACTS) },
  ...(EVIDENCE_PRESENT ? [{ source: 'recordings', recordings: evidence('recorded-responses', []) }] : []),
];

type Recordings = readonly Recording[];

/** Where the recorded links begin. */
const RECORDED_HOST = 'http://localhost:8080';

/** The headers of a recorded answer that the emulator gives too, word for word. */
const SAME_HEADERS = [
  'content-type',
  'location',
  'referrer-policy',
  'x-content-type-options',
  'x-error-code',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
] as const;

/** The recording of a request, its ids as `{id}`, and a status. */
function recording(recordings: Recordings, request: string): Recording {
  const [found, ...others] = recordings.filter(
    ({ method, path_flat, status }) =>
      `${method} ${path_flat.replace('api_atlas_v2_', '').replace(/[a-f0-9]{24}/g, '{id}')} ${status}` ===
      request,
  );
  if (!found || others.length > 0) throw new Error(`not one recording of ${request}, but more or none`);
  return found;
}

const LINKS = 'groups_{id}_streams_privateLinkConnections';

/** An emulator whose links begin with the recorded host and pass IDLE as slowly as the recorded one did. */
function start(): Promise<TestEmulator> {
  return TestEmulator.start({ publicUrl: RECORDED_HOST, idleMs: 60_000 });
}

/** The recorded create's body: what its answer echoes. */
function recordedLink(recordings: Recordings): object {
  const { _id, ...sent } = recording(recordings, `POST ${LINKS} 200`).body;
  expect(_id).toMatch(/^[a-f0-9]{24}$/);
  return sent;
}

async function createRecordedLink(emulator: TestEmulator, recordings: Recordings): Promise<string> {
  const response = await emulator.create('observed', recordedLink(recordings));
  return response.json<{ _id: string }>()._id;
}

/** The project that the recorded path names. */
function recordedProject({ path_flat }: Recording): string {
  return /groups_([a-f0-9]{24})/.exec(path_flat)?.[1] ?? '';
}

/** A recorded body as text: compact, its keys in the order in which they came. */
function textOf({ body }: Recording): string {
  return JSON.stringify(body);
}

/** Compares all but ids and times, which `substitutes` writes into the emulator's body. */
function expectSame(
  response: LightMyRequestResponse,
  recorded: Recording,
  substitutes: Readonly<Record<string, string>>,
): void {
  expect(response.statusCode).toBe(recorded.status);
  const body = Object.entries(substitutes).reduce(
    (text, [own, theirs]) => text.replaceAll(own, theirs),
    response.body,
  );
  expect(body).toBe(textOf(recorded));
  expect(String(Buffer.byteLength(body))).toBe(recorded.headers['content-length']);

  for (const name of SAME_HEADERS) expect(response.headers[name], name).toBe(recorded.headers[name]);
  for (const name of ['ratelimit-limit', 'ratelimit-remaining']) {
    if (recorded.headers[name] === undefined) expect(response.headers, name).not.toHaveProperty(name);
    else expect(String(response.headers[name]), name).toMatch(/^\d+$/);
  }
  expect(response.headers).not.toHaveProperty('strict-transport-security');
}

function expectSameMethod(response: LightMyRequestResponse, recorded: Recording): void {
  expect(response.headers['x-java-method']).toBe(recorded.headers['x-java-method']);
}

describe.each(SOURCES)('recorded responses for private links: $source', ({ recordings }) => {
  it('a create of a private link responds as recorded', async () => {
    const emulator = await start();
    const recorded = recording(recordings, `POST ${LINKS} 200`);
    const response = await emulator.create('observed', recordedLink(recordings));
    const { _id } = response.json<{ _id: string }>();
    expectSame(response, recorded, { [_id]: recorded.body._id as string });
    expectSameMethod(response, recorded);
  });

  it('a private link that is IDLE is shown as recorded', async () => {
    const emulator = await start();
    const recorded = recording(recordings, `GET ${LINKS}_{id} 200`);
    const id = await createRecordedLink(emulator, recordings);
    const response = await emulator.as('owner', 'observed', { url: `${linksPath('observed')}/${id}` });
    expectSame(response, recorded, { [id]: recorded.body._id as string });
    expectSameMethod(response, recorded);
  });

  it('a list of private links responds as recorded', async () => {
    const emulator = await start();
    const recorded = recording(recordings, `GET ${LINKS} 200`);
    const [listed] = recorded.body.results as { _id: string }[];
    const id = await createRecordedLink(emulator, recordings);
    const response = await emulator.as('owner', 'observed', { url: linksPath('observed') });
    expectSame(response, recorded, {
      [id]: listed?._id ?? '',
      [SEEDED.observed.project]: recordedProject(recorded),
    });
    expectSameMethod(response, recorded);
  });

  it('a delete of a private link responds as recorded', async () => {
    const emulator = await start();
    const recorded = recording(recordings, `DELETE ${LINKS}_{id} 202`);
    const id = await createRecordedLink(emulator, recordings);
    const response = await emulator.as('owner', 'observed', {
      method: 'DELETE',
      url: `${linksPath('observed')}/${id}`,
    });
    expectSame(response, recorded, {});
    expectSameMethod(response, recorded);
  });
});

describe.each(SOURCES)('recorded responses for projects: $source', ({ recordings }) => {
  it('a create of a project responds as recorded, with its Location', async () => {
    const emulator = await start();
    const recorded = recording(recordings, 'POST groups 201');
    const response = await emulator.as('owner', 'observed', {
      method: 'POST',
      url: `${API}/groups`,
      payload: { name: recorded.body.name, orgId: SEEDED.observed.organization },
    });
    const { id, created } = response.json<{ id: string; created: string }>();
    expectSame(response, recorded, {
      [id]: recorded.body.id as string,
      [created]: recorded.body.created as string,
      [SEEDED.observed.organization]: recorded.body.orgId as string,
    });
    expectSameMethod(response, recorded);
  });
});

describe.each(SOURCES)('recorded refusals, requested of private links: $source', ({ recordings }) => {
  it('a request for an unknown project is refused as recorded, except for X-Java-Method', async () => {
    const emulator = await start();
    const recorded = recording(recordings, 'POST groups_{id}_databaseUsers 404');
    const response = await emulator.as('owner', 'observed', {
      url: `${API}/groups/${recordedProject(recorded)}/streams/privateLinkConnections`,
    });
    expectSame(response, recorded, {});
    // The recorded request was for database users.
    expect(response.headers['x-java-method']).toBe('ApiStreamsResource::getPrivateLinkConnections');
  });

  it('missing and wrong credentials are refused as recorded, byte for byte except for the nonce', async () => {
    const emulator = await start();
    const recorded = recording(recordings, 'POST groups_{id}_databaseUsers 401');
    // The recording has the length and the keys; the spaces are those with which they come to that length.
    const text = `{
  "error" : 401,
  "reason" : "Unauthorized",
  "detail" : "You are not authorized for this resource.",
  "errorCode" : "UNEXPECTED_ERROR"
}`;
    expect(JSON.stringify(JSON.parse(text))).toBe(textOf(recorded));
    expect(String(Buffer.byteLength(text))).toBe(recorded.headers['content-length']);

    for (const authorization of [undefined, 'Bearer nonsense', 'Digest nonsense']) {
      const response = await emulator.inject({
        url: linksPath('observed'),
        headers: { accept: ACCEPT, ...(authorization !== undefined && { authorization }) },
      });
      expect(response.statusCode).toBe(recorded.status);
      expect(response.body).toBe(text);
      expect(response.headers['content-type']).toBe(recorded.headers['content-type']);
      const challenge = String(response.headers['www-authenticate']);
      const theirs = recorded.headers['www-authenticate'];
      expect(challenge.replace(nonceOf(challenge), nonceOf(theirs))).toBe(theirs);
      expect(nonceOf(challenge)).toHaveLength(nonceOf(theirs).length);
      for (const name of [...SAME_HEADERS, 'x-java-method', 'ratelimit-limit']) {
        if (name !== 'content-type') expect(response.headers, name).not.toHaveProperty(name);
      }
    }
  });

  it('all recordings are replayed, except those of workspaces and their connections', () => {
    const others = recordings.filter(
      ({ path_flat }) =>
        !/^api_atlas_v2_groups(_[a-f0-9]{24}_(streams_privateLink|databaseUsers).*)?$/.test(path_flat),
    );
    for (const { path_flat } of others)
      expect(path_flat).toMatch(/_streams(_instance-\d+(_connections.*)?)?$/);
    expect(recordings.length - others.length).toBe(7);
  });
});
