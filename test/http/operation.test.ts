import { Type } from '@sinclair/typebox';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Organization, Project } from '../../src/http/gatekeeper.js';
import {
  atlasResource,
  controlGroup,
  type Context,
  type Parameters,
  type PREFIXES,
} from '../../src/http/operation.js';
import { resource } from '../../src/http/replies/replies.js';

const tag = { name: 'Streams', description: 'Streams.' };
const text = Type.String();

describe('declared operations', () => {
  it('the parameters of an operation are those of its path, except for project and organization', () => {
    expectTypeOf<Parameters<'/groups/:groupId/streams/:tenantName'>>().toEqualTypeOf<
      Readonly<Record<'tenantName', string>>
    >();
    expectTypeOf<Parameters<'/a/:first/b/:second:accept'>>().toEqualTypeOf<
      Readonly<Record<'first' | 'second', string>>
    >();
    expectTypeOf<Parameters<'/logs/:name.gz'>>().toEqualTypeOf<Readonly<Record<'name', string>>>();
  });

  it('the context of an operation has the project or organization that its path names', () => {
    expectTypeOf<Context<'/groups/:groupId/streams'>['project']>().toEqualTypeOf<Project>();
    expectTypeOf<Context<'/orgs/:orgId'>['organization']>().toEqualTypeOf<Organization>();
    expectTypeOf<Context<'/orgs'>['project']>().toEqualTypeOf<undefined>();
    type ProjectOf<Path extends string> = Context<Path>['project'];
    expectTypeOf<ProjectOf<(typeof PREFIXES.project)[number]>>().toEqualTypeOf<Project>();
    expectTypeOf<ProjectOf<(typeof PREFIXES.both)[number]>>().toEqualTypeOf<Project | undefined>();
    expectTypeOf<ProjectOf<(typeof PREFIXES.server)[number]>>().toEqualTypeOf<undefined>();
    controlGroup('/clock', { scope: 'both', tag })('get', 'GET', '/:name', {
      summary: 'Does.',
      handle({ project, caller, parameters }) {
        expectTypeOf(project).toEqualTypeOf<Project | undefined>();
        expectTypeOf(caller).toEqualTypeOf<undefined>();
        expectTypeOf(parameters).toEqualTypeOf<Readonly<Record<'name', string>>>();
      },
    });
  });

  it('an operation of atlasResource() has the shared fields, unless it overrides them', () => {
    const stream = atlasResource('/groups/:groupId/streams', {
      tag,
      versions: ['2023-02-01'],
      javaClass: 'Streams',
      access: { read: 'readProject', write: 'writeStreams' },
    });
    const common = { summary: 'Does.', response: text, handle: () => resource('{}') };
    const got = stream('getStream', 'GET', '/:name', { ...common });
    expect(got).toMatchObject({ path: '/groups/:groupId/streams/:name', method: 'GET', status: 200, tag });
    expect(got).toMatchObject({ access: 'readProject', javaMethod: 'Streams::getStream' });
    const made = stream('make', 'POST', '', { ...common, javaMethod: 'add', status: 201 });
    expect(made).toMatchObject({ access: 'writeStreams', javaMethod: 'Streams::add', status: 201 });
    expect(stream('list', 'GET', '', { ...common, access: undefined }).access).toBeUndefined();
  });

  it('an operation of controlGroup() has the response of its group, unless it has its own', () => {
    const group = controlGroup('/clock', { scope: 'both', tag, response: text });
    const own = { summary: 'Does.', handle: () => '' };
    expect(group('get', 'GET', '', { ...own })).toMatchObject({ path: '/clock', response: text });
    expect(group('set', 'PUT', '/set', { ...own, response: Type.Null() })).toMatchObject({
      path: '/clock/set',
      response: Type.Null(),
    });
  });
});
