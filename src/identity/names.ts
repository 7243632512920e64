import { Type, type TRegExp } from '@sinclair/typebox';

/** What the name of a project or an organization may be (Atlas's public description of both): no space, for one. */
const NAME = /^[\p{L}\p{N}\-_.(),:&@+']{1,64}$/u;

/** The schema of such a name, which whatever makes a project shares: Atlas's API, the control API, a fixture. */
export function nameSchema(description: string): TRegExp {
  return Type.RegExp(NAME, { description });
}
