import { Type } from '@sinclair/typebox';
import { objectId, pageOf } from '../../http/shapes.js';

/** Wire shapes of what surrounds a project. */

const on = (what: string) => Type.Boolean({ description: `Whether ${what}.` });

export const settingsBody = Type.Record(Type.String(), Type.Boolean(), {
  description: 'Settings to change, by name.',
});

/** The settings of a project: those that each has, and whatever else was set. */
export const settings = Type.Object(
  {
    isCollectDatabaseSpecificsStatisticsEnabled: on('statistics of its databases are collected'),
    isDataExplorerEnabled: on('it has the data explorer'),
    isExtendedStorageSizesEnabled: on('it has extended storage sizes'),
    isPerformanceAdvisorEnabled: on('it has the performance advisor'),
    isRealtimePerformancePanelEnabled: on('it has the real-time performance panel'),
    isSchemaAdvisorEnabled: on('it has the schema advisor'),
  },
  { additionalProperties: Type.Boolean(), title: 'ProjectSettings', description: 'Settings, by name.' },
);

// Beyond it a number of JSON would not be kept as it was sent.
const value = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'The limit.' });
const name = Type.String({ description: 'What is limited.' });

export const limitName = Type.String({ description: 'What is limited.' });
export const limitBody = Type.Object(
  { name: Type.Optional(name), value },
  { title: 'LimitRequest', description: 'A limit to set; the path says which.' },
);
export const limit = Type.Object({ name, value }, { title: 'Limit', description: 'A limit that was set.' });
export const limits = Type.Array(limit, { description: 'The limits that were set.' });

const roleNames = Type.Array(Type.String(), { description: 'Its roles in the project.' });
const team = Type.Object(
  { teamId: Type.String({ description: 'Id of the team.' }), roleNames },
  { title: 'Team', description: 'A team and its roles in a project.' },
);

export const teamId = Type.String({ description: 'Id of a team.' });
export const teamsBody = Type.Array(team, { description: 'Teams to add.' });
export const roleNamesBody = Type.Object(
  { roleNames },
  { title: 'TeamUpdate', description: 'The roles that a team is to have.' },
);
export const teamPage = pageOf('TeamPage', team);

export const ipAddresses = Type.Object(
  {
    groupId: objectId('Id of the project.'),
    services: Type.Object(
      { clusters: Type.Array(Type.Unknown(), { maxItems: 0, description: 'Always empty.' }) },
      { description: 'Addresses by service.' },
    ),
  },
  { title: 'IpAddresses', description: 'The IP addresses of a project.' },
);

export const managedSlowMs = Type.Boolean({ description: 'Whether they are.' });

/** A page of a list that has nothing. */
export const noItems = pageOf('EmptyPage', Type.Unknown());

/** What surrounds a project in a fixture; what is left out is as in a new project. */
export const fixtureDefaults = Type.Object(
  {
    settings: Type.Optional(settingsBody),
    limits: Type.Optional(limits),
    teams: Type.Optional(teamsBody),
    managedSlowMs: Type.Optional(managedSlowMs),
  },
  { additionalProperties: false },
);
