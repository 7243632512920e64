import { describe, expect, it } from 'vitest';
import type { EventOf, RequestDetail, Unredacted } from '../../src/kernel/events.js';
import { linksPath, TestEmulator } from '../support/emulator.js';
import { takeDifferences } from '../support/validated-answers.js';

type Finished = EventOf<'request.finished'>;

/** Sends a request, and emits its event again as if the answer had been another. */
async function answerOtherwise(
  change: (data: Finished['data'], raw: Unredacted) => [Partial<Finished['data']>, Partial<Unredacted>],
) {
  const emulator = await TestEmulator.start();
  const { events } = emulator.app;
  const seen: [Finished, RequestDetail][] = [];
  events.subscribe((event, detail) => {
    if (event.type === 'request.finished' && detail) seen.push([event, detail]);
  });
  await emulator.create('observed', { provider: 'AWS' });
  await emulator.as('owner', 'observed', { url: linksPath('observed') });
  expect(takeDifferences()).toEqual([]);
  const [event, detail] = seen.at(-1) ?? [];
  if (!event || !detail) throw new Error('no request has finished');
  const [data, raw] = change(event.data, detail.unredacted);
  const plain = { ...JSON.parse(JSON.stringify(event.data)), ...data } as Finished['data'];
  events.emit('request.finished', event.project, plain, {
    ...{ url: detail.url, httpVersion: '1.1', request: detail.request, response: detail.response, size: 0 },
    condition: undefined,
    unredacted: { ...detail.unredacted, ...raw },
  });
  return takeDifferences().map((one) => one.replace(/^.*?: /, ''));
}

const LIST = 'listGroupStreamPrivateLinkConnections';

describe('the validation of every answer in the tests', () => {
  it('finds a body that the published document does not allow', async () => {
    const found = await answerOtherwise((_data, { answer }) => [
      {},
      { answer: String(answer).replace('"DONE"', '"READY"') },
    ]);
    expect(found[0]).toMatch(new RegExp(`^${LIST}: .results.*state`));
  });

  it('finds a status, a media type and a field that it does not have', async () => {
    expect(await answerOtherwise(() => [{ status: 201 }, {}])).toEqual([`${LIST}: status 201`]);
    expect(await answerOtherwise(() => [{}, { answerHeaders: ['content-type', 'text/plain'] }])).toEqual([
      `${LIST}: media type text/plain`,
    ]);
    const found = await answerOtherwise((_data, { answer }) => [
      {},
      { answer: String(answer).replace('"totalCount"', '"total":1,"totalCount"') },
    ]);
    expect(found.join()).toContain('must NOT have additional properties');
  });
});
