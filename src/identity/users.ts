import type { TSchema } from '@sinclair/typebox';
import { component, text } from '../http/schema.js';
import { objectId } from '../http/shapes.js';
import { hexDigits } from '../kernel/ids.js';

/**
 * The one user of an organization, who owns it and has created its projects (inferred: Atlas shows the owner whom a
 * create names, or that of the API key), keys in alphabetical order.
 *
 * @param roles as the list shows them
 */
export function ownerOf(organizationId: string, roles: object) {
  return {
    createdAt: '2020-01-01T00:00:00Z',
    firstName: 'Organization',
    id: hexDigits(`${organizationId}:owner`, 24),
    lastName: 'Owner',
    orgMembershipStatus: 'ACTIVE',
    roles,
    username: `owner@${organizationId}.example`,
  };
}

/** The schema of a user, in the newer version of the lists. */
export const userSchema = (description: string, title: string, roles: TSchema) =>
  component(title, description, {
    createdAt: text('When the account was created.', { format: 'date-time' }),
    firstName: text('First name.'),
    id: objectId('Id of the user.'),
    lastName: text('Last name.'),
    orgMembershipStatus: text('Always ACTIVE.'),
    roles,
    username: text('Email address.'),
  });
