import { Type, type Static } from '@sinclair/typebox';
import type { KeptFault } from '../../http/faults/rule.js';
import { ruleOf } from './fault-check.js';
import { fault, faults, newFault } from '../../http/faults/rule-schema.js';
import type { FaultStore } from './fault-store.js';
import { ControlError } from '../../http/control-error.js';
import { controlGroup, type ControlOperation } from '../../http/operation.js';
import type { NamedOperations } from '../operation-names.js';

const group = controlGroup('/faults', {
  scope: 'both',
  tag: { name: 'faults', description: 'Failures on demand.' },
  parameters: { faultId: Type.String({ description: 'What a fault rule is called.' }) },
});

/**
 * The operations on fault rules. A project sees and touches its own alone; those of the whole server act on every
 * request, behind the project's.
 *
 * @param operations those that a rule can name
 */
export function faultOperations(store: FaultStore, operations: NamedOperations): readonly ControlOperation[] {
  return [
    group('GET', '', {
      id: 'listFaults',
      summary: 'List the fault rules.',
      response: faults,
      handle: ({ project }) => ({ results: store.list(project?.id).map(shown) }),
    }),
    group('POST', '', {
      id: 'createFault',
      summary: 'Inject a fault into the requests that a rule matches.',
      body: { schema: newFault },
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
    group('GET', '/:faultId', {
      id: 'getFault',
      summary: 'Get a fault rule, and how often it has fired.',
      response: fault,
      handle({ project, parameters: { faultId } }) {
        const kept = store.find(project?.id, faultId);
        return kept ? shown(kept) : refuseUnknown(faultId);
      },
    }),
    group('DELETE', '/:faultId', {
      id: 'deleteFault',
      summary: 'Delete a fault rule.',
      status: 204,
      async handle({ project, parameters: { faultId } }) {
        const removed = await store.remove(project?.id, ({ id }) => id === faultId);
        if (removed === 0) refuseUnknown(faultId);
      },
    }),
    group('DELETE', '', {
      id: 'deleteFaults',
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
  return { ...rule, matched, fired };
}

function refuseUnknown(id: string): never {
  throw new ControlError(404, `There is no fault rule ${id} here.`);
}
