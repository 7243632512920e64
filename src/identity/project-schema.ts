import { Type } from '@sinclair/typebox';
import { pagingQuery } from '../http/steps/query.js';
import { links, objectId, pageOf } from '../http/shapes.js';
import { nameSchema } from './names.js';

/** Wire shapes of a project. */

/** Lists may leave out their count (Atlas's public description). */
export const countedQuery = Type.Object({
  ...pagingQuery.properties,
  includeCount: Type.Boolean({ default: true, description: 'Whether the list has a count.' }),
});

const name = nameSchema('Its name.');

const strict = { additionalProperties: false };

const tags = Type.Array(
  Type.Object(
    {
      key: Type.String({ minLength: 1, maxLength: 255, description: 'Name of the tag.' }),
      value: Type.String({ minLength: 1, maxLength: 255, description: 'Its value.' }),
    },
    { ...strict, title: 'Tag', description: 'A tag.' },
  ),
  { description: 'Its tags.' },
);

const settable = {
  tags: Type.Optional(tags),
  withDefaultAlertsSettings: Type.Optional(
    Type.Boolean({ description: 'Whether it has the usual alerts; kept, and of no effect.' }),
  ),
};

export const createBody = Type.Object(
  {
    ...settable,
    name,
    orgId: Type.String({ description: 'Id of the organization that it is to be in.' }),
    regionUsageRestrictions: Type.Optional(
      Type.Union([Type.Literal('COMMERCIAL_FEDRAMP_REGIONS_ONLY'), Type.Literal('GOV_REGIONS_ONLY')], {
        description: 'Regions that it may use, for governments; kept, and of no effect.',
      }),
    ),
  },
  { ...strict, title: 'ProjectRequest', description: 'A project to create.' },
);

export const updateBody = Type.Object(
  // Atlas's description lets a change have any name; what it answers then has such a one.
  { ...settable, name: Type.Optional(name) },
  { ...strict, title: 'ProjectUpdate', description: 'What is to change; what is left out stays.' },
);

/** A project as answers show it. */
export const shownProject = Type.Object(
  {
    clusterCount: Type.Integer({ description: 'Always 0.' }),
    created: Type.String({ format: 'date-time', description: 'When it was created.' }),
    id: objectId('Id of the project: the `groupId` of other operations.'),
    links,
    name: Type.String({ description: 'Its name.' }),
    orgId: objectId('Id of the organization that it is in.'),
    regionUsageRestrictions: Type.Optional(Type.String({ description: 'As it was sent.' })),
    tags: Type.Optional(
      Type.Array(
        Type.Object({
          key: Type.String({ description: 'Name of the tag.' }),
          value: Type.String({ description: 'Its value.' }),
        }),
        { description: 'Its tags; the answer of a create leaves them out.' },
      ),
    ),
    withDefaultAlertsSettings: Type.Boolean({ description: 'Whether it has the usual alerts.' }),
  },
  { title: 'Project', description: 'A project, which Atlas calls group.' },
);

/** A page of projects. */
export const projectPage = pageOf('ProjectPage', shownProject, false);
