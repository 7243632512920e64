import { afterEach, expect } from 'vitest';
import { buildApp } from '../../src/app.js';
import { defaultConfig } from '../../src/config.js';
import { EventBus, type EventData, type RequestDetail } from '../../src/kernel/events.js';
import { ServedDocument, type OpenApi } from './served-document.js';

/**
 * Holds every answer of the Atlas API, in all tests, against the published document before it is sent: the test fails in
 * which an answer differs. Answers of fault rules and of `Prefer` are what a test asked for.
 */

const VALIDATED = Symbol.for('validated-answers');

const differences: string[] = [];

/** Differences that are meant, and why. */
const MEANT: Readonly<Record<string, string>> = {
  'revokeToken: a body': 'the document has none; with envelope=true there is one, which shows the status',
};

async function publishedDocument(): Promise<ServedDocument> {
  const { server } = await buildApp(defaultConfig({ logLevel: 'silent' }));
  const document = (await server.inject('/_emulator/openapi.json')).json<OpenApi>();
  await server.close();
  return new ServedDocument(document);
}

function compare(served: ServedDocument, data: EventData['request.finished'], detail: RequestDetail): void {
  const { method, status, operation, rung } = data;
  const { url, answerHeaders, answer } = detail.unredacted;
  const isMeant = rung === 'faults' || rung === 'scripted answer' || status === 0 || method === 'HEAD';
  // Resources that a test has declared are not in the document.
  const isPublished = operation !== undefined && served.operationOf(method, url) === operation;
  if (isMeant || !isPublished || (answer !== undefined && typeof answer !== 'string')) return;
  const type = answerHeaders.indexOf('content-type');
  const contentType = type < 0 ? '' : String(answerHeaders[type + 1]);
  const found = served.differences({ method, url, status, contentType, body: answer ?? '' });
  differences.push(...found.filter((one) => !(one in MEANT)).map((one) => `${method} ${url}: ${one}`));
}

// Test files share modules, but each loads this one again.
if (!(VALIDATED in globalThis)) {
  Object.defineProperty(globalThis, VALIDATED, { value: { differences, served: await publishedDocument() } });
  const own = (globalThis as unknown as Record<symbol, { served: ServedDocument }>)[VALIDATED];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the bus
  const { emit } = EventBus.prototype;
  EventBus.prototype.emit = function (type, project, data, detail) {
    if (type === 'request.finished' && detail && own) {
      compare(own.served, data as EventData['request.finished'], detail);
    }
    emit.call(this, type, project, data, detail);
  };
}

/** Takes the differences that were found since the last call. */
export function takeDifferences(): string[] {
  const all = (globalThis as unknown as Record<symbol, { differences: string[] }>)[VALIDATED];
  return all?.differences.splice(0) ?? [];
}

afterEach(() => {
  expect(takeDifferences(), 'answers that differ from the published document').toEqual([]);
});
