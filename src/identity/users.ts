import type { TSchema } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { pageFrom, type Answer } from '../http/replies/replies.js';
import { component, text } from '../http/schema.js';
import { objectId } from '../http/shapes.js';
import type { Paging } from '../http/steps/query.js';
import { hexDigits } from '../kernel/ids.js';

/**
 * A page of the users of an organization or a project: the one who owns the organization and has created its projects
 * (inferred: Atlas shows the owner whom a create names, or that of the API key), keys in alphabetical order. The first
 * version of the lists shows users with other fields, and to its clients none.
 *
 * @param roles as the list shows them
 */
export function usersPage(
  { exchange }: FastifyRequest,
  query: Paging,
  organizationId: string,
  roles: object,
): Answer {
  const owner = {
    createdAt: '2020-01-01T00:00:00Z',
    firstName: 'Organization',
    id: hexDigits(`${organizationId}:owner`, 24),
    lastName: 'Owner',
    orgMembershipStatus: 'ACTIVE',
    roles,
    username: `owner@${organizationId}.example`,
  };
  return pageFrom(exchange.version === '2023-01-01' ? [] : [owner], query);
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
