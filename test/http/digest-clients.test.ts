import DigestFetch from 'digest-fetch';
import { describe, expect, it } from 'vitest';
import { request } from 'urllib';
import { ACCEPT, linksPath, seededCaller, type SeededProfile } from '../support/emulator.js';
import { openSocket } from '../support/transport.js';

const PROFILES: readonly SeededProfile[] = ['documented', 'observed'];

interface Answer {
  readonly status: number;
  readonly body: { readonly _id?: string; readonly totalCount?: number };
}

/** A digest client that other people wrote. */
interface Client {
  readonly name: string;
  /** How often it lets itself be challenged in five requests. */
  readonly handshakes: number;
  /** Returns a function that sends as one caller. */
  readonly connect: (
    publicKey: string,
    privateKey: string,
  ) => (url: string, body?: object) => Promise<Answer>;
}

const CLIENTS: readonly Client[] = [
  {
    // Answers a new challenge each time, with one count for the whole process.
    name: 'urllib',
    handshakes: 5,
    connect: (publicKey, privateKey) => async (url, body) => {
      const response = await request(url, {
        method: body ? 'POST' : 'GET',
        digestAuth: `${publicKey}:${privateKey}`,
        headers: { accept: ACCEPT, 'content-type': 'application/json' },
        dataType: 'json',
        ...(body && { content: JSON.stringify(body) }),
      });
      return { status: response.status, body: response.data as Answer['body'] };
    },
  },
  {
    // Uses one nonce again and again, with growing counts.
    name: 'digest-fetch',
    handshakes: 1,
    connect(publicKey, privateKey) {
      const client = new DigestFetch(publicKey, privateKey);
      return async (url, body) => {
        const response = (await client.fetch(url, {
          method: body ? 'POST' : 'GET',
          headers: { accept: ACCEPT, 'content-type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        })) as Response;
        return { status: response.status, body: (await response.json()) as Answer['body'] };
      };
    },
  },
];

describe.each(CLIENTS)('the client $name', ({ name, connect, handshakes }) => {
  it.each(PROFILES)(`${name} creates, gets and lists a private link of the %s project`, async (profile) => {
    const { url } = await openSocket();
    const links = url + linksPath(profile);
    const { publicKey, privateKey } = seededCaller('streams', profile);
    const send = connect(publicKey, privateKey);
    const created = await send(links, { provider: 'AWS' });
    expect(created.status).toBe(200);
    expect((await send(`${links}/${created.body._id ?? ''}`)).status).toBe(200);
    const list = await send(`${links}?itemsPerPage=1&pageNum=1`);
    expect([list.status, list.body.totalCount]).toEqual([200, 1]);
  });

  it(`${name} can send concurrent requests`, async () => {
    const { url } = await openSocket();
    const links = url + linksPath('documented');
    const { publicKey, privateKey } = seededCaller('owner', 'documented');
    const send = connect(publicKey, privateKey);
    expect((await send(links)).status).toBe(200);
    const regions = Array.from({ length: 20 }, (_, index) => `region-${index}`);
    const created = await Promise.all(regions.map((region) => send(links, { provider: 'AWS', region })));
    expect(created.map(({ status }) => status)).toEqual(regions.map(() => 200));
    expect((await send(links)).body.totalCount).toBe(20);
  });

  it(`${name} is challenged ${handshakes} times in five requests`, async () => {
    const { url, events } = await openSocket();
    const { publicKey, privateKey } = seededCaller('reader', 'documented');
    const send = connect(publicKey, privateKey);
    const challenged: number[] = [];
    events.subscribe(({ seq, type, data }) => {
      if (type === 'request.finished' && data.status === 401) challenged.push(seq);
    });
    for (let count = 0; count < 5; count++)
      expect((await send(url + linksPath('documented'))).status).toBe(200);
    expect(challenged).toHaveLength(handshakes);
  });

  it(`${name} gets a 401 with a wrong key and a 403 without permission`, async () => {
    const { url } = await openSocket();
    const links = url + linksPath('documented');
    expect((await connect('owner1', 'wrong')(links)).status).toBe(401);
    const { publicKey, privateKey } = seededCaller('reader', 'documented');
    const send = connect(publicKey, privateKey);
    expect((await send(links)).status).toBe(200);
    expect((await send(links, { provider: 'AWS' })).status).toBe(403);
  });
});
