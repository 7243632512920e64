import { Type } from '@sinclair/typebox';
import { component, object, objectId, pageOf, strict, text, within } from '../../http/schema.js';
import { userSchema } from '../../identity/index.js';
import { LIMITS, mapSettings } from './store.js';

/** Wire shapes of what surrounds a project. */

/** Settings to change: those that each project has, and any others. */
export const settingsBody = Type.Record(Type.String(), Type.Boolean(), {
  title: 'ProjectSettingsUpdate',
  description: 'Settings to change, by name.',
});

export const settings = object(
  'Settings, by name.',
  mapSettings(({ description }) => Type.Boolean({ description })),
  { additionalProperties: Type.Boolean(), title: 'ProjectSettings' },
);

// A larger number of JSON would not be returned as it was sent.
const value = within(0, Number.MAX_SAFE_INTEGER, 'The limit.');
export const limitName = text(`What is limited: ${Object.keys(LIMITS).join(', ')}.`);
export const limitBody = component('LimitRequest', 'A limit to set.', {
  name: Type.Optional(text('What is limited, as in the path.', { readOnly: true })),
  value,
});
export const limit = component('Limit', 'A limit.', { name: text('What is limited.'), value });
export const limits = Type.Array(limit, { description: 'The limits that were set.' });

const roleNames = Type.Array(Type.String(), { description: 'Its roles in the project.' });
const team = component('Team', 'A team and its roles in a project.', {
  teamId: text('Id of the team.'),
  roleNames,
});
export const teamId = text('Id of a team.');
export const teamsBody = Type.Array(team, { description: 'Teams to add.' });
export const roleNamesBody = component('TeamUpdate', 'The roles that a team is to have.', { roleNames });
export const teamPage = pageOf('TeamPage', team);

const roles = Type.Array(Type.String(), { description: 'Roles in the project.' });
export const userPage = pageOf('ProjectUserPage', userSchema('A user of a project.', 'ProjectUser', roles));

export const ipAddresses = component('IpAddresses', 'The IP addresses of a project.', {
  groupId: objectId('Id of the project.'),
  services: object('Addresses by service.', {
    clusters: Type.Array(Type.Unknown(), { maxItems: 0, description: 'Always empty.' }),
  }),
});

export const managedSlowMs = Type.Boolean({ description: 'Whether they are.' });

/** A page of a list that has nothing. */
export const noItems = pageOf('EmptyPage', Type.Unknown());

/** What surrounds a project in a fixture; what is left out is as in a new project. */
export const fixtureDefaults = Type.Partial(
  Type.Object({ settings: settingsBody, limits, teams: teamsBody, managedSlowMs }),
  strict,
);
