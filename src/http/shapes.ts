import { Type, type TSchema } from '@sinclair/typebox';
import { OBJECT_ID } from '../kernel/ids.js';

/** Wire shapes that resources share. What has a `title` is a component of the API's description by this name. */

/** An id of Atlas. */
export const objectId = (description: string) => Type.String({ pattern: OBJECT_ID.source, description });

/** The links of a resource or a page. */
export const links = Type.Array(
  Type.Object(
    {
      href: Type.String({ description: 'Address that it leads to.' }),
      rel: Type.String({ description: 'How it relates to what is shown, such as `self` or `next`.' }),
    },
    { title: 'Link', description: 'A link to something related.' },
  ),
  { description: 'Links to what is related.' },
);

/** What an operation answers that has nothing to tell. */
export const nothing = Type.Object({}, { title: 'Nothing', description: 'An empty object.' });

/**
 * A page of a list.
 *
 * @param title the name of the component
 * @param counted whether it always has its count, which some lists leave out on demand
 */
export function pageOf(title: string, item: TSchema, counted = true) {
  const totalCount = Type.Integer({ minimum: 0, description: 'How many items all pages have.' });
  return Type.Object(
    {
      links,
      results: Type.Array(item, { description: 'The items of this page.' }),
      totalCount: counted ? totalCount : Type.Optional(totalCount),
      status: Type.Optional(Type.Integer({ description: 'Status of the answer, with `envelope=true`.' })),
    },
    { title, description: 'One page of a list.' },
  );
}
