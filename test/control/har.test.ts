import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { HttpArchive } from '../../src/client/types.generated.js';
import { harOf, harSchema } from '../../src/control/journal/har.js';
import { linksPath, SEEDED } from '../support/emulator.js';
import { requestBody } from '../support/requests.js';
import { openLine, TRANSPORTS } from '../support/transport.js';
import { HAR_SCHEMA } from './har-schema.js';
import { startJournal } from './journal-support.js';

const LINKS = linksPath('documented');

const ajv = new Ajv({ formats: { 'date-time': true } });
const isHar = ajv.compile(HAR_SCHEMA);
const isDescribed = ajv.compile(harSchema);

describe.each(TRANSPORTS)('the HTTP Archive of requests, by %s', (transport) => {
  it('an HTTP Archive conforms to the HAR specification and the OpenAPI schema, whatever was requested', async () => {
    const line = await openLine(transport);
    const body = JSON.stringify(requestBody('aws-msk'));
    const json = { 'content-type': 'application/json' };
    await line.as('owner', 'documented', { method: 'POST', path: LINKS, headers: json, body });
    await line.as('owner', 'documented', { path: `${LINKS}?pretty=true&pageNum=1` });
    for (const path of [`${LINKS}/%zz`, '/nowhere', `${LINKS}?x=%zz&x&=`]) await line.send({ path });
    await line.send({ method: 'PUT', path: LINKS });
    const long = JSON.stringify({ provider: 'ü'.repeat(20_000) });
    await line.as('owner', 'documented', { method: 'POST', path: LINKS, headers: json, body: long });
    const answer = await line.send({ path: '/_emulator/requests.har' });
    const har = answer.json<HttpArchive>();
    expect([isHar(har), isHar.errors]).toEqual([true, null]);
    expect([isDescribed(har), isDescribed.errors]).toEqual([true, null]);
    expect(har.log.creator.name).toBe('atlas-streams-emulator');
    expect(har.log.entries.map(({ response }) => response.status)).toEqual([
      200, 200, 200, 200, 400, 404, 401, 405, 200, 400,
    ]);
  });

  it('an HTTP Archive has the complete request and response', async () => {
    const line = await openLine(transport);
    const body = JSON.stringify(requestBody('aws-msk'));
    const created = await line.as('owner', 'documented', {
      method: 'POST',
      path: `${LINKS}?pretty=true&envelope=false&a=b?c&d=e`,
      headers: { 'content-type': 'application/json' },
      body,
    });
    const answer = await line.send({ path: `/_emulator/projects/${SEEDED.documented.project}/requests.har` });
    const [entry, ...others] = answer.json<HttpArchive>().log.entries;
    expect(others).toEqual([]);
    expect(entry?.request).toMatchObject({
      method: 'POST',
      httpVersion: 'HTTP/1.1',
      queryString: [
        { name: 'pretty', value: 'true' },
        { name: 'envelope', value: 'false' },
        { name: 'a', value: 'b?c' },
        { name: 'd', value: 'e' },
      ],
      bodySize: body.length,
      postData: { mimeType: 'application/json', text: body },
    });
    expect(entry?.request.url.endsWith(`${LINKS}?pretty=true&envelope=false&a=b?c&d=e`)).toBe(true);
    expect(entry?.request.headers).toContainEqual({ name: 'authorization', value: 'Bearer' });
    expect(entry?.response).toMatchObject({
      status: 200,
      statusText: 'OK',
      bodySize: Buffer.byteLength(created.text),
      content: { size: Buffer.byteLength(created.text), text: created.text },
    });
  });
});

describe('entries of an HTTP Archive', () => {
  it('an entry of an HTTP Archive begins when the request arrived', () => {
    const { journal, come } = startJournal();
    come({ tookMs: 250.125, status: 0 });
    const [entry] = harOf(journal.select(undefined).entries).log.entries;
    expect(entry).toMatchObject({
      startedDateTime: '2025-12-31T23:59:59.750Z',
      time: 250.125,
      timings: { wait: 250.125 },
      response: { status: 0, statusText: '' },
    });
  });

  it('an entry of an HTTP Archive says that its body is incomplete', () => {
    const { journal, come } = startJournal();
    come({ body: 'start', truncated: true });
    const [entry] = harOf(journal.select(undefined).entries).log.entries;
    expect(entry).toMatchObject({
      request: { bodySize: -1, postData: { text: 'start', comment: expect.any(String) as string } },
    });
  });
});
