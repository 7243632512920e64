import { Type } from '@sinclair/typebox';
import { API_PREFIX } from '../http/paths.js';
import { component, integer, links, objectId, oneOf, strictComponent, text } from '../http/schema.js';
import { pagingQuery } from '../http/steps/query.js';
import { TAG } from './project-conditions.js';
import type { StoredProject } from './project-store.js';

/** Wire shapes of projects, and what they share with those of organizations. */

/** What a project or an organization can be called (Atlas's public description of both): no spaces, for example. */
const NAME = /^[\p{L}\p{N}\-_.(),:&@+']{1,64}$/u;

/** The schema of such a name, for Atlas's API, the control API and fixtures alike. */
export const nameSchema = (description: string) => Type.RegExp(NAME, { description });

/** Lists can omit their count (Atlas's public description). */
export const countedQuery = Type.Object({
  ...pagingQuery.properties,
  includeCount: Type.Boolean({ default: true, description: 'Whether the list has a count.' }),
});

/** Lists that can be filtered by name, too. */
export const namedQuery = Type.Object({
  ...countedQuery.properties,
  name: Type.Optional(text('How the name begins.')),
});

const name = nameSchema('Its name.');
const key = 'Name of the tag.';
const value = 'Its value.';
const withAlerts = 'Whether it has the default alerts; stored, without effect.';

const tag = strictComponent('Tag', 'A tag.', {
  key: Type.RegExp(TAG, { description: key }),
  value: Type.RegExp(TAG, { description: value }),
});
const settable = {
  tags: Type.Optional(Type.Array(tag, { description: 'Its tags.' })),
  withDefaultAlertsSettings: Type.Optional(Type.Boolean({ description: withAlerts })),
};

const restrictions = oneOf(
  ['COMMERCIAL_FEDRAMP_REGIONS_ONLY', 'GOV_REGIONS_ONLY'],
  'Regions that it can use, for governments; stored, without effect.',
);

export const createBody = strictComponent('ProjectRequest', 'A project to create.', {
  ...settable,
  name,
  orgId: text('Id of its organization.'),
  regionUsageRestrictions: Type.Optional(restrictions),
});

export const updateBody = strictComponent(
  'ProjectUpdate',
  'What is to change; what is left out stays.', // Atlas's description allows any name here, but responses must have one that matches.
  { ...settable, name: Type.Optional(name) },
);

export const shownProject = component('Project', 'A project, which Atlas calls group.', {
  clusterCount: integer('Always 0.'),
  created: text('When it was created.', { format: 'date-time' }),
  id: objectId('Id of the project: the `groupId` of other operations.'),
  links,
  name: text('Its name.'),
  orgId: objectId('Id of the organization that it is in.'),
  regionUsageRestrictions: Type.Optional(text('As it was sent.')),
  tags: Type.Optional(
    Type.Array(Type.Object({ key: text(key), value: text(value) }), {
      description: 'Its tags; a create leaves them out if none were sent.',
    }),
  ),
  withDefaultAlertsSettings: Type.Boolean({ description: withAlerts }),
});

/** What Atlas links from a project (recorded). */
const LINKS = ['containers', 'clusters', 'databaseUsers', 'peers', 'processes', 'whitelist'];

/**
 * A project, keys in alphabetical order (recorded).
 *
 * @param untagged what `tags` is if it has none; undefined leaves them out
 */
export function representation(
  { id, name, organizationId, createdAt, settings }: StoredProject,
  baseUrl: string,
  untagged?: readonly [],
  linked: readonly string[] = LINKS,
): object {
  const { regionUsageRestrictions, tags = untagged, withDefaultAlertsSettings = true } = settings;
  return {
    clusterCount: 0,
    created: new Date(createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    id,
    links: linksOf(`${baseUrl}${API_PREFIX}/groups/${id}`, linked),
    name,
    orgId: organizationId,
    regionUsageRestrictions,
    tags,
    withDefaultAlertsSettings,
  };
}

/** The links of a resource: to itself, and to what is below it. */
export function linksOf(self: string, below: readonly string[] = []): object[] {
  return [
    { href: self, rel: 'self' },
    ...below.map((name) => ({ href: `${self}/${name}`, rel: `https://cloud.mongodb.com/${name}` })),
  ];
}
