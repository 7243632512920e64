import fc, { type IAsyncProperty } from 'fast-check';
import type { AtlasOperation } from '../../src/http/operation.js';
import { API, linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import type { ServedDocument } from '../support/served-document.js';
import { NEWEST } from '../evidence/sample-requests.js';
import { linkBody, requestsFor, type MadeRequest } from './arbitraries.js';

/** A response, which a seeded bug may change. */
export interface Response {
  status: number;
  contentType: string;
  body: string;
}

/** A seeded bug: changes the response to a request. */
export type Bug = (
  request: { readonly method: string; readonly url: string; readonly body: unknown },
  response: Response,
) => void;

const LINKS = linksPath('observed');

/** The API, as one client sees it. */
export class Api {
  constructor(
    readonly emulator: TestEmulator,
    readonly bug: Bug = () => undefined,
  ) {}

  async send(method: string, url: string, body?: unknown): Promise<Response> {
    const answer = await this.emulator.as('owner', 'observed', {
      method: method as 'GET',
      url,
      headers: { accept: NEWEST, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    const contentType = String(answer.headers['content-type']);
    const response = { status: answer.statusCode, contentType, body: answer.body };
    this.bug({ method, url, body }, response);
    return response;
  }

  async json<T = Record<string, unknown>>(method: string, url: string, body?: unknown): Promise<T> {
    return JSON.parse((await this.send(method, url, body)).body) as T;
  }

  /** Restores the project, so that each run begins with the same. */
  async reset(): Promise<void> {
    await this.emulator.inject({
      method: 'POST',
      url: `/_emulator/projects/${SEEDED.observed.project}/reset`,
    });
  }
}

/** A property of values of any kind. */
export type Checked = IAsyncProperty<unknown[]>;

/** What holds for all requests. A property throws what does not hold. */
export type Property = (api: Api, served: ServedDocument, operations: readonly AtlasOperation[]) => Checked;

interface Page {
  readonly results: readonly Record<string, unknown>[];
  readonly totalCount: number;
}

function must(held: boolean, what: string, seen: unknown): void {
  if (!held) throw new Error(`${what}: ${JSON.stringify([seen]).slice(0, 400)}`);
}

/** What of a body is echoed: all but what is empty. */
const echoed = (body: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(body).filter(([, value]) => value !== '' && value !== null && value !== undefined);

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Ids for paths: of a link that is there. */
async function idsFor(api: Api): Promise<Record<string, string>> {
  await api.reset();
  const { _id } = await api.json<{ _id: string }>('POST', LINKS, {
    provider: 'AWS',
    dnsDomain: 'first.example',
  });
  return { connectionId: _id, limitName: 'atlas.project.deployment.clusters', groupName: 'observed' };
}

function urlOf({ path, query }: MadeRequest): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Operations that end the project that the others need, or would fill the organization. */
const LEFT_OUT = ['deleteGroup', 'createGroup', 'updateGroup'];

export const PROPERTIES: Readonly<Record<string, Property>> = {
  'every answer is as described, and what is wrong is refused': (api, served, operations) => {
    const all = operations.filter(({ id }) => !LEFT_OUT.includes(id));
    const made = fc
      .constantFrom(...all)
      .chain((operation) =>
        requestsFor(operation, { connectionId: '{link}', limitName: '{limit}', groupName: 'observed' }),
      );
    return fc.asyncProperty(made, async (request) => {
      const { connectionId = '', limitName = '' } = await idsFor(api);
      const { method, id } = request.operation;
      const url = urlOf(request).replace('{link}', connectionId).replace('{limit}', limitName);
      const response = await api.send(method, url, request.body);
      must(response.status < 500, `${id} never fails by itself`, response);
      must(served.differences({ method, url, ...response }).length === 0, `${id} answers as described`, [
        served.differences({ method, url, ...response }),
        response,
      ]);
      if (request.wrong !== undefined)
        must(response.status === 400, `${id} refuses ${request.wrong}`, response);
    });
  },
  'a link has what was sent, until it is deleted': (api) =>
    fc.asyncProperty(linkBody, async (body) => {
      await api.reset();
      const created = await api.json('POST', LINKS, body);
      const url = `${LINKS}/${String(created._id)}`;
      const got = await api.json('GET', url);
      for (const [name, value] of echoed(body)) {
        if (name === 'provider') must(got[name] === String(value).toUpperCase(), 'provider in capitals', got);
        else must(same(got[name], value), `${name} as sent`, got);
        must(same(created[name], value), `${name} of the create as sent`, created);
      }
      must(same(Object.keys(got), Object.keys(got).sort()), 'keys in order', Object.keys(got));
      const { results, totalCount } = await api.json<Page>('GET', LINKS);
      must(totalCount === 1 && same(results, [got]), 'the list has it', results);
      const again = await api.send('POST', LINKS, body);
      must(again.status === 400, 'the same target is refused', again);
      const deleted = await api.send('DELETE', url);
      must(deleted.status === 202 && deleted.body === '{}', 'delete', deleted);
      must((await api.send('GET', url)).status === 404, 'gone', url);
    }),
  'pages are parts of the whole list': (api) =>
    fc.asyncProperty(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 5 }), async (count, size) => {
      await api.reset();
      for (let number = 0; number < count; number += 1) {
        await api.send('POST', LINKS, { provider: 'AWS', dnsDomain: `${number}.example` });
      }
      const whole = await api.json<Page>('GET', LINKS);
      must(whole.totalCount === count && whole.results.length === count, 'all of them', whole);
      const parts: unknown[] = [];
      for (let page = 1; page <= Math.ceil(count / size) + 1; page += 1) {
        const part = await api.json<Page & { links: { rel: string }[] }>(
          'GET',
          `${LINKS}?itemsPerPage=${size}&pageNum=${page}`,
        );
        must(part.totalCount === count, 'the count of a page', part);
        must(
          part.links.some(({ rel }) => rel === 'next') === page * size < count,
          'the link to the next page',
          part,
        );
        parts.push(...part.results);
      }
      must(same(parts, whole.results), 'the pages together', parts);
    }),
  'pretty and envelope change the form alone': (api) =>
    fc.asyncProperty(
      fc.constantFrom('', '/{link}', '/ffffffffffffffffffffffff'),
      fc.boolean(),
      async (path, pretty) => {
        const { connectionId = '' } = await idsFor(api);
        const url = LINKS + path.replace('{link}', connectionId);
        const plain = await api.send('GET', url);
        const formed = await api.send('GET', `${url}?envelope=true&pretty=${pretty}`);
        must(formed.status === plain.status, 'the same status', formed);
        const { status, content, ...rest } = JSON.parse(formed.body) as Record<string, unknown>;
        must(status === plain.status, 'the status of the envelope', formed);
        const { links: _own, ...shown } = JSON.parse(plain.body) as Record<string, unknown>;
        const { links: _other, ...inside } = (content ?? rest) as Record<string, unknown>;
        must(same(inside, shown), 'the same content', formed);
        must(pretty === formed.body.includes('\n  "'), 'indented if pretty', formed);
      },
    ),
  'what is refused changes nothing': (api, _served, operations) => {
    const create = operations.filter(({ id }) => id === 'createGroupStreamPrivateLinkConnection');
    const made = fc.constantFrom(...create).chain((operation) => requestsFor(operation, {}));
    return fc.asyncProperty(made, async (request) => {
      await api.reset();
      const before = await api.send('GET', LINKS);
      const { status } = await api.send(request.operation.method, urlOf(request), request.body);
      const after = await api.send('GET', LINKS);
      must((status === 200) === (before.body !== after.body), 'changed if, and only if, it was taken', after);
    });
  },
  'settings and limits are what was set last': (api) =>
    fc.asyncProperty(
      fc.array(fc.record({ value: fc.integer({ min: 1, max: 90 }), isEnabled: fc.boolean() }), {
        maxLength: 4,
      }),
      async (changes) => {
        await api.reset();
        const group = `${API}/groups/${SEEDED.observed.project}`;
        const limit = `${group}/limits/atlas.project.deployment.clusters`;
        for (const { value, isEnabled } of changes) {
          await api.send('PATCH', limit, { value });
          await api.send('PATCH', `${group}/settings`, { isDataExplorerEnabled: isEnabled });
          must((await api.json(`GET`, limit)).value === value, 'the limit', value);
          must(
            (await api.json('GET', `${group}/settings`)).isDataExplorerEnabled === isEnabled,
            'the setting',
            isEnabled,
          );
        }
      },
    ),
};
