import type { Operation } from '../http/operation.js';
import { tokenOperations } from '../identity/index.js';
import { ControlError } from '../http/control-error.js';

/** The operations that a fault rule or a matcher can name. */
export type NamedOperations = readonly Pick<Operation, 'id' | 'path'>[];

/**
 * Checks the name of an operation: a misspelt name would silently match nothing.
 *
 * @param project the project whose requests are meant; undefined for those of the whole server
 * @param elsewhere what to use for an operation without a project
 * @throws {ControlError} 400 if no request of the scope has this operation
 */
export function checkOperation(
  name: string,
  project: string | undefined,
  operations: NamedOperations,
  elsewhere: string,
): void {
  const ofProject = operations.filter(({ path }) => path.startsWith('/groups/:groupId')).map(({ id }) => id);
  const all = [...operations, ...tokenOperations].map(({ id }) => id);
  const known = project === undefined ? all : ofProject;
  if (known.includes(name)) return;
  if (all.includes(name)) throw new ControlError(400, `${name} names no project, so ${elsewhere}.`);
  throw new ControlError(400, `There is no operation ${name}. There are: ${known.join(', ')}.`);
}
