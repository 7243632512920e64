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

describe.each(PROFILES)('change of dnsDomain, %s', (profile) => {
  it('PATCH of a link is available from version 2025-03-12 on, and a 406 before', async () => {
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

  it('PATCH responds with the whole link if it had no dnsDomain, and reads show the new one at once', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    const response = await patchLink(links, _id);
    expect(response.statusCode, response.body).toBe(200);
    const link = await links.get(_id);
    expect(response.json()).toEqual(link);
    expect(link).toMatchObject({ ...BARE, _id, dnsDomain: 'new.example' });
    expect((await links.list()).results).toEqual([link]);
  });

  it('PATCH is accepted for a link that is IDLE, whatever its dnsDomain', async () => {
    const links = await startLinks(profile, settledLinks(profile, { dnsDomain: 'old.example' }));
    expect((await patchLink(links, IDLE)).statusCode).toBe(200);
    expect(await links.get(IDLE)).toMatchObject({ dnsDomain: 'new.example' });
  });

  it('PATCH is accepted for a link that FAILED, if it has no dnsDomain', async () => {
    const links = await startLinks(profile, settledLinks(profile));
    expect((await patchLink(links, FAILED)).statusCode).toBe(200);
    expect((await links.get(FAILED)).dnsDomain).toBe('new.example');
  });

  it('PATCH is refused for a link that has a dnsDomain and is not IDLE, and changes nothing', async () => {
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
  ])('PATCH is refused with %s', async (_, payload, errorCode, names) => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    const response = await patchLink(links, _id, payload);
    expect(codeOf(response)).toBe(`400 ${profile === 'observed' ? errorCode : 'VALIDATION_ERROR'}`);
    expect(response.json<ErrorBody>().detail).toContain(names);
    expect(await links.get(_id)).not.toHaveProperty('dnsDomain');
  });

  it.each(['region', 'provider', 'vendor', 'arn', 'serviceEndpointId'])(
    'PATCH with %s is a 400 that says that it cannot be changed, with or without dnsDomain',
    async (field) => {
      const links = await shared.links(profile);
      const { _id } = await links.create(BARE);
      for (const payload of [{ [field]: 'b' }, { dnsDomain: 'a.example', [field]: 'b' }]) {
        const response = await patchLink(links, _id, payload);
        expect(codeOf(response)).toBe(
          `400 ${profile === 'observed' ? 'INVALID_ATTRIBUTE' : 'VALIDATION_ERROR'}`,
        );
        expect(response.headers['x-emulator-reason']).toContain(`${field} cannot be changed`);
        expect(response.headers['x-emulator-reason']).toContain('an update can change dnsDomain');
      }
    },
  );

  it('PATCH ignores read-only fields', async () => {
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

  it('PATCH is refused if it would give two links the same target', async () => {
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

  it('PATCH is accepted if another link has the same dnsDomain but another endpoint', async () => {
    const links = await shared.links(profile);
    await links.create({ ...WITH_DOMAIN, dnsDomain: 'new.example' });
    const { _id } = await links.create({ ...BARE, serviceEndpointId: 'com.amazonaws.us-west-2.s3' });
    expect((await patchLink(links, _id)).statusCode).toBe(200);
  });

  it('PATCH of a CONFLUENT link is refused if its dnsSubDomain does not end with the dnsDomain', async () => {
    const confluent = without(requestBody('aws-confluent'), 'region');
    const links = await startLinks(profile, settledLinks(profile, confluent));
    const response = await patchLink(links, IDLE);
    expect(codeOf(response)).toBe(`400 ${profile === 'observed' ? 'INVALID_ATTRIBUTE' : 'VALIDATION_ERROR'}`);
    expect(response.json<ErrorBody>().detail).toContain('dnsSubDomain[0]');
    expect(await links.get(IDLE)).toMatchObject(confluent);
  });

  it('PATCH is refused to a reader and for an unknown link', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    const denied = await patchLink(links, _id, undefined, { caller: 'reader' });
    expect(denied.statusCode).toBe(profile === 'observed' ? 401 : 403);
    expect(codeOf(await patchLink(links, FAILED))).toBe('404 RESOURCE_NOT_FOUND');
    expect(codeOf(await patchLink(links, 'nothex'))).toBe(MALFORMED_ID[profile]);
  });
});

describe.each(PROFILES)('delete of a link, %s', (profile) => {
  it.each(['just created', 'DONE', 'IDLE', 'FAILED'])(
    'deleting a link that is %s responds with 202, and the link is gone',
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

  it('deleting a link that is gone, unknown or of another project is a 404', async () => {
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

  it('a deleted link no longer blocks its target or the deletion of its project', async () => {
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

  it('deleting a link is refused to a reader', async () => {
    const links = await shared.links(profile);
    const { _id } = await links.create(BARE);
    expect((await deleteLink(links, _id, 'reader')).statusCode).toBe(profile === 'observed' ? 401 : 403);
    expect(await statusOfGet(links, _id)).toBe(200);
  });
});
