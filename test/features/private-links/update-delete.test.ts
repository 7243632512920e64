import { describe, expect, it } from 'vitest';
import { API } from '../../support/emulator.js';
import {
  codeOf,
  deleteLink,
  FAILED,
  IDLE,
  patchLink,
  settledLinks,
  startLinks,
  statusOfGet,
} from '../../support/link-changes.js';
import { PROFILES, type ErrorBody } from '../../support/links.js';
import { requestBody, without } from '../../support/requests.js';
import { shareEmulator } from '../../support/transport.js';

const shared = shareEmulator();

/** What a malformed id of a link is answered. */
const MALFORMED_ID = { documented: '404 RESOURCE_NOT_FOUND', observed: '400 PATH_PARAM_PARSE_ERROR' };

/** A body without a domain, and one with. */
const BARE = requestBody('aws-s3');
const WITH_DOMAIN = { ...BARE, dnsDomain: 'old.example' };

describe.each(PROFILES)('a change of domain, %s', (profile) => {
  it('is there from version 2025-03-12 on, and 406 before', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    for (const [date, status] of [
      ['2023-02-01', 406],
      ['2024-05-30', 406],
      ['2025-03-11', 406],
      ['2025-03-12', 200],
    ] as const) {
      const accept = `application/vnd.atlas.${date}+json`;
      const response = await patchLink(links, _id, undefined, { accept });
      expect(response.statusCode, date).toBe(status);
    }
  });

  it('answers with the whole link where none is set, and GET and list show it at once', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    const response = await patchLink(links, _id);
    expect(response.statusCode, response.body).toBe(200);
    const link = await links.get(_id);
    expect(response.json()).toEqual(link);
    expect(link).toMatchObject({ ...BARE, _id, dnsDomain: 'new.example' });
    expect((await links.list()).results).toEqual([link]);
  });

  it('is allowed of a link that is IDLE, whatever its domain', async () => {
    const links = await startLinks(profile, settledLinks(profile, { dnsDomain: 'old.example' }));
    expect((await patchLink(links, IDLE)).statusCode).toBe(200);
    expect(await links.get(IDLE)).toMatchObject({ dnsDomain: 'new.example' });
  });

  it('is allowed of a link that has FAILED, where none is set', async () => {
    const links = await startLinks(profile, settledLinks(profile));
    expect((await patchLink(links, FAILED)).statusCode).toBe(200);
    expect((await links.get(FAILED)).dnsDomain).toBe('new.example');
  });

  it('is refused of a link that has one and is not IDLE, and changes nothing', async () => {
    const links = await startLinks(profile, settledLinks(profile, { dnsDomain: 'old.example' }));
    const { _id } = await links.create(WITH_DOMAIN);
    for (const id of [_id, FAILED]) {
      const before = await links.get(id);
      const response = await patchLink(links, id);
      expect(codeOf(response)).toBe('400 VALIDATION_ERROR');
      expect(response.headers['x-emulator-reason']).toContain(`${id} has a dnsDomain already`);
      expect(await links.get(id)).toEqual(before);
    }
  });

  it.each([
    ['an unknown field', { dnsDomain: 'a.example', dnsDomian: 'b' }, 'INVALID_ATTRIBUTE', 'dnsDomian'],
    [
      'a field that only a create takes',
      { dnsDomain: 'a.example', region: 'b' },
      'INVALID_ATTRIBUTE',
      'region',
    ],
    ['nothing', {}, 'MISSING_ATTRIBUTE', 'dnsDomain'],
    ['an empty domain', { dnsDomain: '' }, 'MISSING_ATTRIBUTE', 'dnsDomain'],
    ['null', { dnsDomain: null }, 'MISSING_ATTRIBUTE', 'dnsDomain'],
    ['a number', { dnsDomain: 7 }, 'INVALID_JSON_ATTRIBUTE', 'dnsDomain'],
    ['a list', { dnsDomain: ['a.example'] }, 'INVALID_JSON_ATTRIBUTE', 'dnsDomain'],
  ])('is refused with %s', async (_, payload, errorCode, names) => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    const response = await patchLink(links, _id, payload);
    expect(codeOf(response)).toBe(`400 ${profile === 'observed' ? errorCode : 'VALIDATION_ERROR'}`);
    expect(response.json<ErrorBody>().detail).toContain(names);
    expect(await links.get(_id)).not.toHaveProperty('dnsDomain');
  });

  it('passes over what only the server sets', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    const response = await patchLink(links, _id, {
      dnsDomain: 'new.example',
      state: '',
      _id: FAILED,
      links: [],
    });
    expect(response.json()).toMatchObject({ _id, dnsDomain: 'new.example' });
  });

  it('is refused to the domain of another link that has no other target', async () => {
    const links = await shared.links(profile);
    const taken = await links.create({ provider: 'AWS', dnsDomain: 'new.example' });
    const { _id } = await links.create({ provider: 'AWS' });
    const response = await patchLink(links, _id);
    expect(codeOf(response)).toBe(`${profile === 'observed' ? 400 : 409} STREAM_PRIVATE_LINK_ALREADY_EXISTS`);
    expect(response.headers['x-emulator-reason']).toContain(taken._id);

    expect((await patchLink(links, _id, { dnsDomain: 'free.example' })).statusCode).toBe(200);
    // The new domain counts from now on, and what the link was before is free.
    expect((await links.post({ provider: 'AWS', dnsDomain: 'free.example' })).statusCode).not.toBe(200);
    await links.create({ provider: 'AWS' });
  });

  it('is allowed to a domain that another link has beside its endpoint', async () => {
    const links = await shared.links(profile);
    await links.create({ ...WITH_DOMAIN, dnsDomain: 'new.example' });
    const { _id } = await links.create({ ...BARE, serviceEndpointId: 'com.amazonaws.us-west-2.s3' });
    expect((await patchLink(links, _id)).statusCode).toBe(200);
  });

  it('is refused to a domain that is not in the sub-domains of a CONFLUENT link', async () => {
    const confluent = without(requestBody('aws-confluent'), 'region');
    const links = await startLinks(profile, settledLinks(profile, confluent));
    const response = await patchLink(links, IDLE);
    expect(codeOf(response)).toBe(`400 ${profile === 'observed' ? 'INVALID_ATTRIBUTE' : 'VALIDATION_ERROR'}`);
    expect(response.json<ErrorBody>().detail).toContain('dnsSubDomain[0]');
    expect(await links.get(IDLE)).toMatchObject(confluent);
  });

  it('is refused to a reader, and of a link that is not there', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    const denied = await patchLink(links, _id, undefined, { caller: 'reader' });
    expect(denied.statusCode).toBe(profile === 'observed' ? 401 : 403);
    expect(codeOf(await patchLink(links, FAILED))).toBe('404 RESOURCE_NOT_FOUND');
    expect(codeOf(await patchLink(links, 'nothex'))).toBe(MALFORMED_ID[profile]);
  });
});

