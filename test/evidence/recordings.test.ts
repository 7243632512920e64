import type { LightMyRequestResponse } from 'fastify';
import { expect, it } from 'vitest';
import { nonceOf } from '../support/digest.js';
import { ACCEPT, API, linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import { describeWithEvidence, evidence, type Recording } from '../support/evidence.js';

const RECORDINGS = evidence('recorded-responses', []);

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

/** The recording whose source names this step. */
function recording(step: string): Recording {
  const [found, ...others] = RECORDINGS.filter(({ source }) => source.includes(step));
  if (!found || others.length > 0) throw new Error(`not one recording of ${step}, but more or none`);
  return found;
}

/** An emulator whose links begin with the recorded host and pass IDLE as slowly as the recorded one did. */
function start(): Promise<TestEmulator> {
  return TestEmulator.start({ publicUrl: RECORDED_HOST, idleMs: 60_000 });
}

/** The recorded create's body: what its answer echoes. */
function recordedLink(): object {
  const { _id, ...sent } = recording('Creating_a_streams_privateLink_endpoint').body;
  expect(_id).toMatch(/^[a-f0-9]{24}$/);
  return sent;
}

async function createRecordedLink(emulator: TestEmulator): Promise<string> {
  const response = await emulator.create('observed', recordedLink());
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

describeWithEvidence('recorded responses for private links', () => {
  it('a create of a private link responds as recorded', async () => {
    const emulator = await start();
    const recorded = recording('Creating_a_streams_privateLink_endpoint');
    const response = await emulator.create('observed', recordedLink());
    const { _id } = response.json<{ _id: string }>();
    expectSame(response, recorded, { [_id]: recorded.body._id as string });
    expectSameMethod(response, recorded);
  });

  it('a private link that is IDLE is shown as recorded', async () => {
    const emulator = await start();
    const recorded = recording('Describing_a_streams_privateLink_endpoint');
    const id = await createRecordedLink(emulator);
    const response = await emulator.as('owner', 'observed', { url: `${linksPath('observed')}/${id}` });
    expectSame(response, recorded, { [id]: recorded.body._id as string });
    expectSameMethod(response, recorded);
  });

  it('a list of private links responds as recorded', async () => {
    const emulator = await start();
    const recorded = recording('List_all_streams_privateLink_endpoints');
    const [listed] = recorded.body.results as { _id: string }[];
    const id = await createRecordedLink(emulator);
    const response = await emulator.as('owner', 'observed', { url: linksPath('observed') });
    expectSame(response, recorded, {
      [id]: listed?._id ?? '',
      [SEEDED.observed.project]: recordedProject(recorded),
    });
    expectSameMethod(response, recorded);
  });

  it('a delete of a private link responds as recorded', async () => {
    const emulator = await start();
    const recorded = recording('Deleting_a_streams_privateLink_endpoint');
    const id = await createRecordedLink(emulator);
    const response = await emulator.as('owner', 'observed', {
      method: 'DELETE',
      url: `${linksPath('observed')}/${id}`,
    });
    expectSame(response, recorded, {});
    expectSameMethod(response, recorded);
  });
});

describeWithEvidence('recorded responses for projects', () => {
  it('a create of a project responds as recorded, with its Location', async () => {
    const emulator = await start();
    const recorded = recording('TestStreamsWithClusters/POST_api_atlas_v2_groups_1');
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

describeWithEvidence('recorded refusals, requested of private links', () => {
  it('a request for an unknown project is refused as recorded, except for X-Java-Method', async () => {
    const emulator = await start();
    const recorded = recording('Invalid_Project_ID');
    const response = await emulator.as('owner', 'observed', {
      url: `${API}/groups/${recordedProject(recorded)}/streams/privateLinkConnections`,
    });
    expectSame(response, recorded, {});
    // The recorded request was for database users.
    expect(response.headers['x-java-method']).toBe('ApiStreamsResource::getPrivateLinkConnections');
  });

  it('missing and wrong credentials are refused as recorded, byte for byte except for the nonce', async () => {
    const emulator = await start();
    const recorded = recording('Invalid_Public_Key');
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
    const others = RECORDINGS.filter(
      ({ path_flat }) =>
        !/^api_atlas_v2_groups(_[a-f0-9]{24}_(streams_privateLink|databaseUsers).*)?$/.test(path_flat),
    );
    for (const { path_flat } of others)
      expect(path_flat).toMatch(/_streams(_instance-\d+(_connections.*)?)?$/);
    expect(RECORDINGS.length - others.length).toBe(7);
  });
});
