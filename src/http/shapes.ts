import { Type, type TSchema } from '@sinclair/typebox';
import { OBJECT_ID } from '../kernel/ids.js';
import { component, integer, text } from './schema.js';

/** Wire shapes that resources share. What has a `title` is a component of the API's description by this name. */

/** An id of Atlas. */
export const objectId = (description: string) => text(description, { pattern: OBJECT_ID.source });

/** The links of a resource or a page. */
export const links = Type.Array(
  component('Link', 'A link to something related.', {
    href: text('Address that it leads to.'),
    rel: text('How it relates to what is shown, such as `self` or `next`.'),
  }),
  { description: 'Links to what is related.' },
);

/** What an operation answers that has nothing to tell. */
export const nothing = component('Nothing', 'An empty object.', {});

/**
 * A page of a list.
 *
 * @param title the name of the component
 * @param counted whether it always has its count, which some lists leave out on demand
 */
export function pageOf(title: string, item: TSchema, counted = true) {
  const totalCount = integer('How many items all pages have.', { minimum: 0 });
  return component(title, 'One page of a list.', {
    links,
    results: Type.Array(item, { description: 'The items of this page.' }),
    totalCount: counted ? totalCount : Type.Optional(totalCount),
    status: Type.Optional(integer('Status of the answer, with `envelope=true`.')),
  });
}