describe.each(PROFILES)('a delete, %s', (profile) => {
  it.each(['just created', 'DONE', 'IDLE', 'FAILED'])(
    'answers 202 of a link that is %s, and it is gone',
    async (state) => {
      const links = await startLinks(profile, settledLinks(profile));
      const { _id } = await links.create(WITH_DOMAIN);
      if (state === 'DONE') links.emulator.clock.advance(60_000);
      const id = { IDLE, FAILED }[state] ?? _id;
      const response = await deleteLink(links, id);
      expect([response.statusCode, response.body]).toEqual([202, '{}']);
      expect(await statusOfGet(links, id)).toBe(404);
      const { results, totalCount } = await links.list();
      expect(results.map((link) => link._id)).not.toContain(id);
      expect(totalCount).toBe(2);
    },
  );

  it('of what is gone, was never there or is of another project is a 404', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    await deleteLink(links, _id);
    for (const id of [_id, FAILED]) {
      expect(codeOf(await deleteLink(links, id)), id).toBe('404 RESOURCE_NOT_FOUND');
    }
    expect(codeOf(await deleteLink(links, 'nothex'))).toBe(MALFORMED_ID[profile]);
    const other = profile === 'observed' ? 'documented' : 'observed';
    const { _id: elsewhere } = await (await shared.links(other)).create(BARE);
    expect((await deleteLink(links, elsewhere)).statusCode).toBe(404);
  });

  it('makes its target free, and lets its project be deleted', async () => {
    const links = await shared.links(profile);
    const url = `${API}/groups/${links.project.id}`;
    const { _id } = await links.create(BARE);
    expect((await links.post(BARE)).statusCode).not.toBe(200);
    await deleteLink(links, _id);
    const again = await links.create(BARE);
    expect((await links.as('owner', { method: 'DELETE', url })).statusCode).toBe(409);
    await deleteLink(links, again._id);
    expect((await links.as('owner', { method: 'DELETE', url })).statusCode).toBe(202);
  });

  it('is refused to a reader', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    expect((await deleteLink(links, _id, 'reader')).statusCode).toBe(profile === 'observed' ? 401 : 403);
    expect(await statusOfGet(links, _id)).toBe(200);
  });
});
