import { describe, expect, it } from 'vitest';
import { API, linksPath, TestEmulator } from '../../support/emulator.js';
import { Links, PROFILES, type LinkPage } from '../../support/links.js';
import { REQUESTS, requestBody } from '../../support/requests.js';
import { shareEmulator, TRANSPORTS } from '../../support/transport.js';
import { fixtureWith, OTHER_PROJECT } from '../../support/world.js';

const shared = shareEmulator();

const regions = (page: LinkPage): unknown[] => page.results.map(({ region }) => region);

/** Where a client without a socket finds the links of a project. */
const urlOf = (links: Links): string => `http://localhost:80${links.path}`;

describe.each(PROFILES)('the list of private links (%s)', (profile) => {
  const lists = new Map<number, Promise<Links>>();

  /** A project with `count` links in different regions, which all tests may read. */
  function listOf(count: number): Promise<Links> {
    const filled = async (): Promise<Links> => {
      const links = await shared.links(profile, { movement: 'at once' });
      for (let index = 0; index < count; index += 1)
        await links.create({ provider: 'AWS', region: `r${index}` });
      return links;
    };
    const list = lists.get(count) ?? filled();
    lists.set(count, list);
    return list;
  }

  it('the list of private links of a new project is empty', async () => {
    const links = await shared.links(profile);
    expect(await links.list()).toEqual({
      links: [{ href: `${urlOf(links)}?pageNum=1&itemsPerPage=100`, rel: 'self' }],
      results: [],
      totalCount: 0,
    });
  });

  it('the list of private links is in order of creation', async () => {
    const links = await shared.links(profile);
    const ids = [];
    for (const body of [...REQUESTS.values()].reverse()) ids.push((await links.create(body))._id);
    links.emulator.clock.advance(60_000);
    const { results, totalCount } = await links.list();
    expect(results.map(({ _id }) => _id)).toEqual(ids);
    expect(totalCount).toBe(REQUESTS.size);
    for (const shown of results) expect(await links.get(shown._id)).toEqual(shown);
  });

  it('the list of private links has its keys in the recorded order', async () => {
    const links = await listOf(1);
    const read = async (query: string) =>
      (await links.as('reader', { url: links.path + query })).json<object>();
    expect(Object.keys(await read(''))).toEqual(['links', 'results', 'totalCount']);
    expect(Object.keys(await read('?envelope=true'))).toEqual(['links', 'results', 'status', 'totalCount']);
  });

  it.each([
    { query: '', from: 0, to: 7, links: { self: [1, 100] } },
    { query: '?itemsPerPage=7', from: 0, to: 7, links: { self: [1, 7] } },
    { query: '?itemsPerPage=3', from: 0, to: 3, links: { self: [1, 3], next: 2 } },
    { query: '?itemsPerPage=3&pageNum=2', from: 3, to: 6, links: { self: [2, 3], previous: 1, next: 3 } },
    { query: '?itemsPerPage=3&pageNum=3', from: 6, to: 7, links: { self: [3, 3], previous: 2 } },
    { query: '?itemsPerPage=3&pageNum=4', from: 7, to: 7, links: { self: [4, 3], previous: 3 } },
    { query: '?pageNum=99', from: 7, to: 7, links: { self: [99, 100], previous: 98 } },
    {
      query: '?pageNum=1000000000&itemsPerPage=500',
      from: 7,
      to: 7,
      links: { self: [1e9, 500], previous: 1e9 - 1 },
    },
    { query: '?itemsPerPage=1', from: 0, to: 1, links: { self: [1, 1], next: 2 } },
    { query: '?itemsPerPage=500', from: 0, to: 7, links: { self: [1, 500] } },
    { query: '?name=x&includeCount=false&itemsPerPage=007', from: 0, to: 7, links: { self: [1, 7] } },
  ] as const)(
    'the list of seven private links with the query $query has the items $from to $to',
    async ({ query, from, to, links: relations }) => {
      const links = await listOf(7);
      const page = await links.list(query);
      const url = urlOf(links);
      const [pageNum, itemsPerPage] = relations.self;
      const others = query.startsWith('?name') ? 'name=x&includeCount=false&' : '';
      const other = (number: number) => `${url}?itemsPerPage=${itemsPerPage}&pageNum=${number}`;

      expect(regions(page)).toEqual(Array.from({ length: 7 }, (_, index) => `r${index}`).slice(from, to));
      expect(page.totalCount).toBe(7);
      expect(page.links).toEqual([
        { href: `${url}?${others}pageNum=${pageNum}&itemsPerPage=${itemsPerPage}`, rel: 'self' },
        ...('previous' in relations ? [{ href: other(relations.previous), rel: 'previous' }] : []),
        ...('next' in relations ? [{ href: other(relations.next), rel: 'next' }] : []),
      ]);
    },
  );

  it.each(
    ['pageNum', 'itemsPerPage'].flatMap((name) =>
      ['0', '-1', 'x', '1.5', '1e2', ' 1', '0x10', '', 'true', '99999999999999999999']
        .concat(name === 'itemsPerPage' ? ['501'] : [])
        .map((value) => ({ name, value })),
    ),
  )('the list of private links refuses $name=$value with 400', async ({ name, value }) => {
    const links = await listOf(1);
    const response = await links.as('owner', {
      url: `${links.path}?${name}=${encodeURIComponent(value)}`,
    });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      errorCode: profile === 'documented' ? 'VALIDATION_ERROR' : 'INVALID_QUERY_PARAMETER',
      detail: expect.stringContaining(name) as string,
    });
  });

  it('following the next links of a list of 1,000 private links returns each once, in order', async () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => ({
      provider: 'AWS',
      region: `r${index}`,
      state: 'DONE',
    }));
    const fixture = fixtureWith(profile, thousand);
    const links = new Links(await TestEmulator.start({ fixture }), profile);
    const seen: unknown[] = [];
    let next: string | undefined = '?itemsPerPage=300';
    for (; next !== undefined;) {
      const page: LinkPage = await links.list(next);
      expect(page.totalCount).toBe(1000);
      seen.push(...regions(page));
      next = page.links.find(({ rel }) => rel === 'next')?.href.slice(urlOf(links).length);
    }
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => `r${index}`));
    expect(regions(await links.list())).toHaveLength(100);
    expect(regions(await links.list('?itemsPerPage=500&pageNum=2'))).toEqual(seen.slice(500));
  });

  it('the list of private links has its status beside the results with envelope=true only', async () => {
    const links = await listOf(2);
    const plain = await links.list();
    for (const flag of ['envelope=true', 'envelope=false']) {
      const self = { href: `${urlOf(links)}?${flag}&pageNum=1&itemsPerPage=100`, rel: 'self' };
      const status = flag === 'envelope=true' ? { status: 200 } : {};
      expect(await links.list(`?${flag}`)).toEqual({ ...plain, ...status, links: [self] });
    }
  });

  it('the list of private links is indented as recorded with pretty=true', async () => {
    const links = await listOf(2);
    const pretty = await links.as('owner', { url: `${links.path}?pretty=true` });
    expect(pretty.json<LinkPage>().results).toEqual((await links.list()).results);
    expect(pretty.body).toMatch(/^\{\n {2}"links" : \[ \{\n/);
    expect(pretty.body).toContain('\n  "totalCount" : 2\n}');
  });

  it('neither the list nor a GET returns a private link of another project', async () => {
    const [own, foreign] = ['a'.repeat(24), 'b'.repeat(24)];
    const fixture = fixtureWith(
      profile,
      [{ ...requestBody('aws-s3'), _id: own }],
      [{ ...requestBody('aws-s3'), _id: foreign }],
    );
    const links = new Links(await TestEmulator.start({ fixture }), profile);
    expect((await links.list()).results.map(({ _id }) => _id)).toEqual([own]);
    for (const id of [foreign, 'f'.repeat(24), own.toUpperCase(), 'x', '%00', `${own}%20`]) {
      const response = await links.emulator.as('owner', profile, { url: `${linksPath(profile)}/${id}` });
      const malformed = profile === 'observed' && !/^[a-f0-9]{24}$/.test(id);
      const status = malformed ? 400 : 404;
      expect(response.statusCode, id).toBe(status);
      expect(response.json()).toMatchObject({
        error: status,
        errorCode: malformed ? 'PATH_PARAM_PARSE_ERROR' : 'RESOURCE_NOT_FOUND',
        detail: expect.stringContaining(
          malformed
            ? `request URI ${linksPath(profile)}/${id} is`
            : `Cannot find resource ${decodeURIComponent(id)}`,
        ) as string,
      });
    }
    // The owner has no role in the other project, which has the link.
    const elsewhere = await links.emulator.as('reader', profile, {
      url: `${API}/groups/${OTHER_PROJECT}/streams/privateLinkConnections/${foreign}`,
    });
    expect(elsewhere.statusCode).toBe(profile === 'documented' ? 403 : 401);
  });

  it('the list of private links shows each link in the state of the current time', async () => {
    const links = await shared.links(profile, { durations: { idleMs: 2000 } });
    await links.create(requestBody('aws-s3'));
    links.emulator.clock.advance(1000);
    await links.create(requestBody('aws-msk'));
    links.emulator.clock.advance(1000);
    const first = profile === 'documented' ? 'PENDING' : 'IDLE';
    expect((await links.list()).results.map(({ state }) => state)).toEqual(['DONE', first]);
  });
});

describe('base URL of links', () => {
  it.each(TRANSPORTS)('links in responses begin with the Host of the request (%s)', async (transport) => {
    const line = shared.seeded(transport);
    for (const host of ['atlas.example.com', 'emulator:27080', '[::1]:27080', 'localhost']) {
      const response = await line.as('owner', 'documented', {
        path: linksPath('documented'),
        headers: { host },
      });
      expect(response.json<LinkPage>().links[0]?.href).toBe(
        `http://${host}${linksPath('documented')}?pageNum=1&itemsPerPage=100`,
      );
    }
  });

  it('links in responses begin with the public URL if one is set, whatever the Host', async () => {
    const publicUrl = 'https://atlas.test:8443';
    const links = new Links(await TestEmulator.start({ publicUrl }), 'documented');
    const own = `${publicUrl}${linksPath('documented')}`;
    const created = await links.create(requestBody('aws-s3'));
    const expected = [{ href: `${own}/${created._id}`, rel: 'self' }];
    expect(created.links).toEqual(expected);
    expect((await links.get(created._id)).links).toEqual(expected);
    const page = await links.list();
    expect(page.links).toEqual([{ href: `${own}?pageNum=1&itemsPerPage=100`, rel: 'self' }]);
    expect(page.results[0]?.links).toEqual(expected);
  });

  it('links in the same stored private link begin with the address of each request', async () => {
    const links = await shared.links('documented');
    const { _id } = await links.create(requestBody('aws-s3'));
    for (const host of ['one:1', 'two:2']) {
      const response = await links.as('owner', { url: `${links.path}/${_id}`, headers: { host } });
      expect(response.json()).toHaveProperty('links', [
        { href: `http://${host}${links.path}/${_id}`, rel: 'self' },
      ]);
    }
  });
});
