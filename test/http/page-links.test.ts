import { describe, expect, it } from 'vitest';
import { linksPath } from '../support/emulator.js';
import { PROFILES, type LinkPage } from '../support/links.js';
import { shareEmulator } from '../support/transport.js';

const shared = shareEmulator();

/** The query of each link of a page, by its relation. */
async function linksOf(path: string, profile: 'documented' | 'observed' = 'observed') {
  const response = await shared.emulator.as('owner', profile, { url: path });
  expect(response.statusCode).toBe(200);
  const { links } = response.json<LinkPage>();
  return Object.fromEntries(links.map(({ rel, href }) => [rel, href.split('?')[1]]));
}

describe.each(PROFILES)('links of a page, %s', (profile) => {
  it.each([
    ['', ''],
    ['?', ''],
    ['?includeCount=true&name=', 'includeCount=true&name=&'],
    ['?b=2&a=1&b=%20%C3%A9&a', 'b=2&a=1&b=%20%C3%A9&a&'],
    ['?itemsPerPage=100&x=y&pageNum=1&&', 'x=y&'],
    ['?page%4Eum=1&pageNumber=3', 'pageNumber=3&'],
    ['?pretty=true&envelope=true', 'pretty=true&envelope=true&'],
  ])('the links of a page repeat the other query parameters as sent: "%s"', async (query, repeated) => {
    const links = await linksOf(linksPath(profile) + query, profile);
    expect(links).toEqual({ self: `${repeated}pageNum=1&itemsPerPage=100` });
  });
});

describe('links to other pages', () => {
  it('the links to other pages repeat the query parameters and lead to a page of the same form', async () => {
    const links = await shared.links('observed');
    for (const region of ['one', 'two', 'three']) await links.create({ provider: 'AWS', region });
    const read = async (query: string) => {
      const { body } = await links.as('reader', { url: links.path + query });
      const { links: hrefs, ...page } = JSON.parse(body) as LinkPage;
      expect(page).toMatchObject({ status: 200, totalCount: 3 });
      expect(body).toMatch(/^\{\n {2}"links" : /);
      return Object.fromEntries(hrefs.map(({ rel, href }) => [rel, href.slice(href.indexOf('?'))]));
    };
    const first = await read('?pageNum=1&pretty=true&itemsPerPage=1&envelope=true');
    const others = '?pretty=true&envelope=true&';
    expect(first).toEqual({
      self: `${others}pageNum=1&itemsPerPage=1`,
      next: `${others}itemsPerPage=1&pageNum=2`,
    });
    expect(await read(first.next ?? '')).toEqual({
      self: `${others}pageNum=2&itemsPerPage=1`,
      previous: `${others}itemsPerPage=1&pageNum=1`,
      next: `${others}itemsPerPage=1&pageNum=3`,
    });
  });

  it('the journal has no secret from the query of a page', async () => {
    const links = await shared.links('observed');
    const secret = 'c3po-r2d2-bb8';
    await links.as('reader', { url: `${links.path}?token=${secret}&x=y` });
    const journal = await shared.emulator.inject({
      url: `/_emulator/projects/${links.project.id}/requests`,
    });
    expect(journal.body).toContain('x=y');
    expect(journal.body).not.toContain(secret);
  });
});
