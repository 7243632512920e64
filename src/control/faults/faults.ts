import { Type, type Static } from '@sinclair/typebox';
import { ControlError } from '../../http/control-error.js';
import { fault, faults, fixtureFault, newFault, type ScopedFault } from '../../http/faults/rule.js';
import type { FaultStore } from '../../http/faults/store.js';
import { controlGroup, type AtlasOperation, type ControlOperation } from '../../http/operation.js';
import type { FixtureSection } from '../../world/index.js';
import { checkFault } from './fault-check.js';

const group = controlGroup('/faults', {
  scope: 'both',
  tag: 'Failures on demand.',
  parameters: { faultId: Type.String({ description: 'What a fault rule is called.' }) },
});

/**
 * The operations on fault rules. A project sees and changes only its own; those of the whole server act on every
 * request, after the project's.
 *
 * @param operations those that a rule can name
 */
export function faultOperations(
  store: FaultStore,
  operations: readonly AtlasOperation[],
): readonly ControlOperation[] {
  const { database } = store;
  const find = (project: string | undefined, id: string): ScopedFault | undefined =>
    store.list(project).find(({ rule }) => rule.id === id);
  return [
    group('listFaults', 'GET', '', {
      summary: 'List the fault rules.',
      response: faults,
      handle: ({ project }) => ({ results: store.list(project?.id).map(serialized) }),
    }),
    group('createFault', 'POST', '', {
      summary: 'Inject a fault into the requests that a rule matches.',
      body: { schema: newFault },
      response: fault,
      status: 201,
      errors: [409],
      async handle({ project, body }) {
        const rule = store.withId(body);
        checkFault(rule, project?.id, operations);
        if (find(project?.id, rule.id)) {
          const problem = `There is a fault rule ${rule.id} already: delete it, or use another id.`;
          throw new ControlError(409, problem);
        }
        const added = { rule, project: project?.id ?? null, matched: 0, fired: 0 };
        await database.write(() => store.insert(added));
        return serialized(added);
      },
    }),
    group('getFault', 'GET', '/:faultId', {
      summary: 'Get a fault rule, and how often it has fired.',
      response: fault,
      handle({ project, parameters: { faultId } }) {
        const found = find(project?.id, faultId);
        if (!found) throw unknown(faultId);
        return serialized(found);
      },
    }),
    group('deleteFault', 'DELETE', '/:faultId', {
      summary: 'Delete a fault rule.',
      async handle({ project, parameters: { faultId } }) {
        const removed = await database.write(() => store.remove(project?.id, faultId));
        if (removed === 0) throw unknown(faultId);
      },
    }),
    group('deleteFaults', 'DELETE', '', {
      summary: 'Delete all fault rules of the scope.',
      async handle({ project }) {
        await database.write(() => store.remove(project?.id));
      },
    }),
  ];
}

/** The fault rules of a fixture. @param operations those that a rule can name */
export function faultSection(store: FaultStore, operations: readonly AtlasOperation[]): FixtureSection {
  return {
    key: 'faults',
    item: fixtureFault,
    load(_transaction, project, item) {
      const { matched = 0, fired = 0, ...sent } = item as Static<typeof fixtureFault>;
      const rule = store.withId(sent);
      checkFault(rule, project?.id, operations);
      store.insert({ rule, project: project?.id ?? null, matched, fired });
    },
    save: (project) => store.list(project?.id).map(serialized),
    clear() {
      store.remove(undefined);
    },
  };
}

/** A rule as the control API returns it, and as a fixture has it. */
function serialized({ rule, matched, fired }: ScopedFault): Static<typeof fault> {
  return { ...rule, matched, fired };
}

function unknown(id: string): ControlError {
  return new ControlError(404, `There is no fault rule ${id} here.`);
}
