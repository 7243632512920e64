import type { Static } from '@sinclair/typebox';
import type { KeptFault } from '../../http/faults/rule.js';
import { ruleOf } from './fault-check.js';
import { fault, faults, newFault } from './fault-schema.js';
import type { FaultStore } from './fault-store.js';
import { ControlError, controlOperation, type AnyControlOperation } from '../operation.js';
import type { NamedOperations } from '../operation-names.js';

/**
 * The operations on fault rules. A project sees and touches its own alone; those of the whole server act on every
 * request, behind the project's.
 *
 * @param operations those that a rule can name
 */
export function faultOperations(
  store: FaultStore,
  operations: NamedOperations,
): readonly AnyControlOperation[] {
  return [
    controlOperation({
      id: 'listFaults',
      method: 'GET',
      path: '/faults',
      scope: 'both',
      summary: 'List the fault rules.',
      response: faults,
      handle: ({ project }) => ({ results: store.list(project?.id).map(shown) }),
    }),
    controlOperation({
      id: 'createFault',
      method: 'POST',
      path: '/faults',
      scope: 'both',
      summary: 'Inject a fault into the requests that a rule matches.',
      body: newFault,
      response: fault,
      status: 201,
      errors: [409],
      async handle({ project, body }) {
        const rule = ruleOf(body, project?.id, operations);
        if (store.find(project?.id, rule.id)) {
          throw new ControlError(
            409,
            `There is a fault rule ${rule.id} already: delete it, or use another id.`,
          );
        }
        return shown(await store.add(project?.id, rule));
      },
    }),
    controlOperation({
      id: 'getFault',
      method: 'GET',
      path: '/faults/:faultId',
      scope: 'both',
      summary: 'Get a fault rule, and how often it has fired.',
      response: fault,
      handle({ project, parameters }) {
        const id = parameters.faultId ?? '';
        const kept = store.find(project?.id, id);
        return kept ? shown(kept) : refuseUnknown(id);
      },
    }),
    controlOperation({
      id: 'deleteFault',
      method: 'DELETE',
      path: '/faults/:faultId',
      scope: 'both',
      summary: 'Delete a fault rule.',
      status: 204,
      async handle({ project, parameters }) {
        const id = parameters.faultId ?? '';
        if ((await store.remove(project?.id, (rule) => rule.id === id)) === 0) refuseUnknown(id);
      },
    }),
    controlOperation({
      id: 'deleteFaults',
      method: 'DELETE',
      path: '/faults',
      scope: 'both',
      summary: 'Delete all fault rules of the scope.',
      status: 204,
      async handle({ project }) {
        await store.remove(project?.id, () => true);
      },
    }),
  ];
}

/** A rule as it is shown, and as a fixture keeps it. */
export function shown({ rule, matched, fired }: KeptFault): Static<typeof fault> {
  return { ...(rule as Static<typeof newFault> & { id: string }), matched, fired };
}

function refuseUnknown(id: string): never {
  throw new ControlError(404, `There is no fault rule ${id} here.`);
}
